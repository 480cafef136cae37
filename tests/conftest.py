"""Fixtures: a PostgreSQL and a migrated database a test process, a fresh workspace a test."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

import world as worlds
from served import named_site, site, visit, visit_named  # noqa: F401 - fixtures for all folders
from tenancy.database.embedded import Server, running
from tenancy.database.pool import Database
from tenancy.database.prepare import app_url, create_database, prepare
from tenancy.files.store import Files
from tenancy.ids import new_id
from tenancy.workspaces.keys import Keyring
from world import Consultancy

FAST = {"fsync": "off", "full_page_writes": "off"}


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running(Path(tmp_path_factory.mktemp("postgresql")), settings=FAST) as running_server:
        yield running_server


@pytest_asyncio.fixture(scope="session")
async def template_url(server: Server) -> str:
    """A migrated database to be copied, to which nobody stays connected."""
    url = await create_database(server.superuser_url, "template")
    await prepare(url, "app-password")
    return url


@pytest_asyncio.fixture(scope="session")
async def owner_url(template_url: str) -> str:
    """The migrated database, as the user who may migrate it."""
    return await copied(template_url, "cocreate")


async def copied(template_url: str, name: str) -> str:
    """A copy of the migrated database; its URL. No other has its name, which begins with `name`."""
    name = f"{name}-{new_id().hex[-12:]}"
    connection = await asyncpg.connect(template_url.removesuffix("template") + "postgres")
    try:
        await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template')
    finally:
        await connection.close()
    return template_url.removesuffix("template") + name


@pytest.fixture(scope="session")
def keyring() -> Keyring:
    return Keyring(os.urandom(32))


@pytest_asyncio.fixture(scope="session")
async def db(owner_url: str, keyring: Keyring) -> AsyncIterator[Database]:
    database = Database(app_url(owner_url, "app-password"), keyring)
    await database.open()
    yield database
    await database.close()


@pytest.fixture(scope="session")
def files_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the tests' files lie, sealed."""
    return tmp_path_factory.mktemp("stored") / "files"


@pytest.fixture(scope="session")
def files(files_folder: Path) -> Files:
    return Files(files_folder.as_uri())


@pytest_asyncio.fixture
async def northlight(db: Database, keyring: Keyring) -> Consultancy:
    """A consultancy with its cast."""
    return await worlds.consultancy(db, keyring)


@pytest_asyncio.fixture
async def elsewhere(db: Database, keyring: Keyring) -> Consultancy:
    """Another consultancy, whose owner Charlie is its Alice."""
    return await worlds.consultancy(db, keyring, name="Elsewhere")
