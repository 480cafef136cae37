"""Reading: Core selects compiled once, run on asyncpg, built into Structs."""

from collections.abc import Mapping
from typing import Any, Generic, TypeVar, get_type_hints
from uuid import UUID

import asyncpg
import msgspec
from msgspec import Struct
from msgspec.json import Decoder
from sqlalchemy import ColumnElement, SelectBase, UpdateBase, bindparam
from sqlalchemy.dialects.postgresql import JSON, JSONB
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.sql.compiler import ExpandedState

from tenancy.database.context import Context

T = TypeVar("T")

tenant: ColumnElement[UUID] = bindparam("tenant")
"""Stands for the context's workspace. Every query states it, for every table it names."""

me: ColumnElement[UUID] = bindparam("me")
"""Stands for the member who asks."""

_DIALECT = asyncpg_dialect()  # type: ignore[no-untyped-call]


class Statement:
    """SQL that was compiled once, and the order of its arguments."""

    def __init__(self, statement: SelectBase | UpdateBase) -> None:
        written = _written_out(statement)
        self.sql = written.statement
        self.names: list[str] = list(written.positiontup or [])
        self._fixed = {name: written.parameters[name] for name in self.names}
        unbound = {name for name, value in self._fixed.items() if value is None}
        self._unbound = unbound - {"tenant", "me"}

    def arguments(self, context: Context, values: Mapping[str, Any]) -> list[Any]:
        """The values of `$1`, `$2` ... in order.

        Raises:
            TypeError: a value is missing, or is named that the statement does not have.
        """
        if stray := values.keys() - self._fixed.keys():
            raise TypeError(f"the statement has no {', '.join(sorted(stray))}")
        if missing := self._unbound - values.keys():
            raise TypeError(f"the statement needs {', '.join(sorted(missing))}")
        known = {**self._fixed, "tenant": context.tenant, "me": context.member, **values}
        return [known[name] for name in self.names]


class Read(Statement, Generic[T]):
    """A select whose columns are, in order, the fields of a Struct.

    A JSON column is decoded into the type of its field, so a nested list (`json_agg`) becomes a
    list of Structs.
    """

    def __init__(self, statement: SelectBase, into: type[T]) -> None:
        super().__init__(statement)
        self._into = into
        self.nested = _nested(statement, into)

    def build(self, row: asyncpg.Record) -> T:
        if not self.nested:
            return self._into(*row)
        values = list(row)
        for position, decoder in self.nested:
            values[position] = _from_json(values[position], decoder)
        return self._into(*values)


def _written_out(statement: SelectBase | UpdateBase) -> ExpandedState:
    """The statement with its IN lists written out; what is still to be bound is None in it."""
    compiled = statement.compile(dialect=_DIALECT)
    unbound = {name: None for name, bind in compiled.binds.items() if bind.required}
    return compiled.construct_expanded_state(unbound)


def _from_json(value: Any, decoder: Decoder[Any]) -> Any:
    """A nested value: text on a connection of asyncpg, decoded already on one of SQLAlchemy."""
    if isinstance(value, str):
        return decoder.decode(value)
    return msgspec.convert(value, decoder.type)


def _nested(statement: SelectBase, into: type[Any]) -> list[tuple[int, Decoder[Any]]]:
    if not issubclass(into, Struct):
        return []
    hints = get_type_hints(into, include_extras=True)
    return [
        (position, Decoder(hints[name]))
        for position, (name, column) in enumerate(
            zip(into.__struct_fields__, statement.selected_columns, strict=True)
        )
        if isinstance(column.type, (JSON, JSONB)) or _is_json(column)
    ]


def _is_json(column: ColumnElement[Any]) -> bool:
    return column.type.__class__.__name__ in {"JSON", "JSONB"}
