"""Who opened a note: everybody but its author who had its words before them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    DateTime,
    Interval,
    Table,
    Uuid,
    bindparam,
    exists,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from engagements.notes.models import NoteReading
from engagements.people import FORMER
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, me, tenant
from tenancy.ids import new_id
from tenancy.workspaces.models import Member

_reading = cast(Table, NoteReading.__table__).c
_reader = cast(Table, Member.__table__).alias("opener").c

TO_WITHIN = timedelta(minutes=10)
"""A second look so soon after the first is the same reading."""


class Reading(Struct, frozen=True):
    """That somebody had the words of a note before them: when first, and when last."""

    reader_id: UUID
    reader: str
    first_at: datetime
    last_at: datetime


class _Noted(Struct, frozen=True):
    note_id: UUID


def lately_noted(note_id: ColumnElement[UUID]) -> ColumnElement[bool]:
    """Whether it is known that the member had the note before them just now."""
    return exists().where(
        _reading.tenant_id == tenant,
        _reading.note_id == note_id,
        _reading.reader_id == me,
        _reading.last_at > func.now() - bindparam("within", TO_WITHIN, type_=Interval()),
    )


_ids = ARRAY(Uuid())
_at = bindparam("at", type_=DateTime(timezone=True))
_new = (
    func.unnest(
        bindparam("ids", type_=_ids),
        bindparam("notes", type_=_ids),
        bindparam("engagements", type_=_ids),
        bindparam("authors", type_=_ids),
    )
    .table_valued("id", "note_id", "engagement_id", "author_id", name="new")
    .render_derived()
)
_noting = (
    insert(NoteReading)
    .from_select(
        [
            *("tenant_id", "id", "note_id", "engagement_id", "author_id"),
            *("reader_id", "first_at", "last_at"),
        ],
        select(
            bindparam("tenant", type_=Uuid()),
            _new.c.id,
            _new.c.note_id,
            _new.c.engagement_id,
            _new.c.author_id,
            bindparam("me", type_=Uuid()),
            _at,
            _at,
        ),
    )
    .on_conflict_do_update(
        index_elements=["tenant_id", "note_id", "reader_id"], set_={"last_at": _at}
    )
    .returning(_reading.note_id)
    .cte("noting")
)
_note = Read(select(_noting.c.note_id), _Noted)

_of_note = Read(
    select(
        _reading.reader_id,
        func.coalesce(_reader.name, FORMER),
        _reading.first_at,
        _reading.last_at,
    )
    .outerjoin(_reader.id.table, (_reader.tenant_id == tenant) & (_reader.id == _reading.reader_id))
    .where(
        _reading.tenant_id == tenant,
        _reading.note_id == bindparam("note"),
        _reading.author_id == me,
    )
    .order_by(_reading.first_at, _reading.id),
    Reading,
)


async def note_readings(
    tx: Transaction, notes: Sequence[tuple[UUID, UUID, UUID]], *, at: datetime | None = None
) -> None:
    """Note that the member has others' notes before them: their ids, engagements and authors.

    It is written in the reading's own transaction: what was not noted was not shown.

    Args:
        at: when that was, for what is entered later; else now.
    """
    ids, engagements, authors = (list(column) for column in zip(*notes, strict=True))
    new = [new_id() for _ in ids]
    at = at or datetime.now(UTC)
    await tx.all(_note, ids=new, notes=ids, engagements=engagements, authors=authors, at=at)


async def readings_of(tx: Transaction, note_id: UUID) -> list[Reading]:
    """Who opened one of the member's own notes, the first first."""
    return await tx.all(_of_note, note=note_id)
