"""What PostgreSQL's own catalogue says of the walls, table by table, on the migrated database."""

import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest
import pytest_asyncio
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from engagements.tables import metadata
from planting import GLOBAL_TABLES, TENANT_TABLES
from tenancy.database.catalogue import expected_statements, refuse_unless_walled
from tenancy.database.pool import NOBODY, Database, Transaction
from tenancy.database.prepare import app_url, create_database
from tenancy.errors import Unavailable
from tenancy.ids import new_id
from tenancy.workspaces.keys import Keyring

CATALOGUE: dict[str, dict[str, list[str]]] = json.loads(
    (Path(__file__).parents[1] / "data" / "catalogue.json").read_text()
)
TENANT = CATALOGUE["tenant"]
WALL = "((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) AND "

# Tables outside the workspaces that a row inside one may name by a plain reference.
REFERRED_OUTSIDE = {"workspace", "identity"}
DEFINER_FUNCTIONS: set[str] = set()

Rows = list[asyncpg.Record]


@pytest_asyncio.fixture(scope="session")
async def catalogue(owner_url: str) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """The migrated database, as its superuser."""
    connection = await asyncpg.connect(owner_url)
    yield connection
    await connection.close()


async def of_tenant_tables(connection, statement: str) -> Rows:
    """Rows of a select whose first condition is left open as {tables}."""
    tables = "SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    return await connection.fetch(
        statement.format(tables=f"{tables} AND relname = ANY($1)"), list(TENANT)
    )


GRANTS = """
SELECT c.relname AS name, g.privilege_type AS command, NULL AS column, g.grantee::regrole AS who
  FROM pg_class c, aclexplode(c.relacl) g
 WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
   AND g.grantee <> c.relowner
UNION ALL
SELECT c.relname, g.privilege_type, a.attname, g.grantee::regrole
  FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid, aclexplode(a.attacl) g
 WHERE c.relnamespace = 'public'::regnamespace AND g.grantee <> c.relowner
 ORDER BY 1, 2, 3
"""


async def granted(connection: "asyncpg.Connection[asyncpg.Record]") -> dict[str, list[str]]:
    """For each table what `cocreate_app` may do; a grant on columns names them."""
    found: dict[str, list[str]] = {}
    columns: dict[tuple[str, str], list[str]] = {}
    for row in await connection.fetch(GRANTS):
        assert row["who"] == "cocreate_app", row
        if row["column"] is None:
            found.setdefault(row["name"], []).append(row["command"])
        else:
            columns.setdefault((row["name"], row["command"]), []).append(row["column"])
    for (table, command), names in columns.items():
        found.setdefault(table, []).append(f"{command}({', '.join(names)})")
    return {table: sorted(commands) for table, commands in found.items()}


@pytest.mark.asvs("13.2.2")
async def test_every_table_is_classed_and_has_the_grants_on_the_list(catalogue) -> None:
    there = await catalogue.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relkind IN ('r', 'p')"
    )
    listed = {table: grants for kind in CATALOGUE.values() for table, grants in kind.items()}

    assert {row["relname"] for row in there} == listed.keys()
    assert await granted(catalogue) == {table: grants for table, grants in listed.items() if grants}


def test_the_models_class_the_tables_as_the_list_does() -> None:
    assert {table.name for table in TENANT_TABLES} == TENANT.keys()
    assert {table.name for table in GLOBAL_TABLES} == CATALOGUE["global"].keys()


async def test_every_tenant_table_has_tenant_id_that_is_never_null(catalogue) -> None:
    rows = await of_tenant_tables(
        catalogue,
        "SELECT attrelid, atttypid::regtype::text AS type FROM pg_attribute"
        " WHERE attname = 'tenant_id' AND attnotnull AND attrelid IN ({tables})",
    )

    assert [row["type"] for row in rows] == ["uuid"] * len(TENANT)


