"""What can be read of people, before there is a context."""

from datetime import datetime
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Interval,
    LargeBinary,
    Table,
    Uuid,
    bindparam,
    exists,
    func,
    select,
)

from tenancy.database.context import Role
from tenancy.database.read import Read, tenant
from tenancy.identity.models import Identity, SignInRequest, SignInSession
from tenancy.support.models import SupportPass
from tenancy.workspaces.models import Member, Reach, SecondFactorFor, SsoFor, Workspace

identity = cast(Table, Identity.__table__).c
request = cast(Table, SignInRequest.__table__).c
session = cast(Table, SignInSession.__table__).c
reach = cast(Table, Reach.__table__).c
support_pass = cast(Table, SupportPass.__table__).c
workspace = cast(Table, Workspace.__table__).c
member = cast(Table, Member.__table__).c


class SignedIn(Struct, frozen=True):
    """A sign-in session with all that its member reaches."""

    session: UUID
    last_used_at: datetime
    proved_at: datetime
    factor: str
    second_factor: str | None
    identity: UUID
    name: str
    email: str
    factors: list[str]
    tenant: UUID
    slug: str
    workspace: str
    time_zone: str
    second_factor_for: SecondFactorFor
    sso_for: SsoFor
    member: UUID
    role: Role
    team: list[UUID]
    coached: list[UUID]
    sponsored: list[UUID]
    organisations: list[UUID]


class Behind(Struct, frozen=True):
    """Who signed in to a workspace that they reach nothing of any more."""

    identity: UUID
    tenant: UUID
    workspace: str


class Left(Struct, frozen=True):
    """A workspace that somebody signed in to, and is no member of any more."""

    workspace: str
    paused: bool
    """They are its member still; their access is paused."""


class Suspended(Struct, frozen=True):
    """A member whose access is paused."""

    member: UUID


class Membership(Struct, frozen=True):
    """Where an e-mail address leads: its identity and first workspace."""

    identity: UUID
    name: str
    tenant: UUID
    slug: str
    workspace: str


class Place(Struct, frozen=True):
    """A workspace."""

    tenant: UUID
    slug: str
    name: str
    time_zone: str


signed_in = Read(
    select(
        session.id,
        session.last_used_at,
        session.proved_at,
        session.factor,
        session.second_factor,
        identity.id,
        identity.name,
        identity.email,
        identity.factors,
        workspace.id,
        workspace.slug,
        workspace.name,
        workspace.time_zone,
        workspace.second_factor_for,
        workspace.sso_for,
        reach.member_id,
        reach.role,
        reach.team,
        reach.coached,
        reach.sponsored,
        reach.organisations,
    )
    .join(identity.id.table, identity.id == session.identity_id)
    .join(workspace.id.table, workspace.id == session.tenant_id)
    .join(
        reach.member_id.table,
        (reach.identity_id == session.identity_id) & (reach.tenant_id == session.tenant_id),
    )
    .where(
        session.token_hash == bindparam("token_hash"),
        session.ended_at.is_(None),
        session.expires_at > func.now(),
        session.last_used_at > func.now() - bindparam("idle", type_=Interval()),
    ),
    SignedIn,
)

behind = Read(
    select(session.identity_id, workspace.id, workspace.name)
    .join(session.id.table, session.tenant_id == workspace.id)
    .where(
        session.token_hash == bindparam("token_hash"),
        ~exists().where(
            reach.identity_id == session.identity_id, reach.tenant_id == session.tenant_id
        ),
        # An operator who was let in never was a member.
        ~exists().where(
            support_pass.identity_id == session.identity_id,
            support_pass.tenant_id == session.tenant_id,
        ),
    ),
    Behind,
)

suspended = Read(
    select(member.id).where(
        member.tenant_id == tenant,
        member.identity_id == bindparam("identity"),
        member.suspended_at.is_not(None),
    ),
    Suspended,
)
"""On the surface `job` of the workspace."""

membership = Read(
    select(identity.id, identity.name, workspace.id, workspace.slug, workspace.name)
    .join(reach.member_id.table, reach.identity_id == identity.id)
    .join(workspace.id.table, workspace.id == reach.tenant_id)
    .where(
        identity.email == bindparam("email"),
        (bindparam("slug") == "") | (workspace.slug == bindparam("slug")),
    )
    .order_by(workspace.created_at)
    .limit(1),
    Membership,
)

