"""What can be read of passkeys."""

from datetime import datetime
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, bindparam, func, select

from tenancy.database.read import Read
from tenancy.identity.queries import identity, reach, session, workspace
from tenancy.passkeys.ceremony import Credential
from tenancy.passkeys.models import Passkey

_passkey = cast(Table, Passkey.__table__).c


class PasskeyRow(Struct, frozen=True):
    """One of somebody's passkeys, as they know it."""

    id: UUID
    name: str
    backed_up: bool
    created_at: datetime
    last_used_at: datetime | None


class Person(Struct, frozen=True):
    """Whose passkey is to be made."""

    handle: UUID
    email: str
    name: str


class Owner(Struct, frozen=True):
    """Whose passkey it is, and what they call it."""

    identity: UUID
    email: str
    name: str
    passkey: str


class Arrival(Struct, frozen=True):
    """The workspace that somebody enters who named none."""

    tenant: UUID


_own = select(
    _passkey.id, _passkey.name, _passkey.backed_up, _passkey.created_at, _passkey.last_used_at
).where(_passkey.identity_id == bindparam("identity"))

passkeys_of = Read(_own.order_by(_passkey.created_at, _passkey.id), PasskeyRow)

passkey_of = Read(_own.where(_passkey.id == bindparam("passkey")), PasskeyRow)

credentials_of = Read(
    select(_passkey.credential_id, _passkey.transports)
    .where(_passkey.identity_id == bindparam("identity"))
    .order_by(_passkey.created_at, _passkey.id),
    Credential,
)

person = Read(
    select(identity.handle, identity.email, identity.name).where(
        identity.id == bindparam("identity")
    ),
    Person,
)

owner_of = Read(
    select(identity.id, identity.email, identity.name, _passkey.name)
    .join(_passkey.id.table, _passkey.identity_id == identity.id)
    .where(_passkey.id == bindparam("passkey")),
    Owner,
)

arrival = Read(
    select(workspace.id)
    .join(reach.member_id.table, reach.tenant_id == workspace.id)
    .outerjoin(
        session.id.table,
        (session.identity_id == reach.identity_id) & (session.tenant_id == reach.tenant_id),
    )
    .where(reach.identity_id == bindparam("identity"))
    .group_by(workspace.id)
    .order_by(func.max(session.last_used_at).desc().nulls_last(), workspace.created_at)
    .limit(1),
    Arrival,
)
