"""Reading which invitations are open."""

from datetime import datetime
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, and_, bindparam, func, select

from engagements.portfolio.invited import State, is_open, state
from engagements.portfolio.models import Engagement
from tenancy.database.context import Role
from tenancy.database.nesting import gathered
from tenancy.database.read import Read, tenant
from tenancy.workspaces.models import Invitation, Member

_engagement = cast(Table, Engagement.__table__).c
_invitation = cast(Table, Invitation.__table__).c
_member = cast(Table, Member.__table__).c


class InvitationRow(Struct, frozen=True):
    """An invitation that nobody has accepted or taken back."""

    id: UUID
    name: str
    title: str
    email: str
    role: Role
    engagements: list[str]
    """Those of them that the reader may see, by name."""
    inviter: str
    state: State
    sent_at: datetime | None
    expires_at: datetime


_titles = (
    select(gathered(_engagement.title, func.lower(_engagement.title), _engagement.id))
    .where(_engagement.tenant_id == tenant, _engagement.id == func.any(_invitation.engagement_ids))
    .correlate(_invitation.id.table)
    .scalar_subquery()
)
_rows = (
    select(
        _invitation.id,
        _invitation.name,
        _invitation.title,
        _invitation.email,
        _invitation.role,
        _titles,
        _member.name,
        state,
        _invitation.sent_at,
        _invitation.expires_at,
    )
    .join(
        _member.id.table,
        and_(_member.tenant_id == tenant, _member.id == _invitation.invited_by_id),
    )
    .where(_invitation.tenant_id == tenant)
)

open_invitations = Read(
    _rows.where(is_open).order_by(func.lower(_invitation.name), _invitation.id), InvitationRow
)
"""All within the reader's reach, by name."""

invitation_row = Read(_rows.where(_invitation.id == bindparam("invitation")), InvitationRow)
