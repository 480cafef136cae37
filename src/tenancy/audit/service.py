"""Writing the trail."""

from datetime import UTC, datetime
from typing import cast
from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Table, delete, func, insert, or_, select, update

from tenancy.audit.chain import BEGINNING, hash_of
from tenancy.audit.models import KEPT_MONTHS, AuditEntry, AuditHead
from tenancy.database.base import TenantBase
from tenancy.database.clock import now_in
from tenancy.database.context import Context
from tenancy.database.entities import Entities
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, tenant
from tenancy.database.write import Write, given
from tenancy.errors import Unavailable
from tenancy.ids import new_id


class AuditHeads(Entities[AuditHead]):
    model = AuditHead


_head = cast(Table, AuditHead.__table__)
_entry = cast(Table, AuditEntry.__table__)


class Deed(Struct, frozen=True):
    """What was done, before it is chained."""

    member: UUID | None
    verb: str
    object_kind: str
    object_id: UUID
    told_at: datetime | None
    """When it was done, where that is told afterwards; else when it is chained."""


class _Head(Struct, frozen=True):
    """Where a workspace's chain ends."""

    tenant: UUID
    number: int
    hash: bytes
    chained_at: datetime


class _Entry(Struct, frozen=True):
    """An entry that is being chained."""

    tenant_id: UUID
    id: UUID
    created_at: datetime
    number: int
    member_id: UUID | None
    verb: str
    object_kind: str
    object_id: UUID


_held_head = Read(
    select(_head.c.tenant_id, _head.c.number, _head.c.hash, _head.c.chained_at)
    .where(_head.c.tenant_id == tenant)
    .with_for_update(),
    _Head,
)
_move_head = Write(
    update(_head)
    .where(_head.c.tenant_id == tenant)
    .values(given(_head, "number", "hash", "chained_at"))
)
_keep_from = Write(
    update(_head)
    .where(_head.c.tenant_id == tenant)
    .values(given(_head, "kept_number", "kept_hash"))
)
_append = Write(insert(_entry).values(given(_entry, *_Entry.__struct_fields__, "hash")))


async def begin(tx: Transaction) -> None:
    """Begin the trail of a workspace that is being founded."""
    await AuditHeads(tx).add(
        number=0,
        hash=BEGINNING,
        chained_at=now_in(tx),
        kept_number=0,
        kept_hash=BEGINNING,
    )


async def record(tx: Transaction, verb: str, thing: TenantBase) -> None:
    """Write one entry, in the transaction of the deed: `record(tx, "action completed", action)`.

    The deed itself is written now. The entry is chained to the others just before the commit, so
    that no deed waits for another's.
    """
    await record_of(tx, verb, thing.__tablename__, thing.id)


async def record_of(
    tx: Transaction, verb: str, kind: str, id: UUID, *, by: Context | None = None
) -> None:
    """As `record`, of something that is no row of the workspace's own tables.

    What is told as fiction is nobody's deed.

    Args:
        by: who did it in which workspace, where the transaction is in none.
    """
    context = by or tx.context
    assert context.tenant is not None, "a deed belongs to a workspace"
    await tx.flush()
    if tx.fiction:
        return
    deed = Deed(context.member, verb, kind, id, tx.told_at)
    tx.before_commit(Context(surface="job", tenant=context.tenant), _chain, deed)


async def _chain(tx: Transaction, deeds: list[Deed]) -> None:
    """Append entries to the workspace's chain, whose head nobody else moves until the commit.

    Raises:
        Unavailable: the chain has no head, so nothing can be appended.
    """
    head = await _hold_head(tx)
    now, number, hash, chained_at = datetime.now(UTC), head.number, head.hash, head.chained_at
    for deed in sorted(deeds, key=lambda deed: deed.told_at or now):
        number += 1
        chained_at = max(deed.told_at or now, chained_at)
        entry = _Entry(
            tenant_id=head.tenant,
            id=new_id(),
            created_at=chained_at,
            number=number,
            member_id=deed.member,
            verb=deed.verb,
            object_kind=deed.object_kind,
            object_id=deed.object_id,
        )
        hash = hash_of(hash, head.tenant, entry)
        await tx.run(_append, **asdict(entry), hash=hash)
    await tx.run(_move_head, number=number, hash=hash, chained_at=chained_at)


async def destroy_oldest(tx: Transaction, ids: list[UUID]) -> list[UUID]:
    """Destroy the oldest entries, as far as they are among `ids`; the chain begins after them.

    Nothing is taken out of the middle, and nothing of the last eleven months. On the surface
    `custody`, when all else is written: from here on no deed of the workspace commits before this.

    Returns:
        The ids of the entries that were destroyed.
    """
    head = await _hold_head(tx)
    here = AuditEntry.tenant_id == head.tenant
    young = AuditEntry.created_at >= func.now() - func.make_interval(0, KEPT_MONTHS)
    first_kept = select(func.min(AuditEntry.number)).where(
        here, or_(AuditEntry.id.not_in(ids), young)
    )
    end = await tx.session.scalar(first_kept) or head.number + 1
    oldest = delete(AuditEntry).where(here, AuditEntry.number < end)
    gone = await tx.session.execute(
        oldest.returning(AuditEntry.number, AuditEntry.hash, AuditEntry.id)
    )
    destroyed = sorted(gone, key=lambda row: row.number)
    if destroyed:
        last = destroyed[-1]
        await tx.run(_keep_from, kept_number=last.number, kept_hash=last.hash)
    return [row.id for row in destroyed]


async def _hold_head(tx: Transaction) -> _Head:
    head = await tx.maybe(_held_head)
    if head is None:
        raise Unavailable(
            "The trail of this workspace has lost its end, so nothing can be written. "
            "An operator is needed: `cocreate audit verify` says more."
        )
    return head
