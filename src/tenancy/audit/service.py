"""Writing the trail."""

from uuid import UUID

from tenancy.audit.models import AuditEntry
from tenancy.database.base import TenantBase
from tenancy.database.entities import Entities
from tenancy.database.pool import Transaction


class AuditEntries(Entities[AuditEntry]):
    model = AuditEntry


async def record(tx: Transaction, verb: str, thing: TenantBase) -> None:
    """Write one entry, in the transaction of the deed: `record(tx, "action completed", action)`."""
    await record_of(tx, verb, thing.__tablename__, thing.id)


async def record_of(tx: Transaction, verb: str, kind: str, id: UUID) -> None:
    """As `record`, of something that is no row of the workspace's own tables.

    What is told as fiction is nobody's deed.
    """
    if tx.fiction:
        await tx.session.flush()  # As the entry would: what follows may look for the deed.
        return
    await AuditEntries(tx).add(
        member_id=tx.context.member, verb=verb, object_kind=kind, object_id=id
    )
