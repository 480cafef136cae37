"""The benchmark, in small: it still measures what the product serves."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def quick(name: str) -> list[str]:
    """The lines that a quick run prints."""
    command = [sys.executable, str(BENCHMARKS / name), "--quick"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.fixture(scope="module")
def table() -> list[str]:
    return quick("run.py")


@pytest.mark.parametrize("page", ["list", "detail", "session", "portal"])
@pytest.mark.parametrize("form", ["JSON", "HTML", "HTML gzip"])
def test_a_quick_run_compares_every_page_with_the_ceiling(table, page, form):
    arm = f"{page:<8}{'product ' + form:<18}"
    lines = [line.removeprefix(arm) for line in table if line.startswith(arm)]
    assert len(lines) == 1
    assert "goal 1.6: " in lines[0]


def test_a_quick_search_finds_the_same_in_every_way():
    lines = quick("search.py")
    assert lines[0].startswith("One search of 60 notes")
    assert [line.split("  ")[0] for line in lines[2:]] == [
        "in every note",
        "in one of fifty",
        "in none",
    ]


def test_a_quick_run_signs_in_beside_the_bare_statements():
    lines = quick("sign_in.py")
    assert lines[0].startswith("1 x 10 sign-ins by code")
    assert [line.split()[0] for line in lines[2:4]] == ["bare", "product"]
    assert "goal 1.6: " in lines[3]
    assert lines[-1].startswith("apart: ")


def test_a_quick_run_fails_to_sign_in_in_three_ways():
    lines = quick("failed_sign_in.py")
    assert [line[:18].rstrip() for line in lines[1:]] == [
        "a wrong password",
        "no password set",
        "nobody's address",
    ]
