"""What a note said before, and the texts that were kept beside it."""

from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Select, Table, bindparam, func, select

from engagements.notes.merging import merged, paragraphs
from engagements.notes.models import NoteRevision
from engagements.notes.queries import NoteRow
from engagements.notes.sealing import unseal
from engagements.people import FORMER
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, me, tenant
from tenancy.errors import NotFound
from tenancy.workspaces.models import Member

revision = cast(Table, NoteRevision.__table__).c
_writer = cast(Table, Member.__table__).alias("writer").c

ONE_SITTING = timedelta(minutes=10)
"""Versions of one writer that follow each other faster are shown as one."""


class Copy(Struct, frozen=True):
    """A text that was kept beside the note, because the note had changed meanwhile."""

    id: UUID
    based_on: int
    written_at: datetime
    body: str


class Version(Struct, frozen=True):
    """A body that was accepted."""

    number: int
    writer_id: UUID
    writer: str
    written_at: datetime


class Wording(Struct, frozen=True):
    """A version with its text."""

    number: int
    writer_id: UUID
    writer: str
    written_at: datetime
    body: str


class Reconciliation(Struct, frozen=True):
    """A note and a text that was kept beside it, and how they could become one."""

    copy: Copy
    together: str | None
    """Both in one text, where one person wrote both and no paragraph was changed twice."""
    suggestion: str
    """What to begin with by hand: both as they merge, or the note and what else the copy says."""


class _SealedCopy(Struct, frozen=True):
    id: UUID
    based_on: int
    written_at: datetime
    sealed: bytes


class _SealedVersion(Struct, frozen=True):
    number: int
    writer_id: UUID
    writer: str
    written_at: datetime
    sealed: bytes


def _versions(*more: object) -> Select[tuple[object, ...]]:
    return (
        select(
            revision.number,
            revision.author_id,
            func.coalesce(_writer.name, FORMER),
            revision.written_at,
            *more,
        )
        .outerjoin(
            _writer.id.table, (_writer.tenant_id == tenant) & (_writer.id == revision.author_id)
        )
        .where(
            revision.tenant_id == tenant,
            revision.note_id == bindparam("note"),
            revision.kind == "revision",
        )
    )


_all = Read(_versions().order_by(revision.number.desc()), Version)
_one = Read(
    _versions(revision.sealed).where(revision.number == bindparam("number")), _SealedVersion
)
_copies = Read(
    select(revision.id, revision.number, revision.written_at, revision.sealed)
    .where(
        revision.tenant_id == tenant,
        revision.note_id == bindparam("note"),
        revision.kind == "conflict",
        revision.author_id == me,
        revision.settled_at.is_(None),
    )
    .order_by(revision.id),
    _SealedCopy,
)


_since = Read(_versions().where(revision.number > bindparam("number")), Version)


async def versions_of(tx: Transaction, note_id: UUID) -> list[Version]:
    """The versions of a note that the member may read, newest first.

    What one writer typed in one sitting is its last version; all of them are kept.
    """
    found: list[Version] = []
    for version in await tx.all(_all, note=note_id):
        if not found or not _same_sitting(version, found[-1]):
            found.append(version)
    return found


def _same_sitting(earlier: Version, later: Version) -> bool:
    soon = later.written_at - earlier.written_at < ONE_SITTING
    return soon and earlier.writer_id == later.writer_id


async def wording(tx: Transaction, note_id: UUID, number: int) -> Wording | None:
    """One version of a note with its text; None where the member may not read it."""
    row = await tx.maybe(_one, note=note_id, number=number)
    if row is None:
        return None
    sealed = row.sealed
    body = await tx.opened(lambda safe: unseal(safe, sealed, note_id))
    return Wording(row.number, row.writer_id, row.writer, row.written_at, body)


async def copies_of(tx: Transaction, note_id: UUID) -> list[Copy]:
    """The member's texts that were kept when a write came too late, and wait to be settled."""
    rows = await tx.all(_copies, note=note_id)
    if not rows:
        return []
    return await tx.opened(
        lambda safe: [
            Copy(row.id, row.based_on, row.written_at, unseal(safe, row.sealed, note_id))
            for row in rows
        ]
    )


async def reconciliation(tx: Transaction, note: NoteRow, copy_id: UUID) -> Reconciliation:
    """A note beside one of the member's copies.

    Raises:
        NotFound: there is no such copy of theirs that waits to be settled.
    """
    copy = next((one for one in await copies_of(tx, note.id) if one.id == copy_id), None)
    if copy is None:
        raise NotFound
    together = await _together(tx, note, copy)
    known = set(paragraphs(note.body))
    more = [text for text in paragraphs(copy.body) if text not in known]
    one_after_the_other = "\n\n".join([note.body.rstrip(), *more])
    return Reconciliation(copy, together, together or one_after_the_other)


async def _together(tx: Transaction, note: NoteRow, copy: Copy) -> str | None:
    since = await tx.all(_since, note=note.id, number=copy.based_on)
    if {version.writer_id for version in since} - {tx.context.member}:
        return None
    base = await wording(tx, note.id, copy.based_on) if copy.based_on else None
    if copy.based_on and base is None:
        return None
    return merged(base.body if base else "", note.body, copy.body)
