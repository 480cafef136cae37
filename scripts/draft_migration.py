"""Draft a migration: what the models have and the migrated database has not, with its policies.

    .venv/bin/python scripts/draft_migration.py 0002 "Add attachments"

Alembic sees neither policies nor grants, so those of new tables are added from the models; a
changed policy of an old table is written by hand (the catalogue test names it).
"""

import asyncio
import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import Connection, inspect
from sqlalchemy.ext.asyncio import create_async_engine

from engagements.tables import metadata
from tenancy.database.catalogue import expected_statements
from tenancy.database.embedded import running
from tenancy.database.prepare import create_database, migrations, prepare


def _draft(connection: Connection, number: str, message: str) -> None:
    there = set(inspect(connection).get_table_names())
    new = [table for table in metadata.sorted_tables if table.name not in there]
    statements = [line for table in new for line in expected_statements(table)]
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
        engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
        async with engine.connect() as connection:
            await connection.run_sync(_draft, number, message)
        await engine.dispose()


if __name__ == "__main__":
    there = any(Path("migrations/versions").glob("*.py"))
    asyncio.run(_main(*sys.argv[1:3], migrated=there))
