"""Somebody leaves the workspace: what ends, what stays with whom, and what has to be done first."""

import asyncio
from datetime import date, timedelta
from functools import partial
from uuid import UUID

import pytest

from engagements.actions import queries as actions
from engagements.actions.service import ActionDraft, agree, change, complete
from engagements.commercial.queries import agreement_page
from engagements.handover.service import HandOver, hand_over
from engagements.members import queries
from engagements.members.queries import Departure
from engagements.members.service import leave
from engagements.notes import service as notes
from engagements.portal.service import publish_update
from engagements.portfolio import people
from engagements.portfolio.people import PersonDraft
from engagements.portfolio.queries import engagement_page
from engagements.portfolio.service import StateChange, change_state
from engagements.sessions.queries import session_page
from engagements.sessions.service import SessionDraft, change_session, plan_session
from engagements.upward import service as upward
from engagements.upward.queries import proposed_by_me, words_form
from engagements.upward.service import WordsDraft
from measured import acts, agreed, finding, reads
from noting import (
    SECRET,
    a_team,
    begun,
    draft,
    job,
    joins,
    read,
    readable,
    rows,
    write,
)
from tenancy.database.pool import Database
from tenancy.errors import Conflict, Failure, Invalid, NotFound, Refused
from tenancy.identity.sessions import who_is
from tenancy.mail.service import Letter, outbox
from tenancy.workspaces import service as workspaces
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.leaving import depart, readmit
from tenancy.workspaces.reach import differences
from world import Consultancy, EngagementWorld, Person, consultancy, engagement, signed_in_token

TODAY = workspaces.today_in("Europe/London")


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    """Bob leads it, Ann works on it too; Pat takes part, Sam sponsors it."""
    return await a_team(northlight)


async def second_owner(world: Consultancy) -> Person:
    async with world.db.transaction(job(world), writes=True) as tx:
        email = f"olu@{world.slug}.example"
        member = await workspaces.admit(tx, name="Olu Bright", email=email, role="owner")
    return Person("Olu Bright", email, member.id, "owner")


handed_over = partial(hand_over, path="")


async def leaves(world: Consultancy, person: Person, by: Person | None = None, **surface) -> None:
    by = by or person
    named = {"workspace": "Northlight", "today": TODAY, **surface}
    await acts(world, by, leave, person.id, **named)


async def departure(world: Consultancy, person: Person, by: Person, **surface) -> Departure:
    return await reads(world, by, queries.departure_of, person.id, TODAY, **surface)


async def left_on(world: Consultancy, person: Person) -> date | None:
    async with world.db.transaction(job(world)) as tx:
        return (await tx.one(queries.member_row, member=person.id)).left_on


async def may_come(world: Consultancy, person: Person) -> bool:
    async with world.db.transaction(job(world)) as tx:
        sql = "SELECT count(*) FROM reach WHERE tenant_id = $1 AND member_id = $2"
        return bool(await tx.connection.fetchval(sql, world.tenant, person.id))


async def letters(world: Consultancy, to: Person) -> list[Letter]:
    async with world.db.transaction(job(world)) as tx:
        return [mail for mail in await outbox(tx) if mail.to_address == to.email]


async def trail(owner_url: str, world: Consultancy, verb: str) -> list[tuple[UUID, UUID]]:
    found = await rows(
        owner_url,
        "SELECT member_id, object_id FROM audit_entry WHERE tenant_id = $1 AND verb = $2",
        world.tenant,
        verb,
    )
    return [tuple(row) for row in found]


async def action_of(world: Consultancy, work: EngagementWorld, owner: Person) -> UUID:
    promise = ActionDraft(text="Ask the newest person first", owner_id=owner.id)
    return (await acts(world, world.bob, agree, work.engagement, promise)).id


async def shown(world: Consultancy, action: UUID) -> actions.ActionRow:
    async with world.transaction(world.bob) as tx:
        return await tx.one(actions.action_row, id=action, today=TODAY)


def a_session(**facts) -> SessionDraft:
    soon = TODAY + timedelta(days=9)
    return SessionDraft(kind="team", starts_on=soon, starts_at="09:30", **facts)


# Access


