"""From the code to the first note, and the sample beside it, over HTTP."""

from collections.abc import AsyncIterator

import httpx
import pytest_asyncio

import world as worlds
from served import Visitor
from signing_up import code_for, form, kept, own_network
from tenancy.database.pool import Database
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.reach import differences


@pytest_asyncio.fixture
async def owner(site: str, db: Database, keyring: Keyring) -> AsyncIterator[Visitor]:
    """The owner of a new workspace who looks round in the sample; `base` is where it is."""
    typed = form(begin="look")
    async with Visitor(base_url=site, headers=own_network(), timeout=60) as visitor:
        asked = await visitor.post("/sign-up", json=typed)
        code = {"code": await code_for(db, keyring, typed["email"])}
        answer = await visitor.post("/sign-up/code", json=code, headers=kept(asked))
        visitor.headers.update(kept(answer))
        visitor.headers["x-csrf-token"] = answer.json()["csrf_token"]
        visitor.base_url = httpx.URL(f"{site}{answer.json()['home']}/")
        yield visitor


async def test_a_new_owner_is_shown_three_steps_and_the_sample(owner) -> None:
    home = await owner.page("")
    assert "Your first note is three steps away" in home.text
    assert "Northmoor Vale" in home.text
    assert '/settings/invitations">Your colleagues</a>' in home.text
    page = await owner.json("")
    assert page["begun"] == {"client": False, "engagement_id": None, "note": False}


async def test_client_and_engagement_are_one_page_and_the_note_is_the_next(owner) -> None:
    answer = await owner.submit(
        "beginning",
        client="Ashbourne Trust",
        kind="acute trust",
        title="Working together",
        purpose="That people speak up early.",
    )
    assert answer.status_code == 303
    assert answer.headers["location"].endswith("/notes/new")
    work = answer.headers["location"].split("/")[-3]
    steps = (await owner.json(""))["begun"]
    assert steps == {"client": True, "engagement_id": work, "note": False}
    assert "Write your first note" in (await owner.page("")).text
    shown = await owner.json(f"engagements/{work}")
    assert (shown["state"], shown["sample"]) == ("running", False)

    note = {"body": "They asked for help.", "audience": "me", "kind": "working"}
    written = await owner.post(f"engagements/{work}/notes", json=note)
    assert written.status_code == 201, written.text
    assert (await owner.json(""))["begun"] is None
    assert "three steps" not in (await owner.page("")).text


async def test_an_owner_who_writes_no_notes_is_left_in_peace_once_a_colleague_does(
    visit, northlight
) -> None:
    work = await worlds.engagement(northlight)
    alice, bob = await visit(northlight, northlight.alice), await visit(northlight, northlight.bob)
    home = f"/w/{northlight.slug}"
    steps = (await alice.json(home))["begun"]
    assert (steps["client"], steps["note"]) == (True, False)
    note = {"body": "For me alone.", "audience": "me", "kind": "working"}
    written = await bob.post(f"{home}/engagements/{work.engagement}/notes", json=note)
    assert written.status_code == 201
    assert (await alice.json(home))["begun"] is None


async def test_what_does_not_fit_is_said_and_what_was_typed_is_kept(owner) -> None:
    answer = await owner.submit(
        "beginning", client="Ashbourne Trust", kind="", title="", purpose=""
    )
    assert answer.status_code == 422
    assert "Ashbourne Trust" in answer.text
    assert "Choose the kind of organisation" in answer.text


async def test_only_an_owner_is_shown_the_steps(visit, northlight) -> None:
    for person in (northlight.bob, northlight.ann):
        visitor = await visit(northlight, person)
        page = await visitor.json(f"/w/{northlight.slug}")
        assert (page["begun"], page["sample"]) == (None, None)


async def test_the_sample_is_marked_where_it_is_met(owner) -> None:
    (client,) = (await owner.json("clients"))["clients"]
    (engagement,) = (await owner.json("engagements"))["engagements"]
    assert client["sample"]
    assert engagement["sample"]
    for path in ("clients", f"clients/{client['id']}", "engagements"):
        assert "ample" in (await owner.page(path)).text
    page = await owner.page(f"engagements/{engagement['id']}")
    assert '<span class="state-word quiet">sample</span>' in page.text
    members = (await owner.json("settings/members"))["members"]
    assert {one["name"] for one in members if not one["sample"]} == {"Anna Weiss"}
    assert "1 person belongs" in (await owner.page("settings/members")).text


async def test_one_press_removes_it(owner, db) -> None:
    page = await owner.page("settings/sample")
    assert "Remove the sample" in page.text
    answer = await owner.submit("settings/sample", notes="0")
    assert answer.status_code == 303
    assert (await owner.json("clients"))["clients"] == []
    assert (await owner.json(""))["sample"] is None
    assert "There is no sample here" in (await owner.page("settings/sample")).text
    assert (await owner.submit("settings/sample", notes="0")).status_code == 409
    slug = str(owner.base_url).rstrip("/").split("/")[-1]
    assert [line for line in await differences(db) if slug in line] == []


async def test_own_notes_in_it_are_told_before_they_go(owner) -> None:
    (engagement,) = (await owner.json("engagements"))["engagements"]
    note = {"body": "Mine.", "audience": "me", "kind": "working"}
    await owner.post(f"engagements/{engagement['id']}/notes", json=note)
    assert (
        "One note that was written in it since goes too"
        in (await owner.page("settings/sample")).text
    )
    early = await owner.submit("settings/sample", notes="0")
    assert early.status_code == 422
    assert "One note was written in it since" in early.text
    assert (await owner.submit("settings/sample", notes="1")).status_code == 303


async def test_only_an_owner_removes_it(visit, northlight) -> None:
    for person in (northlight.bob, northlight.ann, northlight.pat, northlight.sam):
        visitor = await visit(northlight, person)
        answer = await visitor.post(f"/w/{northlight.slug}/settings/sample", json={"notes": 0})
        assert answer.status_code == 404
