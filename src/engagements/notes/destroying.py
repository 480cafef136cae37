"""Destroying notes for good, with everything that hangs on them."""

from uuid import UUID

from sqlalchemy import delete

from engagements.notes.attachments import destroy_with
from engagements.notes.models import Note, NoteReading, NoteRevision
from tenancy.database.pool import Transaction


async def destroy_notes(tx: Transaction, ids: list[UUID]) -> list[UUID]:
    """Delete notes with their revisions, conflict copies, readings, proposals and files.

    On the surface `custody`. The files' objects go once this is committed.

    Returns:
        The ids of those that were there.
    """
    await destroy_with(tx, ids)
    for hanging in (NoteReading, NoteRevision):
        await tx.session.execute(
            delete(hanging).where(hanging.tenant_id == tx.context.tenant, hanging.note_id.in_(ids))
        )
    gone = delete(Note).where(Note.tenant_id == tx.context.tenant, Note.id.in_(ids))
    return [*await tx.session.scalars(gone.returning(Note.id))]
