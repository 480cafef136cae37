"""The proof that nothing is lost, in small: `make soak` kills two hundred times."""

import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).parents[2] / "soak" / "run.py"
Table = dict[str, dict[str, int]]


@pytest.fixture(scope="module")
def table() -> Table:
    """What a quick run prints: for each arm its figures, by the word at the head of the column."""
    command = [sys.executable, str(RUN), "--quick"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=180)
    assert done.returncode == 0, done.stdout + done.stderr
    head, *lines = (line.split("  ") for line in done.stdout.splitlines())
    names, *rows = ([cell.strip() for cell in cells if cell.strip()] for cells in (head, *lines))
    return {row[0]: dict(zip(names[2:], map(int, row[2:]), strict=True)) for row in rows}


def test_what_was_acknowledged_outlives_the_death_of_web_database_and_backend(table):
    killed = table["killed"]
    assert min(killed["web"], killed["PostgreSQL"], killed["backend"]) >= 1
    assert killed["acknowledged"] > 10
    assert (killed["lost"], killed["wrong"]) == (0, 0)


def test_an_answer_that_was_cut_off_leaves_one_note_and_one_revision(table):
    assert table["cut off"]["repeated"] > 10
    assert (table["cut off"]["lost"], table["cut off"]["wrong"]) == (0, 0)


def test_the_same_deaths_lose_notes_where_commits_are_not_waited_for(table):
    assert table["control"]["lost"] > 0
