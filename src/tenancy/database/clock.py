"""When what is being done is done: now, except in a story that is told afterwards."""

from datetime import UTC, datetime

from tenancy.database.pool import Transaction


def now_in(tx: Transaction) -> datetime:
    """The moment that is told, or the present one."""
    return tx.told_at or datetime.now(UTC)
