"""Writing notes. No text is refused before it is safe where its writer can see it."""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, cast
from uuid import UUID

from msgspec import Meta, Struct, field
from sqlalchemy import CursorResult, Table, bindparam, select, update
from sqlalchemy.dialects.postgresql import insert

from engagements.inputs import Prose
from engagements.notes import attachments
from engagements.notes.audience import Audience
from engagements.notes.history import revision
from engagements.notes.models import Note, NoteRevision
from engagements.notes.patient_identifiers import Finding, described, found_in
from engagements.notes.people import NotePeople, Widening, people_of_notes
from engagements.notes.queries import note
from engagements.notes.sealing import seal, unseal
from engagements.sessions.models import Session
from tenancy.audit import service as audit
from tenancy.database.entities import Entities
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, tenant
from tenancy.errors import Invalid, KeptAside, NotFound
from tenancy.ids import new_id

Kind = Literal["working", "session", "reflection", "supervision"]

_session = cast(Table, Session.__table__).c
STALE = (
    "This note was changed meanwhile. Your text is kept below as a second version, "
    "so that nothing is lost. Bring the two together and save again."
)
SUPERVISION = "A note for supervision is for you alone. Write another for what you want to share."


class NoteDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    """A note as it is typed."""

    body: Annotated[Prose, Meta(title="what you want to keep")]
    audience: Annotated[Audience, Meta(title="who can see this")] = "me"
    reader_ids: Annotated[list[UUID], Meta(title="the people this is for")] = field(
        default_factory=list
    )
    kind: Annotated[Kind, Meta(title="the kind of note")] = "session"
    engagement_id: UUID | None = None
    """Needed for a new note; a note never moves."""
    session_id: UUID | None = None
    version: Annotated[int, Meta(ge=0, title="the version this is based on")] = 0
    """The version that the text is based on; 0 for a new note."""
    mutation_id: UUID | None = None
    """Made by the client for each save; the same one again changes nothing."""
    autosaved: Annotated[bool, Meta(title="that this was kept by itself")] = False
    """Kept while it is typed: for the author alone until they save it; of a note that is saved
    already, the audience stays."""
    widening_to: Annotated[list[UUID], Meta(title="the people who may now read it")] = field(
        default_factory=list
    )
    """Those whom the writer was shown by name, and agreed to let in."""
    identifiers_kept: Annotated[bool, Meta(title="your decision about what was pointed out")] = (
        False
    )
    """The writer saw what could identify a patient, and decided that it does not."""
    settles: UUID | None = None
    """The conflict copy whose text this one takes up."""


class Notes(Entities[Note]):
    model = Note


class Revisions(Entities[NoteRevision]):
    model = NoteRevision


class _Id(Struct, frozen=True):
    id: UUID


class _Authored(Struct, frozen=True):
    """What a repeated or competing write needs to know of a note."""

    author_id: UUID
    audience: str
    kind: str


class _Saved(Struct, frozen=True):
    sealed: bytes


class _Repeated(Struct, frozen=True):
    kind: str


_session_of = Read(
    select(_session.id).where(
        _session.tenant_id == tenant,
        _session.id == bindparam("session"),
        _session.engagement_id == bindparam("engagement"),
    ),
    _Id,
)
_authored = Read(
    select(note.author_id, note.audience, note.kind).where(
        note.tenant_id == tenant, note.id == bindparam("id")
    ),
    _Authored,
)
_saved = Read(
    select(note.sealed).where(note.tenant_id == tenant, note.id == bindparam("id")), _Saved
)
_repeated = Read(
    select(revision.kind).where(
        revision.tenant_id == tenant,
        revision.note_id == bindparam("note"),
        revision.mutation_id == bindparam("mutation"),
    ),
    _Repeated,
)


