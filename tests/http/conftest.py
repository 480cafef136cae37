"""The whole product with a rich world in it, for tests that go through every route."""

# ruff: noqa: F811 - a fixture is named where it is used

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest
import pytest_asyncio
from litestar import Litestar

from building import built
from canaries import CAST
from crowding import Crowd
from estate import Estate
from frontend.app import routed
from frontend.headers import with_headers
from matrix import Route, routes
from outside import OPERATING, Outside, come_and_gone, invited
from providing import Provider
from proving import left_alone
from registering import came, phone  # noqa: F401 - fixtures
from served import Visit, Visitor
from tenancy.database.pool import NOBODY, Database
from tenancy.files.store import Files
from tenancy.settings import Settings
from tenancy.workspaces.keys import Keyring
from vouching import idp  # noqa: F401 - a fixture of this folder
from world import Consultancy, Person, signed_in_token


@pytest_asyncio.fixture(scope="module", autouse=True)
async def nobody_asked_before(db: Database) -> None:
    """All tests come from one network address, which is not let in after 200 codes in vain."""
    async with db.transaction(NOBODY, writes=True) as tx:
        await tx.connection.execute("DELETE FROM sign_in_request")


@pytest.fixture(scope="module")
def app(db: Database, keyring: Keyring, files_folder: Path, idp: Provider) -> Litestar:
    settings = Settings(
        data=Path(),
        public_url="http://127.0.0.1",
        files=files_folder.as_uri(),
        operators=OPERATING,
        outbound_allowed=frozenset({urlsplit(idp.issuer).netloc}),
        demo=True,
        # Not one's own machine, where the demo's outbox shows the worlds of other tests as well.
        database_url="postgresql://nobody@elsewhere.example/none",
    )
    return routed(settings, db, keyring)


@pytest.fixture(scope="module")
def every_route(app: Litestar) -> list[Route]:
    return routes(app)


@pytest_asyncio.fixture(scope="module")
async def estate(db: Database, keyring: Keyring, files: Files, idp: Provider) -> Estate:
    return await built(db, keyring, files, idp.issuer)


@pytest_asyncio.fixture(scope="module")
async def superuser(owner_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Sees every row, so that what changed is known."""
    connection = await asyncpg.connect(owner_url)
    yield connection
    await connection.close()


@pytest_asyncio.fixture(scope="module")
async def outside(estate: Estate, superuser: asyncpg.Connection) -> Outside:
    return await come_and_gone(estate, superuser)


@pytest_asyncio.fixture(scope="module")
async def everybody(outside: Outside, estate: Estate, crowd: Crowd) -> Crowd:
    """The crowd, and those who are nobody in a workspace."""
    crowd.sign_in(outside.sessions)
    crowd.cookies["invited"] = await invited(estate, crowd.client)
    return crowd


@pytest_asyncio.fixture(scope="module")
async def crowd(app: Litestar, estate: Estate) -> AsyncIterator[Crowd]:
    """Asks the app itself, without a network between: there are thousands of requests."""
    tokens = {
        actor.key: await signed_in_token(estate.worlds[actor.workspace], estate.people[actor.key])
        for actor in CAST
        if actor.role
    }
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(with_headers(app)),
        base_url="http://127.0.0.1",
        headers={"accept-encoding": "identity"},
    ) as client:
        crowd = Crowd(estate, client, tokens)
        yield crowd


@pytest.fixture
def stale(visit: Visit, northlight: Consultancy) -> Callable[[Person], Awaitable[Visitor]]:
    """Somebody signed in, who proved it half an hour ago."""

    async def half_an_hour_ago(person: Person) -> Visitor:
        browser = await visit(northlight, person)
        await left_alone(northlight, browser)
        return browser

    return half_an_hour_ago
