"""Draft a migration: what the models have and the migrated database has not, with its policies.

    .venv/bin/python scripts/draft_migration.py 0002 "Add attachments"

Alembic sees neither policies nor grants. Those of new tables are added from the models; those of
an old table that differ are taken down and made anew.
"""

import asyncio
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from alembic import command
from sqlalchemy import Connection, inspect, text
from sqlalchemy.ext.asyncio import create_async_engine

from engagements.tables import metadata
from tenancy.database.catalogue import expected_statements
from tenancy.database.embedded import running
from tenancy.database.prepare import create_database, migrations, prepare

T = TypeVar("T")
RULES = """
SELECT tablename, policyname, cmd, qual, with_check FROM pg_policies
UNION ALL
SELECT c.relname, '', g.privilege_type, coalesce(a.attname, ''), ''
  FROM pg_class c
  LEFT JOIN pg_attribute a ON a.attrelid = c.oid AND a.attacl IS NOT NULL,
       aclexplode(coalesce(a.attacl, c.relacl)) g
 WHERE g.grantee = 'cocreate_app'::regrole
UNION ALL
SELECT c.relname, '', g.privilege_type, '', ''
  FROM pg_class c, aclexplode(c.relacl) g
 WHERE g.grantee = 'cocreate_app'::regrole
"""
Rules = dict[str, set[tuple[str, ...]]]


def _rules(connection: Connection) -> Rules:
    """The policies and grants of each table, as the catalogue has them."""
    found: Rules = {}
    for table, *rule in connection.execute(text(RULES)):
        found.setdefault(table, set()).add(tuple(rule))
    return found


def _wanted(connection: Connection) -> Rules:
    """The policies and grants that the models declare, made in an empty database."""
    metadata.create_all(connection)
    for table in metadata.sorted_tables:
        for statement in expected_statements(table):
            connection.execute(text(statement))
    return _rules(connection)


def _anew(table: str, there: set[tuple[str, ...]]) -> list[str]:
    """Statements that take a table's policies and grants down and make the declared ones."""
    drops = [
        f"DROP POLICY {name} ON {table}" for name in sorted({rule[0] for rule in there} - {""})
    ]
    walled = expected_statements(metadata.tables[table])
    revoke = f'REVOKE ALL ON "{table}" FROM cocreate_app'
    return [*drops, revoke, *(line for line in walled if "ROW LEVEL SECURITY" not in line)]


def _draft(connection: Connection, wanted: Rules, number: str, message: str) -> None:
    there = set(inspect(connection).get_table_names())
    new = [table for table in metadata.sorted_tables if table.name not in there]
    statements = [line for table in new for line in expected_statements(table)]
    standing = _rules(connection)
    for table in metadata.sorted_tables:
        if table.name in there and standing.get(table.name) != wanted.get(table.name):
            statements += _anew(table.name, standing.get(table.name, set()))
    policies = "".join(f'    """{line}""",\n' for line in statements)
    script = command.revision(migrations(connection), message, autogenerate=True, rev_id=number)
    assert script is not None
    assert not isinstance(script, list)
    path = Path(script.path)
    head = "POLICIES: tuple[str, ...] = (\n"
    path.write_text(path.read_text().replace(f"{head})", f"{head}{policies})"))
    print(path)


async def _main(number: str, message: str, *, migrated: bool) -> None:
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as server:
        url = await create_database(server.superuser_url, "draft")
        if migrated:
            await prepare(url, "draft")
        empty = await create_database(server.superuser_url, "empty")
        wanted = await _run(empty, _wanted)
        await _run(url, lambda connection: _draft(connection, wanted, number, message))


async def _run(url: str, work: Callable[[Connection], T]) -> T:
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.connect() as connection:
        found = await connection.run_sync(work)
    await engine.dispose()
    return found


if __name__ == "__main__":
    there = any(Path("migrations/versions").glob("*.py"))
    asyncio.run(_main(*sys.argv[1:3], migrated=there))
