"""Write down every policy as its model declares it, for `tests/data/policies.json`.

    .venv/bin/python scripts/list_policies.py

A test holds the models to the list, so that no clause goes or comes unnoticed. Read the difference
before it is committed: it says who reads and changes what.
"""

import json
from pathlib import Path
from typing import Any

from engagements.tables import metadata
from tenancy.database.base import TenantBase
from tenancy.database.catalogue import model_of

LIST = Path(__file__).parents[1] / "tests" / "data" / "policies.json"


def policies() -> dict[str, Any]:
    """Table, command, surface: the rule behind the wall."""
    found: dict[str, Any] = {}
    for table in metadata.sorted_tables:
        model = model_of(table)
        if issubclass(model, TenantBase):
            declared = model.__policies__
            found[table.name] = {
                command: dict(rules)
                for command in ("select", "insert", "update", "delete")
                if (rules := getattr(declared, command))
            }
    return found


if __name__ == "__main__":
    LIST.write_text(json.dumps(policies(), indent=1, sort_keys=True) + "\n")
