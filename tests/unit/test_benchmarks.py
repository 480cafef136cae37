"""The benchmark, in small: it still measures what the product serves."""

import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).parents[2] / "benchmarks" / "run.py"


@pytest.fixture(scope="module")
def table() -> list[str]:
    """The lines that a quick run prints."""
    command = [sys.executable, str(RUN), "--quick"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


@pytest.mark.parametrize("page", ["list", "detail", "portal"])
@pytest.mark.parametrize("form", ["JSON", "HTML", "HTML gzip"])
def test_a_quick_run_compares_every_page_with_the_ceiling_at_both_sizes(table, page, form):
    lines = [line.split() for line in table if line.startswith(f"{page:<8}product {form} ")]
    sizes = [words[1 + len(f"product {form}".split())] for words in lines[:2]]
    assert sizes == ["2", "4"]
    assert all("goal" in words for words in lines)


@pytest.mark.parametrize("page", ["list", "detail", "portal"])
def test_a_quick_run_says_how_the_latency_grows_with_the_workspaces(table, page):
    after = table[next(i for i, line in enumerate(table) if line.startswith("Middle latency")) :]
    assert any(line.startswith(f"{page:<8}bare JSON") and "goal 1.2" in line for line in after)
