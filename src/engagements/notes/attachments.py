"""Attaching files to notes. An object is stored before its row, so no row points at nothing."""

import asyncio
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ARRAY, Uuid, any_, bindparam, delete, func, select, update

from engagements.notes.attachment_queries import (
    AttachmentRow,
    Stored,
    attachment,
    attachments_of,
    seal_name,
    stored_attachment,
)
from engagements.notes.models import Attachment, Note
from engagements.notes.queries import note
from tenancy.audit import service as audit
from tenancy.database.context import Context
from tenancy.database.entities import Entities
from tenancy.database.pool import Database, Transaction
from tenancy.database.read import Read, tenant
from tenancy.database.sealing import Safe, key_number
from tenancy.errors import Conflict, Invalid, Unavailable
from tenancy.files.jobs import destroy_later
from tenancy.files.kinds import Recognised, Upload, recognise
from tenancy.files.store import Files, new_name
from tenancy.ids import new_id

AT_MOST = 10
"""Files of one note."""


class AttachmentsDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    """Files as they were chosen."""

    files: Annotated[list[Upload], Meta(min_length=1, title="the files")]
    mutation_id: UUID | None = None
    """Made anew by every form. The same files sent again with it are attached once."""


class OpenedFile(Struct, frozen=True):
    name: str
    media_type: str
    content: bytes


class SealedFile(Struct, frozen=True):
    """A file that is ready to be stored."""

    id: UUID
    sealed_name: bytes
    media_type: str
    size: int
    object_name: str
    sealed: bytes


class KeyRenewed(Conflict):
    """The workspace's key was renewed after files were sealed, and before they were attached."""


class Attachments(Entities[Attachment]):
    model = Attachment


class _Audience(Struct, frozen=True):
    """Of a note, what its attachments have from it."""

    engagement_id: UUID
    author_id: UUID
    audience: str
    readers: list[UUID]


class _Id(Struct, frozen=True):
    id: UUID


# The lock finds only what the member may change, and lets nobody change its audience meanwhile.
_to_write_in = Read(
    select(note.engagement_id, note.author_id, note.audience, note.readers)
    .where(note.tenant_id == tenant, note.id == bindparam("note"))
    .with_for_update(),
    _Audience,
)
_count = Read(
    select(func.count()).where(
        attachment.tenant_id == tenant,
        attachment.note_id == bindparam("note"),
        attachment.removed_at.is_(None),
    ),
    int,
)
_there = Read(
    select(attachment.id).where(
        attachment.tenant_id == tenant,
        attachment.note_id == bindparam("note"),
        attachment.id == any_(bindparam("ids", type_=ARRAY(Uuid()))),
        attachment.removed_at.is_(None),
    ),
    _Id,
)


async def attach(
    db: Database, files: Files, context: Context, note_id: UUID, draft: AttachmentsDraft
) -> list[AttachmentRow]:
    """Attach files to a note; all that it has by now.

    Raises:
        NotFound: the note is out of reach, or is not the member's to write in.
        Invalid: one of them is not taken, or they are too many.
        Unavailable: the store did not take them.
    """
    try:
        return await _attach(db, files, context, note_id, draft)
    except KeyRenewed:
        return await _attach(db, files, context, note_id, draft)


async def _attach(
    db: Database, files: Files, context: Context, note_id: UUID, draft: AttachmentsDraft
) -> list[AttachmentRow]:
    """They are stored between two transactions, which can take as long as the network does.

    Objects whose rows are not committed are swept later.
    """
    async with db.transaction(context) as tx:
        sealed = await prepare(tx, note_id, draft)
    await store(files, sealed)
    async with db.transaction(context, writes=True) as tx:
        await add(tx, note_id, sealed)
        return await attachments_of(tx, note_id)


async def prepare(tx: Transaction, note_id: UUID, draft: AttachmentsDraft) -> list[SealedFile]:
    """Check and seal files for a note, without those that it has from the same form already.

    Raises:
        NotFound, Invalid: as in `attach`.
    """
    await tx.one(_to_write_in, note=note_id)
    found = recognise(draft.files)
    ids = await asyncio.to_thread(_ids, draft.mutation_id, found)
    there = await _those_there(tx, note_id, ids)
    new = [(id, file) for id, file in zip(ids, found, strict=True) if id not in there]
    await _refuse_too_many(tx, note_id, len(new))
    assert tx.context.tenant is not None, "a note belongs to a workspace"
    safe, tenant_id = await tx.safe(), tx.context.tenant
    return [await asyncio.to_thread(_sealed, safe, tenant_id, id, file) for id, file in new]


async def store(files: Files, sealed: list[SealedFile]) -> None:
    """Put files into the store.

    Raises:
        Unavailable: it did not take them.
    """
    for file in sealed:
        await files.put(file.object_name, file.sealed)


