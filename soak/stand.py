"""The product as it is served, and the ways in which it is killed.

PostgreSQL is the embedded one, supervised here; the web is `cocreate serve`, a process of its own.
Both have the settings of production.
"""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from random import Random
from subprocess import STDOUT, Popen
from typing import Literal

import asyncpg
import httpx

from tenancy.database.embedded import running
from tenancy.database.embedded_processes import wait_until
from tenancy.database.pool import Database
from tenancy.database.prepare import app_url, create_database, kept_app_password, prepare
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.master_keys import KeyFile

Kill = Literal["web", "PostgreSQL", "backend"]
COCREATE = Path(sys.executable).with_name("cocreate")
DURABILITY = "SELECT current_setting('fsync'), current_setting('synchronous_commit')"


@asynccontextmanager
async def standing(folder: Path) -> AsyncIterator["Stand"]:
    """The product, serving until the end of the block.

    Args:
        folder: holds everything: the database, its passwords, the master key, the web's log.
    """
    stand = Stand(folder)
    try:
        await stand.begin()
        yield stand
    finally:
        stand.end()


class Stand:
    """A database and a web server on it. What was killed is started again by `rise`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._supervising = ExitStack()
        self._database_port = 0
        self._web: Popen[bytes] | None = None
        self._dying: list[int] = []
        self.port = _free_port()
        self.address = f"http://127.0.0.1:{self.port}"

    async def begin(self) -> None:
        """Start on an empty folder."""
        self._start_database()
        self.owner_url = await create_database(self._superuser_url, "cocreate")
        password = kept_app_password(self._folder)
        self.app_url = app_url(self.owner_url, password)
        await prepare(self.owner_url, password)
        await self.rise()

    def end(self) -> None:
        self._kill_web()
        self._supervising.close()

    def database(self) -> tuple[Database, Keyring]:
        """The product's own way to the database, and its keys."""
        keyring = Keyring(file=KeyFile(self._folder / "master.key", made_when_missing=True))
        return Database(self.app_url, keyring), keyring

    async def durability(self) -> str:
        """What the web's role finds set."""
        connection = await asyncpg.connect(self.app_url)
        try:
            fsync, commit = await connection.fetchrow(DURABILITY)
        finally:
            await connection.close()
        return f"fsync {fsync}, synchronous_commit {commit}"

    def kill(self, kind: Kill, chance: Random) -> None:
        """Send SIGKILL: to the web, to all of PostgreSQL at once, or to one of its backends."""
        match kind:
            case "web":
                self._kill_web()
            case "PostgreSQL":
                _kill_all(self._data)
            case "backend":
                backends = [pid for pid in _working_in(self._data) if _serves_the_web(pid)]
                os.kill(chance.choice(backends), signal.SIGKILL)
                # Their postmaster ends the others, whose memory the dead one may have spoilt.
                self._dying = backends

    async def rise(self) -> None:
        """Start what does not run, and wait until the product says that it is ready."""
        wait_until(lambda: not any(Path("/proc", str(pid)).exists() for pid in self._dying), 10)
        self._dying = []
        if not _working_in(self._data):
            self._supervising.close()
            self._start_database()
        if self._web is None:
            self._start_web()
        async with httpx.AsyncClient(base_url=self.address) as client:
            while not await _is_ready(client):
                assert self._web is None or self._web.poll() is None, self.said()
                await asyncio.sleep(0.02)

    def said(self) -> str:
        """The end of what the web wrote to its log."""
        return (self._folder / "web.log").read_text(errors="replace")[-3000:]

    @property
    def _data(self) -> Path:
        return self._folder / "postgresql" / "data"

    def _start_database(self) -> None:
        database = running(self._folder / "postgresql", port=self._database_port)
        server = self._supervising.enter_context(database)
        self._database_port, self._superuser_url = server.port, server.superuser_url

    def _start_web(self) -> None:
        environment = {
            **os.environ,
            "COCREATE_DATA": str(self._folder),
            "DATABASE_APP_URL": self.app_url,
            "PORT": str(self.port),
            # It is started many times, and should compile its modules once.
            "PYTHONDONTWRITEBYTECODE": "",
        }
        with (self._folder / "web.log").open("ab") as log:
            self._web = Popen([COCREATE, "serve"], env=environment, stdout=log, stderr=STDOUT)

    def _kill_web(self) -> None:
        if self._web is not None:
            self._web.kill()
            self._web.wait()
            self._web = None


async def _is_ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/health/ready")).is_success
    except httpx.TransportError:
        return False


def _kill_all(data: Path) -> None:
    """The postmaster first, so that it begins nothing anew, then whatever works for it."""
    postmaster = int((data / "postmaster.pid").read_text().splitlines()[0])
    _send(postmaster)
    while working := _working_in(data):
        for pid in working:
            _send(pid)


def _send(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _working_in(folder: Path) -> list[int]:
    """The processes whose working folder it is: PostgreSQL's, whatever session they are in."""
    found = []
    for process in Path("/proc").iterdir():
        try:
            if process.name.isdecimal() and (process / "cwd").samefile(folder):
                found.append(int(process.name))
        except OSError:
            continue
    return found


def _serves_the_web(pid: int) -> bool:
    """PostgreSQL shows in a backend's command line whom it serves."""
    try:
        return b"cocreate_app" in Path("/proc", str(pid), "cmdline").read_bytes()
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
