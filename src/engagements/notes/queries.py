"""What can be read of notes: what the policies of the table let through, opened here."""

from datetime import datetime
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Select, Table, Uuid, bindparam, func, literal, select

from engagements.notes.models import Note, NoteRevision
from engagements.notes.sealing import unseal
from engagements.people import FORMER
from engagements.portfolio.models import Engagement
from tenancy.database.nesting import fields, gathered
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, me, tenant
from tenancy.database.sealing import OpenSafe
from tenancy.workspaces.models import Member

note = cast(Table, Note.__table__).c
revision = cast(Table, NoteRevision.__table__).c
engagement = cast(Table, Engagement.__table__).c
_author = cast(Table, Member.__table__).alias("author").c
_reader = cast(Table, Member.__table__).alias("reader").c

PAGE = 50


class NoteRow(Struct, frozen=True):
    """A note as the reader sees it."""

    id: UUID
    engagement_id: UUID
    session_id: UUID | None
    kind: str
    audience: str
    author_id: UUID
    author: str
    own: bool
    readers: list[str]
    """The names of those it is for, beside the author."""
    reader_ids: list[UUID]
    version: int
    written_at: datetime
    body: str

    @property
    def lines(self) -> list[str]:
        return [line for line in self.body.splitlines() if line.strip()]


class _Sealed(Struct, frozen=True):
    id: UUID
    engagement_id: UUID
    session_id: UUID | None
    kind: str
    audience: str
    author_id: UUID
    author: str
    own: bool
    readers: list[str]
    reader_ids: list[UUID]
    version: int
    written_at: datetime
    sealed: bytes


class Copy(Struct, frozen=True):
    """A text that was kept beside the note, because the note had changed meanwhile."""

    id: UUID
    based_on: int
    written_at: datetime
    body: str


class _SealedCopy(Struct, frozen=True):
    id: UUID
    based_on: int
    written_at: datetime
    sealed: bytes


class _SealedWithCopies(_Sealed, frozen=True):
    copies: list[_SealedCopy]


class Authored(Struct, frozen=True):
    """What a repeated or competing write needs to know of a note."""

    author_id: UUID
    version: int


_names = func.array(
    select(_reader.name)
    .where(_reader.tenant_id == tenant, _reader.id == func.any(note.readers))
    .scalar_subquery()
)


def _notes() -> Select[tuple[object, ...]]:
    return (
        select(
            note.id,
            note.engagement_id,
            note.session_id,
            note.kind,
            note.audience,
            note.author_id,
            func.coalesce(_author.name, FORMER),
            note.author_id == me,
            _names,
            note.readers,
            note.version,
            note.written_at,
            note.sealed,
        )
        .outerjoin(_author.id.table, (_author.tenant_id == tenant) & (_author.id == note.author_id))
        .where(note.tenant_id == tenant)
    )


def _conflicts(note_id: ColumnElement[UUID]) -> Select[tuple[UUID]]:
    """The member's texts that were kept beside a note."""
    return select(revision.id).where(
        revision.tenant_id == tenant,
        revision.note_id == note_id,
        revision.kind == literal("conflict"),
        revision.author_id == me,
    )


_title = Read(
    select(engagement.title).where(
        engagement.tenant_id == tenant, engagement.id == bindparam("engagement")
    ),
    str,
)
_one = Read(_notes().where(note.id == bindparam("id")), _Sealed)
_one_with_copies = Read(
    _notes()
    .add_columns(
        _conflicts(note.id)
        .with_only_columns(
            gathered(
                fields(
                    id=revision.id,
                    based_on=revision.number,
                    written_at=revision.written_at,
                    # As JSON carries bytes; PostgreSQL alone would break it into lines.
                    sealed=func.translate(func.encode(revision.sealed, "base64"), "\n", ""),
                ),
                revision.id,
            )
        )
        .scalar_subquery()
    )
    .where(note.id == bindparam("id")),
    _SealedWithCopies,
)
_of_engagement = Read(
    _notes()
    .where(
        note.engagement_id == bindparam("engagement"),
        note.id < bindparam("before", type_=Uuid()),
    )
    .order_by(note.id.desc())
    .limit(PAGE),
    _Sealed,
)
_of_session = Read(
    _notes().where(note.session_id == bindparam("session")).order_by(note.id), _Sealed
)
_mine_of_kind = Read(
    _notes()
    .where(note.author_id == me, note.kind == bindparam("kind"))
    .order_by(note.id.desc())
    .limit(PAGE),
    _Sealed,
)
_copies = Read(
    _conflicts(bindparam("note"))
    .with_only_columns(revision.id, revision.number, revision.written_at, revision.sealed)
    .order_by(revision.id),
    _SealedCopy,
)
NEWEST = UUID(int=2**128 - 1)


async def note_page(tx: Transaction, id: UUID) -> NoteRow:
    """One note, opened.

    Raises:
        NotFound: there is none of that id that the member may read.
    """
    found = await tx.one(_one, id=id)
    return await tx.opened(lambda safe: _opened(safe, found))


async def note_with_copies(tx: Transaction, id: UUID) -> tuple[NoteRow, list[Copy]]:
    """One note, and the member's texts that were kept when a write of it came too late.

    Raises:
        NotFound: as in `note_page`.
    """
    found = await tx.one(_one_with_copies, id=id)
    return await tx.opened(
        lambda safe: (
            _opened(safe, found),
            [_opened_copy(safe, copy, id) for copy in found.copies],
        )
    )


async def title_of_engagement(tx: Transaction, engagement_id: UUID) -> str:
    """What the engagement is called.

    Raises:
        NotFound: there is none of that id that the member may read.
    """
    return await tx.one(_title, engagement=engagement_id)


async def notes_of_engagement(
    tx: Transaction, engagement_id: UUID, *, before: UUID = NEWEST
) -> list[NoteRow]:
    """At most 50 notes that the member may read, newest first, older than the note `before`."""
    return await _all_opened(tx, _of_engagement, engagement=engagement_id, before=before)


async def notes_of_session(tx: Transaction, session_id: UUID) -> list[NoteRow]:
    """The notes of one session that the member may read, in the order they were begun."""
    return await _all_opened(tx, _of_session, session=session_id)


async def my_reflections(tx: Transaction) -> list[NoteRow]:
    """The member's own reflections, newest first."""
    return await _all_opened(tx, _mine_of_kind, kind="reflection")


async def kept_copies(tx: Transaction, note_id: UUID) -> list[Copy]:
    """The member's texts that were kept when a write came too late."""
    rows = await tx.all(_copies, note=note_id)
    return await tx.opened(lambda safe: [_opened_copy(safe, row, note_id) for row in rows])


async def _all_opened(tx: Transaction, read: Read[_Sealed], **values: object) -> list[NoteRow]:
    rows = await tx.all(read, **values)
    return await tx.opened(lambda safe: [_opened(safe, row) for row in rows])


def _opened_copy(safe: OpenSafe, row: _SealedCopy, note_id: UUID) -> Copy:
    return Copy(row.id, row.based_on, row.written_at, unseal(safe, row.sealed, note_id))


def _opened(safe: OpenSafe, row: _Sealed) -> NoteRow:
    return NoteRow(
        row.id,
        row.engagement_id,
        row.session_id,
        row.kind,
        row.audience,
        row.author_id,
        row.author,
        row.own,
        row.readers,
        row.reader_ids,
        row.version,
        row.written_at,
        unseal(safe, row.sealed, row.id),
    )
