"""Everything that a workspace's keys have sealed, found and opened without the product's help."""

from collections import Counter
from collections.abc import Callable
from uuid import UUID

import asyncpg
from msgspec import Struct
from sqlalchemy import Column, LargeBinary

from engagements.tables import metadata
from tenancy.database.context import Context
from tenancy.database.pool import Database
from tenancy.database.sealing import key_number
from tenancy.files.store import Files
from tenancy.workspaces.keys import Keyring

PLAIN = {
    "api_token.token_hash",
    "attachment.digest",
    "attempt.subject",
    "audit_entry.hash",
    "audit_head.hash",
    "audit_head.kept_hash",
    "authenticator.wrapped",
    "data_key.wrapped",
    "passkey.credential_id",
    "passkey.public_key",
    "passkey_challenge.bound_to",
    "passkey_challenge.challenge",
    "recovery_code.code_hash",
    "sign_in_request.account_hash",
    "sign_in_request.address_hash",
    "sign_in_request.browser_hash",
    "sign_in_request.code_hash",
    "sign_in_request.known_hash",
    "sign_in_session.known_hash",
    "sign_in_session.token_hash",
    "sign_up.account_hash",
    "sign_up.address_hash",
    "sign_up.browser_hash",
    "sign_up.code_hash",
    "sign_up.sealed",
    "sign_up.sealed_code",
    "sso_flow.address_hash",
    "sso_flow.browser_hash",
}
"""Columns of bytes that no key of a workspace has sealed: hashes, what master keys wrapped, and
what the master key seals for minutes, before there is a workspace."""


class Form(Struct, frozen=True):
    """How a column's values are sealed: after how many bytes in clear, and to what."""

    belongs_to: Callable[[asyncpg.Record, bytes], bytes]
    prefix: int = 0


FORMS = {
    "note.sealed": Form(lambda row, clear: row["id"].bytes + clear, 16),
    "note_revision.sealed": Form(lambda row, clear: row["note_id"].bytes + clear, 16),
    "mail.sealed": Form(lambda row, _: b"mail" + row["id"].bytes),
    "sso_connection.sealed_secret": Form(lambda row, _: b"single sign-on" + row["id"].bytes),
    "proposal.sealed": Form(lambda row, _: b"proposal" + row["id"].bytes),
    "proposal.sealed_approved": Form(lambda row, _: b"proposal" + row["id"].bytes),
    "attachment.sealed_name": Form(lambda row, _: b"attachment name" + row["id"].bytes),
}
OBJECTS = "attachment.object_name"


class Value(Struct, frozen=True):
    """A sealed value, by its column and its row."""

    column: str
    id: UUID
    sealed: bytes
    belongs_to: bytes


def columns_of_bytes() -> dict[str, Column[bytes]]:
    """Every column of the product that could hold something sealed."""
    return {
        f"{table.name}.{column.name}": column
        for table in metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }


async def sealed_values(owner_url: str, files: Files, tenant: UUID) -> list[Value]:
    """All that is sealed for a workspace, in the database and in the store."""
    found = await sealed_rows(owner_url, tenant)
    connection = await asyncpg.connect(owner_url)
    try:
        there = await connection.fetch(
            "SELECT id, object_name FROM attachment WHERE tenant_id = $1 AND removed_at IS NULL",
            tenant,
        )
    finally:
        await connection.close()
    for row in there:
        sealed = await files.get(row["object_name"])
        found.append(Value(OBJECTS, row["id"], sealed, b"attachment" + row["id"].bytes))
    return found


async def sealed_rows(owner_url: str, tenant: UUID) -> list[Value]:
    """All that is sealed for a workspace in the database."""
    found: list[Value] = []
    connection = await asyncpg.connect(owner_url)
    try:
        for name in columns_of_bytes().keys() - PLAIN:
            table, _, column = name.partition(".")
            rows = await connection.fetch(f'SELECT * FROM "{table}" WHERE tenant_id = $1', tenant)
            found += [_value(name, row, row[column]) for row in rows if row[column] is not None]
    finally:
        await connection.close()
    return found


def _value(name: str, row: asyncpg.Record, value: bytes) -> Value:
    form = FORMS[name]
    clear, sealed = value[: form.prefix], value[form.prefix :]
    return Value(name, row["id"], sealed, form.belongs_to(row, clear))


def by_column_and_key(values: list[Value]) -> Counter[tuple[str, int]]:
    """How many values of each column each key has sealed."""
    return Counter((value.column, key_number(value.sealed)) for value in values)


async def in_clear(
    db: Database, keyring: Keyring, tenant: UUID, values: list[Value]
) -> dict[tuple[str, UUID], bytes]:
    """What the values say, opened with the keys that the workspace has now."""
    async with db.transaction(Context(surface="custody", tenant=tenant)) as tx:
        safe = await keyring.safe(tx)
    return {
        (value.column, value.id): safe.open(value.sealed, belongs_to=value.belongs_to)
        for value in values
    }
