"""Keys are renewed by command while the product serves, and nobody who reads or writes notices."""

import asyncio
import base64
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
import pytest_asyncio
from msgspec import Struct, field

from commanding import Installation, free_port
from conftest import copied
from custody import until
from engagements.notes import attachments
from engagements.notes.attachments import AttachmentsDraft
from noting import a_team, begun, rows
from sealing import by_column_and_key, in_clear, sealed_rows, sealed_values
from served import Visitor
from tenancy.files.kinds import Upload
from tenancy.ids import new_id
from tenancy.workspaces.master_keys import MasterKey
from world import Consultancy, EngagementWorld, consultancy

QUIET = "Said long ago, and never changed since."
PAPER = b"Who opens? " * 2_000


class Traffic(Struct):
    """What people do meanwhile: each deed counted, and each that was not answered as it should."""

    done: Counter[str] = field(default_factory=Counter)
    failed: list[str] = field(default_factory=list)
    written: dict[UUID, str] = field(default_factory=dict)
    """The newest text of each note that was answered as kept."""

    def took(self, deed: str, answer: httpx.Response, good: bool = True) -> None:
        self.done[deed] += 1
        if not answer.is_success or not good:
            self.failed.append(f"{deed}: {answer.status_code} {answer.text[:200]}")


class Stage(Struct):
    """An installation with a workspace, a note and a file that nobody changes."""

    installation: Installation
    world: Consultancy
    work: EngagementWorld
    note: UUID
    paper: UUID

    def at(self, path: str) -> str:
        return f"/w/{self.world.slug}{path}"

    async def keys(self) -> list[tuple[int, str]]:
        select = "SELECT number, master_id FROM data_key WHERE tenant_id = $1 ORDER BY number"
        found = await rows(self.installation.owner_url, select, self.world.tenant)
        return [tuple(row) for row in found]

    async def sealed(self) -> Counter[tuple[str, int]]:
        """How many values of each column each key has sealed."""
        return by_column_and_key(await sealed_rows(self.installation.owner_url, self.world.tenant))

    async def objects(self) -> int:
        folder = self.installation.folder / "files" / str(self.world.tenant)
        return await asyncio.to_thread(lambda: len([*folder.iterdir()]))


@pytest_asyncio.fixture
async def stage(template_url: str, tmp_path: Path) -> AsyncIterator[Stage]:
    owner_url = await copied(template_url, "rotation")
    there = Installation(owner_url, tmp_path, free_port())
    there.key_file.make()
    async with there.opened() as (db, keyring):
        world = await consultancy(db, keyring)
        work = await a_team(world)
        note = await begun(world, work, body=QUIET, audience="team")
        context = await world.context(world.bob)
        draft = AttachmentsDraft(files=[Upload("paper.txt", PAPER)])
        [paper] = await attachments.attach(db, there.files, context, note, draft)
        yield Stage(there, world, work, note, paper.id)


@asynccontextmanager
async def busy(stage: Stage) -> AsyncIterator[Traffic]:
    """People read, write and attach until the end of the block; afterwards nothing had failed."""
    traffic, over = Traffic(), asyncio.Event()
    async with stage.installation.serving(), AsyncExitStack() as open_until_the_end:
        bob = await stage.installation.visitor(stage.world, stage.world.bob)
        ann = await stage.installation.visitor(stage.world, stage.world.ann)
        for browser in (bob, ann):
            open_until_the_end.push_async_callback(browser.aclose)
        deeds = [
            *(writes(stage, traffic, browser) for browser in (bob, ann, bob)),
            *(reads(stage, traffic, browser) for browser in (bob, ann)),
            attaches(stage, traffic, bob),
        ]
        async with asyncio.TaskGroup() as tasks:
            for deed in deeds:
                tasks.create_task(_repeated(deed, over))
            try:
                yield traffic
            finally:
                over.set()
    assert traffic.failed == []


async def _repeated(deed: Callable[[], Awaitable[None]], over: asyncio.Event) -> None:
    while not over.is_set():
        await deed()
        await asyncio.sleep(0.2)


def writes(stage: Stage, traffic: Traffic, browser: Visitor) -> Callable[[], Awaitable[None]]:
    """A note that is written on and on, by versions."""
    id, versions = new_id(), count()

    async def write() -> None:
        version = next(versions)
        fact: dict[str, Any] = {
            "body": f"Version {version + 1}",
            "audience": "me",
            "mutation_id": str(uuid4()),
            "version": version,
        }
        fact |= {} if version else {"engagement_id": str(stage.work.engagement)}
        answer = await browser.put(stage.at(f"/notes/{id}"), json=fact)
        traffic.took("written", answer)
        if answer.is_success:
            traffic.written[id] = fact["body"]
        read = await browser.get(stage.at(f"/notes/{id}"))
        traffic.took("read again", read, read.json()["note"]["body"] == traffic.written[id])

    return write


