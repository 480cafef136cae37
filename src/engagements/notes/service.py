"""Writing notes. No text is refused before it is safe where its writer can see it."""

from datetime import UTC, datetime
from typing import Annotated, Literal, cast
from uuid import UUID

from msgspec import Meta, Struct, field
from sqlalchemy import Table, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from engagements.inputs import Prose
from engagements.notes.audience import Audience, named_readers
from engagements.notes.models import Note, NoteRevision
from engagements.notes.queries import Authored, note, revision
from engagements.notes.sealing import seal
from engagements.sessions.models import Session
from tenancy.audit import service as audit
from tenancy.database.entities import Entities
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, tenant
from tenancy.errors import Invalid, KeptAside, NotFound
from tenancy.ids import new_id
from tenancy.workspaces.models import Assignment

_assignment = cast(Table, Assignment.__table__).c
_session = cast(Table, Session.__table__).c
STALE = (
    "This note was changed meanwhile. Your text is kept below as a second version, "
    "so that nothing is lost. Bring the two together and save again."
)


class NoteDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    """A note as it is typed."""

    body: Annotated[Prose, Meta(title="what you want to keep")]
    audience: Annotated[Audience, Meta(title="who can see this")] = "me"
    reader_ids: Annotated[list[UUID], Meta(title="the people this is for")] = field(
        default_factory=list
    )
    kind: Literal["working", "session", "reflection"] = "session"
    engagement_id: UUID | None = None
    """Needed for a new note; a note never moves."""
    session_id: UUID | None = None
    version: Annotated[int, Meta(ge=0, title="the version this is based on")] = 0
    """The version that the text is based on; 0 for a new note."""
    mutation_id: UUID | None = None
    """Made by the client for each save; the same one again changes nothing."""
    autosaved: bool = False
    """Kept by itself while it is typed: a new note is a draft, of another the audience stays."""
    widening_to: list[UUID] = field(default_factory=list)
    identifiers_kept: bool = False
    settles: UUID | None = None


class Notes(Entities[Note]):
    model = Note


class Revisions(Entities[NoteRevision]):
    model = NoteRevision


class _Id(Struct, frozen=True):
    id: UUID


class _Repeated(Struct, frozen=True):
    kind: str


_people_who_may_read = Read(
    select(_assignment.member_id).where(
        _assignment.tenant_id == tenant,
        _assignment.engagement_id == bindparam("engagement"),
        _assignment.relation.in_(("team", "participant")),
    ),
    _Id,
)
_session_of = Read(
    select(_session.id).where(
        _session.tenant_id == tenant,
        _session.id == bindparam("session"),
        _session.engagement_id == bindparam("engagement"),
    ),
    _Id,
)
_authored = Read(
    select(note.author_id, note.version).where(
        note.tenant_id == tenant, note.id == bindparam("id")
    ),
    Authored,
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

    Args:
        at: when it was written, for what is entered later; else now.

    Raises:
        NotFound: the engagement, session or note is out of reach, or the note is another's.
        Invalid: a new note names no engagement; the audience names nobody, or somebody who has no
            part in the engagement.
        KeptAside: the note has changed since the draft's version; the text is a conflict copy now.
    """
    there = await tx.maybe(_authored, id=id)
    if there is None:
        if draft.engagement_id is None:
            raise Invalid({"engagement_id": "Choose the engagement that the note belongs to."})
        await _begin(tx, draft.engagement_id, id, draft, at or datetime.now(UTC))
    elif there.author_id != tx.context.member:
        raise NotFound
    else:
        await _continue(tx, id, draft, at or datetime.now(UTC))


async def change_audience(
    tx: Transaction, id: UUID, audience: Audience, reader_ids: list[UUID]
) -> Note:
    """Say anew who can see a note.

    Raises:
        NotFound: the note is out of reach, or another's.
        Invalid: it is to be for named people, and none is named.
    """
    found = await Notes(tx).find(id)
    draft = NoteDraft(body="-", audience=audience, reader_ids=reader_ids)
    found.readers = await _readers(tx, found.engagement_id, draft)
    found.audience = audience
    await audit.record(tx, f"audience set to {audience}", found)
    return found


async def _begin(
    tx: Transaction, engagement_id: UUID, id: UUID, draft: NoteDraft, at: datetime
) -> None:
    if draft.autosaved:
        draft.audience = "me"
    readers = await _readers(tx, engagement_id, draft)
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
        kind=draft.kind,
        audience=draft.audience,
        readers=readers,
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
    found = await Notes(tx).find(id)
    mutation = draft.mutation_id or new_id()
    if repeated := await tx.maybe(_repeated, note=id, mutation=mutation):
        if repeated.kind == "conflict":
            raise KeptAside(STALE)
        return
    if draft.autosaved:
        draft.audience, draft.reader_ids = cast(Audience, found.audience), found.readers
    readers = await _readers(tx, found.engagement_id, draft)
    sealed = seal(await tx.safe(), draft.body, id, mutation)
    if draft.version != found.version:
        number = draft.version
        await _keep(
            tx, found, kind="conflict", number=number, mutation=mutation, sealed=sealed, at=at
        )
        raise KeptAside(STALE)
    found.version += 1
    found.sealed, found.written_at = sealed, at
    found.audience, found.readers = draft.audience, readers
    found.drafted = found.drafted and draft.autosaved
    number = found.version
    await _keep(tx, found, kind="revision", number=number, mutation=mutation, sealed=sealed, at=at)
    await audit.record(tx, "note written", found)


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


async def _readers(tx: Transaction, engagement_id: UUID, draft: NoteDraft) -> list[UUID]:
    """The people whom the note names: of the engagement's team or participants, never sponsors."""
    assert tx.context.member is not None, "a note has an author"
    if engagement_id not in {*tx.context.team, *tx.context.coached}:
        raise NotFound
    readers = named_readers(draft.audience, draft.reader_ids, tx.context.member)
    if draft.audience == "named" and not readers:
        raise Invalid({"reader_ids": "Choose who this is for, or keep it to yourself."})
    async with tx.acting("job"):
        allowed = {row.id for row in await tx.all(_people_who_may_read, engagement=engagement_id)}
    if not allowed.issuperset(readers):
        raise Invalid(
            {"reader_ids": "Choose people who work on this engagement. Sponsors never read notes."}
        )
    return readers
