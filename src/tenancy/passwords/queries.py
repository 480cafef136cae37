"""What can be read of passwords: their hashes, by whoever compares one."""

from datetime import datetime
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, bindparam, func, select

from tenancy.database.read import Read
from tenancy.identity.queries import identity, reach, workspace
from tenancy.passwords.models import Password

_password = cast(Table, Password.__table__).c


class Credential(Struct, frozen=True):
    """Where an address leads, and the hash of its person's password, if they have one."""

    identity: UUID
    tenant: UUID
    hash: str | None


class Owner(Struct, frozen=True):
    """Whose password is set or asked for, and what everybody knows of them."""

    name: str
    email: str
    workspaces: list[str]
    hash: str | None
    set_at: datetime | None


credential = Read(
    select(identity.id, reach.tenant_id, _password.hash)
    .join(reach.member_id.table, reach.identity_id == identity.id)
    .join(workspace.id.table, workspace.id == reach.tenant_id)
    .outerjoin(_password.id.table, _password.identity_id == identity.id)
    .where(
        identity.email == bindparam("email"),
        (bindparam("slug") == "") | (workspace.slug == bindparam("slug")),
    )
    .order_by(workspace.created_at)
    .limit(1),
    Credential,
)

owner = Read(
    select(
        identity.name,
        identity.email,
        func.array_agg(workspace.name),
        _password.hash,
        _password.set_at,
    )
    .join(reach.member_id.table, reach.identity_id == identity.id)
    .join(workspace.id.table, workspace.id == reach.tenant_id)
    .outerjoin(_password.id.table, _password.identity_id == identity.id)
    .where(identity.id == bindparam("identity"))
    .group_by(identity.id, _password.id),
    Owner,
)
