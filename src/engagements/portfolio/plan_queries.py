"""Reading the plan of an engagement: phases, milestones, objectives."""

from datetime import date
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, and_, bindparam, outerjoin, select

from engagements.framework.models import Domain
from engagements.portfolio.models import Engagement, Milestone, Objective, Phase
from tenancy.database.nesting import fields, gathered
from tenancy.database.read import Read, tenant

_engagement = cast(Table, Engagement.__table__).c
_phase = cast(Table, Phase.__table__).c
_milestone = cast(Table, Milestone.__table__).c
_objective = cast(Table, Objective.__table__).c
_domain = cast(Table, Domain.__table__).c

_wanted = bindparam("id", type_=_engagement.id.type)


class PhaseRow(Struct, frozen=True):
    id: UUID
    engagement_id: UUID
    position: int
    name: str
    gate_question: str
    starts_on: date
    ends_on: date
    state: str


class MilestoneRow(Struct, frozen=True):
    id: UUID
    engagement_id: UUID
    title: str
    due_on: date
    done_on: date | None
    phase_id: UUID | None


class ObjectiveRow(Struct, frozen=True):
    id: UUID
    engagement_id: UUID
    text: str
    state: str
    domain_id: UUID | None
    domain: str | None


_phase_fields = {
    "id": _phase.id,
    "engagement_id": _phase.engagement_id,
    "position": _phase.position,
    "name": _phase.name,
    "gate_question": _phase.gate_question,
    "starts_on": _phase.starts_on,
    "ends_on": _phase.ends_on,
    "state": _phase.state,
}
_milestone_fields = {
    "id": _milestone.id,
    "engagement_id": _milestone.engagement_id,
    "title": _milestone.title,
    "due_on": _milestone.due_on,
    "done_on": _milestone.done_on,
    "phase_id": _milestone.phase_id,
}
_objective_fields = {
    "id": _objective.id,
    "engagement_id": _objective.engagement_id,
    "text": _objective.text,
    "state": _objective.state,
    "domain_id": _objective.domain_id,
    "domain": _domain.name,
}
_with_domain = outerjoin(
    Objective.__table__,
    Domain.__table__,
    and_(_domain.tenant_id == tenant, _domain.id == _objective.domain_id),
)

phases_within = (
    select(gathered(fields(**_phase_fields), _phase.position))
    .where(_phase.tenant_id == tenant, _phase.engagement_id == _engagement.id)
    .scalar_subquery()
)
milestones_within = (
    select(gathered(fields(**_milestone_fields), _milestone.due_on, _milestone.id))
    .where(_milestone.tenant_id == tenant, _milestone.engagement_id == _engagement.id)
    .scalar_subquery()
)
objectives_within = (
    select(gathered(fields(**_objective_fields), _objective.id))
    .select_from(_with_domain)
    .where(_objective.tenant_id == tenant, _objective.engagement_id == _engagement.id)
    .scalar_subquery()
)

phase_row = Read(
    select(*_phase_fields.values()).where(_phase.tenant_id == tenant, _phase.id == _wanted),
    PhaseRow,
)
milestone_row = Read(
    select(*_milestone_fields.values()).where(
        _milestone.tenant_id == tenant, _milestone.id == _wanted
    ),
    MilestoneRow,
)
objective_row = Read(
    select(*_objective_fields.values())
    .select_from(_with_domain)
    .where(_objective.tenant_id == tenant, _objective.id == _wanted),
    ObjectiveRow,
)