@pytest.mark.asvs("7.4.2")
async def test_who_leaves_loses_access_places_and_sessions_at_once(
    northlight: Consultancy, work: EngagementWorld
):
    token = await signed_in_token(northlight, northlight.ann)
    await leaves(northlight, northlight.ann, by=northlight.alice)
    assert await who_is(northlight.db, token) is None
    assert not await may_come(northlight, northlight.ann)
    assert await left_on(northlight, northlight.ann) == TODAY
    async with northlight.transaction(northlight.bob) as tx:
        page = await tx.one(engagement_page, engagement=work.engagement)
    assert "Ann Lowe" not in [person.name for person in page.people]
    assert await differences(northlight.db) == []


@pytest.mark.parametrize("key", ["ann", "pat"])
async def test_anybody_may_leave_by_themselves(
    northlight: Consultancy, work: EngagementWorld, key: str
):
    person = getattr(northlight, key)
    await leaves(northlight, person)
    assert not await may_come(northlight, person)


async def test_a_sponsor_leaves_from_the_portal(northlight: Consultancy, work: EngagementWorld):
    await leaves(northlight, northlight.sam, surface="portal")
    assert not await may_come(northlight, northlight.sam)


async def test_in_another_workspace_they_stay_who_they_are(
    northlight: Consultancy, elsewhere: Consultancy, work: EngagementWorld
):
    async with elsewhere.transaction(elsewhere.alice) as tx:
        there = await workspaces.admit(
            tx, name="Ann Lowe", email=northlight.ann.email, role="consultant"
        )
    other = Person("Ann Lowe", northlight.ann.email, there.id, "consultant")
    token = await signed_in_token(elsewhere, other)
    await leaves(northlight, northlight.ann, by=northlight.alice)
    found = await who_is(northlight.db, token)
    assert found is not None and found.member == there.id


@pytest.mark.parametrize("key", ["bob", "ann", "pat", "sam"])
async def test_only_an_owner_takes_somebody_out(
    northlight: Consultancy, work: EngagementWorld, key: str
):
    with pytest.raises(NotFound):
        await acts(northlight, getattr(northlight, key), depart, northlight.alice.id)
    assert await may_come(northlight, northlight.alice)


async def test_another_consultancys_people_are_not_there(
    northlight: Consultancy, elsewhere: Consultancy
):
    with pytest.raises(NotFound):
        await leaves(northlight, elsewhere.ann, by=northlight.alice)
    assert await may_come(elsewhere, elsewhere.ann)


async def test_taken_out_twice_is_taken_out_once(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
):
    for _ in range(2):
        await leaves(northlight, northlight.ann, by=northlight.alice)
    assert await trail(owner_url, northlight, "member departed") == [
        (northlight.alice.id, northlight.ann.id)
    ]
    assert len(await letters(northlight, northlight.ann)) == 1


async def test_two_clicks_at_once_take_out_once(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
):
    both = [leaves(northlight, northlight.ann, by=northlight.alice) for _ in range(2)]
    await asyncio.gather(*both)
    assert len(await trail(owner_url, northlight, "member departed")) == 1


# Owners


async def test_the_last_owner_stays(northlight: Consultancy):
    with pytest.raises(Refused, match="You are the last owner"):
        await leaves(northlight, northlight.alice)
    assert await may_come(northlight, northlight.alice)


async def test_one_of_two_owners_may_leave(northlight: Consultancy):
    olu = await second_owner(northlight)
    await leaves(northlight, northlight.alice)
    with pytest.raises(Refused, match="You are the last owner"):
        await leaves(northlight, olu)


async def test_of_two_owners_who_remove_each_other_at_once_one_stays(
    db: Database, keyring: Keyring
):
    for _ in range(5):
        world = await consultancy(db, keyring)
        olu = await second_owner(world)
        outcomes = await asyncio.gather(
            leaves(world, olu, by=world.alice),
            leaves(world, world.alice, by=olu),
            return_exceptions=True,
        )
        refused = [one for one in outcomes if isinstance(one, BaseException)]
        assert [type(one) for one in refused] == [NotFound]
        assert [await may_come(world, one) for one in (world.alice, olu)].count(True) == 1


