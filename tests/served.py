"""Real HTTP: the product on a free port, in the tests' event loop, on the tests' database."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio
import uvicorn

from tenancy.database.pool import Database
from tenancy.database.prepare import app_url
from tenancy.settings import Settings
from tenancy.workspaces.keys import Keyring
from world import OPERATOR, Consultancy, Person, signed_in_token

Visit = Callable[[Consultancy, Person], Awaitable["Visitor"]]


CERTIFICATES = ssl.create_default_context()
"""Read once: each client would read them all, which takes longer than what it asks for."""


class Visitor(httpx.AsyncClient):
    """A browser of sorts, signed in as one person."""

    def __init__(self, **facts: Any) -> None:
        super().__init__(verify=CERTIFICATES, **facts)

    async def page(self, path: str) -> httpx.Response:
        """GET as a browser does."""
        return await self.get(path, headers={"accept": "text/html"})

    async def json(self, path: str) -> Any:
        """GET as a program does; the decoded answer, which must be a success."""
        answer = await self.get(path, headers={"accept": "application/json"})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def submit(self, path: str, **fields: Any) -> httpx.Response:
        """POST a form as a browser does, without following where it leads."""
        headers = {"accept": "text/html", "sec-fetch-site": "same-origin"}
        return await self.post(path, data=fields, headers=headers)


@pytest_asyncio.fixture(scope="session")
async def site(
    owner_url: str, keyring: Keyring, files_folder: Path, tmp_path_factory
) -> AsyncIterator[str]:
    """The address of the running product."""
    settings = Settings(
        data=Path(tmp_path_factory.mktemp("data")),
        public_url="http://127.0.0.1",
        files=files_folder.as_uri(),
        operators=(OPERATOR,),
        demo=True,
    )
    database = Database(app_url(owner_url, "app-password"), keyring)
    async with serving(settings, database, keyring, listening()) as found:
        yield found


@pytest_asyncio.fixture(scope="session")
async def named_site(
    owner_url: str, keyring: Keyring, files_folder: Path, tmp_path_factory
) -> AsyncIterator[str]:
    """The product at the address that it is configured with, a name: passkeys work there."""
    port = listening()
    address = f"http://localhost:{port.getsockname()[1]}"
    settings = Settings(
        data=Path(tmp_path_factory.mktemp("data")),
        public_url=address,
        files=files_folder.as_uri(),
    )
    database = Database(app_url(owner_url, "app-password"), keyring)
    async with serving(settings, database, keyring, port):
        yield address


def listening() -> socket.socket:
    """A free port."""
    found = socket.socket()
    found.bind(("127.0.0.1", 0))
    return found


@asynccontextmanager
async def serving(
    settings: Settings, database: Database, keyring: Keyring, port: socket.socket
) -> AsyncIterator[str]:
    """The product on a port that listens already; its address."""
    # Tests without HTTP need no pages.
    from frontend.app import build  # noqa: PLC0415
    from frontend.operations import web_server  # noqa: PLC0415

    server = uvicorn.Server(web_server(build(settings, database, keyring)))
    running = asyncio.create_task(server.serve(sockets=[port]))
    while not server.started:
        assert not running.done(), running.exception()
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{port.getsockname()[1]}"
    server.should_exit = True
    await running


@pytest_asyncio.fixture
async def visit(site: str) -> AsyncIterator[Visit]:
    """`await visit(world, person)`: a browser signed in as that person."""
    async with _visiting(site) as signed_in:
        yield signed_in


@pytest_asyncio.fixture
async def visit_named(named_site: str) -> AsyncIterator[Visit]:
    """As `visit`, of the site where passkeys work."""
    async with _visiting(named_site) as signed_in:
        yield signed_in


@asynccontextmanager
async def _visiting(site: str) -> AsyncIterator[Visit]:
    open_browsers: list[Visitor] = []

    async def signed_in(world: Consultancy, person: Person) -> Visitor:
        token = await signed_in_token(world, person)
        visitor = Visitor(base_url=site, headers={"cookie": f"__Host-cocreate={token}"})
        session = await visitor.json("/session")
        visitor.headers["x-csrf-token"] = session["csrf_token"]
        open_browsers.append(visitor)
        return visitor

    yield signed_in
    for browser in open_browsers:
        await browser.aclose()
