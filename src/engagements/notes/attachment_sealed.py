"""Attached files, as who keeps them sealed sees them: a name in a row, an object elsewhere."""

from hashlib import sha256
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, bindparam, select, update

from engagements.notes.attachments import belongs_to
from engagements.notes.models import Attachment
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, tenant
from tenancy.database.sealing import mark
from tenancy.files.jobs import destroy_later
from tenancy.files.store import Files, new_name
from tenancy.workspaces.sealed import SealedColumn

_attachment = cast(Table, Attachment.__table__).c


class _Object(Struct, frozen=True):
    name: str


_object_of = Read(
    select(_attachment.object_name).where(
        _attachment.tenant_id == tenant, _attachment.id == bindparam("id")
    ),
    _Object,
)


def _name_belongs_to(attachment: UUID, _prefix: bytes) -> bytes:
    return b"attachment name" + attachment.bytes


NAMES = SealedColumn("name of a file", "names of files", _attachment.sealed_name, _name_belongs_to)


class SealedFiles(SealedColumn):
    """A file and its name are sealed with the same key, so the mark of one is that of both.

    An object is never written over: the row leads to a new one, and the earlier is destroyed once
    that has committed.
    """

    def __init__(self, files: Files) -> None:
        super().__init__(
            "attached file",
            "attached files",
            _attachment.sealed_name,
            _name_belongs_to,
            # Its note's author waits for the lock as long as the store takes.
            batch=1,
        )
        self._files = files

    async def open_one_of_each_key(self, tx: Transaction) -> None:
        await super().open_one_of_each_key(tx)
        for row in await tx.all(self.one_each):
            await self._content(tx, row.id)

    async def reseal(self, tx: Transaction, after: UUID) -> UUID | None:
        safe = await tx.safe()
        rows = await tx.all(self.locked, after=after, mark=mark(safe.newest))
        if not rows:
            return None
        names = await tx.opened(lambda opened: self.sealed_anew(opened, rows))
        for row in rows:
            earlier, content = await self._content(tx, row.id)
            assert tx.context.tenant is not None, "a file belongs to a workspace"
            anew, name = (
                safe.seal(content, belongs_to=belongs_to(row.id)),
                new_name(tx.context.tenant),
            )
            await self._files.put(name, anew)
            await tx.session.execute(
                update(Attachment)
                .where(Attachment.tenant_id == tx.context.tenant, Attachment.id == row.id)
                .values(sealed_name=names[row.id], object_name=name, digest=sha256(anew).digest())
            )
            await destroy_later(tx, [earlier])
        return rows[-1].id

    async def _content(self, tx: Transaction, id: UUID) -> tuple[str, bytes]:
        """Where a file lies, and what it holds."""
        name = (await tx.one(_object_of, id=id)).name
        sealed = await self._files.get(name)
        content = await tx.opened(lambda safe: safe.open(sealed, belongs_to=belongs_to(id)))
        return name, content
