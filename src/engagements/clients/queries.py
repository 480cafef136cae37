"""Reading clients."""

from typing import Any, cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Table,
    Text,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    outerjoin,
    select,
    tuple_,
)
from sqlalchemy import cast as cast_
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from engagements.clients.models import Contact, Organisation, Unit
from engagements.portfolio.models import Engagement
from tenancy.database.nesting import fields, gathered
from tenancy.database.read import Read, tenant

_organisation = cast(Table, Organisation.__table__).c
_unit = cast(Table, Unit.__table__).c
_contact = cast(Table, Contact.__table__).c
_engagement = cast(Table, Engagement.__table__).c


class ClientRow(Struct, frozen=True):
    id: UUID
    name: str
    kind: str
    stage: str
    ods_code: str | None
    running: int
    """The running engagements with it that the reader may see."""
    sample: bool


class UnitRow(Struct, frozen=True):
    """A unit in the order of the tree."""

    id: UUID
    name: str
    parent_id: UUID | None
    head_count: int | None
    depth: int
    """0 for the units directly below the organisation."""


class ContactRow(Struct, frozen=True):
    id: UUID
    organisation_id: UUID
    name: str
    email: str | None
    post: str
    role_in_work: str
    unit_id: UUID | None
    unit: str | None
    member_id: UUID | None


class EngagementRow(Struct, frozen=True):
    id: UUID
    title: str
    state: str


class ClientPage(Struct, frozen=True):
    """A client with its contacts, its units as a flat tree, and the engagements with it."""

    id: UUID
    name: str
    kind: str
    stage: str
    ods_code: str | None
    enquiry: str
    contacts: list[ContactRow]
    units: list[UnitRow]
    engagements: list[EngagementRow]
    sample: bool


class UnitRecord(Struct, frozen=True):
    """A unit by itself."""

    id: UUID
    organisation_id: UUID
    parent_id: UUID | None
    name: str
    head_count: int | None


class ClientChoice(Struct, frozen=True):
    id: UUID
    name: str


def _place(unit: ReadOnlyColumnCollection[str, Any]) -> ColumnElement[str]:
    """What a unit is sorted by among those of the same parent."""
    return func.lower(unit.name).concat(cast_(unit.id, Text))


_running = (
    select(func.count())
    .where(
        _engagement.tenant_id == tenant,
        _engagement.organisation_id == _organisation.id,
        _engagement.state == "running",
    )
    .scalar_subquery()
)
_sought = func.lower(bindparam("sought", type_=_organisation.name.type))

client_list = Read(
    select(
        _organisation.id,
        _organisation.name,
        _organisation.kind,
        _organisation.stage,
        _organisation.ods_code,
        _running,
        _organisation.sample,
    )
    .where(
        _organisation.tenant_id == tenant,
        or_(
            func.strpos(func.lower(_organisation.name), _sought) > 0,
            func.lower(_organisation.ods_code) == _sought,
        ),
        tuple_(func.lower(_organisation.name), _organisation.id)
        > tuple_(
            func.lower(bindparam("after_name", type_=_organisation.name.type)),
            bindparam("after_id", type_=_organisation.id.type),
        ),
    )
    .order_by(func.lower(_organisation.name), _organisation.id)
    .limit(bindparam("limit")),
    ClientRow,
)
"""Clients by name, after `(after_name, after_id)`; `sought` is a part of the name, or the ODS code.

The first page comes after `("", UUID(int=0))`; an empty `sought` finds all.
"""

client_choices = Read(
    select(_organisation.id, _organisation.name)
    .where(_organisation.tenant_id == tenant)
    .order_by(func.lower(_organisation.name), _organisation.id),
    ClientChoice,
)

unit = Read(
    select(_unit.id, _unit.organisation_id, _unit.parent_id, _unit.name, _unit.head_count).where(
        _unit.tenant_id == tenant, _unit.id == bindparam("unit")
    ),
    UnitRecord,
)


_wanted = bindparam("organisation", type_=_organisation.id.type)
_child = Unit.__table__.alias("child").c
_top = (
    select(
        _unit.id,
        _unit.name,
        _unit.parent_id,
        _unit.head_count,
        literal_column("0").label("depth"),
        array([_place(_unit)]).label("path"),
    )
    .where(_unit.tenant_id == tenant, _unit.organisation_id == _wanted, _unit.parent_id.is_(None))
    .cte("tree", recursive=True)
)
_tree = _top.union_all(
    select(
        _child.id,
        _child.name,
        _child.parent_id,
        _child.head_count,
        _top.c.depth + 1,
        _top.c.path + array([_place(_child)]),
    ).where(
        _child.tenant_id == tenant,
        _child.organisation_id == _wanted,
        _child.parent_id == _top.c.id,
    )
).c
_units = select(
    gathered(
        fields(
            id=_tree.id,
            name=_tree.name,
            parent_id=_tree.parent_id,
            head_count=_tree.head_count,
            depth=_tree.depth,
        ),
        _tree.path,
    )
).scalar_subquery()
_with_unit = outerjoin(
    Contact.__table__,
    Unit.__table__,
    and_(_unit.tenant_id == tenant, _unit.id == _contact.unit_id),
)
_contacts = (
    select(
        gathered(
            fields(
                id=_contact.id,
                organisation_id=_contact.organisation_id,
                name=_contact.name,
                email=_contact.email,
                post=_contact.post,
                role_in_work=_contact.role_in_work,
                unit_id=_contact.unit_id,
                unit=_unit.name,
                member_id=_contact.member_id,
            ),
            func.lower(_contact.name),
            _contact.id,
        )
    )
    .select_from(_with_unit)
    .where(_contact.tenant_id == tenant, _contact.organisation_id == _organisation.id)
    .scalar_subquery()
)
_engagements = (
    select(
        gathered(
            fields(id=_engagement.id, title=_engagement.title, state=_engagement.state),
            _engagement.starts_on.desc(),
            _engagement.id,
        )
    )
    .where(_engagement.tenant_id == tenant, _engagement.organisation_id == _organisation.id)
    .scalar_subquery()
)

client_page = Read(
    select(
        _organisation.id,
        _organisation.name,
        _organisation.kind,
        _organisation.stage,
        _organisation.ods_code,
        _organisation.enquiry,
        _contacts,
        _units,
        _engagements,
        _organisation.sample,
    ).where(_organisation.tenant_id == tenant, _organisation.id == _wanted),
    ClientPage,
)
"""All that the page of one client shows."""

contact = Read(
    select(
        _contact.id,
        _contact.organisation_id,
        _contact.name,
        _contact.email,
        _contact.post,
        _contact.role_in_work,
        _contact.unit_id,
        _unit.name,
        _contact.member_id,
    )
    .select_from(_with_unit)
    .where(_contact.tenant_id == tenant, _contact.id == bindparam("contact")),
    ContactRow,
)
