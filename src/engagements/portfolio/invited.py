"""Who is invited to an engagement and has not accepted yet."""

from datetime import datetime
from typing import Literal, cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Table, and_, bindparam, case, func, select

from tenancy.database.pool import Transaction
from tenancy.database.read import Read, tenant
from tenancy.workspaces.invitations import send_now
from tenancy.workspaces.models import Invitation, InvitationPlace, Member

_invitation = cast(Table, Invitation.__table__).c
_place = cast(Table, InvitationPlace.__table__).c
_member = cast(Table, Member.__table__).c

State = Literal["waiting", "open", "expired"]
"""`waiting`: nobody has been written to yet."""

is_open: ColumnElement[bool] = and_(
    _invitation.accepted_at.is_(None), _invitation.revoked_at.is_(None)
)
state: ColumnElement[str] = case(
    (_invitation.sent_at.is_(None), "waiting"),
    (_invitation.expires_at <= func.now(), "expired"),
    else_="open",
)


class Invited(Struct, frozen=True):
    """Somebody who is invited to one engagement."""

    id: UUID
    engagement_id: UUID
    name: str
    title: str
    email: str
    relation: str
    inviter: str
    state: State
    invited_at: datetime
    sent_at: datetime | None
    expires_at: datetime


_rows = (
    select(
        _invitation.id,
        _place.engagement_id,
        _invitation.name,
        _invitation.title,
        _invitation.email,
        _place.relation,
        _member.name,
        state,
        _invitation.created_at,
        _invitation.sent_at,
        _invitation.expires_at,
    )
    .join(
        _place.id.table,
        and_(_place.tenant_id == tenant, _place.invitation_id == _invitation.id),
    )
    .join(
        _member.id.table,
        and_(_member.tenant_id == tenant, _member.id == _invitation.invited_by_id),
    )
    .where(
        _invitation.tenant_id == tenant,
        _place.engagement_id == bindparam("engagement"),
        is_open,
    )
)

invited = Read(
    _rows.order_by(_place.relation, func.lower(_invitation.name), _invitation.id), Invited
)
"""Those whose invitation to an engagement is open or has expired, by relation and name."""

invited_by_id = Read(_rows.where(_invitation.id == bindparam("invitation")), Invited)
"""One of them."""


async def write_to_waiting(tx: Transaction, engagement_id: UUID) -> None:
    """Send what waits of an engagement's invitations, now that there is something to answer."""
    for one in await tx.all(invited, engagement=engagement_id):
        if one.state == "waiting":
            await send_now(tx, one.id)