async def add(tx: Transaction, note_id: UUID, sealed: list[SealedFile]) -> None:
    """Say that files which are stored by now belong to a note.

    Raises:
        NotFound, Invalid: as in `attach`.
        KeyRenewed: they were sealed with an earlier key.
    """
    newest = (await tx.safe()).newest
    if any(key_number(file.sealed) != newest for file in sealed):
        raise KeyRenewed("The workspace's key was renewed at this moment. Attach the files again.")
    to = await tx.one(_to_write_in, note=note_id)
    there = await _those_there(tx, note_id, [file.id for file in sealed])
    new = [file for file in sealed if file.id not in there]
    await _refuse_too_many(tx, note_id, len(new))
    for file in new:
        added = await Attachments(tx).add(
            id=file.id,
            note_id=note_id,
            engagement_id=to.engagement_id,
            author_id=to.author_id,
            attached_by_id=tx.context.member,
            audience=to.audience,
            readers=to.readers,
            sealed_name=file.sealed_name,
            media_type=file.media_type,
            size=file.size,
            object_name=file.object_name,
            digest=sha256(file.sealed).digest(),
        )
        await audit.record(tx, "file attached", added)


async def opened(db: Database, files: Files, context: Context, id: UUID) -> OpenedFile:
    """An attached file.

    Raises:
        NotFound: there is none of that id that the member may read.
        Unavailable: the store has not what was put there.
    """
    found = await _where(db, context, id)
    while True:
        try:
            content = await _content(db, files, context, found)
        except Unavailable:
            # Sealed anew meanwhile, it lies elsewhere, and what was there is destroyed.
            before, found = found, await _where(db, context, id)
            if found.object_name == before.object_name:
                raise
        else:
            return OpenedFile(found.name, found.media_type, content)


async def remove(tx: Transaction, id: UUID) -> Attachment:
    """Take a file away from its note; once this is committed, the object is destroyed.

    Raises:
        NotFound: there is none of that id that the member may remove.
    """
    found = await Attachments(tx).find(id)
    if found.removed_at is None:
        found.removed_at, found.sealed_name = datetime.now(UTC), None
        await destroy_later(tx, [found.object_name])
        await audit.record(tx, "file removed", found)
    return found


async def follow(tx: Transaction, changed: Note) -> None:
    """Give a note's files the audience that the note has by now."""
    await tx.session.execute(
        update(Attachment)
        .where(Attachment.tenant_id == tx.context.tenant, Attachment.note_id == changed.id)
        .values(audience=changed.audience, readers=changed.readers)
    )


async def destroy_with(tx: Transaction, note_ids: list[UUID]) -> None:
    """Delete the rows of notes' files, on the surface `custody`; their objects go after that.

    When the transaction rolls back, both stay.
    """
    statement = (
        delete(Attachment)
        .where(Attachment.tenant_id == tx.context.tenant, Attachment.note_id.in_(note_ids))
        .returning(Attachment.object_name)
    )
    await destroy_later(tx, [*await tx.session.scalars(statement)])


async def _where(db: Database, context: Context, id: UUID) -> Stored:
    async with db.transaction(context) as tx:
        return await stored_attachment(tx, id)


async def _content(db: Database, files: Files, context: Context, stored: Stored) -> bytes:
    sealed = await files.get(stored.object_name)
    if sha256(sealed).digest() != stored.digest:
        raise Unavailable(f"The object {stored.object_name} is not what was put there: restore it.")
    async with db.transaction(context) as tx:
        return await tx.opened(lambda safe: safe.open(sealed, belongs_to=belongs_to(stored.id)))


async def _those_there(tx: Transaction, note_id: UUID, ids: list[UUID]) -> set[UUID]:
    return {row.id for row in await tx.all(_there, note=note_id, ids=ids)}


def _ids(mutation: UUID | None, found: list[Recognised]) -> list[UUID]:
    """An id for each file, in this order: the same when the same form sends the same file again.

    Nobody learns from it what is in the file, since the mutation is kept nowhere.
    """
    if mutation is None:
        return [new_id() for _ in found]
    return [
        UUID(bytes=place.to_bytes(4) + _fingerprint(mutation, file)[:12], version=4)
        for place, file in enumerate(found)
    ]


def _fingerprint(mutation: UUID, file: Recognised) -> bytes:
    return sha256(mutation.bytes + sha256(file.name.encode()).digest() + file.content).digest()


def _sealed(safe: Safe, tenant_id: UUID, id: UUID, found: Recognised) -> SealedFile:
    return SealedFile(
        id,
        seal_name(safe, found.name, id),
        found.kind.media_type,
        len(found.content),
        new_name(tenant_id),
        safe.seal(found.content, belongs_to=belongs_to(id)),
    )


def belongs_to(id: UUID) -> bytes:
    """What a sealed object belongs to: under another attachment's name it does not open."""
    return b"attachment" + id.bytes


async def _refuse_too_many(tx: Transaction, note_id: UUID, more: int) -> None:
    there = await tx.one(_count, note=note_id)
    if there + more > AT_MOST:
        raise Invalid(
            {
                "files": f"A note holds at most {AT_MOST} files. This one has {there}, and you "
                f"chose {more}. Choose fewer, or remove some first."
            }
        )