async def test_of_two_owners_who_leave_at_once_one_stays(db: Database, keyring: Keyring):
    for _ in range(5):
        world = await consultancy(db, keyring)
        olu = await second_owner(world)
        outcomes = await asyncio.gather(
            leaves(world, olu), leaves(world, world.alice), return_exceptions=True
        )
        assert [type(one) for one in outcomes if one is not None] == [Refused]


async def test_an_owner_who_was_taken_out_meanwhile_takes_nobody_out(
    northlight: Consultancy, work: EngagementWorld
):
    olu = await second_owner(northlight)
    stale = await northlight.context(olu)
    await leaves(northlight, olu, by=northlight.alice)
    with pytest.raises(NotFound):
        async with northlight.db.transaction(stale, writes=True) as tx:
            await depart(tx, northlight.ann.id)
    assert await may_come(northlight, northlight.ann)


# What they lead


async def test_who_leads_what_is_open_hands_it_over_first(
    northlight: Consultancy, work: EngagementWorld
):
    other = await engagement(northlight, title="Closer", with_participant=False, with_sponsor=False)
    with pytest.raises(Refused) as refusal:
        await leaves(northlight, northlight.bob, by=northlight.alice)
    assert refusal.value.sentence == (
        "Bob Hartley leads “Closer” and “Working together”. Hand them over first."
    )
    assert await may_come(northlight, northlight.bob)
    await joins(northlight, northlight.ann, other)
    for one in (work, other):
        chosen = HandOver(member_id=northlight.ann.id)
        await acts(northlight, northlight.bob, handed_over, one.engagement, chosen)
    await leaves(northlight, northlight.bob, by=northlight.alice)
    assert not await may_come(northlight, northlight.bob)


async def test_what_is_closed_holds_nobody(northlight: Consultancy, work: EngagementWorld):
    closed = StateChange(state="closed")
    await acts(northlight, northlight.bob, change_state, work.engagement, closed)
    await leaves(northlight, northlight.bob)
    async with northlight.transaction(northlight.alice) as tx:
        page = await tx.one(engagement_page, engagement=work.engagement)
    assert (page.lead, page.lead_left) == ("Bob Hartley (left)", True)


async def test_nobody_is_handed_a_lead_while_they_leave(
    northlight: Consultancy, work: EngagementWorld
):
    for _ in range(5):
        chosen = HandOver(member_id=northlight.ann.id)
        outcomes = await asyncio.gather(
            acts(northlight, northlight.alice, handed_over, work.engagement, chosen),
            leaves(northlight, northlight.ann),
            return_exceptions=True,
        )
        failures = [one for one in outcomes if isinstance(one, Failure)]
        assert len(failures) == 1, outcomes
        async with northlight.transaction(northlight.alice) as tx:
            page = await tx.one(engagement_page, engagement=work.engagement)
        assert not page.lead_left
        if not await may_come(northlight, northlight.ann):
            await acts(northlight, northlight.alice, readmit, northlight.ann.id)
            await joins(northlight, northlight.ann, work)
        if page.lead_id == northlight.ann.id:
            back = HandOver(member_id=northlight.bob.id)
            await acts(northlight, northlight.alice, handed_over, work.engagement, back)


async def test_nobody_is_given_a_place_while_they_leave(
    northlight: Consultancy, work: EngagementWorld
):
    other = await engagement(northlight, title="Closer", with_participant=False, with_sponsor=False)
    await asyncio.gather(
        joins(northlight, northlight.ann, other),
        leaves(northlight, northlight.ann),
        return_exceptions=True,
    )
    await acts(northlight, northlight.alice, readmit, northlight.ann.id)
    assert (await northlight.context(northlight.ann)).team == ()


async def test_a_place_ends_while_its_member_leaves(northlight: Consultancy, work: EngagementWorld):
    async with northlight.transaction(northlight.bob) as tx:
        page = await tx.one(engagement_page, engagement=work.engagement)
    place = next(one for one in page.people if one.member_id == northlight.ann.id)
    outcomes = await asyncio.gather(
        acts(
            northlight,
            northlight.bob,
            people.release_person,
            work.engagement,
            place.assignment_id,
        ),
        leaves(northlight, northlight.ann),
        return_exceptions=True,
    )
    assert not [one for one in outcomes if isinstance(one, Conflict)]
    assert not await may_come(northlight, northlight.ann)


