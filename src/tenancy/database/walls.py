"""The walls between workspaces, and the rules of reading inside one, as row-level security.

A policy is a plain expression on the settings of the transaction: no sub-select, no join, no
function of ours. Each begins with the wall (the row's tenant is the context's), then names the
surfaces on which the rule applies.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

from msgspec import Struct

from tenancy.database.context import Role, Surface, Through

Command = Literal["select", "insert", "update", "delete"]

WALL = "tenant_id = nullif(current_setting('app.tenant', true), '')::uuid"
EVERYONE = "true"


def setting(name: str) -> str:
    return f"current_setting('app.{name}', true)"


def _ids(name: str) -> str:
    return f"nullif({setting(name)}, '')::uuid[]"


def is_member(column: str) -> str:
    """The row belongs to the member who asks."""
    return f"{column} = nullif({setting('member')}, '')::uuid"


def names_member(column: str) -> str:
    """The row's list of people includes the member who asks."""
    return f"nullif({setting('member')}, '')::uuid = ANY({column})"


def on_team(column: str = "engagement_id") -> str:
    return f"{column} = ANY({_ids('team')})"


def coached_in(column: str = "engagement_id") -> str:
    return f"{column} = ANY({_ids('coached')})"


def sponsored(column: str = "engagement_id") -> str:
    return f"{column} = ANY({_ids('sponsored')})"


def of_own_clients(column: str = "organisation_id") -> str:
    return f"{column} = ANY({_ids('organisations')})"


def shares_engagement(column: str) -> str:
    """The row's list of engagements overlaps the member's own, whatever the relation."""
    return any_of(*(f"{column} && {_ids(name)}" for name in ("team", "coached", "sponsored")))


def shares_team(column: str) -> str:
    """The row's list of engagements overlaps those on whose team the member is."""
    return f"{column} && {_ids('team')}"


def has_role(*roles: Role) -> str:
    listed = ", ".join(f"'{role}'" for role in roles)
    return f"{setting('role')} IN ({listed})"


def any_of(*rules: str) -> str:
    return "(" + " OR ".join(rules) + ")"


def all_of(*rules: str) -> str:
    return "(" + " AND ".join(rules) + ")"


def through(*ways: Through) -> str:
    """The member asks by one of these ways. Where none is stated, nothing is let through."""
    if len(ways) == 1:
        return f"{setting('through')} = '{ways[0]}'"
    listed = ", ".join(f"'{way}'" for way in ways)
    return f"{setting('through')} IN ({listed})"


STAFF = has_role("owner", "consultant", "associate")
OWNER = has_role("owner")

Rules = Mapping[Surface, str]


class Policies(Struct, frozen=True, kw_only=True):
    """Who may do what to the rows of one table, by surface. What is not named is refused."""

    select: Rules
    insert: Rules = {}
    update: Rules = {}
    delete: Rules = {}
    updatable: tuple[str, ...] = ()
    """The only columns that may change; all when empty."""


def expression(rules: Rules) -> str:
    """The wall, then `surface and rule` for each surface named."""
    branches = (
        f"({setting('surface')} = '{surface}' AND {rule})" for surface, rule in rules.items()
    )
    return f"{WALL} AND ({' OR '.join(branches)})"


def policy_statements(table: str, policies: Policies) -> list[str]:
    """SQL that raises the wall of one table and grants the app what its policies allow."""
    quoted = f'"{table}"'
    statements = [
        f"ALTER TABLE {quoted} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {quoted} FORCE ROW LEVEL SECURITY",
    ]
    commands: Sequence[Command] = ("select", "insert", "update", "delete")
    for command in commands:
        rules: Rules = getattr(policies, command)
        if rules:
            statements.append(_policy(table, command, expression(rules)))
            statements.append(_grant(quoted, command, policies.updatable))
    return statements


def _policy(table: str, command: Command, rule: str) -> str:
    clauses = {
        "select": f"USING ({rule})",
        "insert": f"WITH CHECK ({rule})",
        "update": f"USING ({rule}) WITH CHECK ({rule})",
        "delete": f"USING ({rule})",
    }
    head = f'CREATE POLICY {table}_{command} ON "{table}" AS PERMISSIVE FOR {command.upper()}'
    return f"{head} TO PUBLIC {clauses[command]}"


def _grant(quoted: str, command: Command, updatable: tuple[str, ...]) -> str:
    columns = f" ({', '.join(updatable)})" if command == "update" and updatable else ""
    return f"GRANT {command.upper()}{columns} ON {quoted} TO cocreate_app"
