"""Letting an operator in, ending it, and noting that its time is over."""

from collections.abc import Collection
from contextlib import suppress
from datetime import timedelta
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Meta, Struct
from sqlalchemy import select, update

from tenancy.audit import service as audit
from tenancy.database.clock import now_in
from tenancy.database.context import Context
from tenancy.database.entities import Entities
from tenancy.database.pool import NOBODY, Database, Transaction
from tenancy.errors import Invalid, NotFound
from tenancy.identity.service import known_as
from tenancy.ids import new_id
from tenancy.mail.service import post
from tenancy.support import queries
from tenancy.support.models import SupportAccess, SupportPass
from tenancy.workspaces.models import Member, Workspace

HOURS = (1, 4, 24)


class SupportAccesses(Entities[SupportAccess]):
    model = SupportAccess


class SupportDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    operator: Annotated[str, Meta(min_length=1, max_length=254, title="whom you let in")]
    hours: Annotated[int, Meta(ge=1, le=24, title="for how long")]
    reason: Annotated[str, Meta(min_length=1, max_length=200, title="why")]


async def let_in(tx: Transaction, draft: SupportDraft, operators: Collection[str]) -> SupportAccess:
    """Let an operator in from now on. All owners and the operator are written to.

    Args:
        operators: the addresses of those who run this installation.

    Raises:
        Invalid: it is for another time than 1, 4 or 24 hours, or for somebody who is no operator.
        NotFound: who asks is no owner.
    """
    email = draft.operator.strip().lower()
    if email not in operators:
        raise Invalid({"operator": "Choose one of the people who run this installation."})
    if draft.hours not in HOURS:
        raise Invalid({"hours": "Choose 1, 4 or 24 hours."})
    identity = await known_as(tx, email, email)
    until = now_in(tx) + timedelta(hours=draft.hours)
    access = await SupportAccesses(tx).add(
        id=new_id(),
        created_at=now_in(tx),
        operator=email,
        reason=draft.reason.strip(),
        given_by_id=tx.context.member,
        until=until,
    )
    tx.session.add(
        SupportPass(
            identity_id=identity.id,
            tenant_id=access.tenant_id,
            access_id=access.id,
            until=until,
        )
    )
    await audit.record(tx, "support let in", access)
    await _write(tx, "support_let_in", access, [(email, email)], path="/support")
    await _write(tx, "support_opened", access, await _owners(tx))
    return access


async def end(tx: Transaction, access_id: UUID) -> None:
    """End a consent before its time. One that is over stays as it is. All owners are written to.

    Raises:
        NotFound: there is none of that id, or who asks is no owner.
    """
    access = await SupportAccesses(tx).find(access_id)
    if access.ended_at is None:
        await _end(tx, access, by=tx.context.member)


async def end_what_is_over(db: Database) -> None:
    """Note in every workspace which consents have run out, and write to its owners."""
    async with db.transaction(NOBODY) as tx:
        over = await tx.all(queries.overdue)
    for one in over:
        async with db.transaction(Context(surface="job", tenant=one.tenant), writes=True) as tx:
            # Destroyed with its time: of that nobody is written to, and the pass is forgotten too.
            with suppress(NotFound):
                access = await SupportAccesses(tx).find(one.access)
                if access.ended_at is None:
                    await _end(tx, access, by=None)


async def look(db: Database, access: queries.OpenAccess, at: str) -> None:
    """Write down in the workspace's trail what an operator is about to be shown."""
    context = Context(surface="support", tenant=access.tenant)
    async with db.transaction(context, writes=True) as tx:
        await audit.record_of(tx, f"support looked at {at}", "support_access", access.access)


async def _end(tx: Transaction, access: SupportAccess, *, by: UUID | None) -> None:
    access.ended_at, access.ended_by_id = now_in(tx), by
    await tx.session.execute(
        update(SupportPass)
        .where(SupportPass.access_id == access.id)
        .values(ended_at=access.ended_at)
    )
    await audit.record(tx, "support ended" if by else "support ran out", access)
    await _write(tx, "support_ended", access, await _owners(tx), early=by is not None)


async def _owners(tx: Transaction) -> list[tuple[str, str]]:
    owners = select(Member.name, Member.email).where(
        Member.tenant_id == tx.context.tenant,
        Member.role == "owner",
        Member.left_on.is_(None),
        Member.suspended_at.is_(None),
    )
    return [(row.name, row.email) for row in await tx.session.execute(owners.order_by(Member.id))]


async def _write(
    tx: Transaction,
    letter: str,
    access: SupportAccess,
    readers: list[tuple[str, str]],
    **facts: str | bool,
) -> None:
    place = await tx.session.get_one(Workspace, access.tenant_id)
    until = access.until.astimezone(ZoneInfo(place.time_zone))
    for name, address in readers:
        await post(
            tx,
            letter,
            to_name=name,
            to_address=address,
            workspace=place.name,
            operator=access.operator,
            reason=access.reason,
            until_on=until.date().isoformat(),
            until_at=f"{until:%H:%M}",
            home=f"/w/{place.slug}/settings/support",
            **facts,
        )
