"""What the workspaces' keys have sealed, as those see it who keep it without reading it.

A capability that seals something says so here: by a `SealedColumn`, or by records of its own kind.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Protocol
from uuid import UUID

from msgspec import Struct
from sqlalchemy import (
    Column,
    ColumnElement,
    LargeBinary,
    Select,
    Table,
    Uuid,
    bindparam,
    case,
    func,
    literal_column,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import distinct_on

from tenancy.database.pool import Transaction
from tenancy.database.read import Read, tenant
from tenancy.database.sealing import MARK, OpenSafe, UnknownKey, key_number, mark
from tenancy.errors import Unavailable

BATCH = 100


class Sealed(Protocol):
    """Sealed records of one kind. Its transactions are on the surface `custody`."""

    @property
    def one(self) -> str:
        """What one of them is called: `note`."""

    @property
    def many(self) -> str:
        """What several of them are called: `notes`."""

    async def by_key(self, tx: Transaction) -> Counter[int]:
        """How many of them each key of the workspace has sealed."""

    async def open_one_of_each_key(self, tx: Transaction) -> None:
        """Open one that each key has sealed.

        Raises:
            Unavailable: it does not open.
        """

    async def reseal(self, tx: Transaction, after: UUID) -> UUID | None:
        """Seal anew, with the newest key, some of those after an id that an earlier one sealed.

        What somebody is changing at the moment is left out, not waited for.

        Returns:
            The last of those that were looked at; None when there are no more.

        Raises:
            Unavailable: one does not open.
        """


class SealedValue(Struct, frozen=True):
    id: UUID
    owner: UUID
    sealed: bytes


class SealedColumn:
    """A column with what a safe has made, after a prefix in clear.

    Args:
        one, many: what one of its rows is called, and what several are.
        column: of a table with `tenant_id` and `id`.
        belongs_to: the associated data, from the owner's id and the prefix.
        owner: the column that names whom the value belongs to; by default the row itself.
        prefix: how many bytes stand before the sealed value.
        batch: how many rows are locked at once while they are sealed anew.
    """

    def __init__(
        self,
        one: str,
        many: str,
        column: Column[bytes],
        belongs_to: Callable[[UUID, bytes], bytes],
        *,
        owner: Column[UUID] | None = None,
        prefix: int = 0,
        batch: int = BATCH,
    ) -> None:
        assert isinstance(column.table, Table)
        self.one, self.many = one, many
        self.column = column
        self.table = column.table
        self._belongs_to = belongs_to
        self._prefix = prefix
        self._batch = batch
        self._owner = self.table.c.id if owner is None else owner
        mark_of = _mark_of(column, prefix)
        self._counts = Read(
            select(mark_of, func.count()).where(*self._there()).group_by(text("1")), _Count
        )
        self.one_each = Read(self.values().ext(distinct_on(mark_of)), SealedValue)
        # A row that somebody else has locked is passed over: to wait for it while others are locked
        # here could end in a deadlock, and a person's writing would be what is given up.
        locked = self.earlier().with_for_update(key_share=True, skip_locked=True)
        self.locked = Read(locked, SealedValue)

    def earlier(self) -> Select[tuple[UUID, UUID, bytes]]:
        """The next rows after `after` whose key is earlier than the one of `mark`."""
        return (
            self.values()
            .where(self.sealed_earlier(), self.table.c.id > bindparam("after", type_=Uuid()))
            .order_by(self.table.c.id)
            .limit(self._batch)
        )

    def sealed_earlier(self) -> ColumnElement[bool]:
        """Whether a key earlier than the one of `mark` has sealed the value."""
        return _slice(self.column, self._prefix, MARK) < bindparam("mark", type_=LargeBinary())

    async def by_key(self, tx: Transaction) -> Counter[int]:
        counted: Counter[int] = Counter()
        for row in await tx.all(self._counts):
            counted[key_number(row.mark)] += row.count
        return counted

    async def open_one_of_each_key(self, tx: Transaction) -> None:
        rows = await tx.all(self.one_each)
        await tx.opened(lambda safe: [self.open(safe, row) for row in rows])

    async def reseal(self, tx: Transaction, after: UUID) -> UUID | None:
        newest = mark((await tx.safe()).newest)
        rows = await tx.all(self.locked, after=after, mark=newest)
        if not rows:
            return None
        for id, anew in (await tx.opened(lambda safe: self.sealed_anew(safe, rows))).items():
            await tx.session.execute(
                update(self.table)
                .where(self.table.c.tenant_id == tx.context.tenant, self.table.c.id == id)
                .values({self.column: anew})
            )
        return rows[-1].id

    def sealed_anew(self, safe: OpenSafe, rows: Iterable[SealedValue]) -> dict[UUID, bytes]:
        """The values of the rows, sealed with the newest key."""
        return {
            row.id: self._prefix_of(row)
            + safe.seal(self.open(safe, row), belongs_to=self._associated(row))
            for row in rows
        }

    def open(self, safe: OpenSafe, row: SealedValue) -> bytes:
        """What a value says.

        Raises:
            Unavailable: it does not open; `UnknownKey` when its key is not in this safe.
        """
        try:
            return safe.open(row.sealed[self._prefix :], belongs_to=self._associated(row))
        except UnknownKey:
            raise
        except Unavailable as failure:
            raise Unavailable(
                f"One of the {self.many} ({self.table.name} {row.id}) does not open. {failure}"
            ) from failure

    def _associated(self, row: SealedValue) -> bytes:
        return self._belongs_to(row.owner, self._prefix_of(row))

    def _prefix_of(self, row: SealedValue) -> bytes:
        return row.sealed[: self._prefix]

    def values(self) -> Select[tuple[UUID, UUID, bytes]]:
        """All of them, as far as the context reads them."""
        return select(self.table.c.id, self._owner, self.column).where(*self._there())

    def _there(self) -> Sequence[ColumnElement[bool]]:
        return self.table.c.tenant_id == tenant, self.column.is_not(None)


class _Count(Struct, frozen=True):
    mark: bytes
    count: int


def _slice(column: Column[bytes], prefix: int, length: int) -> ColumnElement[bytes]:
    # Written out, because PostgreSQL takes no two parameters for the same expression.
    begin: ColumnElement[int] = literal_column(str(prefix + 1))
    size: ColumnElement[int] = literal_column(str(length))
    return func.substr(column, begin, size, type_=LargeBinary())


def _mark_of(column: Column[bytes], prefix: int) -> ColumnElement[bytes]:
    """Format and number of the key, or the format alone where there was no number yet."""
    numbered: ColumnElement[bytes] = literal_column(r"'\x02'::bytea")
    first = _slice(column, prefix, 1)
    return case((first == numbered, _slice(column, prefix, MARK)), else_=first)
