"""Actions over HTTP: the pages, the forms and the JSON."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import UUID

import pytest

from served import Visit, Visitor
from tenancy.ids import new_id
from world import Consultancy, Person, engagement

TODAY = datetime.now(UTC).date()
TEXT = "Open handover with one question"


@pytest.fixture
async def work(northlight: Consultancy) -> UUID:
    return (await engagement(northlight)).engagement


@pytest.fixture
async def bob(visit: Visit, northlight: Consultancy) -> Visitor:
    return await visit(northlight, northlight.bob)


@pytest.fixture
async def pat(visit: Visit, northlight: Consultancy) -> Visitor:
    return await visit(northlight, northlight.pat)


async def agreed(bob: Visitor, world: Consultancy, work: UUID, owner: Person, **facts) -> str:
    """The address of an action that Bob has written down."""
    body = {"text": TEXT, "owner_id": str(owner.id), **facts}
    answer = await bob.post(f"/w/{world.slug}/engagements/{work}/actions", json=body)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"]


async def state(visitor: Visitor, address: str) -> str:
    return (await visitor.json(address))["action"]["state"]


async def test_an_action_is_agreed_with_the_form(bob, northlight, work):
    base = f"/w/{northlight.slug}/engagements/{work}/actions"
    sent = await bob.submit(base, text=TEXT, owner_id=str(northlight.pat.id), due_on="2027-01-15")
    assert sent.status_code == 303
    shown = await bob.page(sent.headers["location"])
    assert TEXT in shown.text
    assert "15 January 2027" in shown.text


@pytest.mark.asvs("14.2.1")
async def test_an_action_begins_with_a_line_of_a_note_that_stands_in_no_address(
    bob, northlight, work
):
    engagement_page = f"/w/{northlight.slug}/engagements/{work}"
    words = "Handover felt rushed.\n\nAsk the registrar."
    note = (await bob.post(f"{engagement_page}/notes", json={"body": words})).json()
    page = await bob.page(f"/w/{northlight.slug}/notes/{note['id']}")
    [_, address] = re.findall(r'href="([^"]+/actions/new[^"]+)"', page.text)
    assert "registrar" not in address
    assert "Ask the registrar.</textarea>" in (await bob.page(unescape(address))).text
    unheard_of = f"{engagement_page}/actions/new?note={new_id()}"
    assert (await bob.page(unheard_of)).status_code == 404


async def test_an_action_is_read_as_json_alone_and_in_its_list(bob, northlight, work):
    address = await agreed(bob, northlight, work, northlight.pat, due_on=TODAY.isoformat())
    row = (await bob.json(address))["action"]
    assert (row["owner"], row["due_on"], row["late"]) == ("Pat Okafor", TODAY.isoformat(), False)
    listed = await bob.json(f"/w/{northlight.slug}/engagements/{work}/actions")
    assert [row["text"] for row in listed["open"]] == [TEXT]
    assert listed["done"] == listed["dropped"] == []


async def test_what_does_not_fit_is_said_beside_its_field_and_what_was_typed_stays(
    bob, northlight, work
):
    base = f"/w/{northlight.slug}/engagements/{work}/actions"
    typed = {"text": TEXT, "owner_id": str(northlight.pat.id), "shown_to": "team"}
    answer = await bob.submit(base, **typed)
    assert answer.status_code == 422
    assert "Pat Okafor has to see it too." in answer.text
    assert f"{TEXT}</textarea>" in answer.text
    empty = await bob.post(base, json={})
    assert empty.json()["errors"] == {
        "text": "Enter what was agreed.",
        "owner_id": "Choose who will do it.",
    }


async def test_the_list_says_first_how_many_promises_are_late(bob, northlight, work):
    listing = f"/w/{northlight.slug}/engagements/{work}/actions"
    assert "Nothing has been promised yet" in (await bob.page(listing)).text
    late = TODAY - timedelta(days=3)
    address = await agreed(bob, northlight, work, northlight.pat, due_on=late.isoformat())
    await agreed(bob, northlight, work, northlight.pat)
    assert "One promise is late" in (await bob.page(listing)).text
    await bob.put(f"{address}/completion", json={})
    assert "One promise is open, and on time" in (await bob.page(listing)).text


async def test_a_participant_ticks_off_without_javascript_and_comes_back_home(
    bob, pat, northlight, work
):
    address = await agreed(bob, northlight, work, northlight.pat)
    answer = await pat.submit(f"{address}/completion", done="true")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/w/{northlight.slug}")
    assert await state(pat, address) == "done"
    await pat.submit(f"{address}/completion", done="false")
    assert await state(pat, address) == "open"


async def test_htmx_gets_the_row_alone(bob, pat, northlight, work):
    address = await agreed(bob, northlight, work, northlight.pat)
    answer = await pat.post(
        f"{address}/completion",
        data={"done": "true"},
        headers={"accept": "text/html", "hx-request": "true", "sec-fetch-site": "same-origin"},
    )
    assert answer.status_code == 200
    assert answer.text.startswith("<li")
    assert "Not done after all" in answer.text


async def test_completing_as_json_names_the_day(bob, northlight, work):
    address = await agreed(bob, northlight, work, northlight.pat)
    yesterday = (TODAY - timedelta(days=1)).isoformat()
    answer = await bob.put(f"{address}/completion", json={"on": yesterday})
    assert (answer.json()["state"], answer.json()["done_on"]) == ("done", yesterday)
    later = (TODAY + timedelta(days=5)).isoformat()
    await bob.put(f"{address}/completion", json={"done": False})
    refused = await bob.put(f"{address}/completion", json={"on": later})
    assert refused.status_code == 422
    assert refused.json()["errors"] == {"on": "Enter today or an earlier day."}


async def test_an_action_is_changed_with_the_form(bob, northlight, work):
    address = await agreed(bob, northlight, work, northlight.pat, due_on="2027-01-15")
    form = await bob.page(f"{address}/edit")
    assert 'value="2027-01-15"' in form.text
    facts = {"text": "Ask the registrar", "owner_id": str(northlight.bob.id), "shown_to": "team"}
    answer = await bob.submit(address, **facts)
    assert answer.headers["location"] == address
    row = (await bob.json(address))["action"]
    assert (row["text"], row["due_on"], row["owner"]) == ("Ask the registrar", None, "Bob Hartley")


async def test_a_dropped_action_is_refused_to_be_done_on_its_page(bob, northlight, work):
    address = await agreed(bob, northlight, work, northlight.pat)
    dropped = await bob.submit(f"{address}/drop")
    assert dropped.status_code == 303
    answer = await bob.submit(f"{address}/completion")
    assert answer.status_code == 409
    assert "This action was dropped, so it cannot be completed." in answer.text


async def test_a_participant_cannot_drop_or_change_their_action(bob, pat, northlight, work):
    address = await agreed(bob, northlight, work, northlight.pat)
    shown = await pat.page(address)
    assert "Mark as done" in shown.text
    assert "Drop it" not in shown.text
    assert (await pat.put(f"{address}/drop")).status_code == 409
    body = {"text": "Nothing", "owner_id": str(northlight.pat.id)}
    assert (await pat.put(address, json=body)).status_code == 404
    assert (await pat.page(f"{address}/edit")).status_code == 404
    assert await state(pat, address) == "open"


async def test_who_has_no_part_in_an_action_finds_nothing(
    bob, pat, visit, northlight, elsewhere, work
):
    address = await agreed(bob, northlight, work, northlight.bob, shown_to="team")
    sam = await visit(northlight, northlight.sam)
    ann = await visit(northlight, northlight.ann)
    charlie = await visit(elsewhere, elsewhere.alice)
    for stranger in (pat, sam, ann, charlie):
        assert (await stranger.page(address)).status_code == 404
        assert (await stranger.put(f"{address}/completion", json={})).status_code == 404
    assert await state(bob, address) == "open"


async def test_without_signing_in_nothing_is_ticked_off(bob, northlight, work):
    address = await agreed(bob, northlight, work, northlight.pat)
    cookie = bob.headers.pop("cookie")
    assert (await bob.put(f"{address}/completion", json={})).status_code == 401
    bob.headers["cookie"] = cookie
    assert await state(bob, address) == "open"


async def test_a_change_without_the_sessions_token_is_refused(bob, northlight, work):
    address = await agreed(bob, northlight, work, northlight.pat)
    del bob.headers["x-csrf-token"]
    assert (await bob.put(f"{address}/completion", json={})).status_code == 403
    assert await state(bob, address) == "open"