async def test_tenant_id_leads_every_key_and_index_of_a_tenant_table(catalogue) -> None:
    indexes = await of_tenant_tables(
        catalogue,
        "SELECT indexrelid::regclass::text AS index, indrelid, indisprimary, attname AS leader"
        " FROM pg_index JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0]"
        " WHERE indrelid IN ({tables})",
    )

    assert len({row["indrelid"] for row in indexes if row["indisprimary"]}) == len(TENANT)
    assert [row["index"] for row in indexes if row["leader"] != "tenant_id"] == []


async def test_every_reference_between_tenant_tables_carries_the_tenant(catalogue) -> None:
    found = await of_tenant_tables(
        catalogue,
        "SELECT conname, relname AS referred, ours.attname AS ours, theirs.attname AS theirs,"
        " cardinality(conkey) AS width"
        " FROM pg_constraint JOIN pg_class ON pg_class.oid = confrelid"
        " JOIN pg_attribute ours ON ours.attrelid = conrelid AND ours.attnum = conkey[1]"
        " JOIN pg_attribute theirs ON theirs.attrelid = confrelid AND theirs.attnum = confkey[1]"
        " WHERE contype = 'f' AND conrelid IN ({tables})",
    )
    inside = [row for row in found if row["referred"] in TENANT]

    assert {row["referred"] for row in found} - TENANT.keys() <= REFERRED_OUTSIDE
    assert len(inside) > len(TENANT)
    for row in inside:
        assert (row["ours"], row["theirs"], row["width"]) == ("tenant_id", "tenant_id", 2), row


async def test_nothing_outside_the_workspaces_refers_to_something_inside(catalogue) -> None:
    found = await catalogue.fetch(
        "SELECT conname FROM pg_constraint JOIN pg_class theirs ON theirs.oid = confrelid"
        " JOIN pg_class ours ON ours.oid = conrelid"
        " WHERE contype = 'f' AND theirs.relname = ANY($1) AND ours.relname <> ALL($1)",
        list(TENANT),
    )

    assert found == []


@pytest.mark.asvs("8.4.1")
async def test_row_level_security_is_enabled_and_forced_on_every_tenant_table(catalogue) -> None:
    found = await catalogue.fetch(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        " AND relrowsecurity AND relforcerowsecurity"
    )

    assert {row["relname"] for row in found} == TENANT.keys()


@pytest.mark.asvs("8.4.1")
async def test_a_table_has_one_permissive_policy_a_command_and_it_begins_with_the_wall(
    catalogue,
) -> None:
    policies = await catalogue.fetch("SELECT * FROM pg_policies WHERE schemaname = 'public'")
    commands = [(row["tablename"], row["cmd"]) for row in policies]

    assert len(commands) == len(set(commands))
    assert {table for table, _ in commands} == TENANT.keys()
    for row in policies:
        assert (row["permissive"], row["cmd"] != "ALL") == ("PERMISSIVE", True), row
        rules = [rule for rule in (row["qual"], row["with_check"]) if rule is not None]
        assert len(rules) == (2 if row["cmd"] == "UPDATE" else 1), row
        assert all(rule.startswith(WALL) for rule in rules), row


async def test_a_command_without_a_policy_is_not_granted_either(catalogue) -> None:
    policies = await catalogue.fetch(
        "SELECT tablename, array_agg(cmd) AS commands FROM pg_policies GROUP BY 1"
    )

    for row in policies:
        may = {grant.partition("(")[0] for grant in TENANT[row["tablename"]]}
        assert may == set(row["commands"]), row["tablename"]


async def test_policies_have_no_sub_selects_and_call_nothing_but_current_setting(catalogue) -> None:
    trees = await catalogue.fetch(
        "SELECT polname, coalesce(polqual::text, '') || coalesce(polwithcheck::text, '') AS tree"
        " FROM pg_policy"
    )
    called = {int(id) for row in trees for id in re.findall(r":funcid (\d+)", row["tree"])}
    names = await catalogue.fetch("SELECT proname FROM pg_proc WHERE oid = ANY($1)", list(called))
    operators = {int(id) for row in trees for id in re.findall(r":opno (\d+)", row["tree"])}

    assert len(trees) > len(TENANT)
    assert [
        row["polname"] for row in trees if re.search("SUBLINK|SUBPLAN|QUERY", row["tree"])
    ] == []
    assert [row["proname"] for row in names] == ["current_setting"]
    # Up to 9999 stand the operators that are PostgreSQL's own.
    assert max(operators) < 10_000


