"""What the tables outside the workspaces need no more is destroyed, and nothing sooner."""

from collections.abc import AsyncIterator
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from asyncpg import Connection

from engagements.tables import metadata
from planting import GLOBAL_TABLES
from tenancy.database.base import GlobalBase
from tenancy.database.catalogue import model_of
from tenancy.database.forgetting import forget
from tenancy.ids import new_id
from world import Consultancy

ENDS = {"expires_at", "until", "used_at", "ended_at", "revoked_at", "next_at"}
STAYS = {
    # With the other codes of its person, until they make new ones.
    "recovery_code",
}
"""Tables with such a column whose rows are ended by a deed alone."""

TABLES = {
    "sign_in_request": (
        "account_hash, address_hash, browser_hash, code_hash, tries, expires_at",
        "id::text::bytea, '', id::text::bytea, '', 0, now()",
    ),
    "sign_in_session": (
        "token_hash, identity_id, tenant_id, factor, device, last_used_at, expires_at",
        "id::text::bytea, person, place, 'code', '', now(), now() + interval '30 days'",
    ),
    "api_token": (
        "token_hash, identity_id, tenant_id, name, scopes, engagements, organisations, expires_at",
        "id::text::bytea, person, place, 'x', '{}', '{}', '{}', now() + interval '1 year'",
    ),
    "attempt": (
        "subject, failures, last_at, next_at",
        "id::text::bytea, 1, now(), now()",
    ),
    "passkey_challenge": (
        "challenge, bound_to, expires_at",
        "id::text::bytea, '', now() + interval '5 minutes'",
    ),
    "authenticator": (
        "identity_id, name, wrapped, master_id, last_step",
        "person, 'App', '', '', 0",
    ),
    "support_pass": (
        "identity_id, tenant_id, access_id, until",
        "person, place, id, now() + interval '1 hour'",
    ),
    "sso_flow": (
        "tenant_id, issuer, browser_hash, address_hash, testing, wanted, expires_at",
        "place, 'https://login.example', id::text::bytea, '', false, '', now()",
    ),
    "sign_up": (
        "account_hash, address_hash, browser_hash, code_hash, tries, expires_at",
        "'', '', id::text::bytea, '', 0, now()",
    ),
}
"""A row of each table as it is made: its columns and their values."""


@pytest_asyncio.fixture
async def superuser(owner_url: str) -> AsyncIterator[Connection]:
    connection = await asyncpg.connect(owner_url)
    yield connection
    await connection.close()


def test_every_table_whose_rows_come_to_an_end_says_when_they_are_forgotten() -> None:
    ending = {table.name for table in GLOBAL_TABLES if ENDS & {*table.columns.keys()}}
    models = [model_of(table) for table in GLOBAL_TABLES]
    said = {
        model.__tablename__
        for model in models
        if issubclass(model, GlobalBase) and model.__forgotten__
    }
    assert ending - STAYS <= said
    assert said == TABLES.keys()


@pytest.mark.parametrize(
    ("table", "later", "kept"),
    [
        ("sign_in_request", "created_at = now() - interval '23 hours'", True),
        ("sign_in_request", "created_at = now() - interval '25 hours'", False),
        ("sign_in_session", "ended_at = now() - interval '364 days'", True),
        ("sign_in_session", "ended_at = now() - interval '366 days'", False),
        ("sign_in_session", "expires_at = now() - interval '366 days'", False),
        ("api_token", "revoked_at = now() - interval '89 days'", True),
        ("api_token", "revoked_at = now() - interval '91 days'", False),
        ("api_token", "expires_at = now() - interval '91 days'", False),
        ("attempt", "last_at = now() - interval '23 hours'", True),
        ("attempt", "last_at = now() - interval '25 hours'", False),
        ("passkey_challenge", "bound_to = 'anybody'", True),
        ("passkey_challenge", "expires_at = now() - interval '1 second'", False),
        ("authenticator", "created_at = now() - interval '23 hours'", True),
        ("authenticator", "created_at = now() - interval '25 hours'", False),
        (
            "authenticator",
            "created_at = now() - interval '25 hours', confirmed_at = now()",
            True,
        ),
        ("support_pass", "until = now() - interval '90 days'", True),
        ("support_pass", "ended_at = now() - interval '30 days'", True),
        ("support_pass", "ended_at = now() - interval '32 days'", False),
        ("sso_flow", "created_at = now() - interval '23 hours', used_at = now()", True),
        ("sso_flow", "created_at = now() - interval '25 hours'", False),
        ("sign_up", "created_at = now() - interval '59 minutes'", True),
        ("sign_up", "created_at = now() - interval '61 minutes'", False),
    ],
)
async def test_a_row_is_kept_until_it_counts_for_nothing(
    superuser: Connection, northlight: Consultancy, table: str, later: str, *, kept: bool
) -> None:
    id, who = new_id(), await northlight.identity_of(northlight.bob)
    await _made(superuser, table, id, who, northlight.tenant)
    await forget(northlight.db, metadata)
    there = f"SELECT count(*) FROM {table} WHERE id = $1"
    assert await superuser.fetchval(there, id) == 1
    await superuser.execute(f"UPDATE {table} SET {later} WHERE id = $1", id)
    await forget(northlight.db, metadata)
    assert await superuser.fetchval(there, id) == (1 if kept else 0)


async def test_one_table_that_cannot_be_cleared_does_not_keep_the_others_waiting(
    superuser: Connection, northlight: Consultancy
) -> None:
    """A session that something still refers to cannot go."""
    who = await northlight.identity_of(northlight.bob)
    session, flow, attempt = new_id(), new_id(), new_id()
    await _made(superuser, "sign_in_session", session, who, northlight.tenant)
    await _made(superuser, "sso_flow", flow, who, northlight.tenant)
    await _made(superuser, "attempt", attempt, who, northlight.tenant)
    for statement, id in (
        ("UPDATE sign_in_session SET ended_at = now() - interval '2 years' WHERE id = $1", session),
        ("UPDATE attempt SET last_at = now() - interval '2 days' WHERE id = $1", attempt),
    ):
        await superuser.execute(statement, id)
    await superuser.execute("UPDATE sso_flow SET session_id = $1 WHERE id = $2", session, flow)
    try:
        with pytest.raises(ExceptionGroup) as failed:
            await forget(northlight.db, metadata)
    finally:
        await superuser.execute("UPDATE sso_flow SET session_id = NULL WHERE id = $1", flow)
    assert len(failed.value.exceptions) == 1
    assert await superuser.fetchval("SELECT count(*) FROM attempt WHERE id = $1", attempt) == 0


async def _made(superuser: Connection, table: str, id: UUID, who: UUID, tenant: UUID) -> None:
    columns, values = TABLES[table]
    await superuser.execute(
        f"INSERT INTO {table} (id, {columns}) SELECT id, {values}"
        " FROM (SELECT $1::uuid AS id, $2::uuid AS person, $3::uuid AS place) AS made",
        id,
        who,
        tenant,
    )
