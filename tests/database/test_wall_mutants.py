"""Each clause of each policy, FORCE, and the tenant of each reference: none goes unnoticed.

Every policy stands on a checked-in list, which is red for each change of a clause. Beyond that,
each clause is made to hold always or never, and compared to the rule as it is, for every row of a
rich world and everybody in it: where anybody could then see, write, change or delete a row more or
less, the clause bears a load. Those that bear none there are the list's alone to hold.
"""

import json
from collections.abc import AsyncIterator, Iterator
from itertools import product
from pathlib import Path
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from msgspec.structs import replace

from building import built
from canaries import CAST
from conftest import copied
from engagements.tables import metadata
from mutating import Mutant, mutants
from tenancy.database.base import TenantBase
from tenancy.database.catalogue import model_of, refuse_unless_walled
from tenancy.database.context import SURFACES, THROUGH, Context, stated
from tenancy.database.pool import NOBODY, Database, Transaction
from tenancy.database.prepare import app_url
from tenancy.database.walls import expression
from tenancy.errors import Unavailable
from tenancy.files.store import Files
from tenancy.workspaces.keys import Keyring

LISTED: dict[str, dict[str, dict[str, str]]] = json.loads(
    (Path(__file__).parents[1] / "data" / "policies.json").read_text()
)
TABLES = sorted(LISTED)
COMMANDS = ("select", "insert", "update", "delete")
AT_ONCE = 40
"""Mutants that one statement compares."""
OF_REFERENCES = """
SELECT conname, conrelid::regclass::text AS ours, confrelid::regclass::text AS theirs,
       a.attname AS column, b.attname AS key
  FROM pg_constraint
  JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[2]
  JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = confkey[2]
 WHERE contype = 'f' AND cardinality(conkey) = 2
 ORDER BY 1
"""
LACKING_THE_TENANT = """
SELECT conname FROM pg_constraint
  JOIN pg_class ours ON ours.oid = conrelid JOIN pg_class theirs ON theirs.oid = confrelid
  JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = conkey[1]
  JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = confkey[1]
 WHERE contype = 'f' AND ours.relname = ANY($1) AND theirs.relname = ANY($1)
   AND (a.attname, b.attname, cardinality(conkey)) <> ('tenant_id', 'tenant_id', 2)
"""


@pytest_asyncio.fixture(scope="module")
async def own_url(template_url: str) -> str:
    return await copied(template_url, "walls")


@pytest_asyncio.fixture(scope="module")
async def contexts(own_url: str, keyring: Keyring, files: Files) -> list[Context]:
    """A rich world is built; everybody's context on each surface and by each way."""
    database = Database(app_url(own_url, "app-password"), keyring, size=2)
    await database.open()
    estate = await built(database, keyring, files)
    found = [Context(surface=surface) for surface in SURFACES]
    for actor in CAST:
        if actor.role is not None:
            world = estate.worlds[actor.workspace]
            own = await world.context(estate.people[actor.key])
            found += [
                replace(own, surface=surface, through=through)
                for surface, through in product(SURFACES, THROUGH)
            ]
    await database.close()
    return found


