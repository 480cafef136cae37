"""Files of a note: attaching, opening and removing them."""

from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from engagements.notes import attachments
from engagements.notes.attachment_queries import AttachmentRow
from engagements.notes.attachments import AttachmentsDraft
from frontend.access import WRITERS, Viewer
from frontend.downloads import download
from frontend.routes import deed
from frontend.workspace.notes.handlers import show_note
from tenancy.database.pool import Database, Transaction
from tenancy.files.kinds import LIMIT
from tenancy.files.store import Files

AROUND = 100_000
"""Bytes around the files: the names of fields, and the token."""


class AttachedTo(Struct):
    """A note with all the files that it has by now."""

    note_id: UUID
    attachments: list[AttachmentRow]


class RemovedFrom(Struct):
    note_id: UUID


@deed(
    "/notes/{id:uuid}/attachments",
    policy=WRITERS,
    body=AttachmentsDraft,
    again=show_note,
    creates=True,
    at_most=LIMIT + AROUND,
    then=lambda note: f"/notes/{note.note_id}#files",
    says="Attached. Whoever can read this note can open it.",
)
async def attach(
    database: NamedDependency[Database],
    files: NamedDependency[Files],
    viewer: NamedDependency[Viewer],
    id: FromPath[UUID],
    draft: NamedDependency[AttachmentsDraft],
) -> AttachedTo:
    """Attach files to a note, as multipart/form-data or as JSON with their content in base64."""
    there = await attachments.attach(database, files, viewer.context, id, draft)
    return AttachedTo(id, there)


@get("/attachments/{id:uuid}", opt={"policy": WRITERS})
async def open_attachment(
    database: NamedDependency[Database],
    files: NamedDependency[Files],
    viewer: NamedDependency[Viewer],
    id: FromPath[UUID],
) -> Response[bytes]:
    """An attached file, for whoever may read its note."""
    file = await attachments.opened(database, files, viewer.context, id)
    return download(file.content, name=file.name, media_type=file.media_type)


@deed(
    "/attachments/{id:uuid}/removal",
    policy=WRITERS,
    then=lambda note: f"/notes/{note.note_id}",
    says="The file was removed.",
)
async def remove_attachment(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> RemovedFrom:
    """Take a file away from its note. It cannot be brought back."""
    return RemovedFrom((await attachments.remove(tx, id)).note_id)


ATTACHMENTS = [attach, open_attachment, remove_attachment]
