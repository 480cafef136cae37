"""What a refusal or a loss of the database means to a person."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias
from urllib.parse import urlsplit

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm.exc import StaleDataError

from tenancy.errors import Conflict, Failure, Invalid, NotFound, Unavailable

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

CONNECTION_FAILURES = (
    OSError,
    TimeoutError,
    asyncpg.CannotConnectNowError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.PostgresConnectionError,
    asyncpg.TooManyConnectionsError,
)
LOSSES = (
    asyncpg.PostgresConnectionError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
)
LOST_RACE = "Somebody changed this at the same moment. Look at it again, then repeat."


def unreachable(url: str, failure: BaseException) -> Unavailable:
    """One sentence that names the server, never the password."""
    parts = urlsplit(url)
    place = f"{parts.hostname}:{parts.port or 5432}{parts.path}"
    reason = next(iter(str(failure).strip().splitlines()), type(failure).__name__).rstrip(".")
    return Unavailable(
        f"PostgreSQL at {place} cannot be used as {parts.username or 'this user'}: {reason}. "
        "Check DATABASE_URL and that the server is running."
    )


@contextmanager
def sentence_for(url: str) -> Iterator[None]:
    try:
        yield
    except CONNECTION_FAILURES as failure:
        raise unreachable(url, failure) from failure


def cause_of(failure: BaseException) -> BaseException:
    """What asyncpg said, without what SQLAlchemy put around it."""
    wrapped = failure.orig.__cause__ if isinstance(failure, DBAPIError) and failure.orig else None
    return wrapped or failure


def is_loss(connection: Connection, cause: BaseException) -> bool:
    """Whether the connection was lost on the way."""
    return isinstance(cause, LOSSES) or (
        isinstance(cause, asyncpg.InterfaceError) and is_gone(connection)
    )


def is_gone(connection: Connection) -> bool:
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:  # the pool of the readers has it back already
        return True


def expected(cause: BaseException) -> Failure | None:
    """What a refusal of the database means to a person; None when it is our mistake."""
    if isinstance(
        cause, (StaleDataError, asyncpg.SerializationError, asyncpg.DeadlockDetectedError)
    ):
        return Conflict(LOST_RACE)
    if isinstance(cause, asyncpg.UniqueViolationError):
        return Conflict("This is there already. Look at it again before you repeat.")
    if isinstance(cause, (asyncpg.InsufficientPrivilegeError, asyncpg.ForeignKeyViolationError)):
        return NotFound()
    if isinstance(
        cause, (asyncpg.CharacterNotInRepertoireError, asyncpg.UntranslatableCharacterError)
    ):
        return Invalid({"": "Leave out the null character: it cannot be kept."})
    # Found by the driver or by the server; a value of a wrong type is our mistake and stays one.
    if isinstance(cause, asyncpg.DataError) and "out of" in str(cause):
        return Invalid({"": "A number here is larger than any that can be kept."})
    return None
