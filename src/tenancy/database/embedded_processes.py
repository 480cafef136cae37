"""How the embedded server's programs are run: as whom, with which log, and how they are ended."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from msgspec import Struct

from tenancy.errors import Unavailable

# The caller's PGDATA, PGPORT and the like must not reach the server; its messages stay English.
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}
STOPPING = ((signal.SIGINT, 20.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))
LOG_BYTES = 1_000_000
# A new database takes 40 MB, and an initdb that failed has removed what it wrote.
LEAST_FREE_BYTES = 64_000_000


class DatabaseNotStarted(Unavailable):
    """The embedded server could not be started."""


class Account(Struct, frozen=True):
    """The ordinary account that root hands PostgreSQL to, as ids of a user and a group."""

    uid: int
    gid: int


class ServerLog:
    """The file that the server writes to, and the part of it that belongs to this start."""

    def __init__(self, path: Path) -> None:
        if path.exists() and path.stat().st_size > LOG_BYTES:
            path.replace(path.with_name(path.name + ".1"))
        self.path = path
        path.touch(mode=0o600)
        self.file = path.open("ab")
        self._begin = path.stat().st_size

    def close(self) -> None:
        self.file.close()

    def failure(self, sentence: str) -> DatabaseNotStarted:
        """The error to raise: the sentence, and the last lines that PostgreSQL wrote."""
        if shutil.disk_usage(self.path.parent).free < LEAST_FREE_BYTES:
            sentence += " Its disk is full: make room on it, then start again."
        written = self.path.read_bytes()[self._begin :].decode(errors="replace").strip()
        last = "\n".join(written.splitlines()[-8:])
        return DatabaseNotStarted(f"{sentence} The last lines of {self.path}:\n{last}")


def account_for(data: Path) -> Account | None:
    """Who runs PostgreSQL on this data folder; None is the account of this process.

    PostgreSQL refuses to run as root, and to serve a folder that belongs to somebody else. So root
    hands it to the owner of the folder, or to `nobody` when there is no folder yet.

    Raises:
        DatabaseNotStarted: the owner is root, or not the account of this process.
    """
    own = os.geteuid()
    if not data.exists():
        return _nobody() if own == 0 else None
    owner = data.stat()
    if owner.st_uid == 0 or own not in {0, owner.st_uid}:
        raise DatabaseNotStarted(
            f"The database in {data} belongs to another account, so it cannot be served. Start "
            f"Cocreate as its owner, or as root give it away: chown -R {own or 'nobody'} {data}"
        )
    return Account(owner.st_uid, owner.st_gid) if own == 0 else None


def launch(
    command: Sequence[str],
    *,
    account: Account | None,
    cwd: Path,
    output: IO[bytes] | int,
    stdin: IO[bytes] | int = subprocess.DEVNULL,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own, so that Ctrl-C reaches only its supervisor."""
    return subprocess.Popen(  # noqa: S603
        command,
        cwd=cwd,
        env=ENVIRONMENT,
        stdin=stdin,
        stdout=output,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
    )


def path_for(folder: Path, account: Account | None) -> str:
    """How a program that is started in `folder` can name it.

    The account that root drops to may not be let through a folder above, such as a home of mode
    700. The link to the working folder leads there nonetheless: nothing above is walked through.
    """
    above = folder.resolve().parents
    if account is None or all(parent.stat().st_mode & stat.S_IXOTH for parent in above):
        return str(folder)
    return "/proc/self/cwd"


def stop_server(data: Path) -> bool:
    """Stop what PostgreSQL does in the data folder; False when some of it would not end.

    It is known by its program and the folder that it works in, whoever started it: a process id
    in a file may have been given to another process since. First a fast shutdown, then harder.
    """
    for sign, patience in STOPPING:
        working = [pid for pid in _processes() if _works_in(pid, data)]
        postmasters = [pid for pid in working if _parent(pid) not in working]
        for pid in working if sign is signal.SIGKILL else postmasters:
            _send(pid, sign)
        if wait_until(lambda: not any(_works_in(pid, data) for pid in working), patience):  # noqa: B023
            return True
    return False


def wait_until(condition: Callable[[], bool], patience: float) -> bool:
    """Whether the condition came true within so many seconds; asked every 5 ms."""
    end = time.monotonic() + patience
    while not (met := condition()) and time.monotonic() < end:
        time.sleep(0.005)
    return met


def _processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdecimal()]


def _works_in(pid: int, folder: Path) -> bool:
    process = Path("/proc", str(pid))
    try:
        # The kernel says so of a program whose package was installed anew.
        program = (process / "exe").readlink().name.removesuffix(" (deleted)")
        return program in {"postgres", "initdb"} and (process / "cwd").samefile(folder)
    except OSError:
        return False


def _parent(pid: int) -> int:
    try:
        after_name = Path("/proc", str(pid), "stat").read_text().rpartition(")")[2]
    except OSError:
        return 0
    return int(after_name.split()[1])


def _send(pid: int, sign: signal.Signals) -> None:
    try:
        os.kill(pid, sign)
    except ProcessLookupError:
        return


def _nobody() -> Account:
    try:
        entry = pwd.getpwnam("nobody")
    except KeyError:
        raise DatabaseNotStarted(
            "PostgreSQL refuses to run as root, and this machine has no account `nobody` to hand "
            "it to. Start Cocreate as an ordinary user, or set DATABASE_URL."
        ) from None
    return Account(entry.pw_uid, entry.pw_gid)
