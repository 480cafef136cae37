"""What can be read of tokens: by whoever sends one, before there is a context, and in a list."""

from datetime import datetime
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Boolean, Table, bindparam, func, select

from tenancy.database.context import Role
from tenancy.database.read import Read, tenant
from tenancy.identity.models import ApiToken, Identity
from tenancy.workspaces.models import Reach, Workspace

token = cast(Table, ApiToken.__table__).c
identity = cast(Table, Identity.__table__).c
reach = cast(Table, Reach.__table__).c
workspace = cast(Table, Workspace.__table__).c


class Bearer(Struct, frozen=True):
    """A token with all that its member reaches."""

    token: UUID
    scopes: list[str]
    engagements: list[UUID]
    client_ids: list[UUID]
    last_used_at: datetime | None
    identity: UUID
    name: str
    email: str
    tenant: UUID
    slug: str
    workspace: str
    time_zone: str
    member: UUID
    role: Role
    team: list[UUID]
    coached: list[UUID]
    organisations: list[UUID]


class TokenRow(Struct, frozen=True):
    """A token as its member and the owners see it. The token itself nobody sees again."""

    id: UUID
    name: str
    member: str
    own: bool
    scopes: list[str]
    engagements: list[UUID]
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None


_usable = (token.revoked_at.is_(None), token.expires_at > func.now())

bearer = Read(
    select(
        token.id,
        token.scopes,
        token.engagements,
        token.organisations,
        token.last_used_at,
        identity.id,
        identity.name,
        identity.email,
        workspace.id,
        workspace.slug,
        workspace.name,
        workspace.time_zone,
        reach.member_id,
        reach.role,
        reach.team,
        reach.coached,
        reach.organisations,
    )
    .join(identity.id.table, identity.id == token.identity_id)
    .join(workspace.id.table, workspace.id == token.tenant_id)
    .join(
        reach.member_id.table,
        (reach.identity_id == token.identity_id) & (reach.tenant_id == token.tenant_id),
    )
    .where(token.token_hash == bindparam("token_hash"), *_usable),
    Bearer,
)

tokens_of = Read(
    select(
        token.id,
        token.name,
        identity.name,
        token.identity_id == bindparam("identity"),
        token.scopes,
        token.engagements,
        token.created_at,
        token.expires_at,
        token.last_used_at,
    )
    .join(identity.id.table, identity.id == token.identity_id)
    .where(
        token.tenant_id == tenant,
        *_usable,
        (token.identity_id == bindparam("identity")) | bindparam("every", type_=Boolean()),
    )
    .order_by(token.id.desc()),
    TokenRow,
)