def reads(stage: Stage, traffic: Traffic, browser: Visitor) -> Callable[[], Awaitable[None]]:
    async def read() -> None:
        note = await browser.get(stage.at(f"/notes/{stage.note}"))
        traffic.took("read", note, QUIET in note.text and "paper.txt" in note.text)
        paper = await browser.get(stage.at(f"/attachments/{stage.paper}"))
        traffic.took("opened", paper, paper.content == PAPER)
        found = await browser.get(stage.at("/search?q=never+changed"))
        traffic.took("found", found, str(stage.note) in found.text)
        earlier = await browser.get(stage.at(f"/notes/{stage.note}/versions"))
        traffic.took("looked back", earlier)

    return read


def attaches(stage: Stage, traffic: Traffic, browser: Visitor) -> Callable[[], Awaitable[None]]:
    async def attach() -> None:
        content = os.urandom(8).hex().encode()
        body = {"files": [{"name": "new.txt", "content": base64.b64encode(content).decode()}]}
        there = await browser.post(stage.at(f"/notes/{stage.note}/attachments"), json=body)
        traffic.took("attached", there)
        id = there.json()["attachments"][-1]["id"]
        opened = await browser.get(stage.at(f"/attachments/{id}"))
        traffic.took("opened new", opened, opened.content == content)
        traffic.took("removed", await browser.put(stage.at(f"/attachments/{id}/removal")))

    return attach


@pytest.mark.asvs("11.2.2")
async def test_keys_and_master_key_are_renewed_while_people_read_and_write(stage: Stage) -> None:
    command, slug = stage.installation.ran, stage.world.slug
    [(number, before)] = await stage.keys()
    assert number == 1

    async with busy(stage) as traffic:
        ended = await command("keys", "workspace", slug)
        assert (ended.code, ended.complained) == (0, "")
        assert ended.said == (
            f"{slug} has a new key. Everything is sealed with it, and the earlier is destroyed.\n"
        )
        assert await stage.keys() == [(2, before)]
        assert {key for _, key in await stage.sealed()} == {2}

        ended = await command("keys", "master", "--new")
        assert (ended.code, ended.complained) == (0, "")
        [(number, master)] = await stage.keys()
        assert ended.said.startswith(f"1 key was wrapped anew, with master key {master}.")
        await until(only_what_is_wanted_is_stored(stage))

    assert number == 2 and master != before
    [kept] = stage.installation.key_file.keys()
    assert MasterKey(kept).id == master
    assert min(traffic.done.values()) > 10, traffic.done
    await nothing_was_lost(stage, traffic)


def only_what_is_wanted_is_stored(stage: Stage) -> Callable[[], Awaitable[bool]]:
    async def done() -> bool:
        """The paper, and what somebody is attaching or removing at this moment."""
        return await stage.objects() <= 3

    return done


async def nothing_was_lost(stage: Stage, traffic: Traffic) -> None:
    """Somebody who comes later has the last text of every note, with the keys that are left."""
    where = stage.installation
    values = await sealed_values(where.owner_url, where.files, stage.world.tenant)
    assert len({key for _, key in by_column_and_key(values)}) == 1
    async with where.opened() as (db, keyring):
        said = await in_clear(db, keyring, stage.world.tenant, values)
    notes = {id: body.decode() for (column, id), body in said.items() if column == "note.sealed"}
    assert notes == {stage.note: QUIET, **traffic.written}


HELD = {
    "note": "note.sealed",
    "mail": "mail.sealed",
    "attachment": "attachment.sealed_name",
}
"""Tables in which the command can be made to wait, in its own order."""


async def test_a_renewal_that_is_killed_again_and_again_goes_on_and_nobody_notices(
    stage: Stage,
) -> None:
    command, slug = stage.installation.ran, stage.world.slug
    async with busy(stage) as traffic:
        for table, column in HELD.items():
            async with waiting_in(stage, table, column) as process:
                process.send_signal(signal.SIGKILL)
                await process.communicate()
            assert [number for number, _ in await stage.keys()] == [1, 2]
        check = await command("keys", "check")
        assert (check.code, check.complained) == (0, "")
        assert check.said.endswith("Every key is at hand.\n")
        process = await stage.installation.begin("keys", "workspace", slug)
        await until(nothing_of_the_first_key(stage))
        process.send_signal(signal.SIGKILL)
        await process.communicate()
        assert [number for number, _ in await stage.keys()] == [1, 2]

        ended = await command("keys", "workspace", "--all")
        assert (ended.code, ended.complained) == (0, "")
        assert [number for number, _ in await stage.keys()] == [2]
    assert {key for _, key in await stage.sealed()} == {2}
    await nothing_was_lost(stage, traffic)


