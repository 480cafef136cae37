"""Handing an engagement over with its history: who joins, what passes on, and what stays."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from engagements.actions import queries as actions
from engagements.actions.service import ActionDraft, agree, complete
from engagements.handover.queries import HandOverPage, hand_over_page
from engagements.handover.service import HandOver, hand_over
from engagements.notes import queries as notes
from engagements.portal import queries as portal
from engagements.portal.service import publish_update
from engagements.portfolio.queries import EngagementPage, engagement_page
from engagements.sessions import queries as sessions
from engagements.sessions.service import Register, SessionDraft, hold, plan_session
from measured import acts, finding, indicator, reads
from noting import a_team, begun, job, leaves, readable
from tenancy.database.context import Context
from tenancy.errors import Invalid, NotFound, Refused
from tenancy.mail.service import Letter, outbox
from tenancy.workspaces.suspending import suspend
from world import Consultancy, EngagementWorld, Person, engagement

TODAY = datetime.now(UTC).date()


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    """Bob leads it alone; Ann, an associate, is not on it."""
    return await engagement(northlight)


async def handed(
    world: Consultancy, work: EngagementWorld, by: Person, to: Person, **choices: Any
) -> None:
    chosen = HandOver(member_id=to.id, **choices)
    await acts(world, by, hand_over, work.engagement, chosen, path="/w/northlight/engagements/1")


async def page(world: Consultancy, work: EngagementWorld, by: Person) -> EngagementPage:
    async with world.transaction(by) as tx:
        return await tx.one(engagement_page, engagement=work.engagement)


async def before(world: Consultancy, work: EngagementWorld, by: Person) -> HandOverPage:
    return await reads(world, by, hand_over_page, work.engagement)


async def a_session(
    world: Consultancy, work: EngagementWorld, by: Person, *attendees: Person, days: int = 7
) -> UUID:
    draft = SessionDraft(
        kind="coaching",
        starts_on=TODAY + timedelta(days=days),
        starts_at="14:30",
        attendee_ids=[person.id for person in attendees],
    )
    return (await acts(world, by, plan_session, work.engagement, draft)).id


async def session(world: Consultancy, id: UUID, by: Person) -> sessions.SessionPage:
    async with world.transaction(by) as tx:
        return await tx.one(sessions.session_page, id=id)


async def promised(world: Consultancy, work: EngagementWorld, owner: Person) -> UUID:
    draft = ActionDraft(text="Ask the newest person first", owner_id=owner.id)
    return (await acts(world, world.bob, agree, work.engagement, draft)).id


async def owner_of(world: Consultancy, action: UUID) -> str:
    async with world.transaction(world.alice) as tx:
        return (await tx.one(actions.action_row, id=action, today=TODAY)).owner


async def letters(world: Consultancy, to: Person) -> list[Letter]:
    async with world.db.transaction(job(world)) as tx:
        every = [mail for mail in await outbox(tx) if mail.to_address == to.email]
    return [mail for mail in every if mail.letter == "engagement_handed_over"]


async def context(world: Consultancy, person: Person) -> Context:
    return await world.context(person)


@pytest.mark.parametrize("key", ["bob", "alice"])
async def test_whoever_is_chosen_joins_the_team_and_leads(
    northlight: Consultancy, work: EngagementWorld, key: str
) -> None:
    await handed(northlight, work, getattr(northlight, key), northlight.ann)
    found = await page(northlight, work, northlight.ann)
    assert found.lead == "Ann Lowe"
    team = [one.name for one in found.people if one.relation == "team"]
    assert team == ["Ann Lowe", "Bob Hartley"]


async def test_the_new_lead_reads_the_history_from_the_first_day(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    world, bob, ann = northlight, northlight.bob, northlight.ann
    past = await a_session(world, work, bob, world.pat, days=-3)
    await acts(world, bob, hold, past, Register(came_ids=[world.pat.id]))
    shared = await begun(world, work, bob, audience="team")
    done = await promised(world, work, world.pat)
    await acts(world, bob, complete, done, TODAY)
    measure = await indicator(world, work.engagement)
    published = await acts(world, bob, publish_update, work.engagement, finding())

    await handed(world, work, bob, ann, former_lead="leaves")

    assert (await session(world, past, ann)).attendees[0].came
    assert await readable(world, shared, ann) is not None
    async with world.transaction(ann) as tx:
        assert await tx.maybe(actions.action_row, id=done, today=TODAY)
        assert await tx.maybe(portal.publication_row, publication=published.id)
        assert await tx.connection.fetchval("SELECT count(*) FROM observation")
        assert await tx.connection.fetchval("SELECT id FROM indicator") == measure


async def test_what_the_former_lead_kept_private_or_for_named_people_stays_there(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    world = northlight
    private = await begun(world, work, world.bob)
    named = await begun(world, work, world.bob, audience="named", reader_ids=[world.pat.id])
    for_bob = await begun(world, work, world.pat, audience="named", reader_ids=[world.bob.id])
    await handed(world, work, world.alice, world.ann)
    for id in (private, named, for_bob):
        assert await readable(world, id, world.ann) is None
        assert await readable(world, id, world.bob) is not None
    async with world.transaction(world.ann) as tx:
        assert await notes.all_notes_of_engagement(tx, work.engagement) == []


@pytest.mark.parametrize("key", ["bob", "alice"])
async def test_before_it_is_done_the_page_counts_what_stays_and_what_is_in_hand(
    northlight: Consultancy, work: EngagementWorld, key: str
) -> None:
    world = northlight
    for facts in ({}, {}, {"audience": "team"}):
        await begun(world, work, world.bob, **facts)
    await begun(world, work, world.bob, audience="named", reader_ids=[world.pat.id])
    await begun(world, work, world.pat)
    await promised(world, work, world.bob)
    await promised(world, work, world.pat)
    await a_session(world, work, world.bob, world.pat)
    found = await before(world, work, getattr(world, key))
    assert (found.kept.private, found.kept.named) == (2, 1)
    assert (found.sessions, found.actions, found.own) == (1, 1, key == "bob")


async def test_a_colleague_is_not_told_how_many_notes_the_lead_keeps(
    northlight: Consultancy,
) -> None:
    work = await a_team(northlight)
    await begun(northlight, work, northlight.bob)
    assert (await before(northlight, work, northlight.ann)).kept is None


async def test_the_former_lead_stays_unless_said_otherwise(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    await handed(northlight, work, northlight.bob, northlight.ann)
    assert (await context(northlight, northlight.bob)).team == (work.engagement,)
    assert [mail.facts["yours"] for mail in await letters(northlight, northlight.ann)] == [True]
    assert await letters(northlight, northlight.bob) == []


async def test_the_former_lead_can_leave_with_it(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    await handed(northlight, work, northlight.alice, northlight.ann, former_lead="leaves")
    assert (await context(northlight, northlight.bob)).team == ()
    with pytest.raises(NotFound):
        await page(northlight, work, northlight.bob)
    [mail] = await letters(northlight, northlight.bob)
    assert (mail.facts["yours"], mail.facts["path"], mail.facts["lead"]) == (False, "", "Ann Lowe")


@pytest.mark.parametrize("by", ["bob", "alice"])
async def test_the_new_lead_is_expected_at_the_sessions_to_come_beside_everybody_else(
    northlight: Consultancy, work: EngagementWorld, by: str
) -> None:
    world = northlight
    to_come = await a_session(world, work, world.bob, world.pat, world.sam)
    past = await a_session(world, work, world.bob, world.pat, days=-3)
    await handed(world, work, getattr(world, by), world.ann)
    found = await session(world, to_come, world.ann)
    assert {one.name for one in found.attendees} == {"Pat Okafor", "Sam Whitfield", "Ann Lowe"}
    assert found.lead == "Bob Hartley"
    assert [one.name for one in (await session(world, past, world.ann)).attendees] == ["Pat Okafor"]


@pytest.mark.parametrize("by", ["bob", "alice"])
async def test_sessions_of_a_lead_who_leaves_are_led_by_the_new_one(
    northlight: Consultancy, work: EngagementWorld, by: str
) -> None:
    id = await a_session(northlight, work, northlight.bob, northlight.pat)
    await handed(northlight, work, getattr(northlight, by), northlight.ann, former_lead="leaves")
    assert (await session(northlight, id, northlight.ann)).lead == "Ann Lowe"


@pytest.mark.parametrize("by", ["bob", "alice"])
async def test_open_actions_of_the_former_lead_pass_on_where_that_is_chosen(
    northlight: Consultancy, work: EngagementWorld, by: str
) -> None:
    world = northlight
    open_one, done = await promised(world, work, world.bob), await promised(world, work, world.bob)
    of_pat = await promised(world, work, world.pat)
    await acts(world, world.bob, complete, done, TODAY)
    await handed(world, work, getattr(world, by), world.ann, with_actions=True)
    owners = [await owner_of(world, id) for id in (open_one, done, of_pat)]
    assert owners == ["Ann Lowe", "Bob Hartley", "Pat Okafor"]
    assert (await letters(world, world.ann))[0].facts["actions"] == 1


async def test_open_actions_stay_where_it_is_not(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await promised(northlight, work, northlight.bob)
    await handed(northlight, work, northlight.bob, northlight.ann)
    assert await owner_of(northlight, id) == "Bob Hartley"


async def test_an_associate_who_leads_hands_over_within_the_team(northlight: Consultancy) -> None:
    work = await a_team(northlight)
    await handed(northlight, work, northlight.bob, northlight.ann)
    with pytest.raises(Invalid, match="somebody of this engagement's team"):
        await handed(northlight, work, northlight.ann, northlight.alice)
    await handed(northlight, work, northlight.ann, northlight.bob)
    assert (await page(northlight, work, northlight.bob)).lead == "Bob Hartley"


async def test_nobody_leads_whose_access_is_paused(northlight: Consultancy) -> None:
    work = await a_team(northlight)
    await acts(northlight, northlight.alice, suspend, northlight.ann.id)
    offered = [name for _, name, _ in (await before(northlight, work, northlight.bob)).choices]
    assert offered == ["Alice Adeyemi"]
    with pytest.raises(Refused, match="Ann Lowe’s access is paused"):
        await handed(northlight, work, northlight.bob, northlight.ann)


async def test_an_owner_who_is_not_on_the_team_still_plans_and_records_nothing_there(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    past = await a_session(northlight, work, northlight.bob, northlight.pat, days=-3)
    with pytest.raises(Refused, match="Only the team of"):
        await acts(northlight, northlight.alice, hold, past, Register())
    action = await promised(northlight, work, northlight.pat)
    with pytest.raises(Refused, match="Only its owner or the team"):
        await acts(northlight, northlight.alice, complete, action, TODAY)


async def test_a_lead_who_was_taken_off_the_team_is_put_back_by_being_handed_it(
    northlight: Consultancy,
) -> None:
    work = await a_team(northlight)
    await leaves(northlight, northlight.ann, work)
    await handed(northlight, work, northlight.bob, northlight.ann)
    assert (await context(northlight, northlight.ann)).team == (work.engagement,)
