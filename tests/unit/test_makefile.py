"""How the project is set up, run and tested: the Makefile and the scripts it starts."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
TARGETS = re.findall(r"^([a-z]+):", (PROJECT / "Makefile").read_text(), re.MULTILINE)
NEEDED = ("make", "sh", "awk", "dirname", "env", "id", "sort", "chmod")


@pytest.fixture
def bare_machine(tmp_path: Path) -> Path:
    """A folder that, as the whole PATH, holds neither Python nor uv nor a browser."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in NEEDED:
        found = shutil.which(name)
        assert found, name
        # A script of its own, never a link: a test that replaces it must not reach the real one.
        program(programs / name, f'exec "{found}" "$@"')
    return programs


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """What a fresh clone brings for its set-up."""
    folder = tmp_path / "clone"
    shutil.copytree(PROJECT / "scripts", folder / "scripts")
    for name in ("Makefile", "pyproject.toml", "uv.lock"):
        shutil.copy(PROJECT / name, folder)
    return folder


def program(path: Path, script: str) -> None:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


def run(
    *command: str, folder: Path, path: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if k not in {"CI", "CHROMIUM", "MAKEFLAGS"}}
    environment = inherited | {"PATH": str(path)} | variables
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_explains_itself_in_make_help(target: str) -> None:
    listing = subprocess.run(
        ["make", "--no-print-directory", "help"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert re.search(rf"^  make {target} +\S.{{10,}}$", listing.stdout, re.MULTILINE)


def test_the_targets_of_the_handbook_are_there() -> None:
    assert {"run", "setup", "test", "check", "bench", "soak", "vendor"} <= set(TARGETS)


def test_ci_runs_what_a_developer_runs() -> None:
    script = PROJECT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert script.read_text().splitlines()[-1] == "exec make test"


def test_a_machine_without_python_is_told_what_to_install(bare_machine: Path, clone: Path) -> None:
    result = run("make", "setup", folder=clone, path=bare_machine)
    assert result.returncode != 0
    assert "needs Python 3.11 or newer" in result.stderr
    assert "apt-get install python3" in result.stderr


def test_a_python_that_is_too_old_is_not_taken(bare_machine: Path, clone: Path) -> None:
    program(bare_machine / "python3", "exit 1")
    result = run("make", "setup", folder=clone, path=bare_machine)
    assert "needs Python 3.11 or newer" in result.stderr


def test_a_python_without_venv_is_told_the_name_of_the_package(
    bare_machine: Path, clone: Path
) -> None:
    program(
        bare_machine / "python3.12",
        'case "$2" in *ensurepip*) exit 1 ;; *print*) echo 3.12 ;; esac',
    )
    result = run("make", "setup", folder=clone, path=bare_machine)
    assert result.returncode != 0
    assert "apt-get install python3.12-venv" in result.stderr


def test_ci_fails_without_a_browser_in_one_sentence(bare_machine: Path, clone: Path) -> None:
    result = run("scripts/ensure_chromium.sh", folder=clone, path=bare_machine, CI="true")
    assert result.returncode != 0
    assert "apt-get install chromium" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_developer_without_a_browser_is_told_that_its_tests_cannot_pass(
    bare_machine: Path, clone: Path
) -> None:
    result = run("scripts/ensure_chromium.sh", folder=clone, path=bare_machine)
    assert result.returncode == 0
    assert "browser tests cannot pass" in result.stderr


def test_a_browser_that_is_there_is_taken_without_a_word(bare_machine: Path, clone: Path) -> None:
    program(bare_machine / "chromium-browser", "exit 0")
    result = run("scripts/ensure_chromium.sh", folder=clone, path=bare_machine, CI="true")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_missing_browser_is_installed_where_that_is_allowed(
    bare_machine: Path, clone: Path
) -> None:
    program(bare_machine / "id", "echo 0")
    browser = bare_machine / "chromium"
    program(
        bare_machine / "apt-get",
        f'[ "$1" = update ] || {{ : > "{browser}" && chmod +x "{browser}"; }}',
    )
    result = run("scripts/ensure_chromium.sh", folder=clone, path=bare_machine, CI="true")
    assert result.returncode == 0, result.stderr