async def write(tx: Transaction, id: UUID, draft: NoteDraft, *, at: datetime | None = None) -> None:
    """Create the note `id`, or write its next version. Repeating a mutation changes nothing.

    What a participant begins is a reflection. Colleagues write on in a note of their team; who may
    read it stays its author's to say.

    Args:
        at: when it was written, for what is entered later; else now.

    Raises:
        NotFound: the engagement, session or note is out of reach, or the note is another's.
        Invalid: a new note names no engagement; the audience names nobody, or somebody who has no
            part in the engagement.
        Invalid: the text holds what could identify a patient and the note did not, and the
            writer has not decided about it. Nothing of it is kept then.
        Widening: somebody could then read it to whom the writer has not agreed.
        KeptAside: the note has changed since the draft's version; the text is a conflict copy now.
    """
    found = await _found_anew(tx, id, draft.body)
    if found and not draft.identifiers_kept:
        raise Invalid({"identifiers": described(found)})
    there = await tx.maybe(_authored, id=id)
    if there is None:
        if draft.engagement_id is None:
            raise Invalid({"engagement_id": "Choose the engagement that the note belongs to."})
        await _begin(tx, draft.engagement_id, id, draft, at or datetime.now(UTC))
    elif there.author_id == tx.context.member or _is_the_teams(there):
        await _continue(tx, id, draft, at or datetime.now(UTC))
    else:
        raise NotFound
    if found:
        await audit.record(tx, "kept what looked like a patient's", await Notes(tx).find(id))


async def change_audience(
    tx: Transaction,
    id: UUID,
    audience: Audience,
    reader_ids: list[UUID],
    *,
    widening_to: Collection[UUID] = (),
) -> Note:
    """Say anew who can see a note. What was kept while it was typed is thereby saved.

    Args:
        widening_to: those whom the author agreed to let in.

    Raises:
        NotFound: the note is out of reach, or another's.
        Invalid: it is to be for named people, and none is named.
        Widening: somebody could then read it to whom the author has not agreed.
    """
    found = await Notes(tx).find(id)
    if found.author_id != tx.context.member:
        raise NotFound
    people = await people_of_notes(tx, found.engagement_id)
    readers = people.chosen(audience, reader_ids, found.author_id, already=found.readers)
    await _open_to(tx, found, people, audience, readers, agreed=widening_to)
    await audit.record(tx, f"audience set to {audience}", found)
    return found


async def rewrite(
    tx: Transaction, id: UUID, body: str, *, version: int, settles: UUID | None = None
) -> None:
    """Write the next version of a note and leave who reads it as it is.

    Args:
        version: the one that the writer saw.
        settles: the conflict copy that the text takes up.

    Raises:
        NotFound: the note is out of reach, or not the member's to write in.
        KeptAside: the note has changed since that version.
    """
    await write(
        tx,
        id,
        NoteDraft(
            body=body, version=version, settles=settles, autosaved=True, identifiers_kept=True
        ),
    )
    await audit.record(tx, "note written", await Notes(tx).find(id))


async def settle(tx: Transaction, id: UUID, copy: UUID) -> None:
    """Lay a conflict copy aside. Its text stays in the database until the note is destroyed.

    Raises:
        NotFound: no such copy of the member's own.
    """
    changed = await tx.session.execute(
        update(NoteRevision)
        .where(
            NoteRevision.tenant_id == tx.context.tenant,
            NoteRevision.note_id == id,
            NoteRevision.id == copy,
            NoteRevision.kind == "conflict",
            NoteRevision.author_id == tx.context.member,
            NoteRevision.settled_at.is_(None),
        )
        .values(settled_at=datetime.now(UTC))
    )
    if not cast(CursorResult[Any], changed).rowcount:
        raise NotFound


async def _found_anew(tx: Transaction, id: UUID, body: str) -> list[Finding]:
    """What could identify a patient, but for what stands in the note and was decided about."""
    found = found_in(body)
    if not found:
        return []
    saved = await tx.maybe(_saved, id=id)
    if saved is None:
        return found
    sealed = saved.sealed
    before = await tx.opened(lambda safe: unseal(safe, sealed, id))
    decided = {finding.words for finding in found_in(before)}
    return [finding for finding in found if finding.words not in decided]


def _is_the_teams(there: _Authored) -> bool:
    return there.audience == "team" and there.kind in ("working", "session")


