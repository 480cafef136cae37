"""Engagements: opening, states, plan and people, and who may read and change them."""

import asyncio
import itertools
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engagements.clients import queries as clients
from engagements.clients.service import (
    OrganisationDraft,
    add_organisation,
)
from engagements.framework import queries as framework
from engagements.portfolio import queries, service
from engagements.portfolio.queries import EngagementPage
from engagements.portfolio.service import (
    EngagementChange,
    EngagementDraft,
    Focus,
    StateChange,
)
from engagements.portfolio.template import SHORTEST, phases_for
from tenancy.errors import Invalid, NotFound, Refused
from world import Consultancy, EngagementWorld, Person, engagement

STARTS, ENDS = date(2026, 3, 2), date(2026, 12, 18)


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    """Bob leads it, Pat takes part, Sam sponsors it."""
    return await engagement(northlight)


def draft(organisation: UUID, **facts) -> EngagementDraft:
    given = {
        "organisation_id": organisation,
        "title": "Working together",
        "purpose": "Theatre teams that speak up early.",
        "starts_on": STARTS,
        "ends_on": ENDS,
    }
    return EngagementDraft(**(given | facts))


async def opened(world: Consultancy, opener: Person, **facts) -> UUID:
    async with world.transaction(opener) as tx:
        client = await add_organisation(
            tx, OrganisationDraft(name="Ashbourne Trust", kind="acute trust")
        )
        return (await service.open_engagement(tx, draft(client.id, **facts))).id


async def page(world: Consultancy, engagement: UUID, reader: Person) -> EngagementPage:
    async with world.transaction(reader) as tx:
        return await tx.one(queries.engagement_page, engagement=engagement)


async def move(world: Consultancy, engagement: UUID, *states: service.State) -> None:
    for state in states:
        async with world.transaction(world.bob) as tx:
            await service.change_state(tx, engagement, StateChange(state=state))


async def on_it(world: Consultancy, work: EngagementWorld) -> dict[str, str]:
    found = (await page(world, work.engagement, world.bob)).people
    return {person.name: person.relation for person in found}


# Opening


async def test_a_consultant_opens_an_engagement_and_leads_it(northlight: Consultancy):
    engagement = await opened(northlight, northlight.bob, presenting_issue="Nobody speaks up.")
    found = await page(northlight, engagement, northlight.bob)
    assert (found.lead, found.client, found.state) == ("Bob Hartley", "Ashbourne Trust", "agreed")
    assert found.brief is not None
    assert found.brief.presenting_issue == "Nobody speaks up."
    assert [(person.name, person.relation) for person in found.people] == [("Bob Hartley", "team")]
    assert found.framework_version_id == northlight.framework


async def test_a_new_engagement_has_the_phases_of_the_template(northlight: Consultancy):
    engagement = await opened(northlight, northlight.bob)
    phases = (await page(northlight, engagement, northlight.bob)).phases
    assert [phase.name for phase in phases] == ["Scope", "Discover", "Design", "Deliver", "Sustain"]
    assert (phases[0].starts_on, phases[-1].ends_on) == (STARTS, ENDS)
    assert {phase.state for phase in phases} == {"planned"}
    assert all(phase.gate_question.endswith("?") for phase in phases)


async def test_the_client_may_have_a_name_of_its_own_people(northlight: Consultancy):
    engagement = await opened(northlight, northlight.bob, client="The Royal")
    assert (await page(northlight, engagement, northlight.bob)).client == "The Royal"


async def test_an_engagement_too_short_for_its_phases_is_refused(northlight: Consultancy):
    with pytest.raises(Invalid) as refusal:
        await opened(northlight, northlight.bob, ends_on=STARTS + timedelta(days=SHORTEST - 2))
    assert "at least 7 days" in refusal.value.fields["ends_on"]