any_place = Read(
    select(workspace.id, workspace.slug, workspace.name, workspace.time_zone)
    .order_by(workspace.id)
    .limit(1),
    Place,
)

place_of = Read(
    select(workspace.id, workspace.slug, workspace.name, workspace.time_zone).where(
        workspace.slug == bindparam("slug")
    ),
    Place,
)


class Known(Struct, frozen=True):
    """That somebody has signed in with a browser before."""

    session: UUID


known_browser = Read(
    select(session.id)
    .join(identity.id.table, identity.id == session.identity_id)
    .where(
        identity.email == bindparam("email"),
        session.known_hash == bindparam("browser", type_=LargeBinary()),
    )
    .limit(1),
    Known,
)


class OpenSession(Struct, frozen=True):
    """A browser in which somebody is signed in."""

    id: UUID
    workspace: str
    factor: str
    second_factor: str | None
    device: str
    began_at: datetime
    last_used_at: datetime


class WorkspaceOf(Struct, frozen=True):
    """A workspace of which somebody is a member."""

    tenant: UUID
    slug: str
    name: str
    role: Role


_live = (
    session.ended_at.is_(None),
    session.expires_at > func.now(),
    session.last_used_at > func.now() - bindparam("idle", type_=Interval()),
)


def _within(column: ColumnElement[UUID]) -> ColumnElement[bool]:
    """In one workspace alone, where one is given."""
    only = bindparam("within", type_=Uuid())
    return only.is_(None) | (column == only)


open_sessions = Read(
    select(
        session.id,
        workspace.name,
        session.factor,
        session.second_factor,
        session.device,
        session.created_at,
        session.last_used_at,
    )
    .join(workspace.id.table, workspace.id == session.tenant_id)
    .join(
        reach.member_id.table,
        (reach.identity_id == session.identity_id) & (reach.tenant_id == session.tenant_id),
    )
    .where(
        session.identity_id == bindparam("identity"),
        _within(session.tenant_id),
        *_live,
    )
    .order_by(session.last_used_at.desc(), session.id.desc()),
    OpenSession,
)

_workspaces = (
    select(workspace.id, workspace.slug, workspace.name, reach.role)
    .join(reach.member_id.table, reach.tenant_id == workspace.id)
    .where(reach.identity_id == bindparam("identity"))
)

workspaces_of = Read(
    _workspaces.where(_within(workspace.id)).order_by(workspace.name, workspace.id), WorkspaceOf
)

place_of_identity = Read(_workspaces.where(workspace.slug == bindparam("slug")), WorkspaceOf)


class Unredeemed(Struct, frozen=True):
    """Codes asked for and not used within the last hour."""

    account: int
    """In browsers where nobody of the account has signed in before."""
    address: int
    browser: int


unredeemed = Read(
    select(
        func.count().filter(
            request.account_hash == bindparam("account"), request.known_hash.is_(None)
        ),
        func.count().filter(request.address_hash == bindparam("address")),
        func.count().filter(request.known_hash == bindparam("browser", type_=LargeBinary())),
    ).where(
        request.created_at > func.now() - bindparam("within", type_=Interval()),
        request.used_at.is_(None),
        (request.account_hash == bindparam("account"))
        | (request.address_hash == bindparam("address"))
        | (request.known_hash == bindparam("browser", type_=LargeBinary())),
    ),
    Unredeemed,
)


class Waiting(Struct, frozen=True):
    """A sign-in that waits in a browser for its second factor."""

    identity: UUID
    tenant: UUID
    factors: list[str]
    """What the person has set up."""


waiting_in = Read(
    select(identity.id, request.tenant_id, identity.factors)
    .join(request.id.table, request.identity_id == identity.id)
    .where(
        request.browser_hash == bindparam("browser"),
        request.first_factor.is_not(None),
        request.expires_at > func.now(),
        request.tries < bindparam("tries"),
    ),
    Waiting,
)


class Factors(Struct, frozen=True):
    """What a person has set up to prove themselves with."""

    factors: list[str]


factors_of = Read(select(identity.factors).where(identity.id == bindparam("identity")), Factors)


class PlaceIn(Struct, frozen=True):
    """A person's membership of a workspace, by its ids."""

    tenant: UUID
    member: UUID


places_in = Read(
    select(reach.tenant_id, reach.member_id)
    .where(reach.identity_id == bindparam("identity"))
    .order_by(reach.tenant_id),
    PlaceIn,
)
