"""The pools, and the one function that opens a transaction."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AsyncExitStack,
    asynccontextmanager,
    contextmanager,
)
from typing import Any, Protocol, TypeAlias, TypeVar, cast
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
from msgspec.structs import replace
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.orm.exc import StaleDataError

from tenancy.database.context import Context, Surface, engagements, on_surface, opening, stated
from tenancy.database.read import Read
from tenancy.database.sealing import OpenSafe, Safe, UnknownKey
from tenancy.errors import Conflict, Failure, Invalid, KeptAside, NotFound, Unavailable

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"
T = TypeVar("T")


NOBODY = Context(surface="public")
BATCH = 500
"""Rows that are fetched at once where they are read one after the other."""


class Safes(Protocol):
    """Where the safe of a transaction's workspace comes from."""

    async def safe(self, tx: "Transaction") -> OpenSafe: ...

    async def safe_to_seal(self, tx: "Transaction") -> OpenSafe: ...


class Transaction:
    """A transaction with its context. Reads run on asyncpg, writes on the ORM session beside it."""

    def __init__(
        self,
        context: Context,
        connection: Connection,
        session: AsyncSession | None,
        safes: Safes,
    ) -> None:
        self.context = context
        self.connection = connection
        self._session = session
        self._safes = safes
        self._safe: OpenSafe | None = None

    @property
    def session(self) -> AsyncSession:
        """The unit of work.

        Raises:
            RuntimeError: the transaction was opened for reading.
        """
        if self._session is None:
            raise RuntimeError("this transaction was opened for reading")
        return self._session

    async def all(self, read: Read[T], **values: Any) -> list[T]:
        """Every row of `read`, as Structs."""
        await self._flush()
        rows = await self.connection.fetch(read.sql, *read.arguments(self.context, values))
        return [read.build(row) for row in rows]

    async def each(self, read: Read[T], **values: Any) -> AsyncIterator[T]:
        """The rows of `read` one after the other, so that a long list is never held as a whole."""
        await self._flush()
        arguments = read.arguments(self.context, values)
        async for row in self.connection.cursor(read.sql, *arguments, prefetch=BATCH):
            yield read.build(row)

    async def maybe(self, read: Read[T], **values: Any) -> T | None:
        """The first row of `read`, or None."""
        await self._flush()
        row = await self.connection.fetchrow(read.sql, *read.arguments(self.context, values))
        return None if row is None else read.build(row)

    async def one(self, read: Read[T], **values: Any) -> T:
        """The first row of `read`.

        Raises:
            NotFound: there is none that the member may read.
        """
        found = await self.maybe(read, **values)
        if found is None:
            raise NotFound
        return found

    async def safe(self) -> Safe:
        """Seals what belongs to the transaction's workspace.

        The key that it seals with is not destroyed before the transaction has ended.
        """
        return await self._open_safe()

    async def opened(self, deed: Callable[[OpenSafe], T]) -> T:
        """What `deed` makes of sealed values that were read before. It may be called twice.

        A value can be sealed with a key that is newer than what this process knows of the
        workspace: its keys are read again then.

        Raises:
            Unavailable: a value does not open.
        """
        try:
            return deed(await self._open_safe())
        except UnknownKey:
            return deed(await self._open_safe())

    async def _open_safe(self) -> OpenSafe:
        if self._session is None:
            return await self._safes.safe(self)
        if self._safe is None or self._safe.outdated:
            self._safe = await self._safes.safe_to_seal(self)
        return self._safe

    @asynccontextmanager
    async def acting(self, surface: Surface) -> AsyncIterator[None]:
        """Do a part of the work on another surface of the same workspace.

        After a failure the transaction can only be rolled back, so the surface is not restored.
        """
        await self._flush()
        await self.connection.execute(on_surface(surface))
        yield
        await self._flush()
        await self.connection.execute(on_surface(self.context.surface))

    @asynccontextmanager
    async def speaking_for(self, context: Context) -> AsyncIterator[None]:
        """Do a part of the work as another member of the same workspace.

        A request has one member, so only a story that is told in one transaction needs this.
        After a failure the transaction can only be rolled back, so the context is not restored.
        """
        assert context.tenant == self.context.tenant, "nobody speaks for another workspace"
        before = self.context
        await self._become(context)
        yield
        await self._become(before)

    async def _become(self, context: Context) -> None:
        await self._flush()
        await self.connection.execute(stated(context))
        self.context = context

    async def join(self, *, engagement: UUID, organisation: UUID) -> None:
        """Count an engagement among the member's own for the rest of this transaction.

        The context was read before the engagement existed. Only a service that has just written
        the member's place on its team calls this; from the next transaction on, reach says so.
        """
        await self._flush()
        self.context = replace(
            self.context,
            team=(*self.context.team, engagement),
            organisations=(*self.context.organisations, organisation),
        )
        await self.connection.execute(engagements(self.context))

    async def _flush(self) -> None:
        if self._session is not None:
            await self._session.flush()


