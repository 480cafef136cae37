"""What is known of support before there is a context: who was let in where."""

from datetime import datetime
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Interval, Table, bindparam, func, select

from tenancy.database.read import Read
from tenancy.identity.models import Identity, SignInSession
from tenancy.identity.queries import Membership
from tenancy.support.models import SupportPass
from tenancy.workspaces.models import Workspace

_pass = cast(Table, SupportPass.__table__).c
_identity = cast(Table, Identity.__table__).c
_session = cast(Table, SignInSession.__table__).c
_workspace = cast(Table, Workspace.__table__).c
_live = (_pass.ended_at.is_(None), _pass.until > func.now())


class SignedInOperator(Struct, frozen=True):
    """Whose session it is, whether or not they are a member of anything."""

    session: UUID
    identity: UUID
    email: str


class OpenAccess(Struct, frozen=True):
    """A workspace that lets an operator in."""

    access: UUID
    tenant: UUID
    slug: str
    workspace: str
    time_zone: str
    until: datetime


class Overdue(Struct, frozen=True):
    """A consent whose time is over, which nobody has noted yet."""

    access: UUID
    tenant: UUID


class Pass(Struct, frozen=True):
    """That somebody is let into a workspace."""

    access: UUID


operator_signed_in = Read(
    select(_session.id, _identity.id, _identity.email)
    .join(_identity.id.table, _identity.id == _session.identity_id)
    .where(
        _session.token_hash == bindparam("token_hash"),
        # A workspace's provider says who somebody is in that workspace, and nowhere else.
        _session.factor != "oidc",
        _session.ended_at.is_(None),
        _session.expires_at > func.now(),
        _session.last_used_at > func.now() - bindparam("idle", type_=Interval()),
    ),
    SignedInOperator,
)
open_to = Read(
    select(
        _pass.access_id,
        _workspace.id,
        _workspace.slug,
        _workspace.name,
        _workspace.time_zone,
        _pass.until,
    )
    .join(_workspace.id.table, _workspace.id == _pass.tenant_id)
    .where(_pass.identity_id == bindparam("identity"), *_live)
    .order_by(_workspace.name, _workspace.id, _pass.until.desc()),
    OpenAccess,
)
let_in = Read(
    select(_identity.id, _identity.name, _workspace.id, _workspace.slug, _workspace.name)
    .join(_identity.id.table, _identity.id == _pass.identity_id)
    .join(_workspace.id.table, _workspace.id == _pass.tenant_id)
    .where(_identity.email == bindparam("email"), *_live)
    .order_by(_pass.until.desc())
    .limit(1),
    Membership,
)
"""Where an operator's code is mailed from; nowhere, unless somebody let them in."""
opens = Read(
    select(_pass.access_id).where(
        _pass.identity_id == bindparam("identity"), _pass.tenant_id == bindparam("place"), *_live
    ),
    Pass,
)
overdue = Read(
    select(_pass.access_id, _pass.tenant_id).where(
        _pass.ended_at.is_(None), _pass.until <= func.now()
    ),
    Overdue,
)