async def test_what_is_refused_leaves_no_client_behind(northlight: Consultancy):
    with pytest.raises(Invalid):
        await opened(northlight, northlight.bob, ends_on=STARTS)
    async with northlight.transaction(northlight.bob) as tx:
        assert await tx.all(clients.client_choices) == []


async def test_an_associate_does_not_open_engagements(
    northlight: Consultancy, work: EngagementWorld
):
    with pytest.raises(Refused, match="Owners and consultants"):
        async with northlight.transaction(northlight.ann) as tx:
            await service.open_engagement(tx, draft(work.organisation))


async def test_nobody_opens_an_engagement_with_another_consultancys_client(
    northlight: Consultancy, elsewhere: Consultancy, work: EngagementWorld
):
    with pytest.raises(NotFound):
        async with elsewhere.transaction(elsewhere.alice) as tx:
            await service.open_engagement(tx, draft(work.organisation))


@given(st.dates(date(2020, 1, 1), date(2030, 1, 1)), st.integers(SHORTEST - 1, 2000))
def test_the_phases_fill_the_engagement_without_gap_or_overlap(first: date, days: int):
    last = first + timedelta(days=days)
    phases = phases_for(first, last)
    assert (phases[0].starts_on, phases[-1].ends_on) == (first, last)
    for phase, following in itertools.pairwise(phases):
        assert phase.ends_on + timedelta(days=1) == following.starts_on
    assert all(phase.starts_on <= phase.ends_on for phase in phases)


# Reading


async def test_an_owner_reads_every_engagement(northlight: Consultancy, work: EngagementWorld):
    async with northlight.transaction(northlight.alice) as tx:
        assert [row.id for row in await tx.all(queries.engagement_list)] == [work.engagement]
    assert (await page(northlight, work.engagement, northlight.alice)).brief is not None


async def test_an_associate_reads_none_but_their_own(
    northlight: Consultancy, work: EngagementWorld
):
    async with northlight.transaction(northlight.ann) as tx:
        assert await tx.all(queries.engagement_list) == []


async def test_a_participant_reads_the_plan_and_not_the_brief(
    northlight: Consultancy, work: EngagementWorld
):
    found = await page(northlight, work.engagement, northlight.pat)
    assert found.brief is None
    assert len(found.phases) == 5
    assert [person.name for person in found.people] == ["Pat Okafor"]


async def test_a_sponsor_reads_the_plan_on_the_portal_only(
    northlight: Consultancy, work: EngagementWorld
):
    async with northlight.transaction(northlight.sam, "portal") as tx:
        found = await tx.one(queries.engagement_page, engagement=work.engagement)
    assert (found.brief, len(found.phases)) == (None, 5)
    with pytest.raises(NotFound):
        await page(northlight, work.engagement, northlight.sam)


async def test_another_consultancy_finds_nothing(
    northlight: Consultancy, elsewhere: Consultancy, work: EngagementWorld
):
    with pytest.raises(NotFound):
        await page(elsewhere, work.engagement, elsewhere.alice)


async def test_the_list_names_the_running_phase_and_the_lead(
    northlight: Consultancy, work: EngagementWorld
):
    async with northlight.transaction(northlight.bob) as tx:
        [row] = await tx.all(queries.engagement_list)
    assert (row.phase, row.lead, row.next_session) == ("Scope", "Bob Hartley", None)


async def test_engagements_that_are_over_are_listed_last(northlight: Consultancy):
    declined = await opened(northlight, northlight.bob)
    await move(northlight, declined, "declined")
    running = await opened(northlight, northlight.bob, state="running")
    async with northlight.transaction(northlight.bob) as tx:
        listed = [row.id for row in await tx.all(queries.engagement_list)]
    assert listed == [running, declined]


# Changing


