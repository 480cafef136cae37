"""Write down which policy each route has, for `tests/data/route_policies.json`, and which of them
want a fresh proof, for `tests/data/fresh_routes.json`.

    .venv/bin/python scripts/list_route_policies.py

A test holds the product to the lists, so that no route opens to anybody else, or to a session that
was left alone, unnoticed. Read the difference before it is committed: it says who gets in where.
"""

import json
from pathlib import Path

from frontend.access import Policy, routes_of
from frontend.app import routed
from tenancy.database.pool import Database
from tenancy.settings import Settings
from tenancy.workspaces.keys import Keyring

DATA = Path(__file__).parents[1] / "tests" / "data"


def main() -> None:
    settings = Settings(data=Path(), public_url="http://127.0.0.1", demo=True)
    keyring = Keyring(bytes(32))
    app = routed(settings, Database("postgresql://nobody@nowhere/none", keyring), keyring)
    found: dict[str, str] = {}
    fresh: list[str] = []
    for path, handler in routes_of(app):
        methods = {str(method) for method in getattr(handler, "http_methods", ())}
        policy = handler.opt.get("policy")
        if methods and isinstance(policy, Policy) and not path.startswith("/schema"):
            name = f"{'GET' if 'GET' in methods else 'DO'} {path}"
            found[name] = policy.name
            fresh += [name] if handler.opt.get("fresh") else []
    _write("route_policies", found)
    _write("fresh_routes", sorted(fresh))


def _write(name: str, content: object) -> None:
    listed = json.dumps(content, indent=2, sort_keys=True)
    (DATA / f"{name}.json").write_text(f"{listed}\n")


if __name__ == "__main__":
    main()
