"""Reading engagements: the list, one as a whole, and who is on it."""

from datetime import date, datetime
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import (
    ARRAY,
    FromClause,
    Table,
    Uuid,
    and_,
    any_,
    bindparam,
    case,
    exists,
    func,
    join,
    select,
)

from engagements.clients.models import Organisation
from engagements.commercial.standing import number_of
from engagements.framework.models import Domain, Element
from engagements.people import name_of
from engagements.portfolio.models import Brief, Engagement, Milestone, Objective, Phase
from engagements.portfolio.people_queries import OnEngagement, people_within
from engagements.portfolio.plan_queries import (
    MilestoneRow,
    ObjectiveRow,
    PhaseRow,
    milestones_within,
    objectives_within,
    phases_within,
)
from engagements.sessions.models import Session
from tenancy.database.nesting import fields, gathered
from tenancy.database.read import Read, tenant
from tenancy.workspaces.models import Assignment, Member

_engagement = cast(Table, Engagement.__table__).c
_organisation = cast(Table, Organisation.__table__).c
_brief = cast(Table, Brief.__table__).c
_phase = cast(Table, Phase.__table__).c
_milestone = cast(Table, Milestone.__table__).c
_objective = cast(Table, Objective.__table__).c
_session = cast(Table, Session.__table__).c
_domain = cast(Table, Domain.__table__).c
_element = cast(Table, Element.__table__).c
_member = cast(Table, Member.__table__).c
_assignment = cast(Table, Assignment.__table__).c

_wanted = bindparam("engagement", type_=_engagement.id.type)


class EngagementListed(Struct, frozen=True):
    id: UUID
    title: str
    client: str
    state: str
    lead: str
    phase: str | None
    """The running one."""
    next_session: datetime | None
    ends_on: date | None
    sample: bool
    """Whether it is with the fictional client."""


class OwnEngagement(Struct, frozen=True):
    """An engagement on whose team somebody is."""

    id: UUID
    title: str
    client: str
    organisation_id: UUID


class FocusElement(Struct, frozen=True):
    id: UUID
    code: str
    name: str
    domain: str


class BriefRow(Struct, frozen=True):
    """What only the team reads."""

    presenting_issue: str
    focus: list[FocusElement]


class EngagementPage(Struct, frozen=True):
    """An engagement as a whole."""

    id: UUID
    organisation_id: UUID
    framework_version_id: UUID
    title: str
    client: str
    purpose: str
    state: str
    starts_on: date
    ends_on: date | None
    portal_opened_at: datetime | None
    lead_id: UUID
    lead: str
    lead_left: bool
    """Whether they have left the workspace, so that somebody of the team has to take over."""
    agreement_in_force: int | None
    """The number of the version that says what a sponsor may be told."""
    agreement_proposed: int | None
    """The number of the version that waits for answers."""
    brief: BriefRow | None
    """None for those who are not on the team."""
    phases: list[PhaseRow]
    milestones: list[MilestoneRow]
    objectives: list[ObjectiveRow]
    people: list[OnEngagement]
    """The whole of it for staff; a participant finds only themselves."""
    sample: bool
    """Whether it is with the fictional client."""


def _with_lead() -> FromClause:
    return join(
        Engagement.__table__,
        Member.__table__,
        and_(_member.tenant_id == tenant, _member.id == _engagement.lead_id),
    )


_running_phase = (
    select(func.min(_phase.name))
    .where(
        _phase.tenant_id == tenant,
        _phase.engagement_id == _engagement.id,
        _phase.state == "running",
    )
    .scalar_subquery()
)
_next_session = (
    select(func.min(_session.starts_at))
    .where(
        _session.tenant_id == tenant,
        _session.engagement_id == _engagement.id,
        _session.state == "planned",
        _session.starts_at > func.now(),
    )
    .scalar_subquery()
)
_with_the_sample = exists().where(
    _organisation.tenant_id == tenant,
    _organisation.id == _engagement.organisation_id,
    _organisation.sample,
)
_liveliest_first = case(
    {"running": 0, "agreed": 1, "paused": 2, "proposed": 3, "conversation": 4},
    value=_engagement.state,
    else_=5,
)

engagement_list = Read(
    select(
        _engagement.id,
        _engagement.title,
        _engagement.client,
        _engagement.state,
        name_of(_member),
        _running_phase,
        _next_session,
        _engagement.ends_on,
        _with_the_sample,
    )
    .select_from(_with_lead())
    .where(_engagement.tenant_id == tenant)
    .order_by(_liveliest_first, func.lower(_engagement.client), _engagement.id),
    EngagementListed,
)
"""The engagements within the member's reach, the liveliest first."""

engagements_of_team = Read(
    select(_engagement.id, _engagement.title, _engagement.client, _engagement.organisation_id)
    .where(
        _engagement.tenant_id == tenant,
        _engagement.id == any_(bindparam("team", type_=ARRAY(Uuid()))),
    )
    .order_by(_liveliest_first, func.lower(_engagement.title), _engagement.id),
    OwnEngagement,
)

_focus = (
    select(
        gathered(
            fields(id=_element.id, code=_element.code, name=_element.name, domain=_domain.name),
            func.array_position(_brief.focus, _element.id),
        )
    )
    .select_from(
        join(
            Element.__table__,
            Domain.__table__,
            and_(_domain.tenant_id == tenant, _domain.id == _element.domain_id),
        )
    )
    .where(_element.tenant_id == tenant, _element.id == func.any(_brief.focus))
    .scalar_subquery()
)
_brief_of = (
    select(fields(presenting_issue=_brief.presenting_issue, focus=_focus))
    .where(_brief.tenant_id == tenant, _brief.engagement_id == _engagement.id)
    .scalar_subquery()
)
engagement_page = Read(
    select(
        _engagement.id,
        _engagement.organisation_id,
        _engagement.framework_version_id,
        _engagement.title,
        _engagement.client,
        _engagement.purpose,
        _engagement.state,
        _engagement.starts_on,
        _engagement.ends_on,
        _engagement.portal_opened_at,
        _engagement.lead_id,
        name_of(_member),
        _member.left_on.is_not(None),
        number_of("in force"),
        number_of("proposed"),
        _brief_of,
        phases_within,
        milestones_within,
        objectives_within,
        people_within,
        _with_the_sample,
    )
    .select_from(_with_lead())
    .where(_engagement.tenant_id == tenant, _engagement.id == _wanted),
    EngagementPage,
)
"""All of an engagement that the member may read, in one statement."""
