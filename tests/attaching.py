"""Attaching files in tests, and who can open them."""

from pathlib import Path
from uuid import UUID

import pytest

from engagements.notes import attachments
from engagements.notes.attachment_queries import AttachmentRow, attachments_of
from engagements.notes.attachments import AttachmentsDraft, OpenedFile
from noting import rows
from tenancy.errors import NotFound
from tenancy.files.kinds import Upload
from tenancy.files.store import Files
from world import Consultancy, Person

NAME, CONTENT = "Resignation of the medical director.txt", b"He dreads the board away-day."
PAPER = Upload(NAME, CONTENT)


@pytest.fixture
def attach(northlight: Consultancy, files: Files):
    """Attach files to a note; all that it has by now."""

    async def attached(
        note: UUID, *uploads: Upload, by: Person | None = None, form: UUID | None = None
    ) -> list[AttachmentRow]:
        context = await northlight.context(by or northlight.bob)
        draft = AttachmentsDraft(files=[*uploads], mutation_id=form)
        return await attachments.attach(northlight.db, files, context, note, draft)

    return attached


@pytest.fixture
def opens(northlight: Consultancy, files: Files):
    async def opened(file: AttachmentRow, by: Person | None = None) -> OpenedFile:
        context = await northlight.context(by or northlight.bob)
        return await attachments.opened(northlight.db, files, context, file.id)

    return opened


@pytest.fixture
def openers(northlight: Consultancy, opens):
    """Whoever can open a file; they are also those whose list has it."""

    async def who(note: UUID, file: AttachmentRow) -> set[str]:
        found = set()
        cast = (northlight.alice, northlight.bob, northlight.ann, northlight.pat, northlight.sam)
        for person in cast:
            listed = await shown(northlight, note, person)
            try:
                await opens(file, person)
            except NotFound:
                assert file.id not in [row.id for row in listed]
            else:
                assert file.id in [row.id for row in listed]
                found.add(person.name.split()[0])
        return found

    return who


async def shown(world: Consultancy, note: UUID, by: Person) -> list[AttachmentRow]:
    async with world.db.transaction(await world.context(by)) as tx:
        return await attachments_of(tx, note)


async def removed(world: Consultancy, file: AttachmentRow, by: Person) -> None:
    async with world.transaction(by) as tx:
        await attachments.remove(tx, file.id)


async def stored(owner_url: str, file: AttachmentRow) -> str:
    select = "SELECT object_name FROM attachment WHERE id = $1"
    [row] = await rows(owner_url, select, file.id)
    return str(row["object_name"])


def objects(files_folder: Path, world: Consultancy) -> set[Path]:
    folder = files_folder / str(world.tenant)
    return {*folder.iterdir()} if folder.exists() else set()