@asynccontextmanager
async def waiting_in(
    stage: Stage, table: str, column: str
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A command that has sealed all of a table anew but one row, which somebody has locked."""
    connection = await asyncpg.connect(stage.installation.owner_url)
    transaction = connection.transaction()
    await transaction.start()
    held = await connection.fetchval(
        f'SELECT id FROM "{table}" WHERE tenant_id = $1 ORDER BY id LIMIT 1 FOR UPDATE',
        stage.world.tenant,
    )
    assert held is not None

    async def only_that_is_left() -> bool:
        return (await stage.sealed())[column, 1] == 1 and len(await stage.keys()) == 2

    process = await stage.installation.begin("keys", "workspace", stage.world.slug)
    await until(only_that_is_left)
    yield process
    await transaction.rollback()
    await connection.close()


def nothing_of_the_first_key(stage: Stage) -> Callable[[], Awaitable[bool]]:
    async def done() -> bool:
        return {key for _, key in await stage.sealed()} == {2}

    return done


async def test_a_new_master_key_whose_command_is_killed_takes_over_when_it_is_repeated(
    stage: Stage,
) -> None:
    command, file = stage.installation.ran, stage.installation.key_file
    before = file.keys()
    connection = await asyncpg.connect(stage.installation.owner_url)
    async with busy(stage) as traffic:
        async with connection.transaction():
            await connection.execute("SELECT 1 FROM data_key FOR UPDATE")
            process = await stage.installation.begin("keys", "master", "--new")

            async def the_new_one_is_there() -> bool:
                return len({*file.keys()}) == 2

            await until(the_new_one_is_there)
            process.send_signal(signal.SIGKILL)
            await process.communicate()
        assert (await command("keys", "check")).code == 0

        ended = await command("keys", "master")
        assert (ended.code, ended.complained) == (0, "")
    await connection.close()

    [kept] = file.keys()
    assert kept not in before
    assert await stage.keys() == [(1, MasterKey(kept).id)]
    await nothing_was_lost(stage, traffic)


async def test_a_restore_without_the_master_key_ends_with_an_error_that_says_which(
    stage: Stage,
) -> None:
    [(_, master)] = await stage.keys()
    other = os.urandom(32)
    variables = {
        "COCREATE_MASTER_KEY_FILE": "",
        "COCREATE_MASTER_KEY": base64.b64encode(other).decode(),
    }
    missing = (
        f"The keys of 1 workspace ({stage.world.slug}) were wrapped by master key {master}. The "
        f"key at hand is {MasterKey(other).id}. Put the key that is missing into "
        "COCREATE_OLD_MASTER_KEYS, or restore COCREATE_MASTER_KEY to it. Until then 1 note, "
        "1 wording of a note, 1 mail and 1 attached file cannot be opened.\n"
    )

    for arguments in (["serve"], ["worker"]):
        ended = await stage.installation.ran(*arguments, **variables)
        assert (ended.code, ended.said) == (1, "")
        assert ended.complained == f"cocreate: {missing}"
    check = await stage.installation.ran("keys", "check", **variables)
    assert (check.code, check.complained) == (1, "")
    assert check.said.endswith(
        f"which is missing, sealed 1 note, 1 wording of a note, 1 mail and "
        f"1 attached file.\n{missing}"
    )

    [given] = stage.installation.key_file.keys()
    variables["COCREATE_OLD_MASTER_KEYS"] = base64.b64encode(given).decode()
    assert (await stage.installation.ran("keys", "check", **variables)).code == 0


async def test_a_new_master_key_in_the_environment_takes_over_from_the_one_before(
    stage: Stage,
) -> None:
    [given] = stage.installation.key_file.keys()
    new = os.urandom(32)
    variables = {
        "COCREATE_MASTER_KEY_FILE": "",
        "COCREATE_MASTER_KEY": base64.b64encode(given).decode(),
    }
    refused = await stage.installation.ran("keys", "master", "--new", **variables)
    assert (refused.code, refused.said) == (1, "")
    assert refused.complained == (
        "cocreate: The master key comes from COCREATE_MASTER_KEY. Put a new one there and the "
        "present one into COCREATE_OLD_MASTER_KEYS, restart, then run `cocreate keys master`.\n"
    )

    variables["COCREATE_OLD_MASTER_KEYS"] = variables["COCREATE_MASTER_KEY"]
    variables["COCREATE_MASTER_KEY"] = base64.b64encode(new).decode()
    assert (await stage.installation.ran("keys", "master", **variables)).code == 0

    del variables["COCREATE_OLD_MASTER_KEYS"]
    assert (await stage.installation.ran("keys", "check", **variables)).code == 0
    assert await stage.keys() == [(1, MasterKey(new).id)]


async def test_a_workspace_that_is_not_there_is_named(stage: Stage) -> None:
    ended = await stage.installation.ran("keys", "workspace", "nobody")

    assert (ended.code, ended.complained) == (1, "cocreate: There is no workspace nobody.\n")


async def test_a_workspace_whose_key_was_destroyed_gets_no_new_one(stage: Stage) -> None:
    await rows(stage.installation.owner_url, "DELETE FROM data_key")

    ended = await stage.installation.ran("keys", "workspace", stage.world.slug)

    assert (ended.code, ended.said) == (1, "")
    assert ended.complained == (
        f"cocreate: The key of {stage.world.slug} was destroyed, so there is nothing to seal "
        "anew.\n"
    )
    assert await stage.keys() == []
