"""An installation of its own, whose keys are known: for tests that renew, lose or destroy them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import UUID

import pytest_asyncio
from msgspec import Struct

from conftest import copied
from engagements.notes import attachments
from engagements.notes.attachments import AttachmentsDraft
from engagements.sealed import sealed_in
from noting import a_team, rows
from tenancy.database.pool import NOBODY, Database
from tenancy.database.prepare import app_url
from tenancy.files.kinds import Upload
from tenancy.files.store import Files
from tenancy.workspaces.key_check import KeyCheck, check_keys, refuse_without_keys
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.queries import Tenant, tenants
from tenancy.workspaces.rotation import Rewrapping, renew_keys, rewrap_keys
from tenancy.workspaces.sealed import Sealed
from world import Consultancy, EngagementWorld, consultancy

MASTER = bytes(range(32))


class House(Struct):
    """An installation of its own, whose master key is known."""

    owner_url: str
    keyring: Keyring
    db: Database
    files: Files

    async def places(self) -> list[Tenant]:
        async with self.db.transaction(NOBODY) as tx:
            return await tx.all(tenants)

    async def renewed(self, *kinds: Sealed) -> list[str]:
        """Give every workspace a new key; with other kinds than the product's where some are named.

        Somebody with the product's command, who knows only what is in the database.
        """
        async with opened(self.owner_url, Keyring(MASTER)) as (db, keyring):
            everything = kinds or sealed_in(self.files)
            return await renew_keys(db, keyring, everything, await self.places(), grace=0)

    async def rewrapped(self, keyring: Keyring, *, renewing: bool = False) -> Rewrapping:
        return await rewrap_keys(self.db, keyring, renewing=renewing)

    async def checked(self, keyring: Keyring) -> KeyCheck:
        return await check_keys(self.db, keyring, sealed_in(self.files))

    async def starts(self, keyring: Keyring) -> None:
        await refuse_without_keys(self.db, keyring, sealed_in(self.files))

    async def objects(self) -> list[str]:
        """Where the files lie."""
        found = await rows(self.owner_url, "SELECT object_name FROM attachment ORDER BY id")
        return [row["object_name"] for row in found]

    async def keys(self, tenant: UUID) -> list[tuple[int, str]]:
        """The workspace's keys, and which master key wrapped each."""
        select = "SELECT number, master_id FROM data_key WHERE tenant_id = $1 ORDER BY number"
        return [tuple(row) for row in await rows(self.owner_url, select, tenant)]


@asynccontextmanager
async def opened(owner_url: str, keyring: Keyring) -> AsyncIterator[tuple[Database, Keyring]]:
    db = Database(app_url(owner_url, "app-password"), keyring, size=4)
    await db.open()
    try:
        yield db, keyring
    finally:
        await db.close()


@pytest_asyncio.fixture
async def house(template_url: str, tmp_path: Path) -> AsyncIterator[House]:
    owner_url = await copied(template_url, "keys")
    async with opened(owner_url, Keyring(MASTER)) as (db, keyring):
        yield House(owner_url, keyring, db, Files((tmp_path / "files").as_uri()))


@pytest_asyncio.fixture
async def here(house: House) -> Consultancy:
    return await consultancy(house.db, house.keyring)


@pytest_asyncio.fixture
async def work(here: Consultancy) -> EngagementWorld:
    return await a_team(here)


def with_db(world: Consultancy, db: Database, keyring: Keyring) -> Consultancy:
    """The same consultancy, as another process has it."""
    return Consultancy(**{**vars(world), "db": db, "keyring": keyring})


async def attached(house: House, here: Consultancy, note: UUID, name: str = "agenda.txt") -> UUID:
    file = AttachmentsDraft(files=[Upload(name, b"Who opens?")])
    context = await here.context(here.bob)
    return (await attachments.attach(house.db, house.files, context, note, file))[-1].id


async def until(done: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something that another task brings about."""
    while not await done():  # noqa: ASYNC110 - what changes is in the database
        await asyncio.sleep(0.01)
