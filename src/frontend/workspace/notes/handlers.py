"""Notes of an engagement: reading, writing, and saying who can read."""

from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec import Meta, Struct, field

from engagements.notes import queries, service
from engagements.notes.attachment_queries import AttachmentRow, attachments_of
from engagements.notes.audience import Audience, written_together
from engagements.notes.queries import NEWEST, Copy, NoteRow
from engagements.notes.service import NoteDraft
from engagements.people import Person, setting_for_team
from engagements.sessions.queries import CoachingSoFar, my_coaching_in
from frontend.access import STAFF, WRITERS, Viewer
from frontend.routes import deed, page
from tenancy.database.pool import Transaction
from tenancy.errors import NotFound
from tenancy.files.kinds import ACCEPT
from tenancy.ids import new_id


class NoteList(Struct):
    engagement_id: UUID
    engagement: str
    on_team: bool
    """An owner sees that there is a team, and none of its notes."""
    notes: list[NoteRow]
    older: UUID | None
    """Where the next page begins, if there is one."""


class NoteForm(Struct):
    """What the form needs: the note as it is saved, and who it may be for."""

    id: UUID
    mutation_id: UUID
    engagement_id: UUID
    engagement: str
    people: list[Person]
    note: NoteRow | None
    copies: list[Copy]

    @property
    def choices(self) -> list[tuple[UUID, str, str]]:
        return [(person.id, person.name, person.title) for person in self.people]


class NotePage(Struct):
    note: NoteRow
    copies: list[Copy]
    attachments: list[AttachmentRow]
    may_attach: bool
    coaching: CoachingSoFar | None
    """Of a participant's own note: with whom they may share it."""

    @property
    def accept(self) -> str:
        return ACCEPT


class NewNote(NoteDraft, kw_only=True):
    """A note from the form, under the id that the form was given."""

    id: UUID | None = None


class AudienceDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    audience: Annotated[Audience, Meta(title="who can see this")]
    reader_ids: Annotated[list[UUID], Meta(title="the people this is for")] = field(
        default_factory=list
    )


@page("/engagements/{id:uuid}/notes", template="workspace/notes/list.html", policy=STAFF)
async def note_list(
    tx: NamedDependency[Transaction], id: FromPath[UUID], before: FromQuery[UUID] = NEWEST
) -> NoteList:
    """The notes of an engagement that the member may read, newest first."""
    title = await queries.title_of_engagement(tx, id)
    notes = await queries.notes_of_engagement(tx, id, before=before)
    older = notes[-1].id if len(notes) == queries.PAGE else None
    return NoteList(id, title, id in tx.context.team, notes, older)


@page("/engagements/{id:uuid}/notes/new", template="workspace/notes/form.html", policy=STAFF)
async def new_note(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> NoteForm:
    """An empty note."""
    return await _form(tx, viewer, id, None)


@deed(
    "/engagements/{id:uuid}/notes",
    policy=STAFF,
    body=NewNote,
    again=new_note,
    creates=True,
    then=lambda note: f"/notes/{note.id}",
)
async def begin_note(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[NewNote]
) -> NoteRow:
    """Write a new note. Sent twice with the same ids, it is one note."""
    note_id = draft.id or new_id()
    draft.engagement_id = id
    await service.write(tx, note_id, draft)
    return await queries.note_page(tx, note_id)


@page("/notes/{id:uuid}", template="workspace/notes/show.html", policy=WRITERS)
async def show_note(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> NotePage:
    """One note."""
    note, copies = await queries.note_with_copies(tx, id)
    attached = await attachments_of(tx, id)
    on_team = note.engagement_id in tx.context.team
    may_attach = note.own or (on_team and written_together(note.audience, note.kind))
    coached = note.own and note.engagement_id in tx.context.coached
    coaching = None
    if coached:
        coaching = await tx.maybe(my_coaching_in, engagement=note.engagement_id)
    return NotePage(note, copies, attached, may_attach, coaching)


@page("/notes/{id:uuid}/edit", template="workspace/notes/form.html", policy=STAFF)
async def edit_note(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> NoteForm:
    """The newest version, to be changed by its author.

    Raises:
        NotFound: the note is out of reach, or another's.
    """
    note = await queries.note_page(tx, id)
    if not note.own:
        raise NotFound
    return await _form(tx, viewer, note.engagement_id, note)


@deed(
    "/notes/{id:uuid}",
    policy=WRITERS,
    body=NoteDraft,
    again=edit_note,
    then=lambda note: f"/notes/{note.id}",
)
async def write_note(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[NoteDraft]
) -> NoteRow:
    """Create the note under this id, or write its next version."""
    await service.write(tx, id, draft)
    return await queries.note_page(tx, id)


@deed(
    "/notes/{id:uuid}/audience",
    policy=WRITERS,
    body=AudienceDraft,
    again=edit_note,
    then=lambda note: f"/notes/{note.id}",
    says="Who can see this note was changed.",
)
async def change_audience(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[AudienceDraft]
) -> NoteRow:
    """Say anew who can see a note."""
    await service.change_audience(tx, id, draft.audience, draft.reader_ids)
    return await queries.note_page(tx, id)


async def _form(
    tx: Transaction, viewer: Viewer, engagement_id: UUID, note: NoteRow | None
) -> NoteForm:
    setting = await setting_for_team(tx, engagement_id)
    readers = [
        person
        for person in setting.people
        if person.id != viewer.member and (person.is_team or person.is_participant)
    ]
    id = note.id if note else new_id()
    copies = await queries.kept_copies(tx, id) if note else []
    return NoteForm(id, new_id(), engagement_id, setting.engagement, readers, note, copies)


NOTES = [note_list, new_note, begin_note, show_note, edit_note, write_note, change_audience]
