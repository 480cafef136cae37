"""What can be read of notes: what the policies of the table let through, opened here."""

import re
from datetime import datetime
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ARRAY, Select, Table, Uuid, bindparam, case, func, or_, select

from engagements.notes.models import Note
from engagements.notes.readings import lately_noted, note_readings
from engagements.notes.sealing import unseal
from engagements.people import FORMER, present
from engagements.portfolio.models import Engagement
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, me, tenant
from tenancy.database.sealing import OpenSafe
from tenancy.workspaces.models import Assignment, Member

note = cast(Table, Note.__table__).c
engagement = cast(Table, Engagement.__table__).c
_assignment = cast(Table, Assignment.__table__).c
_author = cast(Table, Member.__table__).alias("author").c
_writer = cast(Table, Member.__table__).alias("writer").c
_reader = cast(Table, Member.__table__).alias("reader").c

PAGE = 50
_MARKS = re.compile(r"^\s*(?:[-*+>]\s+|#{1,6}\s+|\d+[.)]\s+)?(?:\[[ xX]?\]\s*)?|\*\*|__")


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
    written_by: str | None
    """Who wrote the newest version, where that was a colleague of the author's."""
    writable: bool
    """Whether the reader may write on in it."""
    drafted: bool
    """Kept while it is typed; its author has not saved it yet."""
    body: str

    @property
    def lines(self) -> list[str]:
        """Its lines as they are quoted, without the marks of lists and emphasis."""
        plain = (_MARKS.sub("", line).strip() for line in self.body.splitlines())
        return [line for line in plain if line]


class _Sealed(Struct, frozen=True):
    """The fields of a `NoteRow` but its body, and what opening it needs."""

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
    written_by: str | None
    writable: bool
    drafted: bool
    sealed: bytes
    noted: bool
    """Own, or known of late to have been before the reader."""


class Circle(Struct, frozen=True):
    """An engagement's name, and the names of its team: who reads what is for the team."""

    engagement: str
    team: list[str]


_names = func.array(
    select(_reader.name)
    .where(_reader.tenant_id == tenant, _reader.id == func.any(note.readers))
    .scalar_subquery()
)


_written_by = (
    select(_writer.name)
    .where(_writer.tenant_id == tenant, _writer.id == note.written_by_id)
    .scalar_subquery()
)
_own = note.author_id == me
_shared_writing = (note.audience == "team") & note.kind.in_(("working", "session"))


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
            _own,
            _names,
            note.readers,
            note.version,
            note.written_at,
            case((note.written_by_id != note.author_id, func.coalesce(_written_by, FORMER))),
            or_(_own, _shared_writing),
            note.drafted,
            note.sealed,
            or_(_own, lately_noted(note.id)),
        )
        .outerjoin(_author.id.table, (_author.tenant_id == tenant) & (_author.id == note.author_id))
        .where(note.tenant_id == tenant)
    )


_team = func.array(
    select(_reader.name)
    .join(
        _assignment.id.table,
        (_assignment.tenant_id == tenant) & (_assignment.member_id == _reader.id),
    )
    .where(
        _reader.tenant_id == tenant,
        _assignment.engagement_id == engagement.id,
        _assignment.relation == "team",
        present(_assignment),
    )
    .order_by(_reader.name)
    .scalar_subquery()
)
_circle = Read(
    select(engagement.title, _team).where(
        engagement.tenant_id == tenant, engagement.id == bindparam("engagement")
    ),
    Circle,
)
_one = Read(_notes().where(note.id == bindparam("id")), _Sealed)
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
_all_of_engagement = Read(
    _notes().where(note.engagement_id == bindparam("engagement")).order_by(note.id), _Sealed
)
_of_session = Read(
    _notes().where(note.session_id == bindparam("session")).order_by(note.id), _Sealed
)
_by_ids = Read(
    _notes()
    .where(note.id == func.any(bindparam("ids", type_=ARRAY(Uuid()))))
    .order_by(note.id.desc()),
    _Sealed,
)
_mine_of_kind = Read(
    _notes()
    .where(note.author_id == me, note.kind == bindparam("kind"))
    .order_by(note.id.desc())
    .limit(PAGE),
    _Sealed,
)
NEWEST = UUID(int=2**128 - 1)


async def note_page(tx: Transaction, id: UUID) -> NoteRow:
    """One note, opened.

    Raises:
        NotFound: there is none of that id that the member may read.
    """
    [opened] = await _opened(tx, [await tx.one(_one, id=id)])
    return opened


async def circle_of(tx: Transaction, engagement_id: UUID) -> Circle:
    """What the engagement is called, and who is on its team.

    Raises:
        NotFound: there is none of that id that the member may read.
    """
    return await tx.one(_circle, engagement=engagement_id)


async def notes_of_engagement(
    tx: Transaction, engagement_id: UUID, *, before: UUID = NEWEST
) -> list[NoteRow]:
    """At most 50 notes that the member may read, newest first, older than the note `before`."""
    return await _all_opened(tx, _of_engagement, engagement=engagement_id, before=before)


async def all_notes_of_engagement(tx: Transaction, engagement_id: UUID) -> list[NoteRow]:
    """Every note of an engagement that the member may read, in the order they were begun."""
    return await _all_opened(tx, _all_of_engagement, engagement=engagement_id)


async def notes_of_session(tx: Transaction, session_id: UUID) -> list[NoteRow]:
    """The notes of one session that the member may read, in the order they were begun."""
    return await _all_opened(tx, _of_session, session=session_id)


async def notes_by_ids(tx: Transaction, ids: list[UUID]) -> list[NoteRow]:
    """Those of the notes that the member may read, newest first."""
    return await _all_opened(tx, _by_ids, ids=ids)


async def my_reflections(tx: Transaction) -> list[NoteRow]:
    """The member's own reflections, newest first."""
    return await _all_opened(tx, _mine_of_kind, kind="reflection")


async def _all_opened(tx: Transaction, read: Read[_Sealed], **values: object) -> list[NoteRow]:
    return await _opened(tx, await tx.all(read, **values))


async def _opened(tx: Transaction, rows: list[_Sealed]) -> list[NoteRow]:
    """The notes with their words. There is no other way to them, so no reading goes unnoted."""
    if unnoted := [row for row in rows if not row.noted]:
        await note_readings(tx, [(row.id, row.engagement_id, row.author_id) for row in unnoted])
    return await tx.opened(lambda safe: [_row(safe, row) for row in rows])


def _row(safe: OpenSafe, row: _Sealed) -> NoteRow:
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
        row.written_by,
        row.writable,
        row.drafted,
        unseal(safe, row.sealed, row.id),
    )
