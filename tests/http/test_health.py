"""Health: alive while the process answers, ready while the database does."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import httpx
import pytest

from frontend.app import build
from tenancy.database.pool import Database
from tenancy.database.prepare import app_url
from tenancy.settings import Settings
from tenancy.workspaces.keys import Keyring


class Wire:
    """A way to the database that can be cut."""

    def __init__(self, url: str) -> None:
        self._there = urlsplit(url)
        self._server: asyncio.Server
        self._open: list[asyncio.StreamWriter] = []
        self._pumps: set[asyncio.Task[None]] = set()

    async def lay(self) -> str:
        """The database's address by way of this wire."""
        self._server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        here = self._there.netloc.rpartition(":")[0]
        return urlunsplit(self._there._replace(netloc=f"{here}:{port}"))

    def cut(self) -> None:
        self._server.close()
        for writer in self._open:
            writer.transport.abort()

    async def _connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(
            self._there.hostname, self._there.port
        )
        self._open += [writer, far_writer]
        for source, drain in ((reader, far_writer), (far_reader, writer)):
            self._pumps.add(asyncio.create_task(_pump(source, drain)))


async def _pump(source: asyncio.StreamReader, drain: asyncio.StreamWriter) -> None:
    try:
        while some := await source.read(65_536):
            drain.write(some)
    except ConnectionError:
        pass
    finally:
        drain.close()


@pytest.fixture
async def wire(owner_url: str) -> AsyncIterator[Wire]:
    wire = Wire(app_url(owner_url, "app-password"))
    yield wire
    wire.cut()


@pytest.fixture
async def browser(wire: Wire, keyring: Keyring) -> AsyncIterator[httpx.AsyncClient]:
    """Asks a server of its own, whose database is at the end of the wire."""
    database = Database(await wire.lay(), keyring, size=2)
    await database.open()
    app = build(Settings(data=Path(), public_url="http://127.0.0.1"), database, keyring)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client
    await database.close()


async def test_a_server_with_its_database_is_alive_and_ready(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/health/live")).json() == {"status": "live"}
    assert (await browser.get("/health/ready")).json() == {"status": "ready"}


@pytest.mark.asvs("16.5.2")
async def test_without_its_database_a_server_is_alive_but_not_ready(
    browser: httpx.AsyncClient, wire: Wire
) -> None:
    assert (await browser.get("/health/ready")).status_code == 200
    wire.cut()
    ready = await browser.get("/health/ready")
    assert ready.status_code == 503
    assert ready.json()["title"] == "Not available just now"
    assert (await browser.get("/health/live")).status_code == 200


@pytest.mark.asvs("16.5.1")
async def test_who_asks_for_a_page_meanwhile_reads_a_sentence_without_the_databases_address(
    browser: httpx.AsyncClient, wire: Wire
) -> None:
    wire.cut()
    cookie = {"cookie": "__Host-cocreate=anything", "accept": "text/html"}
    answer = await browser.get("/session", headers=cookie)
    assert answer.status_code == 503
    assert "<h1>Not available just now</h1>" in answer.text
    assert "127.0.0.1" not in answer.text
    assert "cocreate_app" not in answer.text
