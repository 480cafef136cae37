"""Writing notes over HTTP: keeping, saving, letting people in, history, and two versions."""

import re
from uuid import uuid4

import pytest

from noting import a_team
from tenancy.ids import new_id


@pytest.fixture
async def work(northlight):
    return (await a_team(northlight)).engagement


@pytest.fixture
async def bob(northlight, visit, work):
    return await visit(northlight, northlight.bob)


@pytest.fixture
async def ann(northlight, visit, work):
    return await visit(northlight, northlight.ann)


async def put(browser, world, id, **facts):
    facts = {"mutation_id": str(uuid4()), "audience": "me"} | facts
    return await browser.put(f"/w/{world.slug}/notes/{id}", json=facts)


async def begun(browser, world, work, body="First", **facts):
    id = str(new_id())
    answer = await put(browser, world, id, body=body, engagement_id=str(work), **facts)
    assert answer.status_code == 200, answer.text
    return id


async def test_a_note_that_is_kept_while_it_is_typed_becomes_one_note(bob, northlight, work):
    id = await begun(bob, northlight, work, "Ha", autosaved=True)
    for version, body in ((1, "Half"), (2, "Half a")):
        answer = await put(bob, northlight, id, body=body, version=version, autosaved=True)
        assert answer.json()["version"] == version + 1
    assert answer.json()["drafted"] is True
    page = await bob.page(f"/w/{northlight.slug}/notes/{id}")
    assert "draft, not saved yet" in page.text

    saved = await put(bob, northlight, id, body="Half a thought", version=3, audience="team")
    assert (saved.json()["drafted"], saved.json()["audience"]) == (False, "team")


async def test_the_same_save_sent_again_is_answered_alike_and_stored_once(bob, northlight, work):
    once = {"mutation_id": str(uuid4()), "engagement_id": str(work)}
    id = str(new_id())
    first = await put(bob, northlight, id, body="Once", **once)
    again = await put(bob, northlight, id, body="Once", **once)

    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json()["version"] == 1


async def test_a_program_is_told_that_a_late_text_was_kept_aside(bob, northlight, work):
    id = await begun(bob, northlight, work)
    await put(bob, northlight, id, body="Second", version=1)

    late = await put(bob, northlight, id, body="Late", version=1)

    assert late.status_code == 409
    assert late.json()["type"] == "urn:cocreate:kept-aside"
    page = await bob.json(f"/w/{northlight.slug}/notes/{id}")
    assert [copy["body"] for copy in page["copies"]] == ["Late"]


async def test_letting_people_in_is_asked_by_name_and_the_text_is_still_there(
    bob, northlight, work
):
    id = await begun(bob, northlight, work)
    address = f"/w/{northlight.slug}/notes/{id}"
    fields = {"body": "For the team now", "audience": "team", "version": "1"}

    asked = await bob.submit(address, **fields)
    assert asked.status_code == 422
    assert "Ann Lowe could then read this note" in asked.text
    assert "For the team now" in asked.text
    assert "Yes, let them read it" in asked.text
    let_in = re.findall(r'name="widening_to" value="([^"]+)"', asked.text)
    assert let_in == [str(northlight.ann.id)]

    saved = await bob.submit(address, widening_to=let_in, **fields)
    assert saved.status_code == 303
    assert (await bob.json(address))["note"]["audience"] == "team"


async def test_a_program_is_told_whom_a_change_would_let_in(bob, northlight, work):
    id = await begun(bob, northlight, work)

    asked = await put(bob, northlight, id, body="x", version=1, audience="team")

    assert asked.status_code == 422
    assert [person["name"] for person in asked.json()["people"]] == ["Ann Lowe"]
    assert asked.json()["errors"].keys() == {"widening_to"}


async def test_narrowing_says_who_had_opened_it(bob, ann, northlight, work):
    id = await begun(bob, northlight, work, audience="team")
    address = f"/w/{northlight.slug}/notes/{id}"
    await ann.page(address)

    page = await bob.page(address)
    assert "Who opened it" in page.text
    assert "Ann Lowe" in page.text
    narrowed = await bob.submit(f"{address}/audience", audience="me")
    assert narrowed.status_code == 303
    assert (await ann.page(address)).status_code == 404
    shown = await bob.put(f"{address}/audience", json={"audience": "me"})
    assert [reading["reader"] for reading in shown.json()["had_opened"]] == ["Ann Lowe"]


