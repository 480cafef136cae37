"""The plan of an engagement: phases with their gates, milestones and objectives."""

import asyncio
from datetime import date
from uuid import UUID

import pytest

from engagements.framework import queries as framework
from engagements.portfolio import plan, queries
from engagements.portfolio.models import PhaseState
from engagements.portfolio.plan import (
    MilestoneDraft,
    ObjectiveDraft,
    ObjectiveStateChange,
    PhaseChange,
)
from engagements.portfolio.queries import EngagementPage, PhaseRow
from tenancy.errors import Invalid, NotFound, Refused
from world import Consultancy, EngagementWorld, engagement

BOARD = MilestoneDraft(title="First report to the board", due_on=date(2026, 6, 4))


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    """A running engagement, in its phase Scope."""
    return await engagement(northlight)


async def page(world: Consultancy, work: EngagementWorld) -> EngagementPage:
    async with world.transaction(world.bob) as tx:
        return await tx.one(queries.engagement_page, engagement=work.engagement)


async def phases(world: Consultancy, work: EngagementWorld) -> dict[str, PhaseRow]:
    return {phase.name: phase for phase in (await page(world, work)).phases}


def anew(phase: PhaseRow, state: PhaseState, **facts) -> PhaseChange:
    given = {
        "starts_on": phase.starts_on,
        "ends_on": phase.ends_on,
        "gate_question": phase.gate_question,
        "state": state,
    }
    return PhaseChange(**(given | facts))


async def to(world: Consultancy, phase: PhaseRow, state: PhaseState, **facts) -> None:
    async with world.transaction(world.bob) as tx:
        await plan.change_phase(tx, phase.id, anew(phase, state, **facts))


async def milestone(world: Consultancy, work: EngagementWorld) -> UUID:
    async with world.transaction(world.bob) as tx:
        return (await plan.add_milestone(tx, work.engagement, BOARD)).id


# Phases


async def test_a_phase_passes_its_gate_and_the_next_one_runs(
    northlight: Consultancy, work: EngagementWorld
):
    found = await phases(northlight, work)
    await to(northlight, found["Scope"], "passed")
    await to(northlight, found["Discover"], "running")
    states = [phase.state for phase in (await page(northlight, work)).phases]
    assert states == ["passed", "running", "planned", "planned", "planned"]


async def test_only_one_phase_runs(northlight: Consultancy, work: EngagementWorld):
    discover = (await phases(northlight, work))["Discover"]
    with pytest.raises(Refused, match="Scope is still running"):
        await to(northlight, discover, "running")


