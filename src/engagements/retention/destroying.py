"""Destroying what is due, every night, and saying beforehand what that will be."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, date, datetime
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Date, Table, bindparam, delete, select, update

from engagements.actions.models import Action
from engagements.commercial.models import Agreement
from engagements.notes.destroying import destroy_notes
from engagements.portal.models import Publication
from engagements.retention import due
from engagements.retention.classes import BY_KEY
from engagements.retention.models import Destruction
from engagements.retention.queries import months, periods_of
from engagements.upward.models import Proposal
from tenancy.audit.service import destroy_oldest
from tenancy.database.base import TenantBase
from tenancy.database.context import Context
from tenancy.database.pool import NOBODY, Database, Transaction
from tenancy.database.read import Read
from tenancy.mail.models import Mail
from tenancy.support.models import SupportAccess
from tenancy.workspaces.models import Invitation
from tenancy.workspaces.queries import Tenant, tenants
from tenancy.workspaces.service import today_in

BATCH = 200
"""Records that go in one transaction."""
_record = due.records().subquery("record").c


class Due(Struct, frozen=True):
    """One record whose time has come."""

    record_class: str
    object_kind: str
    object_id: UUID
    engagement_id: UUID | None
    due_on: date


class Destroyed(Struct, frozen=True):
    """How many records of each class went from a workspace."""

    place: Tenant
    counts: Mapping[str, int]


_due = Read(
    select(
        _record.record_class,
        _record.object_kind,
        _record.object_id,
        _record.engagement_id,
        _record.due_on,
    )
    .where(_record.due_on <= bindparam("on", type_=Date()), ~_record.held)
    .order_by(_record.position, _record.due_on, _record.turn, _record.object_id)
    .limit(bindparam("at_most")),
    Due,
)


async def due_in(db: Database, place: Tenant, on: date | None = None) -> list[Due]:
    """What would be destroyed in a workspace on a day, in the order in which it would go.

    Args:
        on: by default today, where the workspace is.
    """
    async with db.transaction(_custody(place)) as tx:
        return await _due_by(tx, on or today_in(place.time_zone), None)


async def destroy_due(db: Database, place: Tenant, on: date | None = None) -> Destroyed:
    """Destroy what is due in a workspace and not held.

    A batch at a time, each as a whole or not at all; what a hold keeps meanwhile is not in the
    next batch. Done twice on one day, the second time finds nothing.

    Args:
        on: by default today, where the workspace is.
    """
    counts: dict[str, int] = {}
    while True:
        async with db.transaction(_custody(place), writes=True) as tx:
            batch = await _due_by(tx, on or today_in(place.time_zone), BATCH)
            destroyed = await _destroy(tx, batch)
        for record in destroyed:
            counts[record.record_class] = counts.get(record.record_class, 0) + 1
        if len(batch) < BATCH or not destroyed:
            return Destroyed(place, counts)


async def destroy_due_everywhere(db: Database) -> None:
    """Do so in every workspace: what goes wrong in one does not keep the others waiting.

    Raises:
        ExceptionGroup: what went wrong.
    """
    async with db.transaction(NOBODY) as tx:
        places = await tx.all(tenants)
    failures = []
    for place in places:
        try:
            await destroy_due(db, place)
        except Exception as failure:
            failures.append(failure)
    if failures:
        raise ExceptionGroup("some workspaces still have records that are due", failures)


async def _due_by(tx: Transaction, on: date, at_most: int | None) -> list[Due]:
    return await tx.all(_due, on=on, at_most=at_most, **months(await periods_of(tx)))


async def _destroy(tx: Transaction, batch: list[Due]) -> list[Due]:
    """Destroy records; those that this transaction has destroyed, and no other at the same time."""
    destroyed: list[Due] = []
    for kind in due.KINDS:
        due_here = [record for record in batch if record.object_kind == kind]
        if not due_here:
            continue
        gone = {*await _DESTROYERS[kind](tx, [record.object_id for record in due_here])}
        destroyed += (records := [record for record in due_here if record.object_id in gone])
        _leave_trace(tx, records)
        await tx.session.flush()
    return destroyed


def _leave_trace(tx: Transaction, destroyed: list[Due]) -> None:
    tx.session.add_all(
        Destruction(
            tenant_id=tx.context.tenant,
            engagement_id=record.engagement_id,
            record_class=record.record_class,
            object_kind=record.object_kind,
            object_id=record.object_id,
            due_on=record.due_on,
            destroyed_at=datetime.now(UTC),
        )
        for record in destroyed
        if BY_KEY[record.record_class].leaves_trace
    )


async def _destroy_publications(tx: Transaction, ids: list[UUID]) -> list[UUID]:
    """What a speaker approved stays between the two, and no longer says where it was shown."""
    await tx.session.execute(
        update(Proposal)
        .where(Proposal.tenant_id == tx.context.tenant, Proposal.publication_id.in_(ids))
        .values(publication_id=None)
    )
    return await _rows_of(Publication)(tx, ids)


def _rows_of(
    model: type[TenantBase],
) -> Callable[[Transaction, list[UUID]], Awaitable[list[UUID]]]:
    table = cast(Table, model.__table__)

    async def destroy(tx: Transaction, ids: list[UUID]) -> list[UUID]:
        gone = delete(table).where(table.c.tenant_id == tx.context.tenant, table.c.id.in_(ids))
        return [*await tx.session.scalars(gone.returning(table.c.id))]

    return destroy


def _custody(place: Tenant) -> Context:
    return Context(surface="custody", tenant=place.id)


_DESTROYERS: Mapping[str, Callable[[Transaction, list[UUID]], Awaitable[list[UUID]]]] = {
    "note": destroy_notes,
    "action": _rows_of(Action),
    "publication": _destroy_publications,
    "agreement": _rows_of(Agreement),
    "invitation": _rows_of(Invitation),
    "mail": _rows_of(Mail),
    "support_access": _rows_of(SupportAccess),
    "audit_entry": destroy_oldest,
}