async def test_the_form_offers_what_was_chosen_last(bob, northlight, work):
    new = f"/w/{northlight.slug}/engagements/{work}/notes/new?kind=session"
    assert 'value="me" id="f-audience" checked' in (await bob.page(new)).text

    await begun(bob, northlight, work, audience="team")

    assert re.search(r'value="team"[^>]*checked', (await bob.page(new)).text)


async def test_a_note_begins_with_a_template(bob, northlight, work):
    base = f"/w/{northlight.slug}/engagements/{work}/notes/new"

    assert "**What shifted**" in (await bob.page(f"{base}?kind=session&begin=coaching")).text
    supervision = await bob.page(f"{base}?kind=supervision")
    assert "For supervision" in supervision.text
    assert 'name="audience" value="me"' in supervision.text


async def test_a_preview_shows_the_text_and_keeps_nothing(bob, northlight, work):
    answer = await bob.post(
        f"/w/{northlight.slug}/notes/preview",
        data={"body": "**Bold** <script>x</script> #PS1"},
        headers={"accept": "text/html", "sec-fetch-site": "same-origin"},
    )

    assert answer.status_code == 200
    assert "<strong>Bold</strong>" in answer.text
    assert "<script>x" not in answer.text
    assert f"/w/{northlight.slug}/framework#PS1" in answer.text
    notes = await bob.json(f"/w/{northlight.slug}/engagements/{work}/notes")
    assert notes["notes"] == []


async def test_the_history_shows_what_changed_and_an_old_text_can_be_used_again(
    bob, northlight, work
):
    id = await begun(bob, northlight, work, "One two three")
    await put(bob, northlight, id, body="One 2 three", version=1)
    address = f"/w/{northlight.slug}/notes/{id}"

    page = await bob.page(f"{address}/versions?number=2")
    assert page.status_code == 200
    older = await bob.json(f"{address}/versions?number=1")
    assert older["shown"]["body"] == "One two three"
    again = await bob.submit(f"{address}/versions/1/restoration", version="2")
    assert again.status_code == 303
    note = (await bob.json(address))["note"]
    assert (note["body"], note["version"]) == ("One two three", 3)


async def test_restoring_on_an_outdated_page_keeps_the_newer_text(bob, northlight, work):
    id = await begun(bob, northlight, work)
    await put(bob, northlight, id, body="Second", version=1)
    address = f"/w/{northlight.slug}/notes/{id}"

    late = await bob.put(f"{address}/versions/1/restoration", json={"version": 1})

    assert late.status_code == 409
    assert (await bob.json(address))["note"]["body"] == "Second"


@pytest.fixture
async def two_versions(bob, northlight, work):
    """A note whose first paragraph was changed on the laptop, and whose last on the phone."""
    id = await begun(bob, northlight, work, "First\n\nMiddle\n\nLast")
    await put(bob, northlight, id, body="First, changed\n\nMiddle\n\nLast", version=1)
    await put(bob, northlight, id, body="First\n\nMiddle\n\nLast, changed", version=1)
    address = f"/w/{northlight.slug}/notes/{id}"
    [copy] = (await bob.json(address))["copies"]
    return address, copy["id"]


async def test_two_versions_stand_side_by_side(bob, two_versions):
    address, copy = two_versions

    assert "Two versions kept" in (await bob.page(address)).text
    beside = await bob.page(f"{address}/copies/{copy}")
    assert "As it is saved" in beside.text
    assert "Your other text" in beside.text
    assert "Merge both into one note" in beside.text


async def test_paragraphs_that_do_not_overlap_merge_by_one_press(bob, two_versions):
    address, copy = two_versions

    merged = await bob.submit(f"{address}/copies/{copy}/merge", version="2")

    assert merged.status_code == 303
    page = await bob.json(address)
    assert page["note"]["body"] == "First, changed\n\nMiddle\n\nLast, changed"
    assert page["copies"] == []


async def test_a_merge_on_an_outdated_page_changes_nothing_and_keeps_the_copy(
    bob, northlight, two_versions
):
    address, copy = two_versions
    id = address.rpartition("/")[2]
    await put(bob, northlight, id, body="Rewritten", version=2)

    late = await bob.put(f"{address}/copies/{copy}/merge", json={"version": 2})

    assert late.status_code == 409
    page = await bob.json(address)
    assert page["note"]["body"] == "Rewritten"
    assert copy in {kept["id"] for kept in page["copies"]}


