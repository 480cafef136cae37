"""The pools, and the one function that opens a transaction."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import datetime
from typing import Any, Protocol, TypeVar, cast
from uuid import UUID

import asyncpg
from msgspec.structs import replace
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from tenancy.database.context import Context, Surface, engagements, on_surface, opening, stated
from tenancy.database.failures import (
    CONNECTION_FAILURES,
    Connection,
    cause_of,
    expected,
    is_gone,
    is_loss,
    sentence_for,
    unreachable,
)
from tenancy.database.read import Read
from tenancy.database.sealing import OpenSafe, Safe, UnknownKey, Wrapped
from tenancy.database.write import Write
from tenancy.errors import KeptAside, NotFound

T = TypeVar("T")

NOBODY = Context(surface="public")
BATCH = 500
"""Rows that are fetched at once where they are read one after the other."""


class Safes(Protocol):
    """Where the safe of a transaction's workspace comes from."""

    async def safe(self, tx: "Transaction") -> OpenSafe: ...

    async def safe_to_seal(self, tx: "Transaction") -> OpenSafe: ...

    async def wrap(self, tx: "Transaction", owner: UUID, secret: bytes) -> Wrapped: ...

    def secret(self, owner: UUID, wrapped: Wrapped) -> bytes: ...


class Transaction:
    """A transaction with its context. Reads and compiled writes run on asyncpg, all other writes on
    the ORM session beside it."""

    def __init__(
        self,
        context: Context,
        connection: Connection,
        session: AsyncSession | None,
        safes: Safes,
        *,
        writes: bool = False,
    ) -> None:
        self.context = context
        self.connection = connection
        self._session = session
        self._writes = writes
        self.fiction = False
        """Of a story that never happened no letter goes out, and nothing is in the trail."""
        self.told_at: datetime | None = None
        """When what is told happened, in a story that is told afterwards."""
        self.safes = safes
        self._safe: OpenSafe | None = None
        self._last: dict[tuple[Context, Callable[..., Awaitable[None]]], list[Any]] = {}

    @property
    def session(self) -> AsyncSession:
        """The unit of work.

        Raises:
            RuntimeError: the transaction was opened without one.
        """
        if self._session is None:
            raise RuntimeError("this transaction was opened without a unit of work")
        return self._session

    async def all(self, read: Read[T], **values: Any) -> list[T]:
        """Every row of `read`, as Structs."""
        await self.flush()
        rows = await self.connection.fetch(read.sql, *read.arguments(self.context, values))
        return [read.build(row) for row in rows]

    async def each(self, read: Read[T], **values: Any) -> AsyncIterator[T]:
        """The rows of `read` one after the other, so that a long list is never held as a whole."""
        await self.flush()
        arguments = read.arguments(self.context, values)
        async for row in self.connection.cursor(read.sql, *arguments, prefetch=BATCH):
            yield read.build(row)

    async def maybe(self, read: Read[T], **values: Any) -> T | None:
        """The first row of `read`, or None."""
        await self.flush()
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

    async def run(self, write: Write, **values: Any) -> None:
        """Change rows by a compiled statement, after all that the unit of work has collected.

        Raises:
            RuntimeError: the transaction was opened for reading.
        """
        self._refuse_reading()
        await self.flush()
        await self.connection.execute(write.sql, *write.arguments(self.context, values))

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
            return await self.safes.safe(self)
        if self._safe is None or self._safe.outdated:
            self._safe = await self.safes.safe_to_seal(self)
        return self._safe

    @asynccontextmanager
    async def acting(self, surface: Surface) -> AsyncIterator[None]:
        """Do a part of the work on another surface of the same workspace.

        After a failure the transaction can only be rolled back, so the surface is not restored.
        """
        await self.flush()
        await self.connection.execute(on_surface(surface))
        yield
        await self.flush()
        await self.connection.execute(on_surface(self.context.surface))

    @asynccontextmanager
    async def speaking_for(self, context: Context) -> AsyncIterator[None]:
        """Do a part of the work as another member of the same workspace.

        A request has one member, so only a story that is told in one transaction needs this, and an
        invitation that is accepted: what was offered is given in the name of who offered it.
        After a failure the transaction can only be rolled back, so the context is not restored.
        """
        assert context.tenant == self.context.tenant, "nobody speaks for another workspace"
        before = self.context
        await self._become(context)
        yield
        await self._become(before)

    async def _become(self, context: Context) -> None:
        await self.flush()
        await self.connection.execute(stated(context))
        self.context = context

    async def join(self, *, engagement: UUID, organisation: UUID) -> None:
        """Count an engagement among the member's own for the rest of this transaction.

        The context was read before the engagement existed. Only a service that has just written
        the member's place on its team calls this; from the next transaction on, reach says so.
        """
        await self.flush()
        self.context = replace(
            self.context,
            team=(*self.context.team, engagement),
            organisations=(*self.context.organisations, organisation),
        )
        await self.connection.execute(engagements(self.context))

    def before_commit(
        self, context: Context, deed: Callable[["Transaction", list[T]], Awaitable[None]], item: T
    ) -> None:
        """Have `deed` done in `context` at the very end, with all that was handed in for it.

        Only the COMMIT comes after it, so the rows that it locks are locked last and briefly;
        workspaces take their turns in one order. It may be in a workspace where the transaction
        itself is in none.

        Raises:
            RuntimeError: the transaction was opened for reading.
        """
        self._refuse_reading()
        self._last.setdefault((context, deed), []).append(item)

    async def finish(self) -> None:
        """Write what is left to be written. `Database` calls it, just before it commits."""
        await self.flush()
        for (context, deed), items in sorted(self._last.items(), key=_workspace_of):
            await self._become(context)
            await deed(self, items)
        await self.flush()

    def _refuse_reading(self) -> None:
        if not self._writes:
            raise RuntimeError("this transaction was opened for reading")

    async def flush(self) -> None:
        """Write what the unit of work has collected, if there is one."""
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
        with sentence_for(self.url):
            row = await self._readers.fetchrow(read.sql, *read.arguments(NOBODY, values))
        return None if row is None else read.build(row)

    def transaction(
        self,
        context: Context,
        *,
        writes: bool = False,
        by_statements: bool = False,
        one_moment: bool = False,
    ) -> AbstractAsyncContextManager[Transaction]:
        """The only kind of transaction there is: its context is set in the message that begins it.

        Commits at the end of the block, rolls back when the block raises.

        Args:
            writes: with a unit of work.
            by_statements: it writes too, but by compiled statements alone, which costs less.
            one_moment: where it only reads, everything is read as it was at one moment.

        Raises:
            Conflict: another transaction changed the same rows first.
            Unavailable: no connection could be had.
        """
        if writes:
            return self._with_unit_of_work(context)
        return self._plain(context, by_statements, one_moment)

    @asynccontextmanager
    async def _plain(
        self, context: Context, writes: bool, one_moment: bool
    ) -> AsyncIterator[Transaction]:
        assert self._readers is not None, "the database is not open"
        async with AsyncExitStack() as stack:
            with sentence_for(self.url):
                proxy = await stack.enter_async_context(self._readers.acquire())
            connection = cast(Connection, proxy)
            async with self._begun(connection, context):
                if one_moment:
                    await connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
                transaction = Transaction(context, connection, None, self._safes, writes=writes)
                yield transaction
                await transaction.finish()
                await connection.execute("COMMIT")

    @asynccontextmanager
    async def _with_unit_of_work(self, context: Context) -> AsyncIterator[Transaction]:
        assert self._writers is not None, "the database is not open"
        late: KeptAside | None = None
        async with AsyncExitStack() as stack:
            with sentence_for(self.url):
                bound = await stack.enter_async_context(self._writers.connect())
                raw = await bound.get_raw_connection()
            connection = cast(Connection, raw.driver_connection)
            session = AsyncSession(bound, expire_on_commit=False, autoflush=False)
            stack.callback(session.expunge_all)
            async with self._begun(connection, context):
                transaction = Transaction(context, connection, session, self._safes, writes=True)
                try:
                    yield transaction
                except KeptAside as kept_aside:
                    late = kept_aside
                await transaction.finish()
                await connection.execute("COMMIT")
        if late is not None:
            raise late

    @asynccontextmanager
    async def _begun(self, connection: Connection, context: Context) -> AsyncIterator[None]:
        """Begin; roll back whatever stands in the way of the block's own commit."""
        try:
            with sentence_for(self.url):
                await connection.execute(opening(context))
            yield
        except BaseException as failure:
            await _roll_back(connection)
            if is_loss(connection, cause_of(failure)):
                raise unreachable(self.url, cause_of(failure)) from failure
            if (known := expected(cause_of(failure))) is not None:
                raise known from failure
            raise


def _workspace_of(last: tuple[tuple[Context, Any], list[Any]]) -> str:
    (context, _), _ = last
    return str(context.tenant)


async def _roll_back(connection: Connection) -> None:
    """Leave no transaction behind; a connection of which that is not certain is given up."""
    if is_gone(connection):
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