@pytest.mark.parametrize("key", ["bob", "alice"])
async def test_the_lead_or_an_owner_hands_an_engagement_over(
    northlight: Consultancy, work: EngagementWorld, owner_url: str, key: str
):
    chosen = HandOver(member_id=northlight.ann.id)
    for by in (getattr(northlight, key), northlight.alice):
        await acts(northlight, by, handed_over, work.engagement, chosen)
    async with northlight.transaction(northlight.bob) as tx:
        page = await tx.one(engagement_page, engagement=work.engagement)
    assert page.lead == "Ann Lowe"
    assert len(await trail(owner_url, northlight, "engagement handed over")) == 1


async def test_somebody_else_of_the_team_does_not_hand_it_over(
    northlight: Consultancy, work: EngagementWorld
):
    with pytest.raises(Refused, match="Only Bob Hartley, who leads this engagement, or an owner"):
        chosen = HandOver(member_id=northlight.ann.id)
        await acts(northlight, northlight.ann, handed_over, work.engagement, chosen)


@pytest.mark.parametrize("key", ["pat", "sam"])
async def test_the_lead_goes_to_somebody_of_the_consultancy(
    northlight: Consultancy, work: EngagementWorld, key: str
):
    with pytest.raises(Invalid, match="somebody who works for the consultancy"):
        chosen = HandOver(member_id=getattr(northlight, key).id)
        await acts(northlight, northlight.bob, handed_over, work.engagement, chosen)


async def test_a_planned_session_gets_another_lead(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
):
    planned = await acts(northlight, northlight.ann, plan_session, work.engagement, a_session())
    [session] = (await departure(northlight, northlight.ann, northlight.alice)).sessions
    assert (session.id, session.engagement) == (planned.id, "Working together")
    given = a_session(lead_id=northlight.bob.id)
    await acts(northlight, northlight.bob, change_session, planned.id, given)
    assert (await departure(northlight, northlight.ann, northlight.alice)).sessions == []
    assert len(await trail(owner_url, northlight, "session handed over")) == 1


async def test_a_session_whose_lead_left_says_so(northlight: Consultancy, work: EngagementWorld):
    planned = await acts(northlight, northlight.ann, plan_session, work.engagement, a_session())
    await leaves(northlight, northlight.ann)
    async with northlight.transaction(northlight.bob) as tx:
        assert (await tx.one(session_page, id=planned.id)).lead == "Ann Lowe (left)"
    with pytest.raises(Invalid, match="team"):
        again = a_session(lead_id=northlight.pat.id)
        await acts(northlight, northlight.bob, change_session, planned.id, again)


# What they wrote


async def test_what_they_shared_stays_with_those_who_could_read_it(
    northlight: Consultancy, work: EngagementWorld
):
    for_bob = await begun(
        northlight,
        work,
        northlight.pat,
        kind="reflection",
        audience="named",
        reader_ids=[northlight.bob.id],
    )
    for_team = await begun(northlight, work, northlight.ann, audience="team")
    private = await begun(northlight, work, northlight.pat, kind="reflection")
    await leaves(northlight, northlight.pat)
    await leaves(northlight, northlight.ann)
    assert (await read(northlight, for_bob, northlight.bob)).body == SECRET
    assert (await read(northlight, for_team, northlight.bob)).author == "Ann Lowe"
    for person in (northlight.alice, northlight.bob):
        assert await readable(northlight, private, person) is None


async def test_a_note_for_somebody_who_left_goes_on_and_gets_other_readers_when_it_is_saved(
    northlight: Consultancy, work: EngagementWorld
):
    facts = {"audience": "named", "reader_ids": [northlight.ann.id]}
    note = await begun(northlight, work, northlight.bob, **facts)
    await leaves(northlight, northlight.ann)
    more = draft(work, "More.", version=1, autosaved=True, **facts)
    await write(northlight, northlight.bob, note, more)
    with pytest.raises(Invalid, match="people who work on this engagement"):
        await write(northlight, northlight.bob, note, draft(work, "Saved.", version=2, **facts))
    await write(northlight, northlight.bob, note, draft(work, "Saved.", version=2))
    assert (await read(northlight, note, northlight.bob)).body == "Saved."