async def test_only_one_of_two_phases_started_at_once_runs(
    northlight: Consultancy, work: EngagementWorld
):
    found = await phases(northlight, work)
    await to(northlight, found["Scope"], "passed")
    results = await asyncio.gather(
        to(northlight, found["Discover"], "running"),
        to(northlight, found["Design"], "running"),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Refused"]


async def test_a_planned_phase_cannot_have_passed_its_gate(
    northlight: Consultancy, work: EngagementWorld
):
    deliver = (await phases(northlight, work))["Deliver"]
    with pytest.raises(Refused, match="Deliver is planned, so it cannot become passed"):
        await to(northlight, deliver, "passed")


async def test_the_days_and_the_question_of_a_phase_are_changed(
    northlight: Consultancy, work: EngagementWorld
):
    scope = (await phases(northlight, work))["Scope"]
    await to(northlight, scope, "running", ends_on=date(2026, 3, 1), gate_question="Who is in?")
    changed = (await phases(northlight, work))["Scope"]
    assert (changed.ends_on, changed.gate_question) == (date(2026, 3, 1), "Who is in?")


async def test_a_phase_does_not_end_before_it_starts(
    northlight: Consultancy, work: EngagementWorld
):
    scope = (await phases(northlight, work))["Scope"]
    with pytest.raises(Invalid) as refusal:
        await to(northlight, scope, "running", ends_on=date(2025, 1, 1))
    assert "not before the first" in refusal.value.fields["ends_on"]


async def test_a_participant_changes_no_phase(northlight: Consultancy, work: EngagementWorld):
    scope = (await phases(northlight, work))["Scope"]
    with pytest.raises(NotFound):
        async with northlight.transaction(northlight.pat) as tx:
            await plan.change_phase(tx, scope.id, anew(scope, "passed"))


# Milestones


async def test_a_milestone_is_added_to_a_phase(northlight: Consultancy, work: EngagementWorld):
    scope = (await phases(northlight, work))["Scope"]
    draft = MilestoneDraft(title=" Agreement signed ", due_on=date(2026, 2, 2), phase_id=scope.id)
    async with northlight.transaction(northlight.bob) as tx:
        await plan.add_milestone(tx, work.engagement, draft)
    [found] = (await page(northlight, work)).milestones
    assert (found.title, found.due_on, found.phase_id) == (
        "Agreement signed",
        date(2026, 2, 2),
        scope.id,
    )


async def test_a_milestone_belongs_to_a_phase_of_its_engagement(
    northlight: Consultancy, work: EngagementWorld
):
    other = await engagement(northlight, with_participant=False, with_sponsor=False)
    foreign = (await phases(northlight, other))["Scope"]
    draft = MilestoneDraft(title="Agreement", due_on=date(2026, 2, 2), phase_id=foreign.id)
    with pytest.raises(Invalid, match="phase of this engagement"):
        async with northlight.transaction(northlight.bob) as tx:
            await plan.add_milestone(tx, work.engagement, draft)


async def test_a_milestone_is_said_anew(northlight: Consultancy, work: EngagementWorld):
    board = await milestone(northlight, work)
    async with northlight.transaction(northlight.bob) as tx:
        draft = MilestoneDraft(title="Report to the board", due_on=date(2026, 7, 2))
        await plan.change_milestone(tx, board, draft)
    [found] = (await page(northlight, work)).milestones
    assert (found.title, found.due_on) == ("Report to the board", date(2026, 7, 2))


async def test_a_milestone_is_reached_once(northlight: Consultancy, work: EngagementWorld):
    board = await milestone(northlight, work)
    async with northlight.transaction(northlight.bob) as tx:
        await plan.complete_milestone(tx, board, on=date(2026, 6, 3))
    with pytest.raises(Refused, match="reached on 3 June 2026"):
        async with northlight.transaction(northlight.bob) as tx:
            await plan.complete_milestone(tx, board, on=date(2026, 6, 5))
    [found] = (await page(northlight, work)).milestones
    assert found.done_on == date(2026, 6, 3)


async def test_a_milestone_reached_by_mistake_is_taken_back(
    northlight: Consultancy, work: EngagementWorld
):
    board = await milestone(northlight, work)
    async with northlight.transaction(northlight.bob) as tx:
        await plan.complete_milestone(tx, board, on=date(2026, 6, 3))
        await plan.reopen_milestone(tx, board)
    assert (await page(northlight, work)).milestones[0].done_on is None
    with pytest.raises(Refused, match="not been reached"):
        async with northlight.transaction(northlight.bob) as tx:
            await plan.reopen_milestone(tx, board)


async def test_a_milestone_is_removed(northlight: Consultancy, work: EngagementWorld):
    board = await milestone(northlight, work)
    async with northlight.transaction(northlight.bob) as tx:
        await plan.remove_milestone(tx, board)
    assert (await page(northlight, work)).milestones == []


async def test_a_participant_sees_milestones_and_changes_none(
    northlight: Consultancy, work: EngagementWorld
):
    board = await milestone(northlight, work)
    with pytest.raises(NotFound):
        async with northlight.transaction(northlight.pat) as tx:
            assert await tx.one(queries.engagement_page, engagement=work.engagement)
            await plan.remove_milestone(tx, board)


async def test_another_consultancy_completes_no_milestone(
    northlight: Consultancy, elsewhere: Consultancy, work: EngagementWorld
):
    board = await milestone(northlight, work)
    with pytest.raises(NotFound):
        async with elsewhere.transaction(elsewhere.alice) as tx:
            await plan.complete_milestone(tx, board, on=date(2026, 6, 3))


# Objectives


async def objective(world: Consultancy, work: EngagementWorld, **facts) -> UUID:
    draft = ObjectiveDraft(text="Every huddle starts with a question", **facts)
    async with world.transaction(world.bob) as tx:
        return (await plan.add_objective(tx, work.engagement, draft)).id


async def domain(world: Consultancy) -> UUID:
    async with world.transaction(world.bob) as tx:
        return (await tx.all(framework.domains, framework_version=world.framework))[0].id


async def test_an_objective_belongs_to_a_domain(northlight: Consultancy, work: EngagementWorld):
    await objective(northlight, work, domain_id=await domain(northlight))
    [found] = (await page(northlight, work)).objectives
    assert (found.text, found.state, found.domain) == (
        "Every huddle starts with a question",
        "open",
        "Psychological safety",
    )


async def test_an_objective_does_without_a_domain(northlight: Consultancy, work: EngagementWorld):
    await objective(northlight, work)
    assert (await page(northlight, work)).objectives[0].domain is None


async def test_an_objective_cannot_belong_to_another_workspaces_domain(
    northlight: Consultancy, elsewhere: Consultancy, work: EngagementWorld
):
    with pytest.raises(Invalid, match="this engagement's framework"):
        await objective(northlight, work, domain_id=await domain(elsewhere))


async def test_an_objective_is_met_once(northlight: Consultancy, work: EngagementWorld):
    met = ObjectiveStateChange(state="met")
    wanted = await objective(northlight, work)
    async with northlight.transaction(northlight.bob) as tx:
        await plan.change_objective_state(tx, wanted, met)
    assert (await page(northlight, work)).objectives[0].state == "met"
    with pytest.raises(Refused, match="met already"):
        async with northlight.transaction(northlight.bob) as tx:
            await plan.change_objective_state(tx, wanted, met)


async def test_a_participant_changes_no_objective(northlight: Consultancy, work: EngagementWorld):
    wanted = await objective(northlight, work)
    with pytest.raises(NotFound):
        async with northlight.transaction(northlight.pat) as tx:
            await plan.change_objective_state(tx, wanted, ObjectiveStateChange(state="dropped"))
