"""Alembic's environment: runs on the connection that `tenancy.database.prepare` opened."""

from typing import Any

from alembic import context

from engagements.tables import metadata


def _ours(_object: Any, name: str | None, kind: str, *_: Any) -> bool:
    return not (kind == "table" and (name or "").startswith("pgqueuer"))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    include_object=_ours,
    compare_type=True,
    compare_server_default=False,
    transaction_per_migration=False,
)
context.run_migrations()