async def test_an_autosave_begun_before_leaving_is_answered_and_breaks_nothing(
    northlight: Consultancy, work: EngagementWorld
):
    stale = await northlight.context(northlight.ann)
    note = await begun(northlight, work, northlight.ann)
    await leaves(northlight, northlight.ann)
    async with northlight.db.transaction(stale, writes=True) as tx:
        await notes.write(tx, note, draft(work, "A last word.", version=1, autosaved=True))


async def test_what_is_sealed_is_counted_and_never_read(
    northlight: Consultancy, work: EngagementWorld
):
    for kind in ("working", "working", "supervision"):
        await begun(northlight, work, northlight.ann, kind=kind)
    await begun(northlight, work, northlight.ann, audience="team")
    for by in (northlight.alice, northlight.ann):
        found = await departure(northlight, northlight.ann, by)
        assert [(one.key, one.count) for one in found.sealed] == [
            ("private", 2),
            ("supervision", 1),
        ]
        assert [(one.until.year - TODAY.year) for one in found.sealed] == [1, 3]
        assert found.shared_notes == 1
        assert SECRET not in str(found)


# What is open


async def test_their_open_actions_are_marked_and_given_to_somebody_else(
    northlight: Consultancy, work: EngagementWorld
):
    action = await action_of(northlight, work, northlight.pat)
    await leaves(northlight, northlight.pat, by=northlight.alice)
    row = await shown(northlight, action)
    assert (row.owner, row.owner_left) == ("Pat Okafor (left)", True)
    given = ActionDraft(text=row.text, owner_id=northlight.ann.id)
    await acts(northlight, northlight.bob, change, action, given)
    row = await shown(northlight, action)
    assert (row.owner, row.owner_left) == ("Ann Lowe", False)


async def test_nothing_can_be_promised_by_somebody_who_left(
    northlight: Consultancy, work: EngagementWorld
):
    await leaves(northlight, northlight.pat)
    with pytest.raises(Invalid, match="one of the people of this engagement"):
        await action_of(northlight, work, northlight.pat)


async def test_an_action_of_somebody_who_left_can_still_be_done(
    northlight: Consultancy, work: EngagementWorld
):
    action = await action_of(northlight, work, northlight.pat)
    await leaves(northlight, northlight.pat)
    await acts(northlight, northlight.bob, complete, action, TODAY)
    assert (await shown(northlight, action)).state == "done"


async def test_words_that_waited_for_their_approval_are_never_published(
    northlight: Consultancy, work: EngagementWorld
):
    await agreed(northlight, work.engagement)
    await acts(
        northlight, northlight.bob, publish_update, work.engagement, finding(open_portal=True)
    )
    facts = {"audience": "named", "reader_ids": [northlight.bob.id], "kind": "reflection"}
    note = await begun(northlight, work, northlight.pat, body="I said nothing.", **facts)
    words = WordsDraft(words="I said nothing.", said_by="Clinical director")
    proposal = await acts(northlight, northlight.bob, upward.propose, note, words)
    found = await departure(northlight, northlight.pat, northlight.alice)
    assert (found.waiting, found.quotes) == (1, 0)
    await leaves(northlight, northlight.pat, by=northlight.alice)
    approval = upward.Approval(words="I said nothing.", said_by="Clinical director")
    for somebody in (northlight.bob, northlight.alice, northlight.ann):
        with pytest.raises(NotFound):
            await acts(northlight, somebody, upward.approve, proposal.id, approval)
    [row] = await reads(northlight, northlight.bob, proposed_by_me, work.engagement)
    assert (row.speaker, row.state, row.shown) == ("Pat Okafor (left)", "proposed", False)


async def test_nobody_else_approves_the_words_of_a_participant_who_left(
    northlight: Consultancy, work: EngagementWorld
):
    async with northlight.db.transaction(job(northlight), writes=True) as tx:
        email = f"maya@{northlight.slug}.example"
        maya = await workspaces.admit(tx, name="Maya Osei", email=email, role="participant")
    await joins(northlight, Person("Maya Osei", email, maya.id, "participant"), work, "participant")
    await agreed(northlight, work.engagement)
    facts = {"audience": "named", "reader_ids": [northlight.bob.id], "kind": "reflection"}
    note = await begun(northlight, work, northlight.pat, body="I said nothing.", **facts)
    await leaves(northlight, northlight.pat)
    words = WordsDraft(words="I said nothing.", said_by="Somebody", speaker_id=maya.id)
    with pytest.raises(Refused, match="nobody else can approve their words"):
        await acts(northlight, northlight.bob, upward.propose, note, words)
    assert (await reads(northlight, northlight.bob, words_form, note)).closed


