"""What people do with their account, in the trails of the workspaces that it opens.

An entry names the member of each, and nothing that two workspaces could compare: who is whose
member elsewhere is nobody's business.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, bindparam, select

from tenancy.audit import service as audit
from tenancy.audit.models import AuditEntry
from tenancy.database.context import Context
from tenancy.database.pool import Database, Transaction
from tenancy.database.read import Read, me, tenant
from tenancy.identity.queries import places_in

FAILED = "failed to prove themselves"
FAILED_ONCE_IN = timedelta(hours=1)

_entry = cast(Table, AuditEntry.__table__).c


class _Written(Struct, frozen=True):
    number: int


_failed = Read(
    select(_entry.number).where(
        _entry.tenant_id == tenant,
        _entry.member_id == me,
        _entry.verb == FAILED,
        _entry.created_at > bindparam("since"),
    ),
    _Written,
)


async def record(
    tx: Transaction, identity: UUID, verb: str, within: Collection[UUID] | None = None
) -> None:
    """Write what somebody did into the trail of each workspace of theirs, or of some of them."""
    for place in await tx.all(places_in, identity=identity):
        if within is None or place.tenant in within:
            by = Context(surface="public", tenant=place.tenant, member=place.member)
            await audit.record_of(tx, verb, "member", place.member, by=by)


async def record_failure(db: Database, context: Context) -> None:
    """Write that a member failed to prove themselves again; once an hour, however often they do.

    Otherwise whoever sits at a browser that was left alone could bury what they did before.
    """
    assert context.member is not None, "somebody is signed in"
    here = Context(surface="job", tenant=context.tenant, member=context.member)
    async with db.transaction(here, writes=True) as tx:
        if await tx.maybe(_failed, since=datetime.now(UTC) - FAILED_ONCE_IN) is None:
            await audit.record_of(tx, FAILED, "member", context.member)
