"""What can be read of providers: by the owner, and before anybody is signed in."""

from datetime import datetime
from typing import cast
from urllib.parse import urlsplit
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Interval, Table, Uuid, bindparam, exists, func, select

from tenancy.database.context import Role
from tenancy.database.read import Read, tenant
from tenancy.identity.models import Identity, SignInSession
from tenancy.sso.models import (
    ExternalIdentity,
    SecondFactorBy,
    SsoConnection,
    SsoDomain,
    SsoFlow,
    State,
)
from tenancy.workspaces.models import Member, Reach, SsoFor, Workspace

_connection = cast(Table, SsoConnection.__table__).c
_domain = cast(Table, SsoDomain.__table__).c
_external = cast(Table, ExternalIdentity.__table__).c
_flow = cast(Table, SsoFlow.__table__).c
_identity = cast(Table, Identity.__table__).c
_reach = cast(Table, Reach.__table__).c
_session = cast(Table, SignInSession.__table__).c
_member = cast(Table, Member.__table__).c
_workspace = cast(Table, Workspace.__table__).c


class Heard(Struct, frozen=True):
    """What a provider said of somebody."""

    issuer: str
    subject: str
    name: str | None
    email: str | None
    email_verified: bool
    amr: list[str]
    acr: str | None


class Connection(Struct, frozen=True):
    """A workspace's provider, its secret sealed."""

    id: UUID
    issuer: str
    client_id: str
    sealed_secret: bytes
    domains: list[str]
    second_factor_by: SecondFactorBy
    state: State
    tested_at: datetime | None
    heard: Heard | None


class Domain(Struct, frozen=True):
    """A domain that the operator confirmed."""

    domain: str
    tenant: UUID
    issuer: str


class Route(Struct, frozen=True):
    """Where addresses of a domain are signed in."""

    tenant: UUID
    slug: str
    issuer: str


class Place(Struct, frozen=True):
    """A workspace, as its way in."""

    tenant: UUID
    slug: str
    name: str
    sso_for: SsoFor


class Vouched(Struct, frozen=True):
    """Somebody whom a provider vouches for, or who could be: a member of the workspace."""

    identity: UUID
    member: UUID
    name: str
    email: str
    role: Role


class Connected(Struct, frozen=True):
    """A member, as the provider knows them."""

    id: UUID
    member_id: UUID
    name: str
    email: str
    issuer: str
    subject: str
    """By which the provider calls them: often a row of letters and figures."""
    connected_at: datetime
    last_used_at: datetime | None

    @property
    def provider(self) -> str:
        return provider_named(self.issuer)


class OwnConnection(Struct, frozen=True):
    """A workspace whose provider signs a person in."""

    workspace: str
    issuer: str
    connected_at: datetime
    last_used_at: datetime | None

    @property
    def provider(self) -> str:
        return provider_named(self.issuer)


def provider_named(issuer: str) -> str:
    """What people call a provider: the host that it is at."""
    return urlsplit(issuer).hostname or issuer


connection = Read(
    select(
        _connection.id,
        _connection.issuer,
        _connection.client_id,
        _connection.sealed_secret,
        _connection.domains,
        _connection.second_factor_by,
        _connection.state,
        _connection.tested_at,
        _connection.heard,
    ).where(_connection.tenant_id == tenant),
    Connection,
)

domains_of = Read(
    select(_domain.domain, _domain.tenant_id, _domain.issuer)
    .where(_domain.tenant_id == bindparam("workspace"))
    .order_by(_domain.domain),
    Domain,
)

route_of = Read(
    select(_domain.tenant_id, _workspace.slug, _domain.issuer)
    .join(_workspace.id.table, _workspace.id == _domain.tenant_id)
    .where(_domain.domain == bindparam("domain")),
    Route,
)

_places = select(_workspace.id, _workspace.slug, _workspace.name, _workspace.sso_for)

place_called = Read(_places.where(_workspace.slug == bindparam("slug")), Place)

place_with = Read(_places.where(_workspace.id == bindparam("workspace")), Place)

_members = (
    select(_identity.id, _reach.member_id, _identity.name, _identity.email, _reach.role)
    .join(_reach.identity_id.table, _reach.identity_id == _identity.id)
    .where(_reach.tenant_id == bindparam("workspace"))
)

vouched_for = Read(
    _members.join(
        _external.id.table,
        (_external.identity_id == _identity.id) & (_external.tenant_id == _reach.tenant_id),
    ).where(
        _external.issuer == bindparam("issuer"),
        _external.subject == bindparam("subject"),
    ),
    Vouched,
)

# Not who is known to the provider as somebody else already: addresses are given to successors.
member_with_address = Read(
    _members.where(
        _identity.email == bindparam("email"),
        ~exists().where(
            _external.tenant_id == _reach.tenant_id,
            _external.identity_id == _identity.id,
            _external.issuer == bindparam("issuer"),
        ),
    ),
    Vouched,
)

member_of_session = Read(
    _members.join(
        _session.id.table,
        (_session.identity_id == _identity.id) & (_session.tenant_id == _reach.tenant_id),
    ).where(_session.id == bindparam("session"), _session.ended_at.is_(None)),
    Vouched,
)

_connected = (
    select(
        _external.id,
        _member.id,
        _member.name,
        _member.email,
        _external.issuer,
        _external.subject,
        _external.created_at,
        _external.last_used_at,
    )
    .join(
        _member.id.table,
        (_member.tenant_id == tenant) & (_member.identity_id == _external.identity_id),
    )
    .where(_external.tenant_id == tenant)
)

connected_people = Read(
    _connected.where(_member.left_on.is_(None)).order_by(
        _member.name, _member.id, _external.created_at
    ),
    Connected,
)

connected_as = Read(_connected.where(_external.id == bindparam("id")), Connected)

_only = bindparam("within", type_=Uuid())

own_connections = Read(
    select(_workspace.name, _external.issuer, _external.created_at, _external.last_used_at)
    .join(_workspace.id.table, _workspace.id == _external.tenant_id)
    .join(
        _reach.identity_id.table,
        (_reach.identity_id == _external.identity_id) & (_reach.tenant_id == _external.tenant_id),
    )
    .where(
        _external.identity_id == bindparam("identity"),
        _only.is_(None) | (_external.tenant_id == _only),
    )
    .order_by(_workspace.name, _workspace.id, _external.created_at),
    OwnConnection,
)
"""Of a person, `within` one workspace if it is given."""

begun = Read(
    select(func.count()).where(
        _flow.created_at > func.now() - bindparam("within", type_=Interval()),
        _flow.address_hash == bindparam("address"),
        _flow.used_at.is_(None),
    ),
    int,
)