async def test_the_agreements_they_accepted_stay_as_they_are(
    northlight: Consultancy, work: EngagementWorld
):
    await agreed(northlight, work.engagement)
    await leaves(northlight, northlight.pat)
    page = await reads(northlight, northlight.bob, agreement_page, work.engagement)
    assert "Pat Okafor" in [one.name for one in page.in_force.accepted]


# Being told


async def test_who_was_taken_out_is_written_to_without_a_word_of_theirs(
    northlight: Consultancy, work: EngagementWorld
):
    await begun(northlight, work, northlight.ann)
    await leaves(northlight, northlight.ann, by=northlight.alice)
    [letter] = await letters(northlight, northlight.ann)
    assert letter.letter == "membership_ended"
    assert (letter.facts["sender"], letter.facts["shared"]) == ("Alice Adeyemi", False)
    assert SECRET not in str(letter.facts)


async def test_who_leaves_by_themselves_is_not_written_to(
    northlight: Consultancy, work: EngagementWorld
):
    await leaves(northlight, northlight.ann)
    assert await letters(northlight, northlight.ann) == []


# Coming back


async def test_an_owner_admits_them_again_and_their_notes_are_theirs_again(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
):
    note = await begun(northlight, work, northlight.ann)
    await leaves(northlight, northlight.ann)
    await acts(northlight, northlight.alice, readmit, northlight.ann.id)
    assert await left_on(northlight, northlight.ann) is None
    assert await readable(northlight, note, northlight.ann) is None, "on no engagement yet"
    colleague = PersonDraft(relation="team", member_id=northlight.ann.id)
    await acts(
        northlight, northlight.alice, people.add_person, work.engagement, colleague, home="/w/x"
    )
    assert (await read(northlight, note, northlight.ann)).body == SECRET
    assert len(await trail(owner_url, northlight, "member readmitted")) == 1
    assert await differences(northlight.db) == []


async def test_nobody_but_an_owner_admits_them_again(
    northlight: Consultancy, work: EngagementWorld
):
    await leaves(northlight, northlight.pat)
    with pytest.raises(NotFound):
        await acts(northlight, northlight.bob, readmit, northlight.pat.id)
    with pytest.raises(Refused, match="Pat Okafor has left this workspace"):
        async with northlight.transaction(northlight.bob) as tx:
            await workspaces.admit(tx, name="Pat", email=northlight.pat.email, role="participant")


@pytest.mark.asvs("7.4.1", "7.4.2")
async def test_a_session_from_before_stays_ended_when_they_come_back(
    northlight: Consultancy, work: EngagementWorld
):
    token = await signed_in_token(northlight, northlight.ann)
    await leaves(northlight, northlight.ann)
    await acts(northlight, northlight.alice, readmit, northlight.ann.id)
    assert await who_is(northlight.db, token) is None


# The list of members


async def test_an_owner_sees_everybody_with_their_own_engagements_and_who_left(
    northlight: Consultancy, work: EngagementWorld
):
    other = await engagement(northlight, title="Closer", with_participant=False)
    await joins(northlight, northlight.pat, other, "participant")
    await leaves(northlight, northlight.ann)
    async with northlight.transaction(northlight.alice) as tx:
        found = {one.name: one for one in await tx.all(queries.members)}
    assert {name: one.engagements for name, one in found.items()} == {
        "Alice Adeyemi": [],
        "Ann Lowe": [],
        "Bob Hartley": ["Closer", "Working together"],
        "Pat Okafor": ["Closer", "Working together"],
        "Sam Whitfield": ["Closer", "Working together"],
    }
    assert [name for name, one in found.items() if one.left_on] == ["Ann Lowe"]
    assert [name for name, one in found.items() if one.last_owner] == ["Alice Adeyemi"]
