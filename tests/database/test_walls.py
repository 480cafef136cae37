"""The walls seen from inside: rows in every table of two workspaces, and a member with every right.

Nothing here names a table: a new one is tested from the day that its model is written.
"""

from collections.abc import AsyncIterator

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import Table

from planting import TENANT_TABLES, Garden, garden, references
from tenancy.database.context import SURFACES, Context


@pytest_asyncio.fixture
async def planted(owner_url: str) -> AsyncIterator[Garden]:
    async with garden(owner_url) as made:
        yield made


async def tenants_seen(planted: Garden, table: Table) -> set[str]:
    try:
        async with planted.connection.transaction():
            rows = await planted.connection.fetch(f'SELECT tenant_id FROM "{table.name}"')
    except asyncpg.InsufficientPrivilegeError:
        return set()
    return {"here" if row["tenant_id"] == planted.here else "elsewhere" for row in rows}


@pytest.mark.asvs("8.4.1")
async def test_without_a_workspace_no_row_of_any_tenant_table_is_seen(planted: Garden) -> None:
    for surface in SURFACES:
        async with planted.as_the_app(Context(surface=surface)):
            for table in TENANT_TABLES:
                assert await tenants_seen(planted, table) == set(), (surface, table.name)


@pytest.mark.asvs("8.4.1")
async def test_without_any_context_no_row_of_any_tenant_table_is_seen(planted: Garden) -> None:
    await planted.connection.execute("SET LOCAL ROLE cocreate_app")

    for table in TENANT_TABLES:
        assert await tenants_seen(planted, table) == set(), table.name


@pytest.mark.asvs("8.4.1")
async def test_with_every_right_in_one_workspace_nothing_of_another_is_seen(
    planted: Garden,
) -> None:
    seen: dict[str, set[str]] = {table.name: set() for table in TENANT_TABLES}
    for surface in SURFACES:
        async with planted.as_the_app(planted.everything(surface)):
            for table in TENANT_TABLES:
                seen[table.name] |= await tenants_seen(planted, table)

    assert seen == {table.name: {"here"} for table in TENANT_TABLES}


async def test_support_sees_what_it_needs_to_help_and_nothing_that_was_written(
    planted: Garden,
) -> None:
    async with planted.as_the_app(planted.everything("support")):
        seen = {table.name for table in TENANT_TABLES if await tenants_seen(planted, table)}
        written = [
            table.name for table in TENANT_TABLES if await is_let_in(planted, table, here=True)
        ]

    assert seen == {"audit_entry", "engagement", "mail", "member", "support_access"}
    assert written == []


@pytest.mark.asvs("8.4.1")
async def test_the_engagements_of_another_workspace_open_nothing_either(planted: Garden) -> None:
    planted.here, planted.there = planted.there, planted.here
    foreign = planted.everything("workspace")
    planted.here, planted.there = planted.there, planted.here

    async with planted.as_the_app(
        Context(
            surface="workspace",
            tenant=planted.here,
            member=foreign.member,
            role="sponsor",
            team=foreign.team,
            coached=foreign.coached,
            sponsored=foreign.sponsored,
        )
    ):
        for name in ("note", "note_revision", "action", "session", "indicator", "publication"):
            table = next(table for table in TENANT_TABLES if table.name == name)
            assert await tenants_seen(planted, table) == set(), name


async def is_let_in(planted: Garden, table: Table, *, here: bool) -> bool:
    """Whether one more row of the workspace may be written."""
    tenant = planted.here if here else planted.there
    try:
        async with planted.connection.transaction():
            await planted.plant(table, tenant)
    except asyncpg.InsufficientPrivilegeError:
        return False
    except asyncpg.UniqueViolationError:
        return True
    return True


@pytest.mark.asvs("8.4.1")
async def test_a_row_can_be_written_into_the_own_workspace_and_into_no_other(
    planted: Garden,
) -> None:
    written_here: set[str] = set()
    written_there: set[str] = set()
    for surface in SURFACES:
        async with planted.as_the_app(planted.everything(surface)):
            for table in TENANT_TABLES:
                if await is_let_in(planted, table, here=True):
                    written_here.add(table.name)
                if await is_let_in(planted, table, here=False):
                    written_there.add(table.name)

    assert written_here == {table.name for table in TENANT_TABLES}
    assert written_there == set()


async def touched(planted: Garden, statement: str) -> str:
    try:
        async with planted.connection.transaction():
            return str(await planted.connection.execute(statement, planted.there))
    except asyncpg.InsufficientPrivilegeError:
        return "not granted"


@pytest.mark.asvs("8.4.1")
async def test_no_row_of_another_workspace_can_be_changed_or_deleted(planted: Garden) -> None:
    for surface in SURFACES:
        async with planted.as_the_app(planted.everything(surface)):
            for table in TENANT_TABLES:
                last = list(table.columns)[-1].name
                change = f'UPDATE "{table.name}" SET {last} = {last} WHERE tenant_id = $1'
                erase = f'DELETE FROM "{table.name}" WHERE tenant_id = $1'
                assert await touched(planted, change) in {"UPDATE 0", "not granted"}, table.name
                assert await touched(planted, erase) in {"DELETE 0", "not granted"}, table.name


@pytest.mark.asvs("8.4.1")
async def test_no_row_can_be_moved_into_another_workspace(planted: Garden) -> None:
    for surface in SURFACES:
        async with planted.as_the_app(planted.everything(surface)):
            for table in TENANT_TABLES:
                move = f'UPDATE "{table.name}" SET tenant_id = $1'
                assert await touched(planted, move) in {"UPDATE 0", "not granted"}, table.name


async def points_to(planted: Garden, table: Table, column: str, target: object) -> str:
    """What PostgreSQL says when the row of `table` is made to refer to `target`."""
    statement = f'UPDATE "{table.name}" SET "{column}" = $1 WHERE tenant_id = $2 AND id = $3'
    row = planted.rows[planted.here, table.name]
    try:
        async with planted.connection.transaction():
            return str(await planted.connection.execute(statement, target, planted.here, row))
    except asyncpg.ForeignKeyViolationError:
        return "refused"


@pytest.mark.asvs("8.4.1")
async def test_no_reference_can_point_into_another_workspace_whoever_writes_it(
    planted: Garden,
) -> None:
    """As the superuser, whom no policy stops: the composite keys alone refuse."""
    tried = 0
    for table in TENANT_TABLES:
        for column, referred in references(table):
            own = planted.rows[planted.here, referred.name]
            foreign = planted.rows[planted.there, referred.name]
            assert await points_to(planted, table, column.name, own) == "UPDATE 1"
            assert await points_to(planted, table, column.name, foreign) == "refused", column
            tried += 1

    assert tried > len(TENANT_TABLES)
