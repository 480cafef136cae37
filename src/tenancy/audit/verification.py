"""Following a workspace's chain from where it is kept to its end, and naming where it breaks."""

from datetime import datetime
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, select

from tenancy.audit.chain import Mark, hash_of
from tenancy.audit.models import AuditEntry, AuditHead
from tenancy.database.context import Context
from tenancy.database.pool import Database
from tenancy.database.read import Read, tenant

_entry = cast(Table, AuditEntry.__table__).c
_head = cast(Table, AuditHead.__table__).c


class Verified(Struct, frozen=True):
    """What following a chain found."""

    entries: int
    """That were followed and are as they were written."""
    head: Mark | None
    """Where the chain says that it ends."""
    broken: str | None
    """A sentence that names the first entry that is not as it was written; None: all are."""


class _Head(Struct, frozen=True):
    number: int
    hash: bytes
    kept_number: int
    kept_hash: bytes


class _Entry(Struct, frozen=True):
    number: int
    id: UUID
    member_id: UUID | None
    verb: str
    object_kind: str
    object_id: UUID
    created_at: datetime
    hash: bytes


_ends = Read(
    select(_head.number, _head.hash, _head.kept_number, _head.kept_hash).where(
        _head.tenant_id == tenant
    ),
    _Head,
)
_entries = Read(
    select(
        _entry.number,
        _entry.id,
        _entry.member_id,
        _entry.verb,
        _entry.object_kind,
        _entry.object_id,
        _entry.created_at,
        _entry.hash,
    )
    .where(_entry.tenant_id == tenant)
    .order_by(_entry.number),
    _Entry,
)


async def verify(db: Database, workspace: UUID, noted: Mark | None = None) -> Verified:
    """Follow the chain of a workspace as it is at one moment.

    Args:
        noted: an entry that must still be the same. Who chains everything anew after changing
            something makes an unbroken chain, and not this entry.
    """
    async with db.transaction(Context(surface="job", tenant=workspace), one_moment=True) as tx:
        head = await tx.maybe(_ends)
        if head is None:
            return Verified(0, None, "The chain has lost its end.")
        walk = _Walk(workspace, head, noted)
        async for entry in tx.each(_entries):
            if broken := walk.follow(entry):
                break
        else:
            broken = walk.arrive()
    return Verified(walk.entries, Mark(head.number, head.hash), broken)


class _Walk:
    """A walk along a chain, which has come as far as `at`."""

    def __init__(self, workspace: UUID, head: _Head, noted: Mark | None) -> None:
        self.entries = 0
        self._workspace = workspace
        self._head = head
        self._noted = noted
        self._at = Mark(head.kept_number, head.kept_hash)

    def follow(self, entry: _Entry) -> str | None:
        """Go on to the next entry; what is wrong with it, if anything is."""
        last, expected = self._head.number, self._at.number + 1
        if entry.number < expected:
            return f"Entry {entry.number} was inserted: the chain is kept from {expected} on."
        if entry.number > expected:
            return f"Entry {expected} is missing."
        if entry.number > last:
            return f"Entry {entry.number} was inserted: the chain ends at {last}."
        if hash_of(self._at.hash, self._workspace, entry) != entry.hash:
            return f"Entry {entry.number} was changed."
        self._at = Mark(entry.number, entry.hash)
        if broken := self._differs():
            return broken
        self.entries += 1
        return None

    def arrive(self) -> str | None:
        """What is wrong with the end, if anything is."""
        head, noted = self._head, self._noted
        if self._at.number < head.number:
            return f"Entry {self._at.number + 1} is missing: the chain ends at {head.number}."
        if self._at.hash != head.hash:
            return f"The end was changed: it is not that of entry {head.number}."
        if noted and noted.number > head.number:
            return f"Entry {noted.number} is missing: the chain ends at {head.number}."
        if noted and noted.number < head.kept_number:
            return (
                f"Entry {noted.number} cannot be compared any more: up to {head.kept_number} "
                "the entries were destroyed when their time had come."
            )
        return self._differs() if self.entries == 0 else None

    def _differs(self) -> str | None:
        if self._noted and self._noted.number == self._at.number and self._noted != self._at:
            return f"Entry {self._at.number} is not the one that was noted down."
        return None