async def test_an_engagement_is_said_anew(northlight: Consultancy, work: EngagementWorld):
    change = EngagementChange(
        title="Speaking up",
        client="The Royal",
        purpose="Safer handovers.",
        presenting_issue="Handover is a race.",
        starts_on=STARTS,
        ends_on=ENDS,
    )
    async with northlight.transaction(northlight.bob) as tx:
        await service.change_engagement(tx, work.engagement, change)
    found = await page(northlight, work.engagement, northlight.bob)
    assert (found.title, found.client, found.purpose) == (
        "Speaking up",
        "The Royal",
        "Safer handovers.",
    )
    assert found.brief is not None
    assert found.brief.presenting_issue == "Handover is a race."
    assert found.phases[0].starts_on == date(2026, 1, 12)


async def test_a_participant_changes_no_engagement(northlight: Consultancy, work: EngagementWorld):
    with pytest.raises(NotFound):
        async with northlight.transaction(northlight.pat) as tx:
            await service.change_state(tx, work.engagement, StateChange(state="paused"))


async def test_another_consultancy_changes_no_engagement(
    northlight: Consultancy, elsewhere: Consultancy, work: EngagementWorld
):
    with pytest.raises(NotFound):
        async with elsewhere.transaction(elsewhere.alice) as tx:
            await service.change_state(tx, work.engagement, StateChange(state="paused"))


async def test_an_engagement_goes_from_a_conversation_to_its_end(northlight: Consultancy):
    engagement = await opened(northlight, northlight.bob, state="conversation")
    await move(northlight, engagement, "proposed", "agreed", "running", "paused", "running")
    await move(northlight, engagement, "closed")
    assert (await page(northlight, engagement, northlight.bob)).state == "closed"


async def test_a_move_that_does_not_apply_is_refused_with_those_that_do(
    northlight: Consultancy, work: EngagementWorld
):
    with pytest.raises(Refused) as refusal:
        await move(northlight, work.engagement, "conversation")
    assert refusal.value.sentence == (
        "This engagement is running, so it cannot become a conversation. "
        "It can become paused or closed."
    )


async def test_the_first_phase_starts_with_the_work(northlight: Consultancy):
    engagement = await opened(northlight, northlight.bob)
    await move(northlight, engagement, "running")
    states = [p.state for p in (await page(northlight, engagement, northlight.bob)).phases]
    assert states == ["running", "planned", "planned", "planned", "planned"]


async def test_two_moves_at_once_do_not_undo_each_other(
    northlight: Consultancy, work: EngagementWorld
):
    results = await asyncio.gather(
        move(northlight, work.engagement, "paused"),
        move(northlight, work.engagement, "paused"),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Refused"]
    assert (await page(northlight, work.engagement, northlight.bob)).state == "paused"


# Focus


async def elements(world: Consultancy) -> list[UUID]:
    async with world.transaction(world.bob) as tx:
        found = await tx.all(framework.elements, framework_version=world.framework)
    return [element.id for element in found]


async def test_three_elements_can_be_in_focus_in_the_order_chosen(
    northlight: Consultancy, work: EngagementWorld
):
    first, second, third, *_ = await elements(northlight)
    async with northlight.transaction(northlight.bob) as tx:
        await service.set_focus(tx, work.engagement, Focus(elements=[third, first, second]))
    brief = (await page(northlight, work.engagement, northlight.bob)).brief
    assert brief is not None
    assert [element.id for element in brief.focus] == [third, first, second]
    assert brief.focus[0].domain == "Psychological safety"


async def test_a_fourth_element_in_focus_is_refused(northlight: Consultancy, work: EngagementWorld):
    four = (await elements(northlight))[:4]
    with pytest.raises(Invalid, match="at most three"):
        async with northlight.transaction(northlight.bob) as tx:
            await service.set_focus(tx, work.engagement, Focus(elements=four))


async def test_an_element_of_another_workspace_cannot_be_in_focus(
    northlight: Consultancy, elsewhere: Consultancy, work: EngagementWorld
):
    foreign = (await elements(elsewhere))[:1]
    with pytest.raises(Invalid, match="this engagement's framework"):
        async with northlight.transaction(northlight.bob) as tx:
            await service.set_focus(tx, work.engagement, Focus(elements=foreign))
