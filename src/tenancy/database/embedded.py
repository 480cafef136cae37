"""The embedded PostgreSQL: a server of our own in one folder, for as long as a process runs."""

import fcntl
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

from msgspec import Struct

from tenancy.database.embedded_binaries import find_programs
from tenancy.database.embedded_data import prepare
from tenancy.database.embedded_processes import (
    DatabaseNotStarted,
    ServerLog,
    account_for,
    launch,
    path_for,
    stop_server,
    wait_until,
)

SETTINGS = {
    "max_connections": "100",
    "shared_buffers": "128MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "effective_cache_size": "512MB",
    "max_wal_size": "512MB",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # The details of an error quote what people wrote, and the log is no place for that.
    "log_error_verbosity": "terse",
}
FIXED = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "synchronous_commit": "on",
}
# After a crash the server replays its log first, at most about max_wal_size of it.
START_SECONDS = 120.0


class FolderInUse(DatabaseNotStarted):
    """Another process already runs the database in the same folder."""


class Server(Struct, frozen=True):
    """A running server: the superuser's address, with the password in it, and the TCP port."""

    superuser_url: str
    port: int


@contextmanager
def running(folder: Path, *, port: int = 0, settings: Mapping[str, str] = {}) -> Iterator[Server]:
    """Run PostgreSQL on the data kept in the folder, making both when they are not there yet.

    The server is stopped on the way out. SIGTERM leads out this way too: unless the process
    handles that signal itself, it raises SystemExit in the main thread while the server runs.
    After SIGKILL the server is left over; the next start in the same folder stops it first.

    Args:
        folder: holds the data, the superuser's password, the lock and the log of the server.
        port: 0 takes any free one.
        settings: PostgreSQL's, by name. They replace ours, except those in `FIXED`.

    Raises:
        FolderInUse: another process runs the database in this folder.
        DatabaseNotStarted: anything else that stands in the way, in a sentence, and the last
            lines that PostgreSQL wrote if it came that far.
    """
    folder = folder.absolute()
    with ExitStack() as stack:
        try:
            stack.enter_context(_leaving_on_sigterm())
            folder.mkdir(parents=True, exist_ok=True)
            stack.enter_context(_sole_supervisor(folder))
            server = stack.enter_context(_serving(folder, port, settings))
        except OSError as error:
            reason = error.strerror or error
            at = f" ({error.filename})" if error.filename else ""
            raise DatabaseNotStarted(
                f"The database in {folder} cannot start: {reason}{at}."
            ) from error
        yield server


@contextmanager
def joined(folder: Path) -> Iterator[Server]:
    """The server that another process runs on the folder's data; where there is none, an own one.

    Raises:
        DatabaseNotStarted: as in `running`, or the other process has not started it yet.
    """
    folder = folder.absolute()
    with ExitStack() as stack:
        try:
            server = stack.enter_context(running(folder))
        except FolderInUse:
            server = _started_by_another(folder)
        yield server


def _started_by_another(folder: Path) -> Server:
    try:
        password = (folder / "password").read_text()
        lines = (folder / "data" / "postmaster.pid").read_text().splitlines()
    except OSError as error:
        raise DatabaseNotStarted(
            f"The database in {folder} is run by another process of Cocreate, and cannot be "
            f"joined: {error.strerror} ({error.filename}). Use the account that started it."
        ) from error
    if len(lines) < 8 or lines[7].strip() != "ready":
        raise DatabaseNotStarted(f"The database in {folder} is just starting. Try again.")
    port = int(lines[3])
    return Server(f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres", port)


@contextmanager
def _leaving_on_sigterm() -> Iterator[None]:
    in_main_thread = threading.current_thread() is threading.main_thread()
    if not in_main_thread or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


@contextmanager
def _sole_supervisor(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, which the kernel lets go of however this process ends."""
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(
                f"The database in {folder} is already run by another process of Cocreate. Stop "
                "that one first, or set COCREATE_DATA to another folder."
            ) from None
        yield


@contextmanager
def _serving(folder: Path, port: int, settings: Mapping[str, str]) -> Iterator[Server]:
    data = folder / "data"
    account = account_for(data)
    programs = find_programs(account)
    with closing(ServerLog(folder / "server.log")) as log, ExitStack() as stack:
        durably = settings.get("fsync") != "off"
        password = prepare(data, programs, account, log, durably=durably)
        _clear_left_over(data)
        with _reserved(port) as own_port:
            command = [str(programs.folder / "postgres"), "-D", path_for(data, account)]
            for name, value in {**SETTINGS, **settings, **FIXED, "port": own_port}.items():
                command += ["-c", f"{name}={value}"]
            process = launch(command, account=account, cwd=data, output=log.file)
            stack.callback(_end, process, data)
            wait_until(lambda: process.poll() is not None or _ready(process, data), START_SECONDS)
        if not _ready(process, data):
            raise log.failure(f"PostgreSQL did not start in {folder}.")
        yield Server(f"postgresql://postgres:{password}@127.0.0.1:{own_port}/postgres", own_port)


def _clear_left_over(data: Path) -> None:
    """Stop the server of a supervisor that was killed: holding the lock, we know there is none."""
    if not stop_server(data):
        raise DatabaseNotStarted(
            f"An earlier server still works in {data} and does not end. Restart the machine."
        )
    # After a restart of the machine its process id may be another program's, which PostgreSQL
    # would take for a server of this folder.
    (data / "postmaster.pid").unlink(missing_ok=True)


@contextmanager
def _reserved(port: int) -> Iterator[int]:
    """Keep a port from everyone else until PostgreSQL listens on it.

    Linux lets a second socket have the address of one that does not listen, when both say
    SO_REUSEADDR as PostgreSQL does, and gives such an address to nobody who asks for any.
    """
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            held.bind(("127.0.0.1", port))
        except OSError as error:
            raise DatabaseNotStarted(
                f"Port {port} of 127.0.0.1 cannot be had for the database: {error.strerror}."
            ) from error
        yield int(held.getsockname()[1])


def _ready(process: subprocess.Popen[bytes], data: Path) -> bool:
    """Whether `postmaster.pid` says so: the process id in line 1, the state in line 8."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    return len(lines) >= 8 and lines[0] == str(process.pid) and lines[7].strip() == "ready"


def _end(process: subprocess.Popen[bytes], data: Path) -> None:
    if stop_server(data):
        process.wait()
