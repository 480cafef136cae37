"""Where attached files lie: sealed, under names that say nothing, and gone when they should be."""

import asyncio
import os
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest
import pytest_asyncio

from attaching import CONTENT, PAPER, objects, removed, shown, stored
from engagements.notes import attachments
from engagements.notes.attachment_jobs import YOUNGEST, sweep
from noting import a_team, begun, rows
from tenancy.database.context import Context
from tenancy.database.pool import Database
from tenancy.errors import NotFound, Unavailable
from tenancy.files.jobs import DESTROY, destroy
from tenancy.files.kinds import Upload
from tenancy.files.store import Files, new_name
from tenancy.ids import new_id
from tenancy.jobs.worker import Routines, work
from world import Consultancy, EngagementWorld


@pytest_asyncio.fixture
async def team(northlight: Consultancy) -> EngagementWorld:
    return await a_team(northlight)


@pytest_asyncio.fixture
async def note(northlight: Consultancy, team: EngagementWorld) -> UUID:
    """Bob's, for himself."""
    return await begun(northlight, team)


@pytest.mark.asvs("14.2.4")
async def test_neither_words_nor_name_lie_on_the_disk_or_in_the_database(
    attach, note, northlight, files_folder: Path, owner_url: str
) -> None:
    await attach(note, PAPER, form=new_id())

    [there] = await asyncio.to_thread(objects, files_folder, northlight)
    on_disk = await asyncio.to_thread(there.read_bytes)
    assert CONTENT not in on_disk and CONTENT[:8] not in on_disk
    assert len(on_disk) > len(CONTENT)
    assert "." not in there.name
    for table in ("attachment", "audit_entry", "pgqueuer"):
        found = str([[*row.values()] for row in await rows(owner_url, f"SELECT * FROM {table}")])
        assert "Resignation" not in found and "away-day" not in found


async def test_the_same_file_is_never_sealed_alike(
    attach, note, northlight, files_folder: Path
) -> None:
    await attach(note, PAPER, PAPER)

    there = await asyncio.to_thread(objects, files_folder, northlight)
    assert len({await asyncio.to_thread(path.read_bytes) for path in there}) == 2


async def test_a_file_that_was_removed_is_destroyed_and_leaves_no_name(
    attach, opens, northlight, note, files: Files, files_folder: Path, owner_url: str
) -> None:
    [file] = await attach(note, PAPER)
    [_, other] = await attach(note, Upload("stays.txt", b"stays"))
    gone, stays = await stored(owner_url, file), await stored(owner_url, other)

    for _ in range(2):
        await removed(northlight, file, northlight.bob)

    assert await shown(northlight, note, northlight.bob) == [other]
    with pytest.raises(NotFound):
        await opens(file)
    select = "SELECT sealed_name, removed_at FROM attachment WHERE id = $1"
    [row] = await rows(owner_url, select, file.id)
    assert row["sealed_name"] is None and row["removed_at"] is not None

    await worked_through(northlight.db, files, files_folder / gone)
    assert await asyncio.to_thread((files_folder / stays).exists)
    assert (await opens(other)).content == b"stays"


async def worked_through(db: Database, files: Files, gone: Path) -> None:
    """A worker is at work until the object is gone."""
    stop = asyncio.Event()
    routines = Routines(jobs={DESTROY: partial(destroy, files)})
    working = asyncio.create_task(work(db.url, routines, stop))
    while await asyncio.to_thread(gone.exists):
        assert not working.done(), working.exception()
        await asyncio.sleep(0.02)
    stop.set()
    await working


async def test_a_store_that_fails_leaves_nothing_half_done_and_it_can_be_tried_again(
    attach, opens, northlight, note, files_folder: Path
) -> None:
    in_the_way = files_folder / str(northlight.tenant)
    await asyncio.to_thread(in_the_way.touch)

    form = new_id()
    with pytest.raises(Unavailable, match="Check COCREATE_FILES"):
        await attach(note, PAPER, Upload("other.txt", b"Other."), form=form)
    assert await shown(northlight, note, northlight.bob) == []

    await asyncio.to_thread(in_the_way.unlink)
    [file, _] = await attach(note, PAPER, Upload("other.txt", b"Other."), form=form)
    assert (await opens(file)).content == CONTENT


@pytest.mark.asvs("11.3.3")
async def test_an_object_that_was_changed_or_is_missing_is_not_opened(
    attach, opens, note, files_folder: Path, owner_url: str
) -> None:
    [file] = await attach(note, PAPER)
    name = await stored(owner_url, file)
    path = files_folder / name
    whole = await asyncio.to_thread(path.read_bytes)

    await asyncio.to_thread(path.write_bytes, whole[:-1])
    with pytest.raises(Unavailable, match=f"{name} is not what was put there: restore it"):
        await opens(file)
    await asyncio.to_thread(path.unlink)
    with pytest.raises(Unavailable, match="Check COCREATE_FILES"):
        await opens(file)
    await asyncio.to_thread(path.write_bytes, whole)
    assert (await opens(file)).content == CONTENT


async def test_objects_without_a_row_are_swept_once_they_are_a_day_old(
    attach, opens, northlight, note, files: Files, files_folder: Path, owner_url: str
) -> None:
    [file] = await attach(note, PAPER)
    [_, gone] = await attach(note, Upload("gone.txt", b"gone"))
    await removed(northlight, gone, northlight.bob)
    wanted, unwanted = await stored(owner_url, file), await stored(owner_url, gone)
    crashed, young = new_name(northlight.tenant), new_name(northlight.tenant)
    of_nobody = new_name(new_id())
    for name in (crashed, young, of_nobody):
        await files.put(name, b"sealed")
    yesterday = (datetime.now(UTC) - YOUNGEST - timedelta(minutes=1)).timestamp()
    for name in (wanted, unwanted, crashed, of_nobody):
        os.utime(files_folder / name, (yesterday, yesterday))

    assert await sweep(northlight.db, files) == 2

    left = {
        name
        for name in (wanted, unwanted, crashed, young, of_nobody)
        if await asyncio.to_thread((files_folder / name).exists)
    }
    assert left == {wanted, young, of_nobody}
    assert (await opens(file)).content == CONTENT


async def test_files_go_with_their_note_when_that_is_destroyed_and_stay_when_it_is_not(
    attach, opens, northlight, note, files: Files, files_folder: Path, owner_url: str
) -> None:
    [file] = await attach(note, PAPER)
    name = await stored(owner_url, file)
    custody = Context(surface="custody", tenant=northlight.tenant)

    with pytest.raises(ZeroDivisionError):
        async with northlight.db.transaction(custody, writes=True) as tx:
            await attachments.destroy_with(tx, [note])
            raise ZeroDivisionError
    assert (await opens(file)).content == CONTENT

    async with northlight.db.transaction(custody, writes=True) as tx:
        await attachments.destroy_with(tx, [note])
    assert await rows(owner_url, "SELECT 1 FROM attachment WHERE id = $1", file.id) == []
    await worked_through(northlight.db, files, files_folder / name)
