"""Writing the trail."""

from tenancy.audit.models import AuditEntry
from tenancy.database.base import TenantBase
from tenancy.database.entities import Entities
from tenancy.database.pool import Transaction


class AuditEntries(Entities[AuditEntry]):
    model = AuditEntry


async def record(tx: Transaction, verb: str, thing: TenantBase) -> None:
    """Write one entry, in the transaction of the deed: `record(tx, "action completed", action)`.

    What is told as fiction is nobody's deed.
    """
    if tx.fiction:
        await tx.session.flush()  # As the entry would: what follows may look for the deed.
        return
    await AuditEntries(tx).add(
        member_id=tx.context.member,
        verb=verb,
        object_kind=thing.__tablename__,
        object_id=thing.id,
    )