@pytest_asyncio.fixture(scope="module")
async def superuser(own_url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(own_url)
    yield connection
    await connection.close()


def declared(table: str) -> dict[str, dict[str, str]]:
    model = model_of(metadata.tables[table])
    assert issubclass(model, TenantBase)
    policies = {command: dict(getattr(model.__policies__, command)) for command in COMMANDS}
    return {command: rules for command, rules in policies.items() if rules}


def test_every_policy_is_the_one_on_the_list() -> None:
    tables = [
        table.name for table in metadata.sorted_tables if issubclass(model_of(table), TenantBase)
    ]
    assert {table: declared(table) for table in tables} == LISTED


def all_mutants(table: str) -> Iterator[tuple[str, Mutant]]:
    """Each rule with each of its mutants."""
    for rules in declared(table).values():
        rule = expression(rules)  # type: ignore[arg-type]
        yield from ((rule, mutant) for mutant in mutants(rule))


async def load_bearing(
    superuser: Any, table: str, contexts: list[Context], found: list[tuple[str, Mutant]]
) -> set[int]:
    """The places of the mutants that would let somebody do more, or less."""
    through = any("app.through" in rule for rule, _ in found)
    bearing: set[int] = set()
    for context in contexts:
        if through or context.through == "browser":
            left = [place for place in range(len(found)) if place not in bearing]
            bearing |= await _different(superuser, table, context, found, left)
    return bearing


async def _different(
    superuser: Any,
    table: str,
    context: Context,
    found: list[tuple[str, Mutant]],
    left: list[int],
) -> set[int]:
    different: set[int] = set()
    async with superuser.transaction():
        await superuser.execute(stated(context))
        for begin in range(0, len(left), AT_ONCE):
            some = left[begin : begin + AT_ONCE]
            columns = ", ".join(
                f"bool_or(({found[place][0]}) IS DISTINCT FROM ({found[place][1].rule}))"
                for place in some
            )
            row = await superuser.fetchrow(f'SELECT {columns} FROM "{table}"')
            different |= {place for place, differs in zip(some, row, strict=True) if differs}
    return different


@pytest.mark.parametrize("table", TABLES)
async def test_no_clause_of_a_policy_goes_unnoticed(
    table: str,
    superuser: Any,
    contexts: list[Context],
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = list(all_mutants(table))
    unnoticed = [str(mutant) for rule, mutant in found if mutant.rule == rule]
    bearing = await load_bearing(superuser, table, contexts, found)
    rows = await superuser.fetchval(f'SELECT count(*) FROM "{table}"')
    with capsys.disabled():
        print(
            f"\n{table}: {len(found)} mutants of its policies, {len(bearing)} change what somebody"
            f" may do with its {rows} rows, {len(found) - len(bearing)} only the list",
            end="",
        )
    assert not unnoticed
    assert bearing or not rows


@pytest.mark.parametrize("lacks", ["NO FORCE", "DISABLE"])
@pytest.mark.parametrize("table", TABLES)
async def test_a_table_without_force_or_row_level_security_is_refused(
    table: str, lacks: str, superuser: Any, keyring: Keyring
) -> None:
    spoiling = superuser.transaction()
    await spoiling.start()
    try:
        await superuser.execute(f'ALTER TABLE "{table}" {lacks} ROW LEVEL SECURITY')
        await superuser.execute("SET LOCAL ROLE cocreate_app")
        with pytest.raises(Unavailable, match=f"{table} has row-level security switched off"):
            await refuse_unless_walled(Transaction(NOBODY, superuser, None, keyring), metadata)
    finally:
        await spoiling.rollback()


async def test_a_reference_without_its_tenant_is_noticed(
    superuser: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    references = await superuser.fetch(OF_REFERENCES)
    unnoticed = []
    for one in references:
        spoiling = superuser.transaction()
        await spoiling.start()
        try:
            await superuser.execute(
                f'CREATE UNIQUE INDEX spoilt ON {one["theirs"]} ("{one["key"]}")'
            )
            await superuser.execute(
                f'ALTER TABLE {one["ours"]} DROP CONSTRAINT "{one["conname"]}", ADD CONSTRAINT'
                f' "{one["conname"]}" FOREIGN KEY ("{one["column"]}")'
                f' REFERENCES {one["theirs"]} ("{one["key"]}") NOT VALID'
            )
            noticed = await superuser.fetch(LACKING_THE_TENANT, TABLES)
            if [row["conname"] for row in noticed] != [one["conname"]]:
                unnoticed.append(one["conname"])
        finally:
            await spoiling.rollback()
    with capsys.disabled():
        print(f"\n{len(references)} references without their tenant: all noticed", end="")
    assert len(references) > len(TABLES)
    assert unnoticed == []
