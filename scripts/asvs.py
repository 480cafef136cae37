"""Write docs/asvs.md: each requirement of OWASP ASVS 5.0, and the tests that show it.

    python scripts/asvs.py

A test shows a requirement that it names, `@pytest.mark.asvs("3.4.1")`. What no test shows has a
reason in tests/data/asvs_reasons.toml, given for a requirement, a section or a chapter.
"""

import ast
import json
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[1]
TESTS = ROOT / "tests"
DATA = TESTS / "data"
TABLE = ROOT / "docs" / "asvs.md"
COVERED, UNCOVERED, INAPPLICABLE = "covered", "not covered", "not applicable"
Mark = tuple[str, str]
"""The file of a test, below the root, and its name."""


class Requirement(NamedTuple):
    id: str
    level: int
    chapter: str
    section: str
    text: str


class Line(NamedTuple):
    """A requirement with what the table says of it."""

    requirement: Requirement
    status: str
    tests: list[Mark]
    reason: str


def main() -> None:
    TABLE.write_text(written(lines()))


def requirements() -> list[Requirement]:
    """Those of levels 1 and 2, in their order."""
    known = json.loads((DATA / "asvs_5.0.json").read_text())
    return [Requirement(**each) for each in known["requirements"]]


def marked(folder: Path = TESTS) -> dict[str, list[Mark]]:
    """The tests below a folder by the requirement that they name."""
    found: dict[str, list[Mark]] = defaultdict(list)
    for path in sorted(folder.rglob("test_*.py")):
        for id, test in _marks(ast.parse(path.read_text())):
            mark = (path.relative_to(folder.parent).as_posix(), test)
            if mark not in found[id]:
                found[id].append(mark)
    return found


def _marks(module: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for decorator in node.decorator_list:
                for call in ast.walk(decorator):
                    if isinstance(call, ast.Call) and ast.unparse(call.func) == "pytest.mark.asvs":
                        yield from ((ast.literal_eval(id), node.name) for id in call.args)


def reasons() -> dict[str, tuple[str, str]]:
    """What is not covered, and why, by the number of a requirement, a section or a chapter."""
    given = tomllib.loads((DATA / "asvs_reasons.toml").read_text())
    return {
        number: (status.replace("_", " "), reason)
        for status, numbers in given.items()
        for number, reason in numbers.items()
    }


def lines() -> list[Line]:
    """Every requirement; its status is empty where neither a test nor a reason speaks of it."""
    shown, given = marked(), reasons()
    found = []
    for each in requirements():
        if each.id in shown:
            found.append(Line(each, COVERED, shown[each.id], ""))
            continue
        whole = (each.id, each.id.rpartition(".")[0], each.id.partition(".")[0])
        status, reason = next((given[part] for part in whole if part in given), ("", ""))
        found.append(Line(each, status, [], reason))
    return found


def written(table: list[Line]) -> str:
    """The page."""
    count = dict.fromkeys((COVERED, UNCOVERED, INAPPLICABLE), 0)
    for line in table:
        count[line.status] += 1
    parts = [
        "# OWASP ASVS 5.0\n",
        "Made by `scripts/asvs.py` from the marks of the tests and `tests/data/asvs_reasons.toml`; "
        "not written by hand.\n",
        f"Of the {len(table)} requirements of levels 1 and 2, {count[COVERED]} are covered by a "
        f"test, {count[UNCOVERED]} are not covered and {count[INAPPLICABLE]} are not applicable, "
        "each with a reason. A test covers a requirement where it fails once the product stops "
        "keeping it; what a requirement asks beyond the tests named is not claimed.\n",
        "The requirements are those of the [OWASP Application Security Verification Standard]"
        "(https://github.com/OWASP/ASVS) 5.0.0, © The OWASP Foundation, licensed "
        "[CC BY-SA 4.0](https://creativecommons.org/licenses/by-sa/4.0/). So is this page.\n",
    ]
    for chapter, of_chapter in groupby(table, lambda line: line.requirement.chapter):
        inner = list(of_chapter)
        number = inner[0].requirement.id.partition(".")[0]
        parts.append(f"## {number}. {chapter}\n")
        parts.append("| Requirement | Level | Status | Shown by, or why not |\n|---|---|---|---|")
        parts += [_row(line) for line in inner]
        parts.append("")
    return "\n".join(parts)


def _row(line: Line) -> str:
    text = " ".join(line.requirement.text.replace("|", "\\|").split())
    cells = (f"**{line.requirement.id}** {text}", line.requirement.level, line.status, _why(line))
    return "| " + " | ".join(map(str, cells)) + " |"


def _why(line: Line) -> str:
    if not line.tests:
        return line.reason
    by_file: Any = groupby(line.tests, lambda mark: mark[0])
    return "; ".join(
        f"`{file}`: " + ", ".join(_sentence(name) for _, name in marks) for file, marks in by_file
    )


def _sentence(name: str) -> str:
    return name.removeprefix("test_").replace("_", " ")


if __name__ == "__main__":
    main()