@pytest.mark.asvs("13.2.2")
async def test_everything_is_owned_by_the_role_that_nobody_serves_as(catalogue) -> None:
    owners = await catalogue.fetch(
        "SELECT DISTINCT relowner::regrole::text AS owner FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace UNION"
        " SELECT proowner::regrole::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace"
    )
    roles = await catalogue.fetch(
        "SELECT * FROM pg_roles WHERE rolname IN ('cocreate_owner', 'cocreate_app') ORDER BY 1"
    )
    app, owner = roles

    assert [row["owner"] for row in owners] == ["cocreate_owner"]
    assert not owner["rolcanlogin"]
    for role in (app, owner):
        assert not role["rolsuper"] and not role["rolbypassrls"]
        assert not role["rolcreatedb"] and not role["rolcreaterole"]


@pytest.mark.asvs("13.2.2")
async def test_the_app_belongs_to_no_role_and_creates_nothing(catalogue) -> None:
    memberships = await catalogue.fetchval(
        "SELECT count(*) FROM pg_auth_members WHERE member = 'cocreate_app'::regrole"
    )
    creates = await catalogue.fetch(
        "SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_(temp|toast)'"
        " AND has_schema_privilege('cocreate_app', oid, 'CREATE')"
    )

    assert memberships == 0
    assert creates == []


async def test_no_function_runs_with_the_rights_of_its_definer(catalogue) -> None:
    found = await catalogue.fetch(
        "SELECT proname FROM pg_proc WHERE prosecdef"
        " AND pronamespace NOT IN ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)"
    )

    assert {row["proname"] for row in found} == DEFINER_FUNCTIONS


async def test_there_are_no_views(catalogue) -> None:
    found = await catalogue.fetch(
        "SELECT relname FROM pg_class"
        " WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace"
    )

    assert found == []


async def test_alembic_finds_nothing_to_migrate(owner_url: str) -> None:
    def differences(connection: Connection) -> list[Any]:
        def ours(_object: Any, name: str | None, kind: str, *_: Any) -> bool:
            return kind != "table" or name not in CATALOGUE["queue"]

        options = {"compare_type": True, "include_object": ours}
        return compare_metadata(MigrationContext.configure(connection, opts=options), metadata)

    assert await in_sqlalchemy(owner_url, differences) == []


SHOWN = {
    "columns": """
        SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               pg_get_expr(d.adbin, d.adrelid)
          FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
          LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'""",
    "constraints": """
        SELECT c.relname, conname, pg_get_constraintdef(pg_constraint.oid)
          FROM pg_constraint JOIN pg_class c ON c.oid = conrelid
         WHERE c.relnamespace = 'public'::regnamespace""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "policies": """
        SELECT tablename, policyname, permissive, roles::text, cmd, qual, with_check
          FROM pg_policies""",
    "security": """
        SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'""",
}


async def test_models_policies_and_grants_are_those_of_the_migrated_catalogue(
    owner_url: str, catalogue
) -> None:
    def create(connection: Connection) -> None:
        metadata.create_all(connection)
        for table in metadata.sorted_tables:
            for statement in expected_statements(table):
                connection.exec_driver_sql(statement)

    modelled_url = await create_database(owner_url, f"modelled-{new_id().hex}")
    await in_sqlalchemy(modelled_url, create)
    modelled = await asyncpg.connect(modelled_url)
    try:
        by_hand = {*CATALOGUE["queue"], "alembic_version"}
        for what, statement in SHOWN.items():
            migrated = {tuple(row) for row in await catalogue.fetch(statement)}
            expected = {tuple(row) for row in await modelled.fetch(statement)}
            assert {row for row in migrated if by_hand.isdisjoint(row)} == expected, what
        migrated_grants = await granted(catalogue)
        for table in by_hand:
            migrated_grants.pop(table, None)
        assert migrated_grants == await granted(modelled)
    finally:
        await modelled.close()


