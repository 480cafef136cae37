"""The embedded server's data folder, and the superuser's password beside it."""

import os
import secrets
import shutil
import signal
from pathlib import Path
from tempfile import TemporaryFile, mkdtemp

from tenancy.database.embedded_binaries import Programs
from tenancy.database.embedded_processes import (
    Account,
    DatabaseNotStarted,
    ServerLog,
    launch,
    path_for,
    stop_server,
)

HALF_MADE = "data.new-"
INITDB = (
    "--username=postgres",
    "--pwfile=/dev/stdin",
    "--auth=scram-sha-256",
    "--encoding=UTF8",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--locale=C",
    "--no-instructions",
)


def prepare(
    data: Path, programs: Programs, account: Account | None, log: ServerLog, *, durably: bool
) -> str:
    """Make the data folder unless it is there, and return the superuser's password.

    Args:
        durably: whether a new folder is on the disk, not only in its cache, on return.

    Raises:
        DatabaseNotStarted: the folder cannot be made, or not be served by these programs.
    """
    for half_made in data.parent.glob(f"{HALF_MADE}*"):
        stop_server(half_made)
        shutil.rmtree(half_made)
    password = _password(data)
    if not data.exists():
        _make(data, password, programs, account, log, durably=durably)
    _check_version(data, programs)
    return password


def _make(
    data: Path,
    password: str,
    programs: Programs,
    account: Account | None,
    log: ServerLog,
    *,
    durably: bool,
) -> None:
    """Make it under another name first, so that `data` is either whole or not there."""
    making = Path(mkdtemp(prefix=HALF_MADE, dir=data.parent))
    try:
        if account:
            os.chown(making, account.uid, account.gid)
        command = [str(programs.folder / "initdb"), "-D", path_for(making, account), *INITDB]
        if not durably:
            command.append("--no-sync")
        if _run(command, making, password, account, log) != 0:
            raise log.failure(f"PostgreSQL could not make a database in {data.parent}.")
        making.rename(data)
        _sync(data.parent)
    finally:
        shutil.rmtree(making, ignore_errors=True)


def _run(
    command: list[str],
    making: Path,
    password: str,
    account: Account | None,
    log: ServerLog,
) -> int:
    with TemporaryFile(dir=making.parent) as secret:
        secret.write(password.encode())
        secret.flush()
        if account:
            os.fchown(secret.fileno(), account.uid, account.gid)
        process = launch(command, account=account, cwd=making, output=log.file, stdin=secret)
        try:
            return process.wait()
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise


def _password(data: Path) -> str:
    kept = data.with_name("password")
    if kept.exists():
        return kept.read_text()
    if data.exists():
        raise DatabaseNotStarted(
            f"The password of the database in {data} is missing: put {kept} back from a backup."
        )
    making = kept.with_suffix(".new")
    making.touch(mode=0o600)
    password = secrets.token_urlsafe(24)
    with making.open("w") as file:
        file.write(password)
        file.flush()
        os.fsync(file.fileno())
    making.rename(kept)
    return password


def _check_version(data: Path, programs: Programs) -> None:
    try:
        made_by = (data / "PG_VERSION").read_text().strip()
    except FileNotFoundError:
        raise DatabaseNotStarted(
            f"{data} is not a database of PostgreSQL: move it away, or set COCREATE_DATA to "
            "another folder."
        ) from None
    if made_by != programs.major:
        raise DatabaseNotStarted(
            f"The database in {data} was made by PostgreSQL {made_by}, and this is PostgreSQL "
            f"{programs.major}. Export it with the version of Cocreate that made it and import it "
            "into a new folder, or set COCREATE_DATA to another one."
        )


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
