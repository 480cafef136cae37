"""The plan of an engagement: its phases, milestones and objectives."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct

from engagements.framework import queries as framework
from engagements.framework.queries import DomainChoice
from engagements.portfolio import plan, queries
from engagements.portfolio import plan_queries as rows
from engagements.portfolio.plan import (
    PHASE_MOVES,
    MilestoneDraft,
    ObjectiveDraft,
    ObjectiveStateChange,
    PhaseChange,
)
from engagements.portfolio.plan_queries import MilestoneRow, ObjectiveRow, PhaseRow
from engagements.portfolio.queries import EngagementPage
from frontend.access import STAFF, Viewer
from frontend.routes import deed, page
from tenancy.database.pool import Transaction
from tenancy.workspaces.service import today_in

STATES = {
    "planned": "Planned: it has not started",
    "running": "Running: this is where you are",
    "passed": "Passed: its question has been answered",
    "stopped": "Stopped: you will not do this part",
}


class PhaseForm(Struct):
    engagement: EngagementPage
    phase: PhaseRow

    @property
    def choices(self) -> list[tuple[str, str]]:
        ways = (self.phase.state, *PHASE_MOVES[self.phase.state])
        return [(state, words) for state, words in STATES.items() if state in ways]


class MilestoneForm(Struct):
    engagement: EngagementPage
    milestone: MilestoneRow | None

    @property
    def choices(self) -> list[tuple[UUID, str]]:
        return [(phase.id, phase.name) for phase in self.engagement.phases]


class ObjectiveForm(Struct):
    engagement: EngagementPage
    domains: list[DomainChoice]

    @property
    def choices(self) -> list[tuple[UUID, str, str]]:
        return [(domain.id, domain.name, domain.intent) for domain in self.domains]


class Completion(Struct, kw_only=True, forbid_unknown_fields=True):
    """Whether a milestone is reached, and on which day; today unless said."""

    done: Annotated[bool, Meta(title="whether it is reached")] = True
    on: Annotated[date | None, Meta(title="the day it was reached")] = None


def _of_engagement(row: PhaseRow | MilestoneRow | ObjectiveRow) -> str:
    return f"/engagements/{row.engagement_id}"


@page("/phases/{id:uuid}/edit", template="workspace/engagements/phase.html", policy=STAFF)
async def edit_phase(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> PhaseForm:
    """A phase, to be moved, or to be closed at its gate."""
    phase = await tx.one(rows.phase_row, id=id)
    return PhaseForm(await tx.one(queries.engagement_page, engagement=phase.engagement_id), phase)


@deed(
    "/phases/{id:uuid}",
    policy=STAFF,
    body=PhaseChange,
    again=edit_phase,
    then=_of_engagement,
    says="The phase was changed.",
)
async def change_phase(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[PhaseChange]
) -> PhaseRow:
    """Move a phase's days, or move it to another state."""
    await plan.change_phase(tx, id, draft)
    return await tx.one(rows.phase_row, id=id)


@page(
    "/engagements/{id:uuid}/milestones/new",
    template="workspace/engagements/milestone.html",
    policy=STAFF,
)
async def new_milestone(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> MilestoneForm:
    """An empty milestone."""
    return MilestoneForm(await tx.one(queries.engagement_page, engagement=id), None)


@deed(
    "/engagements/{id:uuid}/milestones",
    policy=STAFF,
    body=MilestoneDraft,
    again=new_milestone,
    creates=True,
    then=_of_engagement,
    says="The milestone was added.",
)
async def add_milestone(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[MilestoneDraft]
) -> MilestoneRow:
    """Add a dated point that everybody can see coming."""
    added = await plan.add_milestone(tx, id, draft)
    return await tx.one(rows.milestone_row, id=added.id)


@page("/milestones/{id:uuid}/edit", template="workspace/engagements/milestone.html", policy=STAFF)
async def edit_milestone(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> MilestoneForm:
    """A milestone, to be changed or removed."""
    milestone = await tx.one(rows.milestone_row, id=id)
    engagement = await tx.one(queries.engagement_page, engagement=milestone.engagement_id)
    return MilestoneForm(engagement, milestone)


@deed(
    "/milestones/{id:uuid}",
    policy=STAFF,
    body=MilestoneDraft,
    again=edit_milestone,
    then=_of_engagement,
    says="The milestone was changed.",
)
async def change_milestone(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[MilestoneDraft]
) -> MilestoneRow:
    """Say a milestone anew."""
    await plan.change_milestone(tx, id, draft)
    return await tx.one(rows.milestone_row, id=id)


@deed(
    "/milestones/{id:uuid}/completion",
    policy=STAFF,
    body=Completion,
    again=edit_milestone,
    then=_of_engagement,
)
async def complete_milestone(
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    id: FromPath[UUID],
    draft: NamedDependency[Completion],
) -> MilestoneRow:
    """Mark a milestone as reached, or as not reached after all."""
    if draft.done:
        await plan.complete_milestone(tx, id, draft.on or today_in(viewer.time_zone))
    else:
        await plan.reopen_milestone(tx, id)
    return await tx.one(rows.milestone_row, id=id)


@deed(
    "/milestones/{id:uuid}/removal",
    policy=STAFF,
    again=edit_milestone,
    then=_of_engagement,
    says="The milestone was removed.",
)
async def remove_milestone(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> MilestoneRow:
    """Remove a milestone; the answer is the milestone as it was."""
    milestone = await tx.one(rows.milestone_row, id=id)
    await plan.remove_milestone(tx, id)
    return milestone


@page(
    "/engagements/{id:uuid}/objectives/new",
    template="workspace/engagements/objective.html",
    policy=STAFF,
)
async def new_objective(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> ObjectiveForm:
    """An empty objective."""
    engagement = await tx.one(queries.engagement_page, engagement=id)
    version = engagement.framework_version_id
    return ObjectiveForm(engagement, await tx.all(framework.domains, framework_version=version))


@deed(
    "/engagements/{id:uuid}/objectives",
    policy=STAFF,
    body=ObjectiveDraft,
    again=new_objective,
    creates=True,
    then=_of_engagement,
    says="The objective was added.",
)
async def add_objective(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[ObjectiveDraft]
) -> ObjectiveRow:
    """Add what the engagement is to achieve."""
    added = await plan.add_objective(tx, id, draft)
    return await tx.one(rows.objective_row, id=added.id)


@page("/objectives/{id:uuid}", template="workspace/engagements/objective_state.html", policy=STAFF)
async def show_objective(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> ObjectiveRow:
    """One objective, and how it stands."""
    return await tx.one(rows.objective_row, id=id)


@deed(
    "/objectives/{id:uuid}/state",
    policy=STAFF,
    body=ObjectiveStateChange,
    again=show_objective,
    then=_of_engagement,
    says="The objective was changed.",
)
async def change_objective_state(
    tx: NamedDependency[Transaction],
    id: FromPath[UUID],
    draft: NamedDependency[ObjectiveStateChange],
) -> ObjectiveRow:
    """Say that an objective was met, was dropped, or is open again."""
    await plan.change_objective_state(tx, id, draft)
    return await tx.one(rows.objective_row, id=id)


PLAN = [
    edit_phase,
    change_phase,
    new_milestone,
    add_milestone,
    edit_milestone,
    change_milestone,
    complete_milestone,
    remove_milestone,
    new_objective,
    add_objective,
    show_objective,
    change_objective_state,
]