async def _begin(
    tx: Transaction, engagement_id: UUID, id: UUID, draft: NoteDraft, at: datetime
) -> None:
    assert tx.context.member is not None, "a note has an author"
    people = await people_of_notes(tx, engagement_id)
    readers = people.chosen(draft.audience, draft.reader_ids, tx.context.member)
    if draft.kind == "supervision" and draft.audience != "me":
        raise Invalid({"audience": SUPERVISION})
    if draft.session_id is not None:
        await tx.one(_session_of, session=draft.session_id, engagement=engagement_id)
    mutation = draft.mutation_id or new_id()
    sealed = seal(await tx.safe(), draft.body, id, mutation)
    begun = Note(
        tenant_id=tx.context.tenant,
        id=id,
        engagement_id=engagement_id,
        session_id=draft.session_id,
        author_id=tx.context.member,
        kind=draft.kind if engagement_id in tx.context.team else "reflection",
        audience="me" if draft.autosaved else draft.audience,
        readers=[] if draft.autosaved else readers,
        sealed=sealed,
        version=1,
        written_at=at,
        written_by_id=tx.context.member,
        drafted=draft.autosaved,
    )
    if not await _is_first(tx, begun):
        await _continue(tx, id, draft, at)
        return
    await _keep(tx, begun, kind="revision", number=1, mutation=mutation, sealed=sealed, at=at)
    await audit.record(tx, "note begun", begun)


async def _is_first(tx: Transaction, begun: Note) -> bool:
    """Insert the note unless one of its id is there, as when it was sent twice at once."""
    values = {
        column.name: getattr(begun, column.name) for column in note if column.name != "created_at"
    }
    statement = (
        insert(Note).values(values).on_conflict_do_nothing(index_elements=["tenant_id", "id"])
    )
    return await tx.session.scalar(statement.returning(Note.id)) is not None


async def _continue(tx: Transaction, id: UUID, draft: NoteDraft, at: datetime) -> None:
    assert tx.context.member is not None, "a note has writers"
    found = await Notes(tx).find(id)
    mutation = draft.mutation_id or new_id()
    if repeated := await tx.maybe(_repeated, note=id, mutation=mutation):
        if repeated.kind == "conflict":
            raise KeptAside(STALE)
        return
    sealed = seal(await tx.safe(), draft.body, id, mutation)
    if draft.version != found.version:
        number = draft.version
        await _keep(
            tx, found, kind="conflict", number=number, mutation=mutation, sealed=sealed, at=at
        )
        raise KeptAside(STALE)
    if found.author_id == tx.context.member and not draft.autosaved:
        people = await people_of_notes(tx, found.engagement_id)
        readers = people.chosen(
            draft.audience, draft.reader_ids, found.author_id, already=found.readers
        )
        await _open_to(tx, found, people, draft.audience, readers, agreed=draft.widening_to)
    found.version += 1
    found.sealed, found.written_at, found.written_by_id = sealed, at, tx.context.member
    number = found.version
    await _keep(tx, found, kind="revision", number=number, mutation=mutation, sealed=sealed, at=at)
    if draft.settles is not None:
        await settle(tx, id, draft.settles)
    if not draft.autosaved:
        await audit.record(tx, "note written", found)


async def _open_to(
    tx: Transaction,
    found: Note,
    people: NotePeople,
    audience: Audience,
    readers: list[UUID],
    *,
    agreed: Collection[UUID],
) -> None:
    """Set who reads a note: at once where nobody is let in, else once its author has agreed.

    The form of a note that is saved for the first time names its readers, which is agreement.
    """
    if found.kind == "supervision" and audience != "me":
        raise Invalid({"audience": SUPERVISION})
    before = people.reading(found.audience, found.readers)
    came = people.reading(audience, readers) - before - {found.author_id}
    if not found.drafted and not came <= set(agreed):
        raise Widening([person for person in people.present if person.id in came])
    if found.audience == "team" != audience:
        await _take_back(tx, found)
    found.audience, found.readers, found.drafted = audience, readers, False
    await attachments.follow(tx, found)


async def _take_back(tx: Transaction, found: Note) -> None:
    """What the note said while it was for the team is not the team's to read any more either.

    Also where nobody loses it today, since who joins the team later would find it.
    """
    await tx.session.execute(
        update(NoteRevision)
        .where(NoteRevision.tenant_id == found.tenant_id, NoteRevision.note_id == found.id)
        .where(NoteRevision.audience != "me")
        .values(audience="me")
    )


async def _keep(
    tx: Transaction,
    found: Note,
    *,
    kind: str,
    number: int,
    mutation: UUID,
    sealed: bytes,
    at: datetime,
) -> None:
    await Revisions(tx).add(
        note_id=found.id,
        engagement_id=found.engagement_id,
        author_id=tx.context.member,
        note_author_id=found.author_id,
        kind=kind,
        number=number,
        audience=found.audience if kind == "revision" else "me",
        mutation_id=mutation,
        sealed=sealed,
        written_at=at,
    )