async def test_what_was_changed_twice_is_brought_together_by_hand(bob, northlight, work):
    id = await begun(bob, northlight, work, "Same")
    await put(bob, northlight, id, body="Same, on the laptop", version=1)
    await put(bob, northlight, id, body="Same, on the phone", version=1)
    address = f"/w/{northlight.slug}/notes/{id}"
    [copy] = (await bob.json(address))["copies"]

    beside = await bob.page(f"{address}/copies/{copy['id']}")
    assert "Merge both into one note" not in beside.text
    refused = await bob.put(f"{address}/copies/{copy['id']}/merge", json={"version": 2})
    assert refused.status_code == 409
    fields = {"body": "Same, on both", "version": "2", "audience": "me", "settles": copy["id"]}
    saved = await bob.submit(address, **fields)
    assert saved.status_code == 303
    page = await bob.json(address)
    assert (page["note"]["body"], page["copies"]) == ("Same, on both", [])


async def test_texts_of_two_writers_do_not_merge_by_one_press(bob, ann, northlight, work):
    id = await begun(bob, northlight, work, "First\n\nLast", audience="team")
    await put(bob, northlight, id, body="First, Bob\n\nLast", version=1, audience="team")
    late = await put(ann, northlight, id, body="First\n\nLast, Ann", version=1)
    assert late.status_code == 409
    address = f"/w/{northlight.slug}/notes/{id}"
    [copy] = (await ann.json(address))["copies"]

    beside = await ann.json(f"{address}/copies/{copy['id']}")

    assert beside["reconciliation"]["together"] is None
    assert "First, Bob" in beside["reconciliation"]["suggestion"]
    assert "Last, Ann" in beside["reconciliation"]["suggestion"]
    assert (await bob.page(f"{address}/copies/{copy['id']}")).status_code == 404


async def test_a_text_that_is_laid_aside_is_shown_no_more_and_the_note_stays(bob, two_versions):
    address, copy = two_versions

    laid = await bob.submit(f"{address}/copies/{copy}/settlement")

    assert laid.status_code == 303
    page = await bob.json(address)
    assert page["copies"] == []
    assert page["note"]["body"].startswith("First, changed")


async def test_promises_of_a_note_become_actions_once(bob, northlight, work):
    body = "Talked.\n[] Ask theatres @Pat Okafor by 12 December\n[] Watch the door"
    id = await begun(bob, northlight, work, body)
    address = f"/w/{northlight.slug}/notes/{id}"
    page = await bob.page(f"{address}/actions/new")
    assert "Make 2 actions" in page.text

    fields = {
        "text": ["Ask theatres", "Watch the door"],
        "owner_id": [str(northlight.pat.id), str(northlight.bob.id)],
        "due_on": ["2027-12-12", ""],
        "shown_to": ["participant", "team"],
    }
    made = await bob.submit(f"{address}/actions", **fields)

    assert made.status_code == 303
    actions = await bob.json(f"/w/{northlight.slug}/engagements/{work}/actions")
    assert {(a["text"], a["owner"], a["due_on"]) for a in actions["open"]} == {
        ("Ask theatres", "Pat Okafor", "2027-12-12"),
        ("Watch the door", "Bob Hartley", None),
    }
    assert "Nothing is left to promise here" in (await bob.page(f"{address}/actions/new")).text


async def test_a_promise_of_a_private_note_is_offered_to_the_fewest(bob, northlight, work):
    id = await begun(bob, northlight, work, "[] Hold my tongue")

    page = await bob.page(f"/w/{northlight.slug}/notes/{id}/actions/new")

    assert re.search(r'<option value="team" selected>', page.text)
    actions = await bob.json(f"/w/{northlight.slug}/engagements/{work}/actions")
    assert actions["open"] == []


async def test_an_action_that_does_not_fit_makes_none_of_them(bob, northlight, work):
    id = await begun(bob, northlight, work, "[] One\n[] Two")
    fields = {
        "text": ["One", "Two"],
        "owner_id": [str(northlight.bob.id), str(northlight.pat.id)],
        "due_on": ["", ""],
        "shown_to": ["team", "team"],
    }

    refused = await bob.submit(f"/w/{northlight.slug}/notes/{id}/actions", **fields)

    assert refused.status_code == 422
    assert "Pat Okafor has to see it too" in refused.text
    actions = await bob.json(f"/w/{northlight.slug}/engagements/{work}/actions")
    assert actions["open"] == []
