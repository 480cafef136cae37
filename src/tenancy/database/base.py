"""Bases of all tables: the tenant first in every key, policies declared beside the columns."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, ClassVar
from uuid import UUID

from msgspec import Struct
from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    event,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from tenancy.database.walls import Policies
from tenancy.ids import new_id

NAMES = {
    "ix": "%(table_name)s_%(column_0_N_name)s_ix",
    "uq": "%(table_name)s_%(column_0_N_name)s_key",
    "ck": "%(table_name)s_%(constraint_name)s_check",
    "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
    "pk": "%(table_name)s_pkey",
}


class Reference(Struct, frozen=True):
    """A composite foreign key `(tenant_id, column)`: it cannot point into another workspace."""

    table: str
    column: str
    cascade: bool = False
    key: str = "id"


def to(
    table: str, column: str | None = None, *, cascade: bool = False, key: str = "id"
) -> Reference:
    """Refer to a row of `table` in the same workspace; `cascade` deletes this row with it.

    Args:
        key: the column that is referred to. One that is empty in some of the rows keeps others
            from referring to those.
    """
    return Reference(table, column or f"{table}_id", cascade, key)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    # RETURNING would need leave to read what was written, which a writer does not always have.
    __mapper_args__ = {"eager_defaults": False}  # noqa: RUF012 - as SQLAlchemy declares it
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy declares it on the instance
        UUID: Uuid(),
        str: Text(),
        datetime: DateTime(timezone=True),
        date: Date(),
        float: Double(),
        bytes: LargeBinary(),
        list[UUID]: ARRAY(Uuid()),
        list[str]: ARRAY(Text()),
        dict[str, Any]: JSONB(),
    }


class GlobalBase(Base):
    """A table outside the workspaces: few, small, without client content."""

    __abstract__ = True
    __grants__: ClassVar[tuple[str, ...]] = ("SELECT", "INSERT", "UPDATE")
    __forgotten__: ClassVar[str] = ""
    """SQL of the rows that count for nothing any more; empty where none come to that."""

    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class TenantBase(Base):
    """A table inside the workspaces. `tenant_id` leads its key, its indexes and references."""

    __abstract__ = True
    __policies__: ClassVar[Policies]
    __references__: ClassVar[tuple[Reference, ...]] = ()
    __one_per__: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Columns that are unique together inside a workspace."""
    __found_by__: ClassVar[tuple[tuple[str, ...], ...]] = ()
    """Columns of further indexes, besides those of the references."""

    tenant_id: Mapped[UUID] = mapped_column(primary_key=True, sort_order=-2)
    id: Mapped[UUID] = mapped_column(primary_key=True, default=new_id, sort_order=-1)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


def one_of(column: str, *words: str) -> CheckConstraint:
    """Text with a closed set of words; an enum could not stand in a policy (not leakproof)."""
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


@event.listens_for(Base, "instrument_class", propagate=True)
def _complete_tenant_table(_mapper: object, cls: type[Base]) -> None:
    """Give a tenant table its composite keys, unique constraints and indexes."""
    table = cls.__dict__.get("__table__")
    if not isinstance(table, Table) or not issubclass(cls, TenantBase):
        return
    table.append_constraint(ForeignKeyConstraint(["tenant_id"], ["workspace.id"]))
    for reference in cls.__references__:
        table.append_constraint(
            ForeignKeyConstraint(
                ["tenant_id", reference.column],
                [f"{reference.table}.tenant_id", f"{reference.table}.{reference.key}"],
                ondelete="CASCADE" if reference.cascade else None,
            )
        )
    for columns in cls.__one_per__:
        table.append_constraint(UniqueConstraint("tenant_id", *columns))
    led = {columns[:1] for columns in (*cls.__one_per__, *cls.__found_by__)}
    referring = [(r.column,) for r in cls.__references__ if (r.column,) not in led]
    for columns in dict.fromkeys([*referring, *cls.__found_by__]):
        Index(None, table.c.tenant_id, *_columns(table, columns))


def _columns(table: Table, names: Iterable[str]) -> list[Column[Any]]:
    return [table.c[name] for name in names]
