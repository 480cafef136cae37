"""The plan of an engagement: phases with their gates, milestones, objectives."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select

from engagements.framework import queries as framework
from engagements.inputs import Line, Paragraph
from engagements.portfolio.entities import Engagements, Milestones, Objectives, Phases
from engagements.portfolio.models import (
    Engagement,
    Milestone,
    Objective,
    ObjectiveState,
    Phase,
    PhaseState,
)
from tenancy.audit import service as audit
from tenancy.database.pool import Transaction
from tenancy.errors import Invalid, Refused

PHASE_MOVES: dict[str, tuple[PhaseState, ...]] = {
    "planned": ("running", "stopped"),
    "running": ("passed", "stopped", "planned"),
    "passed": ("running",),
    "stopped": ("planned", "running"),
}
"""Where a phase can go from each state."""


class PhaseChange(Struct, kw_only=True, forbid_unknown_fields=True):
    starts_on: Annotated[date, Meta(title="the phase's first day")]
    ends_on: Annotated[date, Meta(title="the phase's last day")]
    gate_question: Annotated[Paragraph, Meta(title="the question at its gate")]
    state: Annotated[PhaseState, Meta(title="the phase's state")]


class MilestoneDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    title: Annotated[Line, Meta(title="what will have happened")]
    due_on: Annotated[date, Meta(title="the day it is due")]
    phase_id: Annotated[UUID | None, Meta(title="the phase it belongs to")] = None


class ObjectiveDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    text: Annotated[Line, Meta(title="what is to be achieved, in one sentence")]
    domain_id: Annotated[UUID | None, Meta(title="the domain it belongs to")] = None


class ObjectiveStateChange(Struct, kw_only=True, forbid_unknown_fields=True):
    state: Annotated[ObjectiveState, Meta(title="how it stands")]


async def change_phase(tx: Transaction, phase_id: UUID, change: PhaseChange) -> Phase:
    """Move a phase's days, put its question differently, or move it to another state.

    Raises:
        NotFound: no such phase that the member may change.
        Invalid: it would end before it starts.
        Refused: the state cannot be reached, or another phase is running.
    """
    if change.ends_on < change.starts_on:
        raise Invalid({"ends_on": "Choose a last day that is not before the first."})
    phase = await Phases(tx).find(phase_id)
    if change.state != phase.state:
        await _move(tx, phase, change.state)
    phase.starts_on, phase.ends_on = change.starts_on, change.ends_on
    phase.gate_question = change.gate_question.strip()
    await audit.record(tx, "phase changed", phase)
    return phase


async def start_first_phase(tx: Transaction, engagement_id: UUID) -> None:
    """Let the first phase run, where all of them are still planned."""
    statement = select(Phase).where(
        Phase.tenant_id == tx.context.tenant, Phase.engagement_id == engagement_id
    )
    phases = (await tx.session.execute(statement.order_by(Phase.position))).scalars().all()
    if phases and all(phase.state == "planned" for phase in phases):
        phases[0].state = "running"


async def _move(tx: Transaction, phase: Phase, state: PhaseState) -> None:
    ways = PHASE_MOVES[phase.state]
    if state not in ways:
        raise Refused(
            f"{phase.name} is {phase.state}, so it cannot become {state}. "
            f"It can become {' or '.join(ways)}."
        )
    if state == "running":
        await Engagements(tx).find(phase.engagement_id)
        if running := await _running(tx, phase):
            raise Refused(
                f"{running.name} is still running. Answer its gate question and mark it as "
                f"passed before {phase.name} starts."
            )
    phase.state = state


async def _running(tx: Transaction, phase: Phase) -> Phase | None:
    statement = select(Phase).where(
        Phase.tenant_id == tx.context.tenant,
        Phase.engagement_id == phase.engagement_id,
        Phase.state == "running",
        Phase.id != phase.id,
    )
    return (await tx.session.execute(statement)).scalars().first()


async def add_milestone(tx: Transaction, engagement_id: UUID, draft: MilestoneDraft) -> Milestone:
    """Add a dated point that everybody can see coming.

    Raises:
        NotFound: no such engagement that the member may change.
        Invalid: the phase is another engagement's.
    """
    await Engagements(tx).find(engagement_id)
    await _check_phase(tx, engagement_id, draft.phase_id)
    milestone = await Milestones(tx).add(
        engagement_id=engagement_id,
        title=draft.title.strip(),
        due_on=draft.due_on,
        phase_id=draft.phase_id,
    )
    await audit.record(tx, "milestone added", milestone)
    return milestone


async def change_milestone(tx: Transaction, milestone_id: UUID, draft: MilestoneDraft) -> Milestone:
    """Say a milestone anew.

    Raises:
        NotFound: no such milestone that the member may change.
        Invalid: the phase is another engagement's.
    """
    milestone = await Milestones(tx).find(milestone_id)
    await _check_phase(tx, milestone.engagement_id, draft.phase_id)
    milestone.title, milestone.due_on = draft.title.strip(), draft.due_on
    milestone.phase_id = draft.phase_id
    await audit.record(tx, "milestone changed", milestone)
    return milestone


async def complete_milestone(tx: Transaction, milestone_id: UUID, on: date) -> Milestone:
    """Mark a milestone as reached, on a day.

    Raises:
        NotFound: no such milestone that the member may change.
        Refused: it has been reached already.
    """
    milestone = await Milestones(tx).find(milestone_id)
    if milestone.done_on is not None:
        day = f"{milestone.done_on.day} {milestone.done_on:%B %Y}"
        raise Refused(f"This milestone was reached on {day} already.")
    milestone.done_on = on
    await audit.record(tx, "milestone completed", milestone)
    return milestone


async def reopen_milestone(tx: Transaction, milestone_id: UUID) -> Milestone:
    """Take back that a milestone was reached.

    Raises:
        NotFound: no such milestone that the member may change.
        Refused: it has not been reached.
    """
    milestone = await Milestones(tx).find(milestone_id)
    if milestone.done_on is None:
        raise Refused("This milestone has not been reached yet, so there is nothing to take back.")
    milestone.done_on = None
    await audit.record(tx, "milestone reopened", milestone)
    return milestone


async def remove_milestone(tx: Transaction, milestone_id: UUID) -> None:
    """Remove a milestone from the plan.

    Raises:
        NotFound: no such milestone that the member may change.
    """
    milestone = await Milestones(tx).find(milestone_id)
    await audit.record(tx, "milestone removed", milestone)
    await tx.session.delete(milestone)


async def add_objective(tx: Transaction, engagement_id: UUID, draft: ObjectiveDraft) -> Objective:
    """Add what the engagement is to achieve.

    Raises:
        NotFound: no such engagement that the member may change.
        Invalid: the domain is another framework's.
    """
    engagement = await Engagements(tx).find(engagement_id)
    await _check_domain(tx, engagement, draft.domain_id)
    objective = await Objectives(tx).add(
        engagement_id=engagement_id, text=draft.text.strip(), domain_id=draft.domain_id
    )
    await audit.record(tx, "objective added", objective)
    return objective


async def change_objective_state(
    tx: Transaction, objective_id: UUID, change: ObjectiveStateChange
) -> Objective:
    """Say that an objective was met, was dropped, or is open again.

    Raises:
        NotFound: no such objective that the member may change.
        Refused: it stands so already.
    """
    objective = await Objectives(tx).find(objective_id)
    if objective.state == change.state:
        raise Refused(f"This objective is {change.state} already.")
    objective.state = change.state
    await audit.record(tx, f"objective {change.state}", objective)
    return objective


async def _check_phase(tx: Transaction, engagement_id: UUID, phase_id: UUID | None) -> None:
    if phase_id is None:
        return
    phase = await Phases(tx).get_one_or_none(
        tenant_id=tx.context.tenant, engagement_id=engagement_id, id=phase_id
    )
    if phase is None:
        raise Invalid({"phase_id": "Choose a phase of this engagement."})


async def _check_domain(tx: Transaction, engagement: Engagement, domain_id: UUID | None) -> None:
    if domain_id is None:
        return
    known = await tx.all(framework.domains, framework_version=engagement.framework_version_id)
    if domain_id not in {domain.id for domain in known}:
        raise Invalid({"domain_id": "Choose a domain of this engagement's framework."})
