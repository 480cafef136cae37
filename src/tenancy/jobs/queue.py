"""Asking for later work, in the caller's transaction: it is there when the transaction commits."""

import msgspec
from msgspec import Struct
from pgqueuer import Queries

from tenancy.database.pool import Transaction


async def enqueue(tx: Transaction, name: str, payload: Struct) -> None:
    """Ask for the job `name`. Payloads carry ids, never text."""
    queries = Queries.from_asyncpg_connection(tx.connection)
    await queries.enqueue([name], [msgspec.json.encode(payload)], [0])
