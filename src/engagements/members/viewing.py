"""What somebody of a client sees, for an owner who looks at it by their own rights.

Nothing is read as the other: the owner's own context stands, so the database keeps every private
note out. What the owner reads beyond the other is left out here.
"""

from datetime import date, timedelta
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, bindparam, func, select

from engagements.actions import queries as actions
from engagements.actions.queries import ActionRow
from engagements.commercial.queries import AgreementWaiting, agreements_to_read
from engagements.members.queries import MemberRow, member_of
from engagements.people import name_of
from engagements.portal.page import PortalPage
from engagements.portal.queries import PortalEntry, PortalReader, portal_page, portals
from engagements.portfolio.models import Engagement
from engagements.sessions import queries as sessions
from engagements.sessions.queries import SessionRow
from tenancy.database.context import Context
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, tenant
from tenancy.errors import NotFound
from tenancy.workspaces.models import Member
from tenancy.workspaces.reach import context_of
from tenancy.workspaces.service import STAFF_ROLES

LATELY = timedelta(days=14)

_engagement = cast(Table, Engagement.__table__).c
_lead = cast(Table, Member.__table__).alias("lead").c


class CoachedIn(Struct, frozen=True):
    """What a participant sees of an engagement itself."""

    id: UUID
    title: str
    client: str
    purpose: str
    starts_on: date
    ends_on: date | None
    lead: str


class ViewAs(Struct, frozen=True):
    """What a member of a client sees; of a sponsor, where their pages are."""

    member: MemberRow
    portals: list[PortalEntry]
    coaching: list[CoachedIn]
    upcoming: list[SessionRow]
    past: list[SessionRow]
    actions: list[ActionRow]
    """Open ones of theirs, then what they did of late."""
    agreements: list[AgreementWaiting]
    """`asked`, when it waits for them."""


_coached = Read(
    select(
        _engagement.id,
        _engagement.title,
        _engagement.client,
        _engagement.purpose,
        _engagement.starts_on,
        _engagement.ends_on,
        name_of(_lead),
    )
    .outerjoin(_lead.id.table, (_lead.tenant_id == tenant) & (_lead.id == _engagement.lead_id))
    .where(
        _engagement.tenant_id == tenant,
        _engagement.id == func.any(bindparam("engagements", type_=Member.engagement_ids.type)),
    )
    .order_by(_engagement.starts_on.desc(), _engagement.id),
    CoachedIn,
)


async def view_as(tx: Transaction, member_id: UUID, *, today: date) -> ViewAs:
    """What somebody of a client finds when they open the product.

    Raises:
        NotFound: no such member, they are of the consultancy, or they open nothing.
    """
    member, theirs = await _of_client(tx, member_id)
    if member.role == "participant":
        return await _coaching(tx, member, theirs, today)
    found = [one for one in await tx.all(portals) if one.id in theirs.sponsored]
    agreements = await _agreements(tx, member_id, theirs.sponsored)
    return ViewAs(member, found, [], [], [], [], agreements)


async def portal_as(
    tx: Transaction, member_id: UUID, engagement_id: UUID, *, today: date
) -> tuple[MemberRow, PortalPage]:
    """The page of a sponsor, or of who stands in for one, as they read it.

    Raises:
        NotFound: as in `view_as`, or they read no portal of that engagement.
    """
    member, theirs = await _of_client(tx, member_id)
    if member.role == "participant" or engagement_id not in theirs.sponsored:
        raise NotFound
    shared = sorted({*theirs.team, *theirs.coached, *theirs.sponsored})
    reader = PortalReader(member_id, shared)
    return member, await portal_page(tx, engagement_id, today=today, reader=reader)


async def _of_client(tx: Transaction, member_id: UUID) -> tuple[MemberRow, Context]:
    member = await member_of(tx, member_id)
    if member.role in STAFF_ROLES:
        raise NotFound
    return member, await context_of(tx, member_id)


async def _coaching(tx: Transaction, member: MemberRow, theirs: Context, today: date) -> ViewAs:
    mine, coached = {"me": member.id}, theirs.coached
    open_ones = await tx.all(actions.my_actions, today=today, **mine)
    done = await tx.all(actions.my_finished_actions, today=today, since=today - LATELY, **mine)
    upcoming, past = [
        [one for one in await tx.all(read, **mine) if one.engagement_id in coached]
        for read in (sessions.my_upcoming, sessions.my_past)
    ]
    return ViewAs(
        member,
        [],
        await tx.all(_coached, engagements=list(coached)),
        upcoming,
        past,
        [
            one
            for one in (*open_ones, *done)
            if one.engagement_id in coached and one.shown_to != "team"
        ],
        await _agreements(tx, member.id, coached),
    )


async def _agreements(
    tx: Transaction, member_id: UUID, among: tuple[UUID, ...]
) -> list[AgreementWaiting]:
    found = await tx.all(agreements_to_read, me=member_id)
    return [one for one in found if one.engagement_id in among]
