"""What keeps the code readable and the walls in one place, held by reading the code itself."""

import ast
import importlib
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from engagements import tables
from planting import TENANT_TABLES
from tenancy.database.read import Read

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src"
HOUSES = ("tenancy", "engagements", "frontend")
SOURCES = sorted(SRC.rglob("*.py"))
NAMES = {table.name for table in TENANT_TABLES}


def shown(path: Path) -> str:
    return path.relative_to(SRC).as_posix()


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(parsed(path)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            yield node


def texts(path: Path) -> list[str]:
    """The string constants of a module, those inside f-strings too, without its docstrings."""
    nodes = list(ast.walk(parsed(path)))
    said = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}
    constants = [node for node in nodes if isinstance(node, ast.Constant) and id(node) not in said]
    return [node.value for node in constants if isinstance(node.value, str)]


def saying(pattern: str) -> set[str]:
    """The modules in whose strings the pattern is found."""
    return {
        shown(path) for path in SOURCES if any(re.search(pattern, text) for text in texts(path))
    }


def test_no_file_is_longer_than_400_lines() -> None:
    long = {
        shown(path): lines
        for path in SRC.rglob("*")
        if path.suffix in {".py", ".html", ".css", ".js"} and "vendor" not in path.parts
        if (lines := len(path.read_text().splitlines())) > 400
    }

    assert long == {}


def test_no_function_is_longer_than_50_lines() -> None:
    long = {
        f"{shown(path)}:{node.name}": lines
        for path in SOURCES
        for node in functions(path)
        if (lines := (node.end_lineno or 0) - node.lineno + 1) > 50
    }

    assert long == {}


def test_most_functions_are_short() -> None:
    lengths = sorted(
        (node.end_lineno or 0) - node.lineno + 1 for path in SOURCES for node in functions(path)
    )

    assert lengths[len(lengths) // 2] <= 12
    assert lengths[len(lengths) * 9 // 10] <= 30


def test_every_folder_says_what_it_is_and_hands_nothing_on() -> None:
    folders = {path.parent for path in SOURCES if path.parent != SRC}

    for folder in folders:
        init = folder / "__init__.py"
        assert init.exists(), shown(folder)
        module = parsed(init)
        assert ast.get_docstring(module), shown(init)
        assert len(module.body) == 1, shown(init)


def test_there_are_three_houses() -> None:
    assert {path.name for path in SRC.iterdir() if (path / "__init__.py").exists()} == set(HOUSES)


def test_imports_stand_at_the_head_of_their_module() -> None:
    hidden = {
        f"{shown(path)}:{node.name}"
        for path in SOURCES
        for node in functions(path)
        if any(isinstance(inner, (ast.Import, ast.ImportFrom)) for inner in ast.walk(node))
    }

    assert hidden == set()


def test_a_transaction_is_begun_and_its_context_set_in_one_place() -> None:
    assert saying(r"\bBEGIN;") == {"tenancy/database/context.py"}
    assert saying(r"\bSET LOCAL app\.") == {"tenancy/database/context.py"}
    assert saying(r"\bCOMMIT\b") == {"tenancy/database/pool.py"}


def test_sealed_records_are_kept_and_destroyed_by_few() -> None:
    on_custody = {
        shown(path)
        for path in SOURCES
        if re.search(r"""surface="custody"|acting\("custody"\)""", path.read_text())
    }

    assert on_custody == {
        "engagements/handover/queries.py",
        "engagements/members/queries.py",
        "engagements/notes/attachment_jobs.py",
        "engagements/retention/destroying.py",
        "engagements/retention/queries.py",
        "engagements/sample/queries.py",
        "engagements/sample/service.py",
        "tenancy/workspaces/key_check.py",
        "tenancy/workspaces/rotation.py",
    }


def test_settings_of_a_transaction_are_never_made_by_a_function() -> None:
    written = saying("set_config") | {
        path.name
        for path in (ROOT / "migrations").rglob("*.py")
        if "set_config" in path.read_text()
    }
    called = {shown(path) for path in SOURCES if ".set_config" in path.read_text()}

    assert written | called == set()


def test_the_frontend_holds_no_sql() -> None:
    sql = r"\b(SELECT\s.+\sFROM|INSERT INTO|UPDATE\s\S+\sSET|DELETE FROM)\b"

    assert not {name for name in saying(sql) if name.startswith("frontend/")}


def test_every_capability_with_tables_is_known_to_the_metadata() -> None:
    there = {shown(path) for path in SOURCES if path.name == "models.py"}
    known = {shown(Path(module.__file__ or "")) for module in tables.CAPABILITIES}

    assert there == known


def reads() -> list[tuple[str, str]]:
    """Every select of the product with its name, as PostgreSQL is sent it."""
    found = []
    for path in SOURCES:
        if "Read(" not in path.read_text() or path.name == "read.py":
            continue
        name = ".".join(path.relative_to(SRC).with_suffix("").parts)
        module = importlib.import_module(name)
        found += [
            (f"{name}.{key}", value.sql)
            for key, value in vars(module).items()
            if isinstance(value, Read)
        ]
    return found


def open_tables(sql: str) -> set[str]:
    """The tenant tables, by alias, whose workspace a select leaves open."""
    named = re.findall(r"(?:FROM|JOIN|,)\s+\"?(\w+)\"?(?: AS \"?(\w+)\"?)?", sql)
    aliases = {alias or table for table, alias in named if table in NAMES}
    return {a for a in aliases if not re.search(rf"\b{a}\.tenant_id = |= {a}\.tenant_id", sql)}


@pytest.mark.parametrize(("name", "sql"), reads())
def test_a_query_states_the_workspace_for_every_table_that_it_names(name: str, sql: str) -> None:
    assert open_tables(sql) == set()


def test_a_query_that_forgets_a_workspace_would_be_named() -> None:
    joined = "SELECT note.id FROM note JOIN member AS author ON author.id = note.author_id"

    assert open_tables(joined) == {"note", "author"}
    assert open_tables(f"{joined} WHERE note.tenant_id = $1") == {"author"}
    assert open_tables(f"{joined} AND author.tenant_id = note.tenant_id WHERE 1 = 1") == set()
