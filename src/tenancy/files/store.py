"""Where sealed files lie: a folder of this machine, or a bucket of an S3 service.

What is stored is sealed already, under a random name. The store knows nothing else of it.
"""

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from uuid import UUID

import obstore
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from tenancy.errors import Unavailable

PATIENCE = timedelta(seconds=30)
"""How long a person waits for the store at most, repetitions included."""


class Files:
    """The store at an address: `file:///folder` or `s3://bucket/prefix?region=...&endpoint=...`."""

    def __init__(self, address: str) -> None:
        self._address = address

    def prepare(self) -> None:
        """Make the folder now, so that one that cannot be made stops the start.

        Raises:
            Unavailable: it cannot be made.
        """
        with self._sentence():
            assert self._store

    async def put(self, name: str, sealed: bytes) -> None:
        """Keep an object. It is on the disk, or with the service, when this returns.

        Raises:
            Unavailable: the store did not take it.
        """
        with self._sentence():
            await obstore.put_async(self._store, name, sealed, use_multipart=False)
            if isinstance(self._store, LocalStore):
                assert self._store.prefix is not None, "a folder was opened"
                await asyncio.to_thread(_settle, self._store.prefix / name)

    async def get(self, name: str) -> bytes:
        """An object.

        Raises:
            Unavailable: the store cannot be reached, or has none of that name.
        """
        with self._sentence():
            found = await obstore.get_async(self._store, name)
            return bytes(await found.bytes_async())

    async def destroy(self, names: Iterable[str]) -> None:
        """Destroy objects; one that is gone already is no failure.

        Raises:
            Unavailable: the store cannot be reached.
        """
        with self._sentence():
            for name in names:
                try:
                    await obstore.delete_async(self._store, name)
                except FileNotFoundError:
                    continue

    async def kept_for(self, tenant: UUID, *, before: datetime) -> AsyncIterator[list[str]]:
        """The names of a workspace's objects from before a moment, some at a time.

        Raises:
            Unavailable: the store cannot be reached.
        """
        with self._sentence():
            async for some in obstore.list(self._store, prefix=str(tenant)):
                yield [there["path"] for there in some if there["last_modified"] < before]

    @cached_property
    def _store(self) -> LocalStore | S3Store:
        parts = urlsplit(self._address)
        if parts.scheme == "s3":
            return _bucket(parts.netloc, parts.path.strip("/"), parse_qs(parts.query))
        folder = Path(unquote(parts.path))
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(folder)

    @contextmanager
    def _sentence(self) -> Iterator[None]:
        """One sentence that names the place, and never what is in it."""
        try:
            yield
        except (BaseError, OSError) as failure:
            reason = str(failure).strip().partition("\n")[0].rstrip(".")
            raise Unavailable(
                f"Files at {self._address} cannot be used: {reason}. Check COCREATE_FILES."
            ) from failure


def new_name(tenant: UUID) -> str:
    """A name that says whose an object is and nothing else."""
    return f"{tenant}/{secrets.token_hex(16)}"


def _bucket(name: str, prefix: str, options: dict[str, list[str]]) -> S3Store:
    """A bucket; who may use it is said by the usual AWS variables, or by the machine's role."""
    endpoint = options.get("endpoint", [""])[0]
    return S3Store(
        name,
        prefix=prefix or None,
        config={key: values[0] for key, values in options.items()},  # type: ignore[arg-type]
        client_options={"allow_http": endpoint.startswith("http://"), "timeout": PATIENCE},
        retry_config={"max_retries": 3, "retry_timeout": PATIENCE},
    )


def _settle(path: Path) -> None:
    """Wait until a file and its name are on the disk: the row that follows will be, too."""
    for there in (path, path.parent, path.parent.parent):
        descriptor = os.open(there, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
