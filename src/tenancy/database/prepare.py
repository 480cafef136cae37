"""Preparing a database: its two roles, and its migrations."""

import secrets
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import asyncpg
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection as SyncConnection
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from tenancy.database.failures import CONNECTION_FAILURES, unreachable
from tenancy.errors import Unavailable

OWNER = "cocreate_owner"
APP = "cocreate_app"


def app_url(url: str, password: str) -> str:
    """`url` as the role `cocreate_app`."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{APP}:{quote(password, safe='')}@{place}"))


def kept_app_password(folder: Path) -> str:
    """The app role's password; made at the first use, readable by its user."""
    path = folder / "app.password"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600, exist_ok=True)
        path.write_text(secrets.token_urlsafe(24))
    return path.read_text().strip()


async def create_database(url: str, name: str) -> str:
    """Create the database `name` on the server of `url` unless it is there; its URL."""
    connection = await _connect(url)
    try:
        there = await connection.fetchval("SELECT 1 FROM pg_database WHERE datname = $1", name)
        if not there:
            await connection.execute(f'CREATE DATABASE "{name}"')
    finally:
        await connection.close()
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


async def prepare(url: str, password: str) -> None:
    """Make the roles and migrate to the newest version, in one transaction.

    Args:
        url: of a user who may create roles and owns the database or is a superuser.
        password: for the role `cocreate_app`.

    Raises:
        Unavailable: the server cannot be reached, is older than 16, or refuses the user.
    """
    connection = await _connect(url)
    try:
        await _make_roles(connection, password)
    except asyncpg.InsufficientPrivilegeError as failure:
        raise Unavailable(
            f"DATABASE_URL may not prepare this database: {failure}. Use a user who may create "
            f"roles and owns the database, or create {OWNER} and {APP} as docs/operations.md says."
        ) from failure
    finally:
        await connection.close()
    await migrate(url)


async def migrate(url: str, revision: str = "head") -> None:
    """Migrate as the owner role."""
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(url), poolclass=NullPool
    )
    try:
        async with engine.begin() as connection:
            await connection.execute(text(f"SET ROLE {OWNER}"))
            await connection.execute(text("SELECT pg_advisory_xact_lock(20261123)"))
            await connection.run_sync(_upgrade, revision)
    finally:
        await engine.dispose()


def _upgrade(connection: SyncConnection, revision: str) -> None:
    command.upgrade(migrations(connection), revision)


def migrations(connection: SyncConnection) -> Config:
    """Alembic's configuration on an open connection."""
    config = Config()
    folder = Path(__file__).resolve().parents[3] / "migrations"
    config.set_main_option("script_location", str(folder))
    config.attributes["connection"] = connection
    return config


async def _connect(url: str) -> "asyncpg.Connection[asyncpg.Record]":
    try:
        connection = await asyncpg.connect(url, timeout=10)
    except CONNECTION_FAILURES as failure:
        raise unreachable(url, failure) from failure
    if connection.get_server_version() < (16, 0):
        version = connection.get_server_version()
        await connection.close()
        raise Unavailable(
            f"PostgreSQL {version.major} is too old. DATABASE_URL needs version 16 or newer."
        )
    return connection


async def _make_roles(connection: "asyncpg.Connection[asyncpg.Record]", password: str) -> None:
    owner_there = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", OWNER)
    app_there = await connection.fetchval("SELECT 1 FROM pg_roles WHERE rolname = $1", APP)
    may_create = await connection.fetchval(
        "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
    )
    async with connection.transaction():
        if not owner_there:
            await connection.execute(f"CREATE ROLE {OWNER} NOLOGIN")
        if not app_there:
            await connection.execute(f"CREATE ROLE {APP} LOGIN")
        if may_create:
            secret = await connection.fetchval("SELECT quote_literal($1::text)", password)
            await connection.execute(f"ALTER ROLE {APP} LOGIN PASSWORD {secret}")
            await connection.execute(f"GRANT {OWNER} TO CURRENT_USER WITH SET TRUE")
            # A policy looks more selective than it is, so the planner would gather and sort all the
            # rows of an engagement where an index has the wanted ones in order.
            await connection.execute(f"ALTER ROLE {APP} SET enable_bitmapscan = off")
        database = await connection.fetchval("SELECT quote_ident(current_database())")
        await connection.execute(f"GRANT CONNECT ON DATABASE {database} TO {APP}")
        await connection.execute(f"GRANT USAGE, CREATE ON SCHEMA public TO {OWNER}")
        await connection.execute(f"GRANT USAGE ON SCHEMA public TO {APP}")
        await connection.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
