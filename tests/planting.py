"""Rows for every table, made from its columns alone: a new table is tested from its first day."""

import itertools
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ARRAY, CheckConstraint, Column, Table, Text

from engagements.tables import metadata
from tenancy.database.base import TenantBase
from tenancy.database.catalogue import model_of
from tenancy.database.context import Context, Surface, opening
from tenancy.ids import new_id

TENANT_TABLES = [t for t in metadata.sorted_tables if issubclass(model_of(t), TenantBase)]
GLOBAL_TABLES = [t for t in metadata.sorted_tables if not issubclass(model_of(t), TenantBase)]

_numbers = itertools.count(1)
_VALUES: dict[type, Any] = {
    str: lambda: f"text {next(_numbers)}",
    int: lambda: next(_numbers),
    float: lambda: 1.0,
    bool: lambda: True,
    bytes: lambda: b"\x01" + next(_numbers).to_bytes(8),
    date: lambda: date(2027, 3, 27),
    datetime: lambda: datetime(2027, 3, 27, 14, 30, tzinfo=UTC),
    UUID: new_id,
    object: lambda: "{}",
}


class Garden:
    """Two workspaces with one row in every table, in a transaction that is undone."""

    def __init__(self, connection: "asyncpg.Connection[asyncpg.Record]") -> None:
        self.connection = connection
        self.rows: dict[tuple[UUID, str], UUID] = {}
        self.here = new_id()
        self.there = new_id()

    async def sow(self) -> None:
        for tenant in (self.here, self.there):
            await self.connection.execute(
                "INSERT INTO workspace (id, slug, name, time_zone) VALUES ($1, $2, 'W', 'UTC')",
                tenant,
                f"garden-{tenant.hex}",
            )
            for table in TENANT_TABLES:
                self.rows[tenant, table.name] = await self.plant(table, tenant)

    def everything(self, surface: Surface) -> Context:
        """A member with every right that one workspace can give."""
        engagement = (self.rows[self.here, "engagement"],)
        return Context(
            surface=surface,
            tenant=self.here,
            member=self.rows[self.here, "member"],
            role="owner",
            team=engagement,
            coached=engagement,
            sponsored=engagement,
            organisations=(self.rows[self.here, "organisation"],),
        )

    async def plant(self, table: Table, tenant: UUID) -> UUID:
        """One more row, which refers to the rows that are there; its id."""
        id = new_id()
        values: dict[str, Any] = {"tenant_id": tenant, "id": id}
        values |= {
            column.name: self.rows[tenant, referred.name]
            for column, referred in references(table)
            if not column.nullable
        }
        for column in table.columns:
            if column.name not in values and not column.nullable and column.server_default is None:
                values[column.name] = await self._value(column)
        names = ", ".join(values)
        marks = ", ".join(f"${number}" for number in range(1, len(values) + 1))
        await self.connection.execute(
            f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', *values.values()
        )
        return id

    async def _value(self, column: Column[Any]) -> Any:
        if column.foreign_keys:
            id = new_id()
            await self.connection.execute(
                "INSERT INTO identity (id, email, name) VALUES ($1, $2, 'Somebody')",
                id,
                f"{id.hex}@garden.example",
            )
            return id
        if isinstance(column.type, ARRAY):
            return []
        words = allowed_words(column)
        return words[0] if words else _VALUES[column.type.python_type]()

    @asynccontextmanager
    async def as_the_app(self, context: Context) -> AsyncIterator[None]:
        """What the app would be let do in a transaction with this context; undone afterwards."""
        inner = self.connection.transaction()
        await inner.start()
        await self.connection.execute("SET LOCAL ROLE cocreate_app")
        await self.connection.execute(opening(context).removeprefix("BEGIN;"))
        try:
            yield
        finally:
            await inner.rollback()


def references(table: Table) -> list[tuple[Column[Any], Table]]:
    """The columns that refer to another row of the workspace, and the tables of those rows."""
    composite = [c for c in table.foreign_key_constraints if len(c.elements) == 2]
    found = [(key.elements[1].parent, key.referred_table) for key in composite]
    return sorted(found, key=lambda pair: pair[0].name)


def allowed_words(column: Column[Any]) -> list[str]:
    """The closed set of words that a check lets into the column; empty where there is none."""
    if not isinstance(column.type, Text):
        return []
    for check in column.table.constraints:
        rule = str(check.sqltext) if isinstance(check, CheckConstraint) else ""
        if rule.startswith(f"{column.name} IN ("):
            return [word.replace("''", "'") for word in re.findall(r"'((?:[^']|'')*)'", rule)]
    return []


@asynccontextmanager
async def garden(superuser_url: str) -> AsyncIterator[Garden]:
    """A garden on the database of the URL, gone without a trace afterwards."""
    connection = await asyncpg.connect(superuser_url)
    try:
        async with connection.transaction():
            made = Garden(connection)
            await made.sow()
            yield made
            raise _Undone
    except _Undone:
        pass
    finally:
        await connection.close()


class _Undone(Exception):
    pass
