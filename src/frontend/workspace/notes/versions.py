"""What a note said before, and bringing together what was written at two places at once."""

from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec import Meta, Struct

from engagements.notes import history, queries, service
from engagements.notes.differences import Paragraph, differences
from engagements.notes.history import Reconciliation, Version, Wording
from engagements.notes.queries import NoteRow
from frontend.access import WRITERS
from frontend.routes import deed, page
from tenancy.database.pool import Transaction
from tenancy.errors import Conflict, NotFound


class History(Struct):
    """The versions of a note, and one of them with what it changed."""

    note: NoteRow
    versions: list[Version]
    shown: Wording | None
    before: Wording | None
    """The version that it is compared with: the one listed before it."""
    changes: list[Paragraph]


class Beside(Struct):
    """A note, and a text of the member's that was kept beside it."""

    note: NoteRow
    reconciliation: Reconciliation
    changes: list[Paragraph]
    """From the note as it is saved to the copy."""


class Based(Struct, kw_only=True, forbid_unknown_fields=True):
    """The version that was on the screen."""

    version: Annotated[int, Meta(ge=1, title="the version that you saw")]


@page("/notes/{id:uuid}/versions", template="workspace/notes/versions.html", policy=WRITERS)
async def show_versions(
    tx: NamedDependency[Transaction], id: FromPath[UUID], number: FromQuery[int] = 0
) -> History:
    """What a note said before; the newest version unless `number` says which."""
    note = await queries.note_page(tx, id)
    versions = await history.versions_of(tx, id)
    wanted = number or note.version
    shown = await history.wording(tx, id, wanted)
    if number and shown is None:
        raise NotFound
    earlier = next((one.number for one in versions if one.number < wanted), None)
    before = await history.wording(tx, id, earlier) if earlier else None
    changes = differences(before.body if before else "", shown.body) if shown else []
    return History(note, versions, shown, before, changes)


@deed(
    "/notes/{id:uuid}/versions/{number:int}/restoration",
    policy=WRITERS,
    body=Based,
    then=lambda note: f"/notes/{note.id}",
    says="The note says again what it said then. What it said meanwhile is kept.",
)
async def restore(
    tx: NamedDependency[Transaction],
    id: FromPath[UUID],
    number: FromPath[int],
    draft: NamedDependency[Based],
) -> NoteRow:
    """Write the text of an earlier version as the newest one.

    Raises:
        NotFound: there is no such version that the member may read.
        KeptAside: the note has changed since they saw it.
    """
    wording = await history.wording(tx, id, number)
    if wording is None:
        raise NotFound
    await service.rewrite(tx, id, wording.body, version=draft.version)
    return await queries.note_page(tx, id)


@page("/notes/{id:uuid}/copies/{copy:uuid}", template="workspace/notes/beside.html", policy=WRITERS)
async def show_copy(
    tx: NamedDependency[Transaction], id: FromPath[UUID], copy: FromPath[UUID]
) -> Beside:
    """A text that came too late, beside the note as it is saved."""
    note = await queries.note_page(tx, id)
    found = await history.reconciliation(tx, note, copy)
    return Beside(note, found, differences(note.body, found.copy.body))


@deed(
    "/notes/{id:uuid}/copies/{copy:uuid}/merge",
    policy=WRITERS,
    body=Based,
    again=show_copy,
    then=lambda note: f"/notes/{note.id}",
    says="The two are one note now. Both are kept in its history.",
)
async def merge_copy(
    tx: NamedDependency[Transaction],
    id: FromPath[UUID],
    copy: FromPath[UUID],
    draft: NamedDependency[Based],
) -> NoteRow:
    """Bring a copy and its note together, where no paragraph was changed twice.

    Raises:
        NotFound: there is no such copy of the member's own.
        Conflict: both changed the same paragraph.
        KeptAside: the note has changed since they saw it.
    """
    note = await queries.note_page(tx, id)
    found = await history.reconciliation(tx, note, copy)
    if found.together is None:
        raise Conflict("Both texts changed the same paragraph. Bring them together by hand below.")
    await service.rewrite(tx, id, found.together, version=draft.version, settles=copy)
    return await queries.note_page(tx, id)


@deed(
    "/notes/{id:uuid}/copies/{copy:uuid}/settlement",
    policy=WRITERS,
    again=show_copy,
    then=lambda note: f"/notes/{note.id}",
    says="The second version is laid aside. The note stays as it is saved.",
)
async def lay_copy_aside(
    tx: NamedDependency[Transaction], id: FromPath[UUID], copy: FromPath[UUID]
) -> NoteRow:
    """Leave the note as it is saved, and show the copy no more."""
    await service.settle(tx, id, copy)
    return await queries.note_page(tx, id)


VERSIONS = [show_versions, restore, show_copy, merge_copy, lay_copy_aside]
