"""The product as an operator has it: `cocreate serve` and its commands, each a process."""

import asyncio
import os
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from subprocess import DEVNULL, PIPE
from typing import IO

import httpx
from msgspec import Struct

from served import Visitor
from tenancy.database.pool import Database
from tenancy.database.prepare import app_url
from tenancy.files.store import Files
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.master_keys import KeyFile
from world import Consultancy, Person, signed_in_token

COCREATE = Path(sys.executable).with_name("cocreate")


class Ended(Struct, frozen=True):
    """How a command ended."""

    code: int | None
    said: str
    complained: str


class Installation(Struct):
    """A database, a folder for everything else, and the environment that names both."""

    owner_url: str
    folder: Path
    port: int

    @property
    def key_file(self) -> KeyFile:
        return KeyFile(self.folder / "keys" / "master.key", made_when_missing=False)

    @property
    def files(self) -> Files:
        return Files((self.folder / "files").as_uri())

    @property
    def environment(self) -> dict[str, str]:
        return {
            **{name: value for name, value in os.environ.items() if "COCREATE" not in name},
            "DATABASE_URL": self.owner_url,
            "COCREATE_APP_PASSWORD": "app-password",
            "COCREATE_DATA": str(self.folder),
            "COCREATE_MASTER_KEY_FILE": str(self.key_file.path),
            "PORT": str(self.port),
        }

    async def begin(
        self, *arguments: str, output: int | IO[bytes] = PIPE, **variables: str
    ) -> asyncio.subprocess.Process:
        """Start a command; a variable that is empty counts as left out."""
        return await asyncio.create_subprocess_exec(
            COCREATE,
            *arguments,
            env=self.environment | variables,
            stdin=DEVNULL,
            stdout=output,
            stderr=output,
        )

    async def ran(self, *arguments: str, **variables: str) -> Ended:
        """Run a command until it ends."""
        process = await self.begin(*arguments, **variables)
        said, complained = await process.communicate()
        return Ended(process.returncode, said.decode(), complained.decode())

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[tuple[Database, Keyring]]:
        """The product's own way to the database, and its keys."""
        keyring = Keyring(file=self.key_file)
        database = Database(app_url(self.owner_url, "app-password"), keyring, size=4)
        await database.open()
        try:
            yield database, keyring
        finally:
            await database.close()

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[None]:
        """Web and worker, until the end of the block; then they must still be there."""
        # Into a file: a pipe that nobody reads while the product serves would stop it when full.
        log = self.folder / "serve.log"
        with log.open("ab") as output:
            process = await self.begin("serve", output=output)
        async with Visitor(base_url=f"http://127.0.0.1:{self.port}") as client:
            while not await _is_ready(client):
                assert process.returncode is None, log.read_text()
                await asyncio.sleep(0.05)
        try:
            yield
            assert process.returncode is None
        finally:
            if process.returncode is None:
                process.terminate()
            await process.wait()

    async def visitor(self, world: Consultancy, person: Person) -> Visitor:
        """A browser of sorts, signed in as one person."""
        token = await signed_in_token(world, person)
        visitor = Visitor(
            base_url=f"http://127.0.0.1:{self.port}",
            headers={"cookie": f"__Host-cocreate={token}", "accept": "application/json"},
            timeout=60,
        )
        visitor.headers["x-csrf-token"] = (await visitor.json("/session"))["csrf_token"]
        return visitor


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def _is_ready(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/health/ready")).is_success
    except httpx.TransportError:
        return False
