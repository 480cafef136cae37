"""Every record that names one person, found by the references of the tables themselves.

A table that comes to refer to a member or to an identity is part of the copy by that alone. What
the policies keep from the person stays out, and so do secrets and hashes.
"""

from collections.abc import Callable, Iterator
from typing import Any, cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import JSON, Column, LargeBinary, Table, bindparam, func, or_, select

from engagements.notes.attachment_sealed import NAMES
from engagements.notes.models import Attachment, NoteReading, NoteRevision
from engagements.notes.sealed import NOTES, REVISIONS
from engagements.tables import metadata
from engagements.upward.models import Proposal
from engagements.upward.sealed import APPROVALS, PROPOSALS
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, me, tenant
from tenancy.identity.models import Identity
from tenancy.passwords.models import Password
from tenancy.second_factors.models import Authenticator
from tenancy.workspaces.models import Member
from tenancy.workspaces.sealed import SealedColumn, SealedValue

Record = dict[str, Any]
_identity = cast(Table, Identity.__table__)
_member = cast(Table, Member.__table__)
_LEFT_OUT = {
    cast(Table, Password.__table__).c.hash,
    cast(Table, Authenticator.__table__).c.master_id,
    cast(Table, Attachment.__table__).c.object_name,
    *(cast(Table, one.__table__).c.note_id for one in (Proposal, NoteRevision, Attachment)),
}
"""Secrets, where something lies, and which note of another's something belongs to."""
_OTHERS = {cast(Table, NoteReading.__table__).c.reader_id}
"""What names the person and is about others: which notes somebody opened, of whoever wrote them."""
_TEXTS: dict[str, SealedColumn] = {
    "text": NOTES,
    "wording": REVISIONS,
    "proposed": PROPOSALS,
    "approved": APPROVALS,
    "name": NAMES,
}
"""What is sealed, under the name by which it is handed out."""


class _Row(Struct, frozen=True):
    values: dict[str, Any]


def _naming(table: Table, person: Table) -> list[Column[UUID]]:
    """The columns of `table` that refer to one of the people of `person`."""
    return [
        column
        for constraint in table.foreign_key_constraints
        if constraint.referred_table is person
        for column in constraint.columns
        if column.name != "tenant_id" and column not in _OTHERS
    ]


def _told(table: Table) -> Any:
    """The columns of a row as an object, without secrets and hashes."""
    parts: Iterator[Any] = (
        part
        for column in table.columns
        if not isinstance(column.type, LargeBinary) and column not in _LEFT_OUT
        for part in (column.name, column)
    )
    return func.json_build_object(*parts, type_=JSON())


_records = {
    table.name: Read(
        select(_told(table))
        .where(table.c.tenant_id == tenant, or_(*(column == me for column in columns)))
        .order_by(table.c.created_at, table.c.id),
        _Row,
    )
    for table in metadata.sorted_tables
    if (columns := [table.c.id] if table is _member else _naming(table, _member))
}
_signing_in = {
    table.name: Read(
        select(_told(table))
        .where(
            or_(*(column == bindparam("identity") for column in columns)),
            *([table.c.tenant_id == tenant] if "tenant_id" in table.c else []),
        )
        .order_by(*(table.c[name] for name in ("created_at", "id") if name in table.c)),
        _Row,
    )
    for table in metadata.sorted_tables
    if table is not _member
    and (columns := [table.c.id] if table is _identity else _naming(table, _identity))
}
_sealed = {
    name: Read(
        kind.values().where(or_(*(column == me for column in _naming(kind.table, _member)))),
        SealedValue,
    )
    for name, kind in _TEXTS.items()
}


async def records(tx: Transaction) -> dict[str, list[Record]]:
    """By table, what of the workspace names the member, its texts opened."""
    found = {table: [row.values for row in await tx.all(read)] for table, read in _records.items()}
    for name, kind in _TEXTS.items():
        values = await tx.all(_sealed[name])
        if not values:
            continue
        texts = await tx.opened(_opener(kind, values))
        for record in found[kind.table.name]:
            if (id := UUID(record["id"])) in texts:
                record[name] = texts[id]
    return {table: rows for table, rows in found.items() if rows}


async def signing_in(tx: Transaction, identity: UUID) -> dict[str, list[Record]]:
    """By table, what is kept of who somebody is and how they sign in: what is their own everywhere,
    and of workspaces what is of this one."""
    found = {}
    for table, read in _signing_in.items():
        if rows := await tx.all(read, identity=identity):
            found[table] = [row.values for row in rows]
    return found


def _opener(kind: SealedColumn, values: list[SealedValue]) -> Callable[[Any], dict[UUID, str]]:
    return lambda safe: {value.id: kind.open(safe, value).decode() for value in values}
