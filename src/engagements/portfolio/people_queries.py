"""Reading who is on an engagement, and who could be."""

from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, and_, bindparam, func, join, or_, select

from engagements.portfolio.models import Engagement
from tenancy.database.nesting import fields, gathered
from tenancy.database.read import Read, tenant
from tenancy.workspaces.models import Assignment, Member
from tenancy.workspaces.service import STAFF_ROLES

_member = cast(Table, Member.__table__).c
_assignment = cast(Table, Assignment.__table__).c
_engagement = cast(Table, Engagement.__table__).c

_wanted = bindparam("engagement", type_=_assignment.engagement_id.type)


class OnEngagement(Struct, frozen=True):
    """A person's present place on an engagement."""

    assignment_id: UUID
    engagement_id: UUID
    member_id: UUID
    name: str
    title: str
    relation: str
    suspended: bool
    """Whether their access is paused, so that the place opens nothing just now."""


class Lead(Struct, frozen=True):
    id: UUID
    name: str
    left: bool
    """Whether they have left the workspace since."""


class Person(Struct, frozen=True):
    id: UUID
    name: str
    email: str


_today = func.current_date()
_present = and_(
    _assignment.starts_on <= _today,
    or_(_assignment.ends_on.is_(None), _assignment.ends_on >= _today),
)
_of_the_consultancy = and_(
    or_(*(_member.role == role for role in STAFF_ROLES)),
    _member.left_on.is_(None),
    _member.suspended_at.is_(None),
    ~_member.sample,
)


_with_member = join(
    Assignment.__table__,
    Member.__table__,
    and_(_member.tenant_id == tenant, _member.id == _assignment.member_id),
)
_place_fields = {
    "assignment_id": _assignment.id,
    "engagement_id": _assignment.engagement_id,
    "member_id": _member.id,
    "name": _member.name,
    "title": _member.title,
    "relation": _assignment.relation,
    "suspended": _member.suspended_at.is_not(None),
}
_places = (
    select(*_place_fields.values())
    .select_from(_with_member)
    .where(_assignment.tenant_id == tenant, _assignment.engagement_id == _wanted, _present)
)

people_within = (
    select(gathered(fields(**_place_fields), _assignment.relation, func.lower(_member.name)))
    .select_from(_with_member)
    .where(_assignment.tenant_id == tenant, _assignment.engagement_id == _engagement.id, _present)
    .scalar_subquery()
)
place = Read(
    _places.where(_assignment.id == bindparam("assignment", type_=_assignment.id.type)),
    OnEngagement,
)
"""One place that holds today."""

place_of = Read(
    _places.where(
        _member.id == bindparam("member", type_=_member.id.type),
        _assignment.relation == bindparam("relation", type_=_assignment.relation.type),
    ),
    OnEngagement,
)
"""The place of one member in one relation, if it holds today."""

lead = Read(
    select(_member.id, _member.name, _member.left_on.is_not(None))
    .join(
        _engagement.id.table,
        (_engagement.tenant_id == tenant) & (_engagement.lead_id == _member.id),
    )
    .where(_member.tenant_id == tenant, _engagement.id == _wanted),
    Lead,
)
"""Who leads an engagement."""

person = Read(
    select(_member.id, _member.name, _member.email).where(
        _member.tenant_id == tenant, _member.id == bindparam("member", type_=_member.id.type)
    ),
    Person,
)

colleagues = Read(
    select(_member.id, _member.name, _member.email)
    .where(_member.tenant_id == tenant, _of_the_consultancy)
    .order_by(func.lower(_member.name)),
    Person,
)
"""Those who work for the consultancy today, and have access."""

colleague = Read(
    select(_member.id, _member.name, _member.email).where(
        _member.tenant_id == tenant,
        _of_the_consultancy,
        _member.id == bindparam("member", type_=_member.id.type),
    ),
    Person,
)
"""One member, if they work for the consultancy today."""
