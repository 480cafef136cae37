"""Members of a workspace over HTTP: the list, taking somebody out, leaving, and what comes then."""

import asyncio
from typing import Any

import pytest

from engagements.handover.service import HandOver, hand_over
from measured import acts
from noting import SECRET, a_team, begun, job
from served import Visit, Visitor
from tenancy.ids import new_id
from tenancy.mail.service import outbox
from tenancy.workspaces import service as workspaces
from world import Consultancy, EngagementWorld, Person, token_of

MEMBERS = "settings/members"


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await a_team(northlight)


def at(world: Consultancy, path: str = "") -> str:
    return f"/w/{world.slug}/{path}".rstrip("/")


def departure(world: Consultancy, person: Person) -> str:
    return at(world, f"{MEMBERS}/{person.id}/departure")


async def names(owner: Visitor, world: Consultancy, which: str = "members") -> list[str]:
    return [one["name"] for one in (await owner.json(at(world, MEMBERS)))[which]]


async def test_an_owner_sees_who_is_in_the_workspace(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    alice = await visit(northlight, northlight.alice)
    found = (await alice.json(at(northlight, MEMBERS)))["members"]
    bob = next(one for one in found if one["name"] == "Bob Hartley")
    assert (bob["role"], bob["title"]) == ("consultant", "Consultant")
    assert ([one["engagement"] for one in bob["places"]], bob["left_on"]) == (
        ["Working together"],
        None,
    )
    page = await alice.page(at(northlight, MEMBERS))
    assert "Pat Okafor" in page.text and ">Settings</a>" in page.text


@pytest.mark.parametrize("key", ["bob", "ann", "pat"])
async def test_nobody_else_has_settings(
    visit: Visit, northlight: Consultancy, work: EngagementWorld, key: str
):
    browser = await visit(northlight, getattr(northlight, key))
    for path in (at(northlight, MEMBERS), departure(northlight, northlight.sam)):
        assert (await browser.page(path)).status_code == 404
    assert ">Settings</a>" not in (await browser.page(at(northlight))).text


async def test_members_of_another_workspace_are_not_there(
    visit: Visit, northlight: Consultancy, elsewhere: Consultancy
):
    alice = await visit(northlight, northlight.alice)
    path = departure(northlight, elsewhere.bob)
    assert (await alice.page(path)).status_code == 404
    assert (await alice.put(path)).status_code == 404
    charlie = await visit(elsewhere, elsewhere.alice)
    assert "Bob Hartley" in await names(charlie, elsewhere)


async def test_the_page_says_what_leaving_means_in_plain_words(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    await begun(northlight, work, northlight.ann)
    await begun(northlight, work, northlight.ann, audience="team")
    alice = await visit(northlight, northlight.alice)
    text = (await alice.page(departure(northlight, northlight.ann))).text
    for words in (
        "They can open nothing of Northlight any more",
        "Their place on “Working together” ends.",
        "One note that they shared stays with the people it is for",
        "One private note of theirs is kept sealed until",
        "End Ann Lowe’s membership",
    ):
        assert words in text, words
    assert SECRET not in text


async def test_whoever_leads_is_handed_over_from_the_page(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    alice = await visit(northlight, northlight.alice)
    page = await alice.page(departure(northlight, northlight.bob))
    assert "First, hand over what Bob Hartley leads" in page.text
    assert "End Bob Hartley’s membership" not in page.text
    refused = await alice.submit(departure(northlight, northlight.bob))
    assert refused.status_code == 409
    assert "Bob Hartley leads “Working together”. Hand it over first." in refused.text

    lead = at(northlight, f"engagements/{work.engagement}/lead")
    assert f'href="{lead}"' in page.text
    given = await alice.submit(lead, member_id=str(northlight.ann.id))
    assert given.headers["location"] == lead.removesuffix("lead") + "people"
    done = await alice.submit(departure(northlight, northlight.bob))
    assert done.headers["location"] == at(northlight, MEMBERS)
    assert "Bob Hartley" in await names(alice, northlight, "former")


async def test_a_lead_is_chosen_among_the_consultancy(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    bob = await visit(northlight, northlight.bob)
    lead = at(northlight, f"engagements/{work.engagement}/lead")
    page = (await bob.page(lead)).text
    assert "Ann Lowe" in page and 'value="' + str(northlight.bob.id) not in page
    assert "Alice Adeyemi" in page and "Joins the team" in page
    answer = await bob.submit(lead, member_id=str(northlight.pat.id))
    assert answer.status_code == 422
    assert "Choose somebody who works for the consultancy." in answer.text


async def test_a_second_click_finds_it_done(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    alice = await visit(northlight, northlight.alice)
    both = [alice.submit(departure(northlight, northlight.ann)) for _ in range(2)]
    assert [answer.status_code for answer in await asyncio.gather(*both)] == [303, 303]
    async with northlight.db.transaction(job(northlight)) as tx:
        letters = [mail.letter for mail in await outbox(tx)]
    assert letters.count("membership_ended") == 1


async def test_two_owners_who_remove_each_other_at_once_leave_one(
    visit: Visit, northlight: Consultancy
):
    async with northlight.db.transaction(job(northlight), writes=True) as tx:
        email = f"olu@{northlight.slug}.example"
        member = await workspaces.admit(tx, name="Olu Bright", email=email, role="owner")
    olu = Person("Olu Bright", email, member.id, "owner")
    first, second = await visit(northlight, northlight.alice), await visit(northlight, olu)
    answers = await asyncio.gather(
        first.put(departure(northlight, olu)), second.put(departure(northlight, northlight.alice))
    )
    assert sorted(answer.status_code for answer in answers)[0] == 200
    assert sorted(answer.status_code for answer in answers)[1] in (401, 404)
    still = first if answers[0].status_code == 200 else second
    assert len(await names(still, northlight)) == 5


# Afterwards


@pytest.mark.asvs("7.4.2")
async def test_the_next_request_of_somebody_taken_out_is_nobodys(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    ann = await visit(northlight, northlight.ann)
    alice = await visit(northlight, northlight.alice)
    await alice.put(departure(northlight, northlight.ann))
    for path in ("/session", at(northlight), at(northlight, f"engagements/{work.engagement}")):
        answer = await ann.get(path)
        assert answer.status_code == 401
        assert answer.json()["type"] == "urn:cocreate:left"
        assert answer.json()["detail"] == "You no longer have access to Northlight."
    page = await ann.page(at(northlight))
    assert page.status_code == 401
    assert "You no longer have access to Northlight." in page.text
    assert 'href="/waiting"' in page.text


async def test_who_is_only_signed_out_is_not_told_so(visit: Visit, northlight: Consultancy):
    ann = await visit(northlight, northlight.ann)
    await ann.post("/sign-out")
    answer = await ann.get("/session")
    assert (answer.status_code, "type" in answer.json()) == (401, False)
    assert (await ann.page(at(northlight))).headers["location"].startswith("/sign-in")


async def test_words_in_a_form_come_back_to_who_was_taken_out(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    ann = await visit(northlight, northlight.ann)
    alice = await visit(northlight, northlight.alice)
    await alice.put(departure(northlight, northlight.ann))
    written = {"body": "A line that nobody should lose.", "audience": "me"}
    answer = await ann.submit(at(northlight, f"engagements/{work.engagement}/notes"), **written)
    assert answer.status_code == 401
    assert "A line that nobody should lose." in answer.text
    assert "Your text was not saved" in answer.text
    assert "Send it" not in answer.text


async def test_an_autosave_in_the_second_of_leaving_is_answered(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    ann = await visit(northlight, northlight.ann)
    alice = await visit(northlight, northlight.alice)
    note: dict[str, Any] = {"body": "Still typing.", "engagement_id": str(work.engagement)}

    def autosave() -> Any:
        path = at(northlight, f"notes/{new_id()}")
        return ann.put(path, json=note | {"autosaved": True, "version": 0})

    saves = [autosave() for _ in range(6)]
    leaving = alice.put(departure(northlight, northlight.ann))
    *saved, left = await asyncio.gather(*saves, leaving)
    assert left.status_code == 200
    assert {answer.status_code for answer in saved} <= {200, 401}
    assert (await autosave()).status_code == 401


async def test_in_another_workspace_they_are_still_signed_in(
    visit: Visit, northlight: Consultancy, elsewhere: Consultancy, work: EngagementWorld
):
    async with elsewhere.transaction(elsewhere.alice) as tx:
        there = await workspaces.admit(
            tx, name="Ann Lowe", email=northlight.ann.email, role="associate"
        )
    token = await token_of(elsewhere.db, elsewhere.tenant, there.id)
    alice = await visit(northlight, northlight.alice)
    await alice.put(departure(northlight, northlight.ann))
    cookie = {"cookie": f"__Host-cocreate={token}"}
    answer = await alice.get("/session", headers=cookie)
    assert (answer.status_code, answer.json()["workspace"]) == (200, elsewhere.slug)


# Leaving by oneself


@pytest.mark.parametrize("key", ["ann", "pat", "sam"])
async def test_everybody_can_leave_and_is_told_what_it_means(
    visit: Visit, northlight: Consultancy, work: EngagementWorld, key: str
):
    person = getattr(northlight, key)
    browser = await visit(northlight, person)
    home = f"/portal/{northlight.slug}" if key == "sam" else at(northlight)
    page = await browser.page(f"{home}/settings/leave")
    assert "You can open nothing of Northlight any more" in page.text
    assert (await browser.json(f"{home}/settings/leave"))["own"] is True
    done = await browser.submit(f"{home}/settings/leave")
    assert (done.status_code, done.headers["location"]) == (303, home)
    assert (await browser.page(home)).status_code == 401
    alice = await visit(northlight, northlight.alice)
    assert person.name in await names(alice, northlight, "former")


async def test_the_last_owner_reads_why_they_stay(visit: Visit, northlight: Consultancy):
    alice = await visit(northlight, northlight.alice)
    page = await alice.page(at(northlight, "settings/leave"))
    assert "You are the last owner" in page.text
    assert 'action="' + at(northlight, "settings/leave") not in page.text
    answer = await alice.submit(at(northlight, "settings/leave"))
    assert answer.status_code == 409
    assert "never without one" in answer.text


async def test_a_program_leaves_as_well(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    ann = await visit(northlight, northlight.ann)
    answer = await ann.put(at(northlight, "settings/leave"))
    assert answer.status_code == 200
    assert answer.json()["left_on"]
    assert answer.json()["places"] == []


# Coming back, and what is left behind


async def test_an_owner_admits_somebody_again(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    alice = await visit(northlight, northlight.alice)
    await alice.put(departure(northlight, northlight.ann))
    back = at(northlight, f"{MEMBERS}/{northlight.ann.id}/readmission")
    assert (await alice.submit(back)).headers["location"] == at(northlight, MEMBERS)
    assert "Ann Lowe" in await names(alice, northlight)
    ann = await visit(northlight, northlight.ann)
    assert (await ann.page(at(northlight))).status_code == 200


async def test_the_team_finds_an_action_of_somebody_who_left_and_gives_it_on(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    bob = await visit(northlight, northlight.bob)
    promise = {"text": "Ask the newest person first", "owner_id": str(northlight.ann.id)}
    listed = at(northlight, f"engagements/{work.engagement}/actions")
    agreed = await bob.post(listed, json=promise)
    alice = await visit(northlight, northlight.alice)
    await alice.put(departure(northlight, northlight.ann))
    assert "Ann Lowe (left)" in (await bob.page(listed)).text
    action = at(northlight, f"actions/{agreed.json()['id']}")
    assert "Give it to somebody else" in (await bob.page(action)).text
    form = (await bob.page(f"{action}/edit")).text
    assert str(northlight.ann.id) not in form.partition("<select")[2].partition("</select>")[0]
    given = await bob.put(action, json=promise | {"owner_id": str(northlight.bob.id)})
    assert given.json()["owner"] == "Bob Hartley"


async def test_an_engagement_whose_lead_left_is_taken_over_by_its_team(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    alice = await visit(northlight, northlight.alice)
    chosen = HandOver(member_id=northlight.ann.id)
    await acts(northlight, northlight.bob, hand_over, work.engagement, chosen, path="")
    state = at(northlight, f"engagements/{work.engagement}/state")
    bob = await visit(northlight, northlight.bob)
    await bob.put(state, json={"state": "closed"})
    await alice.put(departure(northlight, northlight.ann))
    await bob.put(state, json={"state": "running"})
    people = at(northlight, f"engagements/{work.engagement}/people")
    assert "Ann Lowe (left) leads this engagement" in (await bob.page(people)).text
    lead = at(northlight, f"engagements/{work.engagement}/lead")
    taken = await bob.submit(lead, member_id=str(northlight.bob.id))
    assert taken.status_code == 303
    assert "Ann Lowe" not in (await bob.page(people)).text
