"""What can be read of attachments: their names, opened, and where each lies."""

from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, bindparam, func, select

from engagements.notes.models import Attachment
from engagements.notes.readings import note_readings
from engagements.people import FORMER
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, me, tenant
from tenancy.database.sealing import OpenSafe, Safe
from tenancy.files.kinds import name_of, size_in_words
from tenancy.workspaces.models import Member

attachment = cast(Table, Attachment.__table__).c
_attacher = cast(Table, Member.__table__).alias("attacher").c


class AttachmentRow(Struct, frozen=True):
    """An attached file, as the list below its note has it."""

    id: UUID
    name: str
    media_type: str
    size: int
    attached_by: str
    own: bool
    """Whether the member may remove it: the note is theirs, or it was they who attached it."""

    @property
    def about(self) -> str:
        return f"{name_of(self.media_type)}, {size_in_words(self.size)}"


class _Sealed(Struct, frozen=True):
    id: UUID
    sealed_name: bytes
    media_type: str
    size: int
    attached_by: str
    own: bool


class Stored(Struct, frozen=True):
    """What is needed to open one attachment."""

    id: UUID
    name: str
    media_type: str
    object_name: str
    digest: bytes


class _Stored(Struct, frozen=True):
    note_id: UUID
    engagement_id: UUID
    author_id: UUID
    sealed_name: bytes
    media_type: str
    object_name: str
    digest: bytes


_of_note = Read(
    select(
        attachment.id,
        attachment.sealed_name,
        attachment.media_type,
        attachment.size,
        func.coalesce(_attacher.name, FORMER),
        (attachment.author_id == me) | (attachment.attached_by_id == me),
    )
    .outerjoin(
        _attacher.id.table,
        (_attacher.tenant_id == tenant) & (_attacher.id == attachment.attached_by_id),
    )
    .where(
        attachment.tenant_id == tenant,
        attachment.note_id == bindparam("note"),
        attachment.removed_at.is_(None),
    )
    .order_by(attachment.created_at, attachment.id),
    _Sealed,
)
_stored = Read(
    select(
        attachment.note_id,
        attachment.engagement_id,
        attachment.author_id,
        attachment.sealed_name,
        attachment.media_type,
        attachment.object_name,
        attachment.digest,
    ).where(
        attachment.tenant_id == tenant,
        attachment.id == bindparam("id"),
        attachment.removed_at.is_(None),
    ),
    _Stored,
)


async def attachments_of(tx: Transaction, note_id: UUID) -> list[AttachmentRow]:
    """The files of a note that the member may read, in the order they were attached."""
    found = await tx.all(_of_note, note=note_id)
    if not found:
        return []
    return await tx.opened(
        lambda safe: [
            AttachmentRow(
                row.id,
                unseal_name(safe, row.sealed_name, row.id),
                row.media_type,
                row.size,
                row.attached_by,
                row.own,
            )
            for row in found
        ]
    )


async def stored_attachment(tx: Transaction, id: UUID) -> Stored:
    """Where an attachment lies, for somebody who is about to open it.

    Every opening passes here, so here it counts as having read the note.

    Raises:
        NotFound: there is none of that id that the member may read.
    """
    row = await tx.one(_stored, id=id)
    if row.author_id != tx.context.member:
        await note_readings(tx, [(row.note_id, row.engagement_id, row.author_id)])
    name = await tx.opened(lambda safe: unseal_name(safe, row.sealed_name, id))
    return Stored(id, name, row.media_type, row.object_name, row.digest)


def seal_name(safe: Safe, name: str, id: UUID) -> bytes:
    return safe.seal(name.encode(), belongs_to=b"attachment name" + id.bytes)


def unseal_name(safe: OpenSafe, sealed: bytes, id: UUID) -> str:
    return safe.open(sealed, belongs_to=b"attachment name" + id.bytes).decode()
