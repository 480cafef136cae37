"""Reading the framework."""

from typing import Any, cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Table, bindparam, select

from engagements.framework.models import Behaviour, Domain, Element, FrameworkVersion
from tenancy.database.nesting import fields, gathered
from tenancy.database.read import Read, tenant

_version = cast(Table, FrameworkVersion.__table__).c
_domain = cast(Table, Domain.__table__).c
_element = cast(Table, Element.__table__).c
_behaviour = cast(Table, Behaviour.__table__).c


class Version(Struct, frozen=True):
    """A version of the document, without its contents."""

    id: UUID
    number: int
    name: str
    state: str


class DomainChoice(Struct, frozen=True):
    id: UUID
    code: str
    name: str
    intent: str


class ElementChoice(Struct, frozen=True):
    id: UUID
    code: str
    name: str
    domain: str


class FrameworkElement(Struct, frozen=True):
    id: UUID
    code: str
    name: str
    more_of: list[str]
    less_of: list[str]


class FrameworkDomain(Struct, frozen=True):
    id: UUID
    code: str
    name: str
    intent: str
    elements: list[FrameworkElement]


class Framework(Struct, frozen=True):
    """The whole document, with what must be said beside it."""

    id: UUID
    number: int
    name: str
    state: str
    attribution: str
    limits: str
    domains: list[FrameworkDomain]


def _behaviours(direction: str) -> ColumnElement[Any]:
    return (
        select(gathered(_behaviour.text, _behaviour.position))
        .where(
            _behaviour.tenant_id == tenant,
            _behaviour.element_id == _element.id,
            _behaviour.direction == direction,
        )
        .scalar_subquery()
    )


_elements = (
    select(
        gathered(
            fields(
                id=_element.id,
                code=_element.code,
                name=_element.name,
                more_of=_behaviours("more of"),
                less_of=_behaviours("less of"),
            ),
            _element.position,
        )
    )
    .where(_element.tenant_id == tenant, _element.domain_id == _domain.id)
    .scalar_subquery()
)
_domains = (
    select(
        gathered(
            fields(
                id=_domain.id,
                code=_domain.code,
                name=_domain.name,
                intent=_domain.intent,
                elements=_elements,
            ),
            _domain.position,
        )
    )
    .where(_domain.tenant_id == tenant, _domain.framework_version_id == _version.id)
    .scalar_subquery()
)

newest_version = Read(
    select(_version.id, _version.number, _version.name, _version.state)
    .where(_version.tenant_id == tenant)
    .order_by(_version.number.desc())
    .limit(1),
    Version,
)
"""The version that a new engagement works with."""

framework = Read(
    select(
        _version.id,
        _version.number,
        _version.name,
        _version.state,
        _version.attribution,
        _version.limits,
        _domains,
    )
    .where(_version.tenant_id == tenant)
    .order_by(_version.number.desc())
    .limit(1),
    Framework,
)
"""The newest version as a whole."""

domains = Read(
    select(_domain.id, _domain.code, _domain.name, _domain.intent)
    .where(
        _domain.tenant_id == tenant,
        _domain.framework_version_id == bindparam("framework_version"),
    )
    .order_by(_domain.position),
    DomainChoice,
)
"""The domains of one version."""

elements = Read(
    select(_element.id, _element.code, _element.name, _domain.name.label("domain"))
    .join_from(
        Element.__table__,
        Domain.__table__,
        (_domain.tenant_id == tenant) & (_domain.id == _element.domain_id),
    )
    .where(
        _element.tenant_id == tenant,
        _domain.framework_version_id == bindparam("framework_version"),
    )
    .order_by(_domain.position, _element.position),
    ElementChoice,
)
"""The elements of one version, to choose from."""
