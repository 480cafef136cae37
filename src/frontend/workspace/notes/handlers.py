"""Notes of an engagement: reading, writing, and saying who can read."""

from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec import Meta, Struct, field

from engagements.notes import queries, service
from engagements.notes.attachment_queries import AttachmentRow, attachments_of
from engagements.notes.audience import Audience
from engagements.notes.history import Copy, copies_of
from engagements.notes.patient_identifiers import found_in
from engagements.notes.people import NotePerson, Usual, people_of_notes, usual_audience
from engagements.notes.promises import LINE
from engagements.notes.queries import NEWEST, NoteRow
from engagements.notes.readings import Reading, readings_of
from engagements.notes.service import NoteDraft
from engagements.notes.templates import Template, offered, template_named
from engagements.retention.queries import Kept, kept_note
from engagements.sessions.queries import CoachingSoFar, my_coaching_in
from frontend.access import STAFF, WRITERS, Viewer
from frontend.routes import deed, look, page
from frontend.workspace.notes.export import EXPORT
from tenancy.database.pool import Transaction
from tenancy.errors import NotFound
from tenancy.files.kinds import ACCEPT
from tenancy.ids import new_id

KINDS = ("working", "session", "supervision")
"""The kinds that the form of the consultancy offers."""


class NoteList(Struct):
    engagement_id: UUID
    engagement: str
    on_team: bool
    """An owner sees that there is a team, and none of its notes."""
    team: list[str]
    notes: list[NoteRow]
    older: UUID | None
    """Where the next page begins, if there is one."""


class NoteForm(Struct):
    """What the form needs: the note as it is saved, and who it may be for."""

    id: UUID
    mutation_id: UUID
    engagement_id: UUID
    engagement: str
    people: list[NotePerson]
    usual: Usual
    templates: list[Template]
    begun_with: str
    """What an empty note begins with."""
    kind: str
    note: NoteRow | None
    copies: list[Copy]

    @property
    def choices(self) -> list[tuple[UUID, str, str]]:
        return [(person.id, person.name, person.title) for person in self.people]

    @property
    def team(self) -> list[str]:
        return [person.name for person in self.people if person.on_team]

    @property
    def decided(self) -> list[str]:
        """What could identify a patient and stands in the note as it is saved."""
        return [finding.words for finding in found_in(self.note.body)] if self.note else []


class NotePage(Struct):
    note: NoteRow
    team: list[str]
    """The names of those who read what is for the team."""
    readings: list[Reading]
    """Of one's own note: who opened it."""
    copies: list[Copy]
    attachments: list[AttachmentRow]
    kept: Kept
    coaching: CoachingSoFar | None
    """Of a participant's own note: with whom they may share it."""

    @property
    def promises(self) -> int:
        """How many of its lines begin with `[]`."""
        return len(LINE.findall(self.note.body))

    @property
    def accept(self) -> str:
        """The kinds of file that a form lets one choose."""
        return ACCEPT

    @property
    def mutation_id(self) -> UUID:
        """Of the form that attaches files: sent twice, it attaches them once."""
        return new_id()


class NewNote(NoteDraft, kw_only=True):
    """A note from the form, under the id that the form was given."""

    id: UUID | None = None


class AudienceDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    audience: Annotated[Audience, Meta(title="who can see this")]
    reader_ids: Annotated[list[UUID], Meta(title="the people this is for")] = field(
        default_factory=list
    )
    widening_to: Annotated[list[UUID], Meta(title="the people who may now read it")] = field(
        default_factory=list
    )


class AudienceSet(Struct):
    """A note whose audience was said anew, and who had opened it before."""

    note: NoteRow
    had_opened: list[Reading]

    @property
    def sentence(self) -> str:
        readers = [reading.reader for reading in self.had_opened]
        if not readers:
            return "Who can see this note was changed. Nobody else had opened it."
        names = " and ".join(filter(None, [", ".join(readers[:-1]), readers[-1]]))
        return f"Who can see this note was changed. {names} had opened it before."


