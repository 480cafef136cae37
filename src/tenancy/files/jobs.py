"""Destroying objects later, once the transaction that lets go of them has committed."""

from collections.abc import Sequence

import msgspec
from msgspec import Struct

from tenancy.database.pool import Transaction
from tenancy.files.store import Files
from tenancy.jobs.queue import enqueue

DESTROY = "destroy files"


class Destruction(Struct):
    """The job's payload."""

    names: list[str]


async def destroy_later(tx: Transaction, names: Sequence[str]) -> None:
    """Ask for the destruction of objects; when the transaction rolls back, they stay."""
    if names:
        await enqueue(tx, DESTROY, Destruction(names=[*names]))


async def destroy(files: Files, payload: bytes) -> None:
    """Destroy what was asked for.

    Raises:
        Unavailable: the store cannot be reached; the queue tries again.
    """
    await files.destroy(msgspec.json.decode(payload, type=Destruction).names)
