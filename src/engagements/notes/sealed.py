"""Notes and their revisions, as who keeps them sealed sees them."""

from collections.abc import Collection
from typing import Any, cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ARRAY, Table, Uuid, any_, bindparam, delete, insert, select

from engagements.notes.models import Note, NoteRevision
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, tenant
from tenancy.database.sealing import mark
from tenancy.workspaces.sealed import SealedColumn, SealedValue

_note = cast(Table, Note.__table__).c
_revision = cast(Table, NoteRevision.__table__).c
_REVISION_ID = 16


def _belongs_to(note: UUID, revision: bytes) -> bytes:
    return note.bytes + revision


class _Id(Struct, frozen=True):
    id: UUID


_locked = Read(
    select(_note.id)
    .where(_note.tenant_id == tenant, _note.id == any_(bindparam("ids", type_=ARRAY(Uuid()))))
    .order_by(_note.id)
    .with_for_update(key_share=True, skip_locked=True),
    _Id,
)


class SealedRevisions(SealedColumn):
    """Nobody may change the text of a revision, so each is taken out and put back, sealed anew.

    Its note is locked meanwhile: whoever changes the audience of revisions locks the note first,
    and would not find them else.
    """

    async def reseal(self, tx: Transaction, after: UUID) -> UUID | None:
        newest = mark((await tx.safe()).newest)
        rows = await tx.all(_earlier, after=after, mark=newest)
        if not rows:
            return None
        locked = {note.id for note in await tx.all(_locked, ids=[row.owner for row in rows])}
        taken = await self._take_out(tx, [row.id for row in rows if row.owner in locked], newest)
        values = [SealedValue(row["id"], row["note_id"], row["sealed"]) for row in taken]
        anew = await tx.opened(lambda safe: self.sealed_anew(safe, values))
        if taken:
            await tx.session.execute(
                insert(self.table), [{**row, "sealed": anew[row["id"]]} for row in taken]
            )
        return rows[-1].id

    async def _take_out(
        self, tx: Transaction, ids: Collection[UUID], newest: bytes
    ) -> list[dict[str, Any]]:
        """Delete the revisions that are still sealed with an earlier key; whole rows."""
        found = await tx.session.execute(
            delete(self.table)
            .where(
                self.table.c.tenant_id == tx.context.tenant,
                self.table.c.id.in_(ids),
                self.sealed_earlier(),
            )
            .returning(*self.table.c),
            {"mark": newest},
        )
        return [dict(row) for row in found.mappings()]


NOTES = SealedColumn("note", "notes", _note.sealed, _belongs_to, prefix=_REVISION_ID)
REVISIONS = SealedRevisions(
    "wording of a note",
    "wordings of notes",
    _revision.sealed,
    _belongs_to,
    owner=_revision.note_id,
    prefix=_REVISION_ID,
)
_earlier = Read(REVISIONS.earlier(), SealedValue)