class Words(Struct, kw_only=True):
    """A text that is still being written; the rest of the form is not looked at."""

    body: Annotated[str, Meta(max_length=100_000, title="the text")] = ""


@page("/engagements/{id:uuid}/notes", template="workspace/notes/list.html", policy=STAFF)
async def note_list(
    tx: NamedDependency[Transaction], id: FromPath[UUID], before: FromQuery[UUID] = NEWEST
) -> NoteList:
    """The notes of an engagement that the member may read, newest first."""
    circle = await queries.circle_of(tx, id)
    notes = await queries.notes_of_engagement(tx, id, before=before)
    older = notes[-1].id if len(notes) == queries.PAGE else None
    return NoteList(id, circle.engagement, id in tx.context.team, circle.team, notes, older)


@page("/engagements/{id:uuid}/notes/new", template="workspace/notes/form.html", policy=STAFF)
async def new_note(
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    id: FromPath[UUID],
    kind: FromQuery[str] = "working",
    begin: FromQuery[str] = "",
) -> NoteForm:
    """An empty note, or one that begins with a template."""
    form = await _form(tx, viewer, id, None, kind if kind in KINDS else "working")
    form.begun_with = template_named(begin)
    return form


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
    note = await queries.note_page(tx, id)
    coaching: CoachingSoFar | None = None
    if note.own and note.engagement_id in tx.context.coached:
        coaching = await tx.maybe(my_coaching_in, engagement=note.engagement_id)
    return NotePage(
        note,
        (await queries.circle_of(tx, note.engagement_id)).team if note.audience == "team" else [],
        await readings_of(tx, id) if note.own else [],
        await copies_of(tx, id) if note.writable else [],
        await attachments_of(tx, id),
        await tx.one(kept_note, id=id),
        coaching,
    )


@page("/notes/{id:uuid}/edit", template="workspace/notes/form.html", policy=WRITERS)
async def edit_note(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> NoteForm:
    """The newest version, to be changed by its author, or by the team whose note it is.

    Raises:
        NotFound: the note is out of reach, or not the member's to write in.
    """
    note = await queries.note_page(tx, id)
    if not note.writable:
        raise NotFound
    return await _form(tx, viewer, note.engagement_id, note, note.kind)


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
    then=lambda changed: f"/notes/{changed.note.id}",
    says=lambda changed: changed.sentence,
)
async def change_audience(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[AudienceDraft]
) -> AudienceSet:
    """Say anew who can see a note."""
    await service.change_audience(
        tx, id, draft.audience, draft.reader_ids, widening_to=draft.widening_to
    )
    return AudienceSet(await queries.note_page(tx, id), await readings_of(tx, id))


@look(
    "/notes/preview",
    template="workspace/notes/_preview.html",
    policy=WRITERS,
    body=Words,
)
async def preview(draft: NamedDependency[Words]) -> Words:
    """A text as it will read."""
    return draft


async def _form(
    tx: Transaction, viewer: Viewer, engagement_id: UUID, note: NoteRow | None, kind: str
) -> NoteForm:
    circle = await queries.circle_of(tx, engagement_id)
    people = await people_of_notes(tx, engagement_id)
    usual = await usual_audience(tx, engagement_id, kind, people)
    nameable = people.nameable(note.reader_ids if note else ())
    return NoteForm(
        id=note.id if note else new_id(),
        mutation_id=new_id(),
        engagement_id=engagement_id,
        engagement=circle.engagement,
        people=[person for person in nameable if person.id != viewer.member],
        usual=usual,
        templates=offered(kind),
        begun_with="",
        kind=kind,
        note=note,
        copies=await copies_of(tx, note.id) if note else [],
    )


NOTES = [
    note_list,
    new_note,
    begin_note,
    show_note,
    edit_note,
    write_note,
    change_audience,
    preview,
    *EXPORT,
]
