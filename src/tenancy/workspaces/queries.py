"""What can be read of workspaces themselves."""

from datetime import datetime
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, bindparam, select

from tenancy.database.context import Role
from tenancy.database.read import Read, tenant
from tenancy.workspaces.models import (
    Invitation,
    InvitationPlace,
    Member,
    SecondFactorFor,
    SsoFor,
    Workspace,
)

_invitation = cast(Table, Invitation.__table__).c
_member = cast(Table, Member.__table__).c
_place = cast(Table, InvitationPlace.__table__).c
_workspace = cast(Table, Workspace.__table__).c


class Tenant(Struct, frozen=True):
    id: UUID
    slug: str
    time_zone: str


class Own(Struct, frozen=True):
    """The workspace of the context."""

    second_factor_for: SecondFactorFor
    sso_for: SsoFor


own = Read(
    select(_workspace.second_factor_for, _workspace.sso_for).where(_workspace.id == tenant), Own
)

tenants = Read(
    select(_workspace.id, _workspace.slug, _workspace.time_zone).order_by(_workspace.id), Tenant
)


class MemberAt(Struct, frozen=True):
    """Whom an address belongs to in the workspace."""

    id: UUID
    name: str
    role: Role
    left: bool


class Terms(Struct, frozen=True):
    """An invitation with who invites, and where to."""

    id: UUID
    email: str
    name: str
    role: Role
    sent_at: datetime | None
    expires_at: datetime
    accepted_at: datetime | None
    revoked_at: datetime | None
    inviter_id: UUID
    inviter: str
    inviter_email: str
    inviter_left: bool
    slug: str
    workspace: str


class OfferRow(Struct, frozen=True):
    """A place that an invitation offers."""

    engagement_id: UUID
    organisation_id: UUID
    relation: str
    invited_by_id: UUID


member_at = Read(
    select(_member.id, _member.name, _member.role, _member.left_on.is_not(None)).where(
        _member.tenant_id == tenant, _member.email == bindparam("email")
    ),
    MemberAt,
)

terms = Read(
    select(
        _invitation.id,
        _invitation.email,
        _invitation.name,
        _invitation.role,
        _invitation.sent_at,
        _invitation.expires_at,
        _invitation.accepted_at,
        _invitation.revoked_at,
        _member.id,
        _member.name,
        _member.email,
        _member.left_on.is_not(None),
        _workspace.slug,
        _workspace.name,
    )
    .join(
        _member.id.table,
        (_member.tenant_id == tenant) & (_member.id == _invitation.invited_by_id),
    )
    .join(_workspace.id.table, _workspace.id == _invitation.tenant_id)
    .where(_invitation.tenant_id == tenant, _invitation.id == bindparam("invitation")),
    Terms,
)

offers = Read(
    select(_place.engagement_id, _place.organisation_id, _place.relation, _place.invited_by_id)
    .where(_place.tenant_id == tenant, _place.invitation_id == bindparam("invitation"))
    .order_by(_place.id),
    OfferRow,
)
