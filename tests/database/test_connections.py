"""Reaching PostgreSQL: what is said when it cannot be, and how it heals."""

import asyncio
import socket
from collections.abc import AsyncIterator
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import select

from tenancy.audit.service import record_of
from tenancy.database.context import Context
from tenancy.database.pool import NOBODY, Database
from tenancy.database.prepare import app_url, prepare
from tenancy.database.read import Read, tenant
from tenancy.errors import Unavailable
from tenancy.ids import new_id
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.models import Member
from tenancy.workspaces.service import Members
from world import Consultancy

_member = Member.__table__.c
names = Read(select(_member.name).where(_member.tenant_id == tenant), str)


def job(world: Consultancy) -> Context:
    return Context(surface="job", tenant=world.tenant)


PASSWORD = "s3cret-passw0rd"


def altered(url: str, user: str, password: str, *, port: int | None = None, path: str = "") -> str:
    parts = urlsplit(url)
    place = f"{user}:{password}@{parts.hostname}:{port or parts.port}"
    return urlunsplit(parts._replace(netloc=place, path=path or parts.path))


async def sentence_about(url: str, keyring: Keyring) -> str:
    database = Database(url, keyring)
    with pytest.raises(Unavailable) as raised:
        await database.open()
    with pytest.raises(Unavailable) as migrating:
        await prepare(url, "another")
    assert PASSWORD not in migrating.value.sentence
    return raised.value.sentence


async def test_a_wrong_password_is_one_sentence_without_it(
    owner_url: str, keyring: Keyring
) -> None:
    said = await sentence_about(altered(owner_url, "cocreate_app", PASSWORD), keyring)

    assert "as cocreate_app: password authentication failed" in said
    assert "Check DATABASE_URL" in said
    assert PASSWORD not in said


async def test_a_server_that_is_not_there_is_one_sentence_with_its_address(
    owner_url: str, keyring: Keyring
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        said = await sentence_about(altered(owner_url, "app", PASSWORD, port=port), keyring)

    assert f"127.0.0.1:{port}" in said
    assert PASSWORD not in said
    assert "\n" not in said


async def test_a_database_that_is_not_there_is_one_sentence_with_its_name(
    owner_url: str, keyring: Keyring
) -> None:
    password = urlsplit(owner_url).password or ""
    said = await sentence_about(altered(owner_url, "postgres", password, path="/nowhere"), keyring)

    assert 'database "nowhere" does not exist' in said
    assert password not in said


async def test_a_server_that_is_not_postgresql_is_one_sentence(
    owner_url: str, keyring: Keyring
) -> None:
    async def hang_up(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        said = await sentence_about(altered(owner_url, "app", PASSWORD, port=port), keyring)

    assert "cannot be used" in said
    assert PASSWORD not in said


async def kill_everybody(owner_url: str) -> None:
    """What a restart of PostgreSQL does to its connections."""
    connection = await asyncpg.connect(owner_url)
    await connection.fetch(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE usename = 'cocreate_app' AND application_name = 'narrow'"
    )
    await connection.close()


@pytest_asyncio.fixture
async def killable(owner_url: str, keyring: Keyring) -> AsyncIterator[Database]:
    url = f"{app_url(owner_url, 'app-password')}?application_name=narrow"
    database = Database(url, keyring, size=2)
    await database.open()
    yield database
    await database.close()


@pytest.mark.asvs("16.5.2")
@pytest.mark.parametrize("writes", [False, True])
async def test_the_next_transaction_works_after_postgresql_has_restarted(
    killable: Database, owner_url: str, northlight: Consultancy, writes: bool
) -> None:
    async with killable.transaction(job(northlight), writes=writes) as tx:
        await tx.all(names)
    await kill_everybody(owner_url)

    async with killable.transaction(job(northlight), writes=writes) as tx:
        assert len(await tx.all(names)) == 5


@pytest.mark.parametrize("writes", [False, True])
async def test_a_connection_lost_on_the_way_is_unavailable_and_heals(
    killable: Database, owner_url: str, northlight: Consultancy, writes: bool
) -> None:
    for _ in range(3):
        with pytest.raises(Unavailable, match="cannot be used"):
            async with killable.transaction(job(northlight), writes=writes) as tx:
                await kill_everybody(owner_url)
                await tx.all(names)

    async with killable.transaction(job(northlight), writes=writes) as tx:
        assert len(await tx.all(names)) == 5


@pytest.mark.asvs("2.3.3", "16.5.3")
async def test_nothing_stays_of_a_write_whose_connection_was_lost(
    killable: Database, owner_url: str, northlight: Consultancy
) -> None:
    with pytest.raises(Unavailable):
        async with killable.transaction(job(northlight), writes=True) as tx:
            await record_of(tx, "lost", "test", new_id())
            await kill_everybody(owner_url)

    async with northlight.db.transaction(job(northlight)) as tx:
        lost = "SELECT count(*) FROM audit_entry WHERE verb = 'lost'"
        assert await tx.connection.fetchval(lost) == 0


async def test_an_address_may_carry_the_options_of_a_connection(
    owner_url: str, keyring: Keyring
) -> None:
    url = f"{owner_url}?sslmode=prefer&application_name=options"
    await prepare(url, "app-password")
    database = Database(app_url(url, "app-password"), keyring, size=1)
    await database.open()
    try:
        for writes in (False, True):
            async with database.transaction(NOBODY, writes=writes) as tx:
                shown = await tx.connection.fetchval("SHOW application_name")
                assert shown == "options"
    finally:
        await database.close()


async def test_behind_a_pooler_no_statement_is_kept(
    owner_url: str, keyring: Keyring, northlight: Consultancy
) -> None:
    url = app_url(owner_url, "app-password")
    database = Database(url, keyring, pooled_by_transaction=True, size=1)
    await database.open()
    try:
        for writes in (False, True):
            async with database.transaction(job(northlight), writes=writes) as tx:
                if writes:
                    await Members(tx).find(northlight.bob.id)
                assert len(await tx.all(names)) == 5
                kept = await tx.connection.fetch("SELECT name FROM pg_prepared_statements")
                assert [row["name"] for row in kept if row["name"]] == []
    finally:
        await database.close()
