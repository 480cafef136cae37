"""Writing the trail."""

from datetime import UTC, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import delete, func, or_, select

from tenancy.audit.chain import BEGINNING, hash_of
from tenancy.audit.models import KEPT_MONTHS, AuditEntry, AuditHead
from tenancy.database.base import TenantBase
from tenancy.database.context import Context
from tenancy.database.entities import Entities
from tenancy.database.pool import Transaction
from tenancy.errors import Unavailable
from tenancy.ids import new_id


class AuditHeads(Entities[AuditHead]):
    model = AuditHead


class Deed(Struct, frozen=True):
    """What was done, before it is chained."""

    member: UUID | None
    verb: str
    object_kind: str
    object_id: UUID


async def begin(tx: Transaction) -> None:
    """Begin the trail of a workspace that is being founded."""
    await AuditHeads(tx).add(
        number=0,
        hash=BEGINNING,
        chained_at=datetime.now(UTC),
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
    await tx.session.flush()
    if tx.fiction:
        return
    deed = Deed(context.member, verb, kind, id)
    tx.before_commit(Context(surface="job", tenant=context.tenant), _chain, deed)


async def _chain(tx: Transaction, deeds: list[Deed]) -> None:
    """Append entries to the workspace's chain, whose head nobody else moves until the commit.

    Raises:
        Unavailable: the chain has no head, so nothing can be appended.
    """
    head = await _held_head(tx)
    now = max(datetime.now(UTC), head.chained_at)
    for deed in deeds:
        entry = AuditEntry(
            tenant_id=head.tenant_id,
            id=new_id(),
            created_at=now,
            number=head.number + 1,
            member_id=deed.member,
            verb=deed.verb,
            object_kind=deed.object_kind,
            object_id=deed.object_id,
        )
        entry.hash = hash_of(head.hash, head.tenant_id, entry)
        head.number, head.hash = entry.number, entry.hash
        tx.session.add(entry)
    head.chained_at = now


async def destroy_oldest(tx: Transaction, ids: list[UUID]) -> list[UUID]:
    """Destroy the oldest entries, as far as they are among `ids`; the chain begins after them.

    Nothing is taken out of the middle, and nothing of the last eleven months. On the surface
    `custody`, when all else is written: from here on no deed of the workspace commits before this.

    Returns:
        The ids of the entries that were destroyed.
    """
    head = await _held_head(tx)
    here = AuditEntry.tenant_id == head.tenant_id
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
        head.kept_number, head.kept_hash = destroyed[-1].number, destroyed[-1].hash
    return [row.id for row in destroyed]


async def _held_head(tx: Transaction) -> AuditHead:
    statement = (
        select(AuditHead)
        .where(AuditHead.tenant_id == tx.context.tenant)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    head = (await tx.session.execute(statement)).scalar_one_or_none()
    if head is None:
        raise Unavailable(
            "The trail of this workspace has lost its end, so nothing can be written. "
            "An operator is needed: `cocreate audit verify` says more."
        )
    return head
