"""Sessions over HTTP: the pages, the forms and the JSON."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from served import Visit, Visitor
from world import Consultancy, engagement


@pytest.fixture
async def work(northlight: Consultancy) -> UUID:
    return (await engagement(northlight)).engagement


@pytest.fixture
async def bob(visit: Visit, northlight: Consultancy) -> Visitor:
    return await visit(northlight, northlight.bob)


@pytest.fixture
async def pat(visit: Visit, northlight: Consultancy) -> Visitor:
    return await visit(northlight, northlight.pat)


def coaching(world: Consultancy, days: int = 7, **facts) -> dict[str, object]:
    day = (datetime.now(UTC) + timedelta(days=days)).date()
    given = {
        "kind": "coaching",
        "starts_on": day.isoformat(),
        "starts_at": "14:00",
        "attendee_ids": [str(world.bob.id), str(world.pat.id)],
    }
    return given | facts


async def planned(bob: Visitor, world: Consultancy, work: UUID, **facts) -> str:
    """The address of a session that Bob has planned."""
    answer = await bob.post(
        f"/w/{world.slug}/engagements/{work}/sessions", json=coaching(world, **facts)
    )
    assert answer.status_code == 201, answer.text
    return answer.headers["location"]


async def test_a_session_is_planned_with_the_form(bob, northlight, work):
    base = f"/w/{northlight.slug}/engagements/{work}/sessions"
    form = await bob.page(f"{base}/new")
    assert form.status_code == 200
    assert "Pat Okafor" in form.text
    sent = await bob.submit(base, **coaching(northlight, place="Room 4"))
    assert sent.status_code == 303
    shown = await bob.page(sent.headers["location"])
    assert "Coaching session with Pat Okafor" in shown.text
    assert "Room 4" in shown.text


async def test_a_session_is_planned_and_read_as_json(bob, northlight, work):
    address = await planned(bob, northlight, work, link="https://meet.example/abc")
    sheet = await bob.json(address)
    assert sheet["session"]["title"] == "Coaching session"
    assert sheet["session"]["link"] == "https://meet.example/abc"
    assert sheet["on_team"] is True
    listed = await bob.json(f"/w/{northlight.slug}/engagements/{work}/sessions")
    assert [row["id"] for row in listed["upcoming"]] == [sheet["session"]["id"]]
    assert listed["past"] == []


async def test_bad_input_is_refused_with_a_sentence_and_nothing_typed_is_lost(
    bob, northlight, work
):
    base = f"/w/{northlight.slug}/engagements/{work}/sessions"
    typed = coaching(northlight, starts_at="quarter past", title="Holding the line")
    answer = await bob.submit(base, **typed, link="http://meet.example")
    assert answer.status_code == 422
    assert "Write it like 14:30." in answer.text
    assert 'value="Holding the line"' in answer.text
    assert f'value="{northlight.pat.id}" id="f-attendee_ids-2" checked' in answer.text
    as_json = await bob.post(base, json=typed)
    assert as_json.status_code == 422
    assert as_json.headers["content-type"] == "application/problem+json"
    assert "Write it like 14:30." in as_json.json()["errors"]["starts_at"]


async def test_an_hour_that_the_clocks_skip_is_explained_beside_the_time(bob, northlight, work):
    base = f"/w/{northlight.slug}/engagements/{work}/sessions"
    typed = coaching(northlight, starts_on="2027-03-28", starts_at="01:30")
    answer = await bob.submit(base, **typed)
    assert answer.status_code == 422
    assert "the clocks go forward" in answer.text


async def test_a_session_is_changed_with_the_form_that_shows_its_local_time(bob, northlight, work):
    address = await planned(bob, northlight, work, starts_on="2027-06-08")
    form = await bob.page(f"{address}/edit")
    assert 'value="2027-06-08"' in form.text
    assert 'value="14:00"' in form.text
    typed = coaching(northlight, starts_on="2027-06-09", starts_at="09:30")
    answer = await bob.submit(address, **typed)
    assert answer.headers["location"] == address
    assert (await bob.json(address))["session"]["starts_at"] == "2027-06-09T08:30:00Z"


async def test_who_came_is_recorded_from_the_page(bob, northlight, work):
    address = await planned(bob, northlight, work, days=-1)
    assert "Did it take place?" in (await bob.page(address)).text
    answer = await bob.submit(f"{address}/register", came_ids=[str(northlight.pat.id)])
    assert answer.status_code == 303
    session = (await bob.json(address))["session"]
    assert session["state"] == "held"
    assert {a["name"]: a["came"] for a in session["attendees"]} == {
        "Bob Hartley": False,
        "Pat Okafor": True,
    }


async def test_recording_a_session_to_come_is_refused_on_its_page(bob, northlight, work):
    address = await planned(bob, northlight, work)
    answer = await bob.submit(f"{address}/register")
    assert answer.status_code == 409
    assert "This session has not begun yet." in answer.text


async def test_a_session_is_cancelled_once(bob, northlight, work):
    address = await planned(bob, northlight, work)
    first = await bob.put(f"{address}/cancellation")
    assert (first.status_code, first.json()["state"]) == (200, "cancelled")
    again = await bob.put(f"{address}/cancellation")
    assert again.status_code == 409
    assert again.json()["detail"] == "This session is cancelled already."


async def test_a_participant_opens_their_session_and_changes_nothing(bob, pat, northlight, work):
    address = await planned(bob, northlight, work)
    shown = await pat.page(address)
    assert "Coaching session with Bob Hartley" in shown.text
    assert "Cancel this session" not in shown.text
    for path, body in ((address, coaching(northlight)), (f"{address}/cancellation", {})):
        assert (await pat.put(path, json=body)).status_code == 404
    assert (await pat.page(f"{address}/edit")).status_code == 404


async def test_a_note_of_the_coach_for_themself_is_not_on_the_participants_page(
    bob, pat, northlight, work
):
    address = await planned(bob, northlight, work)
    note = {
        "body": "Go slowly.",
        "audience": "me",
        "kind": "session",
        "engagement_id": str(work),
        "session_id": address.rpartition("/")[2],
    }
    written = await bob.put(f"/w/{northlight.slug}/notes/{uuid4()}", json=note)
    assert written.status_code == 200, written.text
    assert "Go slowly." in (await bob.page(address)).text
    assert "Go slowly." not in (await pat.page(address)).text
    assert (await pat.json(address))["notes"] == []


async def test_the_page_has_in_mind_what_was_promised_and_written_before(
    bob, pat, northlight, work
):
    base = f"/w/{northlight.slug}/engagements/{work}"
    action = {"text": "Ask one question", "owner_id": str(northlight.pat.id)}
    await bob.post(f"{base}/actions", json=action)
    await pat.post(f"{base}/reflections", json={"body": "Nobody flinched."})
    address = await planned(bob, northlight, work)
    page = await bob.json(address)
    prep = page["prep"]
    assert [row["text"] for row in prep["promises"]] == ["Ask one question"]
    assert [note["author"] for note in prep["unread"]] == [northlight.pat.name]
    assert prep["question"].startswith("What would have to be different")
    shown = await bob.page(address)
    assert "Before you go in" in shown.text
    assert "A reflection from Pat Okafor" in shown.text


async def test_the_card_before_a_session_says_no_word_of_what_is_unread(bob, pat, northlight, work):
    base = f"/w/{northlight.slug}/engagements/{work}"
    note = await pat.post(f"{base}/reflections", json={"body": "Nobody flinched."})
    address = await planned(bob, northlight, work)

    assert "Nobody flinched." not in (await bob.page(address)).text
    opened = await bob.page(f"/w/{northlight.slug}/notes/{note.json()['id']}")

    assert "Nobody flinched." in opened.text
    assert (await bob.json(address))["prep"]["unread"] == []


async def test_a_sponsor_an_outsider_and_another_consultancy_find_nothing(
    bob, visit, northlight, elsewhere, work
):
    address = await planned(bob, northlight, work)
    for world, person in (
        (northlight, northlight.sam),
        (northlight, northlight.ann),
        (elsewhere, elsewhere.alice),
    ):
        stranger = await visit(world, person)
        assert (await stranger.page(address)).status_code == 404
        assert (await stranger.page(f"{address}/calendar.ics")).status_code == 404
        assert (await stranger.put(f"{address}/cancellation")).status_code == 404


async def test_without_signing_in_a_session_asks_for_it(bob, northlight, work):
    address = await planned(bob, northlight, work)
    bob.headers.pop("cookie")
    asked = await bob.page(address)
    assert asked.headers["location"].startswith("/sign-in?next=")
    as_json = await bob.get(address, headers={"accept": "application/json"})
    assert as_json.status_code == 401


async def test_an_owner_who_is_not_on_the_team_reads_sessions_and_plans_none(
    bob, visit, northlight, work
):
    address = await planned(bob, northlight, work)
    alice = await visit(northlight, northlight.alice)
    shown = await alice.page(address)
    assert shown.status_code == 200
    assert "Cancel this session" not in shown.text
    assert (
        "Plan a session"
        not in (await alice.page(f"/w/{northlight.slug}/engagements/{work}/sessions")).text
    )
    answer = await alice.post(
        f"/w/{northlight.slug}/engagements/{work}/sessions", json=coaching(northlight)
    )
    assert answer.status_code == 409


async def test_the_calendar_file_is_an_event_in_utc(bob, pat, northlight, work):
    address = await planned(bob, northlight, work, starts_on="2027-06-08")
    for person in (bob, pat):
        answer = await person.get(f"{address}/calendar.ics")
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        assert "attachment" in answer.headers["content-disposition"]
        assert "DTSTART:20270608T130000Z\r\n" in answer.text
        joined = answer.text.replace("\r\n ", "")
        assert f"URL:http://127.0.0.1{address}\r\n" in joined