async def in_sqlalchemy(url: str, deed: Any) -> Any:
    engine = create_async_engine(
        urlunsplit(urlsplit(url)._replace(scheme="postgresql+asyncpg")), poolclass=NullPool
    )
    try:
        async with engine.begin() as connection:
            return await connection.run_sync(deed)
    finally:
        await engine.dispose()


async def refusal(url: str, keyring: Keyring) -> str:
    """What start-up says of the database of the URL; empty when it starts."""
    database = Database(url, keyring, size=1)
    await database.open()
    try:
        async with database.transaction(NOBODY) as tx:
            await refuse_unless_walled(tx, metadata)
        return ""
    except Unavailable as failure:
        return failure.sentence
    finally:
        await database.close()


async def test_the_migrated_database_is_served(owner_url: str, keyring: Keyring) -> None:
    assert await refusal(app_url(owner_url, "app-password"), keyring) == ""


@pytest.mark.asvs("13.2.2")
async def test_a_superuser_is_refused(owner_url: str, keyring: Keyring) -> None:
    said = await refusal(owner_url, keyring)

    assert "could pass the walls" in said
    assert "Serve as cocreate_app." in said


TRUE_FOR_ALL = "((current_setting('app.surface', true) = 'workspace' AND true))"
TENANT_IS = "tenant_id = nullif(current_setting('app.tenant', true), '')::uuid"


@pytest.mark.asvs("8.4.1")
@pytest.mark.parametrize(
    ("spoils", "says"),
    [
        (["ALTER TABLE note NO FORCE ROW LEVEL SECURITY"], "note has row-level security switched"),
        (["ALTER TABLE note DISABLE ROW LEVEL SECURITY"], "note has row-level security switched"),
        (
            [f"DROP POLICY note_{c} ON note" for c in ("select", "insert", "update", "delete")],
            "note has a policy that does not begin with the wall",
        ),
        (["ALTER POLICY note_select ON note USING (true)"], "note has a policy that does not"),
        (
            [f"ALTER POLICY note_select ON note USING ({TENANT_IS} OR {TRUE_FOR_ALL})"],
            "note has a policy that does not",
        ),
        (
            [f"ALTER POLICY note_select ON note USING (({TENANT_IS} AND {TRUE_FOR_ALL}) OR true)"],
            "note has a policy that does not",
        ),
        (["ALTER POLICY note_insert ON note WITH CHECK (true)"], "note has a policy that does not"),
        (["ALTER POLICY note_update ON note WITH CHECK (true)"], "note has a policy that does not"),
        (["CREATE TABLE stray (tenant_id uuid)"], "stray has row-level security switched off"),
        (["ALTER TABLE note OWNER TO cocreate_app"], "cocreate_app could pass the walls"),
        (["GRANT cocreate_owner TO cocreate_app"], "cocreate_app could pass the walls"),
        (["ALTER ROLE cocreate_app BYPASSRLS"], "cocreate_app could pass the walls"),
        (["GRANT CREATE ON SCHEMA public TO cocreate_app"], "cocreate_app could pass the walls"),
    ],
)
async def test_a_database_whose_walls_are_not_whole_is_refused(
    catalogue, keyring: Keyring, spoils: list[str], says: str
) -> None:
    spoiling = catalogue.transaction()
    await spoiling.start()
    try:
        for statement in spoils:
            await catalogue.execute(statement)
        await catalogue.execute("SET LOCAL ROLE cocreate_app")
        with pytest.raises(Unavailable, match=says):
            await refuse_unless_walled(Transaction(NOBODY, catalogue, None, keyring), metadata)
    finally:
        await spoiling.rollback()
