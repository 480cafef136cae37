"""The participant's side: their coaching, and a reflection between two sessions."""

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


async def meets(bob: Visitor, world: Consultancy, work: UUID, days: int) -> None:
    day = (datetime.now(UTC) + timedelta(days=days)).date()
    body = {
        "kind": "coaching",
        "starts_on": day.isoformat(),
        "starts_at": "14:00",
        "attendee_ids": [str(world.pat.id)],
    }
    answer = await bob.post(f"/w/{world.slug}/engagements/{work}/sessions", json=body)
    assert answer.status_code == 201, answer.text


async def test_a_participant_comes_home_to_what_is_next_and_what_they_promised(
    bob, pat, northlight, work
):
    home = f"/w/{northlight.slug}"
    assert "No session is planned just now" in (await pat.page(home)).text
    await meets(bob, northlight, work, days=7)
    action = {"text": "Ask one question", "owner_id": str(northlight.pat.id)}
    await bob.post(f"{home}/engagements/{work}/actions", json=action)
    shown = await pat.page(home)
    assert "One promise to keep before you meet" in shown.text
    assert "Coaching session 1 with Bob Hartley" in shown.text
    assert "Ask one question" in shown.text


async def test_home_is_a_resource_too(bob, pat, northlight, work):
    await meets(bob, northlight, work, days=-7)
    await meets(bob, northlight, work, days=7)
    coaching = await pat.json(f"/w/{northlight.slug}")
    assert [(c["lead"], c["sessions"]) for c in coaching["coaching"]] == [("Bob Hartley", 1)]
    assert [session["number"] for session in coaching["upcoming"]] == [2]
    assert [session["number"] for session in coaching["past"]] == [1]


async def test_the_form_knows_between_which_sessions_it_is(bob, pat, northlight, work):
    form = f"/w/{northlight.slug}/engagements/{work}/reflections/new"
    assert "with Bob Hartley" in (await pat.page(form)).text
    await meets(bob, northlight, work, days=7)
    assert "Before your first session with Bob Hartley" in (await pat.page(form)).text
    await meets(bob, northlight, work, days=-7)
    assert "Between sessions 1 and 2 with Bob Hartley" in (await pat.page(form)).text


async def test_a_reflection_is_for_the_pair_unless_said_otherwise(bob, pat, northlight, work):
    address = f"/w/{northlight.slug}/engagements/{work}/reflections"
    sent = await pat.submit(address, body="Nobody flinched.")
    assert sent.status_code == 303
    shown = await pat.page(sent.headers["location"])
    assert "Nobody flinched." in shown.text
    assert "You and Bob Hartley" in shown.text
    assert "Nobody flinched." in (await bob.page(sent.headers["location"])).text
    assert "Nobody flinched." in (await pat.page(f"/w/{northlight.slug}")).text


async def test_a_reflection_for_oneself_is_read_by_nobody_else(bob, pat, visit, northlight, work):
    address = f"/w/{northlight.slug}/engagements/{work}/reflections"
    kept = await pat.post(address, json={"body": "I went quiet.", "audience": "me"})
    assert kept.status_code == 201
    assert kept.json()["audience"] == "me"
    alice = await visit(northlight, northlight.alice)
    for other in (bob, alice):
        assert (await other.page(kept.headers["location"])).status_code == 404


async def test_a_reflection_sent_twice_is_one(pat, northlight, work):
    address = f"/w/{northlight.slug}/engagements/{work}/reflections"
    draft = {"body": "Once.", "id": str(uuid4()), "mutation_id": str(uuid4())}
    first = await pat.post(address, json=draft)
    again = await pat.post(address, json=draft)
    assert first.json() == again.json()
    home = await pat.json(f"/w/{northlight.slug}")
    assert [note["body"] for note in home["reflections"]] == ["Once."]


async def test_an_empty_reflection_is_asked_for_again(pat, northlight, work):
    address = f"/w/{northlight.slug}/engagements/{work}/reflections"
    answer = await pat.submit(address, body="  ", audience="me")
    assert answer.status_code == 422
    assert "Enter a line or two." in answer.text
    assert 'value="me" id="f-audience-2" checked' in answer.text


async def test_only_who_is_coached_in_an_engagement_reflects_on_it(
    bob, visit, northlight, elsewhere, work
):
    address = f"/w/{northlight.slug}/engagements/{work}/reflections"
    people = [
        (northlight, northlight.ann),
        (northlight, northlight.sam),
        (elsewhere, elsewhere.pat),
    ]
    for stranger in [bob, *[await visit(world, person) for world, person in people]]:
        assert (await stranger.page(f"{address}/new")).status_code == 404
        assert (await stranger.post(address, json={"body": "Hello"})).status_code == 404


async def test_a_sponsor_has_no_home_in_the_workspace(visit, northlight, work):
    sam = await visit(northlight, northlight.sam)
    assert (await sam.page(f"/w/{northlight.slug}")).status_code == 404
