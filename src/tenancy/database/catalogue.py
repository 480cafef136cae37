"""What the database's catalogue must say, and whether it does."""

from collections.abc import AsyncIterator, Iterable
from typing import cast

from msgspec import Struct
from sqlalchemy import MetaData, Table

from tenancy.database.base import Base, TenantBase
from tenancy.database.pool import Transaction
from tenancy.database.walls import policy_statements
from tenancy.errors import Unavailable


def expected_statements(table: Table) -> list[str]:
    """The policies and grants of one table, tenant or global, as its model declares them."""
    model = model_of(table)
    if issubclass(model, TenantBase):
        return policy_statements(table.name, model.__policies__)
    grants: tuple[str, ...] = model.__grants__  # type: ignore[attr-defined]
    return [f'GRANT {", ".join(grants)} ON "{table.name}" TO cocreate_app']


def model_of(table: Table) -> type[Base]:
    """The class whose rows the table holds."""
    for mapper in Base.registry.mappers:
        if mapper.local_table is table:
            return cast(type[Base], mapper.class_)
    raise LookupError(f"no model has the table {table.name}")


class _Standing(Struct):
    role: str
    superuser: bool
    bypasses: bool
    creates: bool
    owns: int


_STANDING = """
SELECT current_user, rolsuper, rolbypassrls, has_schema_privilege('public', 'CREATE'),
       (SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
         WHERE nspname = 'public' AND relkind IN ('r', 'p') AND pg_has_role(relowner, 'USAGE'))
  FROM pg_roles WHERE rolname = current_user
"""

_WALLS = """
SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity,
       coalesce(array_agg(rule) FILTER (WHERE rule IS NOT NULL), '{}')
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' AND NOT a.attisdropped
  LEFT JOIN pg_policy p ON p.polrelid = c.oid
  LEFT JOIN LATERAL (VALUES (pg_get_expr(p.polqual, c.oid)),
                            (pg_get_expr(p.polwithcheck, c.oid))) AS rules (rule) ON true
 WHERE c.relkind IN ('r', 'p')
 GROUP BY 1, 2, 3
"""

_WALL_AS_SHOWN = (
    "((tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::uuid) AND "
)


async def refuse_unless_walled(tx: Transaction, metadata: MetaData) -> None:
    """Start-up's check, run as the role that serves.

    Raises:
        Unavailable: the role could pass the walls, or a table stands without its wall.
    """
    standing = _Standing(*(await tx.connection.fetchrow(_STANDING) or ()))
    if standing.superuser or standing.bypasses or standing.creates or standing.owns:
        raise Unavailable(
            f"The role {standing.role} could pass the walls between workspaces (it is a superuser, "
            "owns tables, may create them or bypasses row-level security). Serve as cocreate_app."
        )
    open_tables = [problem async for problem in _open_tables(tx, _outside(metadata))]
    if open_tables:
        raise Unavailable("The walls are not whole: " + "; ".join(open_tables) + ". Migrate again.")


def _outside(metadata: MetaData) -> set[str]:
    """Global tables that refer to a workspace without standing inside it."""
    tables = metadata.tables.values()
    return {table.name for table in tables if not issubclass(model_of(table), TenantBase)}


async def _open_tables(tx: Transaction, outside: Iterable[str]) -> AsyncIterator[str]:
    for name, enabled, forced, rules in await tx.connection.fetch(_WALLS):
        if name in outside:
            continue
        if not (enabled and forced):
            yield f"{name} has row-level security switched off"
        if not rules or not all(rule.startswith(_WALL_AS_SHOWN) for rule in rules):
            yield f"{name} has a policy that does not begin with the wall"