class Database:
    """Two pools on one database, both as the app's role: asyncpg to read, SQLAlchemy to write.

    Args:
        url: `postgresql://...` of the role `cocreate_app`.
        safes: the workspaces' keys.
        pooled_by_transaction: True behind PgBouncer in transaction mode.
        size: connections for reading at the most; half as many again for writing.
    """

    def __init__(
        self, url: str, safes: Safes, *, pooled_by_transaction: bool = False, size: int = 10
    ) -> None:
        self.url = url
        self._safes = safes
        self._kept_statements = 0 if pooled_by_transaction else 200
        self._size = size
        self._readers: asyncpg.Pool[asyncpg.Record] | None = None
        self._writers: AsyncEngine | None = None

    async def open(self) -> None:
        """Connect.

        Raises:
            Unavailable: the server cannot be reached, or refuses the role.
        """
        try:
            self._readers = await asyncpg.create_pool(
                self.url,
                min_size=1,
                max_size=self._size,
                statement_cache_size=self._kept_statements,
                reset=_nothing_to_reset,
                command_timeout=60,
            )
        except CONNECTION_FAILURES as failure:
            raise unreachable(self.url, failure) from failure
        self._writers = create_async_engine(
            "postgresql+asyncpg://",
            isolation_level="AUTOCOMMIT",
            pool_size=max(2, self._size // 2),
            max_overflow=0,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={
                "async_creator_fn": self._connect,
                "prepared_statement_cache_size": self._kept_statements,
            },
        )

    async def _connect(self, **_: object) -> Connection:
        """A connection for writing: asyncpg reads all of the address, `sslmode` too."""
        return await asyncpg.connect(self.url, statement_cache_size=self._kept_statements)

    async def close(self) -> None:
        if self._writers is not None:
            await self._writers.dispose()
        if self._readers is not None:
            await self._readers.close()

    async def look_up(self, read: Read[T], **values: Any) -> T | None:
        """One row of the global tables, in one statement without a context.

        Without a context the tenant tables answer no rows.
        """
        assert self._readers is not None, "the database is not open"
        with _sentence_for(self.url):
            row = await self._readers.fetchrow(read.sql, *read.arguments(NOBODY, values))
        return None if row is None else read.build(row)

    def transaction(
        self, context: Context, *, writes: bool = False
    ) -> AbstractAsyncContextManager[Transaction]:
        """The only kind of transaction there is: its context is set in the message that begins it.

        Commits at the end of the block, rolls back when the block raises.

        Raises:
            Conflict: another transaction changed the same rows first.
            Unavailable: no connection could be had.
        """
        return self._write(context) if writes else self._read(context)

    @asynccontextmanager
    async def _read(self, context: Context) -> AsyncIterator[Transaction]:
        assert self._readers is not None, "the database is not open"
        async with AsyncExitStack() as stack:
            with _sentence_for(self.url):
                proxy = await stack.enter_async_context(self._readers.acquire())
            connection = cast(Connection, proxy)
            async with self._begun(connection, context):
                yield Transaction(context, connection, None, self._safes)
                await connection.execute("COMMIT")

    @asynccontextmanager
    async def _write(self, context: Context) -> AsyncIterator[Transaction]:
        assert self._writers is not None, "the database is not open"
        late: KeptAside | None = None
        async with AsyncExitStack() as stack:
            with _sentence_for(self.url):
                bound = await stack.enter_async_context(self._writers.connect())
                raw = await bound.get_raw_connection()
            connection = cast(Connection, raw.driver_connection)
            session = AsyncSession(bound, expire_on_commit=False, autoflush=False)
            stack.callback(session.expunge_all)
            async with self._begun(connection, context):
                try:
                    yield Transaction(context, connection, session, self._safes)
                except KeptAside as kept_aside:
                    late = kept_aside
                await session.flush()
                await connection.execute("COMMIT")
        if late is not None:
            raise late

    @asynccontextmanager
    async def _begun(self, connection: Connection, context: Context) -> AsyncIterator[None]:
        """Begin; roll back whatever stands in the way of the block's own commit."""
        try:
            with _sentence_for(self.url):
                await connection.execute(opening(context))
            yield
        except BaseException as failure:
            await _roll_back(connection)
            if _is_loss(connection, _cause(failure)):
                raise unreachable(self.url, _cause(failure)) from failure
            if (expected := _expected(_cause(failure))) is not None:
                raise expected from failure
            raise


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
def _sentence_for(url: str) -> Iterator[None]:
    try:
        yield
    except CONNECTION_FAILURES as failure:
        raise unreachable(url, failure) from failure


def _cause(failure: BaseException) -> BaseException:
    """What asyncpg said, without what SQLAlchemy put around it."""
    wrapped = failure.orig.__cause__ if isinstance(failure, DBAPIError) and failure.orig else None
    return wrapped or failure


def _is_loss(connection: Connection, cause: BaseException) -> bool:
    """Whether the connection was lost on the way."""
    return isinstance(cause, LOSSES) or (
        isinstance(cause, asyncpg.InterfaceError) and _is_gone(connection)
    )


def _is_gone(connection: Connection) -> bool:
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:  # the pool of the readers has it back already
        return True


def _expected(cause: BaseException) -> Failure | None:
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


async def _roll_back(connection: Connection) -> None:
    """Leave no transaction behind; a connection of which that is not certain is given up."""
    if _is_gone(connection):
        return
    try:
        await connection.execute("ROLLBACK")
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        connection.terminate()
    except BaseException:
        connection.terminate()
        raise


async def _nothing_to_reset(_connection: object) -> None:
    """The context is local to its transaction, so a connection comes back as it was."""
