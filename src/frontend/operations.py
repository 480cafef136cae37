"""What an operator starts: the database, the web, the worker, the demo, and checks."""

import asyncio
import signal
import socket
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Any

import uvicorn
from litestar.types import ASGIApp
from msgspec import Struct

from engagements.demo import story
from engagements.founding import service as founding
from engagements.notes.attachment_jobs import sweep
from engagements.retention.destroying import destroy_due_everywhere
from engagements.sealed import sealed_in
from engagements.tables import metadata
from frontend.app import build
from frontend.letters.writing import writer
from frontend.logs import log_plainly
from tenancy.database.embedded import joined, running
from tenancy.database.forgetting import forget
from tenancy.database.pool import NOBODY, Database
from tenancy.database.prepare import app_url, create_database, kept_app_password, prepare
from tenancy.errors import NotFound, Unavailable
from tenancy.files.jobs import DESTROY, destroy
from tenancy.files.store import Files
from tenancy.jobs.worker import Routines
from tenancy.jobs.worker import work as work_through
from tenancy.mail.delivery import Postman
from tenancy.mail.service import DELIVER
from tenancy.settings import Settings, read_settings
from tenancy.support.service import end_what_is_over
from tenancy.workspaces.key_check import refuse_without_keys
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.master_keys import KeyFile
from tenancy.workspaces.queries import Tenant, tenants
from tenancy.workspaces.reach import differences


class Ground(Struct, frozen=True):
    """Where the database is: to migrate it (None where that is done elsewhere) and to use it."""

    settings: Settings
    owner_url: str | None
    app_url: str

    @property
    def keyring(self) -> Keyring:
        settings = self.settings
        if settings.master_key is not None:
            return Keyring(settings.master_key, *settings.old_master_keys)
        named = settings.master_key_file
        file = KeyFile(named or settings.data / "master.key", made_when_missing=named is None)
        return Keyring(*settings.old_master_keys, file=file)

    @property
    def files(self) -> Files:
        return Files(self.settings.files_address)

    def database(self) -> Database:
        return Database(
            self.app_url,
            self.keyring,
            pooled_by_transaction=self.settings.pooled_by_transaction,
        )


def run(*, demo: bool) -> int:
    """Serve until told to stop. With an own or a migratable database, the worker runs here too."""
    with ground_for(demo=demo) as ground:
        return asyncio.run(_serve(ground))


def work() -> int:
    """Work through the jobs until told to stop."""
    with ground_for() as ground:
        return asyncio.run(_work_alone(ground))


def migrate() -> int:
    with ground_for() as ground:
        if ground.owner_url is None:
            raise Unavailable("Set DATABASE_URL to the database that is to be migrated.")
        asyncio.run(_prepared(ground))
        print("The database is ready.")
    return 0


def fill_demo() -> int:
    with ground_for(demo=True) as ground:
        return asyncio.run(_demo_alone(ground))


def reach(*, repair: bool) -> int:
    with ground_for(beside=True) as ground:
        found = asyncio.run(_differences(ground, repair=repair))
    for sentence in found:
        print(sentence)
    print(f"{len(found)} differences" + (" repaired" if repair and found else ""))
    return 0 if repair or not found else 1


@contextmanager
def ground_for(*, demo: bool = False, beside: bool = False) -> Iterator[Ground]:
    """The configured database, else the embedded one, started and kept until the end.

    Args:
        beside: use the embedded one that another process runs, if there is one.
    """
    settings = read_settings(demo=demo)
    log_plainly()
    if settings.database_url or settings.database_app_url:
        yield _configured(settings)
        return
    start = joined if beside else running
    with start(settings.data / "postgresql") as server:
        password = kept_app_password(settings.data)
        owner_url = asyncio.run(create_database(server.superuser_url, "cocreate"))
        yield Ground(settings, owner_url, app_url(owner_url, password))


def _configured(settings: Settings) -> Ground:
    owner = settings.database_url
    if settings.database_app_url:
        return Ground(settings, owner, settings.database_app_url)
    assert owner is not None
    password = settings.app_password or kept_app_password(settings.data)
    return Ground(settings, owner, app_url(owner, password))


async def _prepared(ground: Ground) -> None:
    if ground.owner_url is not None:
        password = ground.settings.app_password or kept_app_password(ground.settings.data)
        await prepare(ground.owner_url, password)


async def _refuse_without_keys(ground: Ground) -> None:
    async with opened(ground) as database:
        await refuse_without_keys(database, ground.keyring, sealed_in(ground.files))


async def _serve(ground: Ground) -> int:
    settings = ground.settings
    listening = _listen(settings)
    await _prepared(ground)
    await _refuse_without_keys(ground)
    if settings.demo:
        async with opened(ground) as database:
            await story.tell(database, ground.keyring, ground.files)
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        if ground.owner_url is not None:
            tasks.create_task(_work(ground, stop))
        tasks.create_task(_serve_web(ground, listening, stop))
        await _told_to_stop(stop)
    return 0


def web_server(app: ASGIApp, **options: Any) -> uvicorn.Config:
    """How the web is served, wherever it is."""
    return uvicorn.Config(
        app,
        log_config=None,
        log_level="warning",
        lifespan="on",
        server_header=False,
        timeout_graceful_shutdown=5,
        **options,
    )


async def _serve_web(ground: Ground, listening: socket.socket, stop: asyncio.Event) -> None:
    config = web_server(build(ground.settings, ground.database(), ground.keyring))
    server = Web(config, ground.settings)
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    waiting = asyncio.create_task(stop.wait())
    await asyncio.wait({waiting, serving}, return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    stop.set()
    await asyncio.gather(waiting, serving)


class Web(uvicorn.Server):
    """Greets when it serves, and leaves signals to the command, which has more to stop."""

    def __init__(self, config: uvicorn.Config, settings: Settings) -> None:
        super().__init__(config)
        self._settings = settings

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            _greet(self._settings)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _listen(settings: Settings) -> socket.socket:
    """Take the port before anything else is started.

    Raises:
        Unavailable: the port is taken, or the host is not this machine's.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((settings.host, settings.port))
    except OSError as failure:
        listening.close()
        raise Unavailable(
            f"Port {settings.port} of {settings.host} cannot be used: {failure.strerror}. "
            "Stop what runs there, or choose another with PORT=8001."
        ) from failure
    return listening


async def _work(ground: Ground, stop: asyncio.Event) -> None:
    async with opened(ground) as database:
        done = routines(ground.settings, database, ground.files, ground.keyring)
        await work_through(ground.app_url, done, stop)


def routines(settings: Settings, database: Database, files: Files, keyring: Keyring) -> Routines:
    """What the worker does when it is asked to, every hour, and every night (UTC)."""
    postman = Postman(database, writer(settings.public_url), settings.smtp_url, settings.mail_from)

    async def refresh_reach() -> None:
        await differences(database, repair=True)

    async def sweep_files() -> None:
        await sweep(database, files)

    async def note_that_support_is_over() -> None:
        await end_what_is_over(database)

    async def destroy_what_is_due() -> None:
        await destroy_due_everywhere(database)

    async def forget_what_is_over() -> None:
        await forget(database, metadata)

    return Routines(
        jobs={
            DELIVER: postman.deliver,
            DESTROY: partial(destroy, files),
            founding.MAIL_CODE: partial(founding.mail_code, database, keyring, postman.send),
        },
        scheduled={
            ("5 0 * * *", "refresh reach"): refresh_reach,
            ("35 2 * * *", "sweep files"): sweep_files,
            ("15 3 * * *", "destroy what is due"): destroy_what_is_due,
            ("25 * * * *", "forget what is over"): forget_what_is_over,
            ("*/10 * * * *", "note that support is over"): note_that_support_is_over,
        },
    )


async def _work_alone(ground: Ground) -> int:
    await _refuse_without_keys(ground)
    return await _until_told(lambda stop: _work(ground, stop))


async def _demo_alone(ground: Ground) -> int:
    await _prepared(ground)
    await _refuse_without_keys(ground)
    async with opened(ground) as database:
        made = await story.tell(database, ground.keyring, ground.files)
    print("The demo was added." if made else "The demo is there already.")
    _greet(ground.settings)
    return 0


async def _differences(ground: Ground, *, repair: bool) -> list[str]:
    async with opened(ground) as database:
        return await differences(database, repair=repair)


@asynccontextmanager
async def opened(ground: Ground) -> AsyncIterator[Database]:
    database = ground.database()
    await database.open()
    try:
        yield database
    finally:
        await database.close()


async def workspaces_named(database: Database, slug: str | None) -> list[Tenant]:
    """The workspace of a slug, or every one.

    Raises:
        NotFound: there is none of that slug.
    """
    async with database.transaction(NOBODY) as tx:
        places = await tx.all(tenants)
    chosen = [place for place in places if slug in (None, place.slug)]
    if slug and not chosen:
        raise NotFound(f"There is no workspace {slug}.")
    return chosen


async def _until_told(activity: Callable[[asyncio.Event], Coroutine[Any, Any, None]]) -> int:
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(activity(stop))
        await _told_to_stop(stop)
    return 0


async def _told_to_stop(stop: asyncio.Event) -> None:
    """Wait for Ctrl-C, SIGTERM, or for something else to set `stop`."""
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stop.set)
    await stop.wait()


def _greet(settings: Settings) -> None:
    print(f"\nCocreate is at {settings.public_url}")
    if settings.demo:
        print("\nThis is a demo; everybody in it is fictional. Sign in as")
        for person in story.people():
            print(f"  {person.email:<44} {person.role}: {person.about}")
        print(f"\nTheir codes are not mailed; read them at {settings.public_url}/demo/outbox")
        print(f"Or sign up a workspace of your own at {settings.public_url}/sign-up")
    print("\nStop with Ctrl-C.", flush=True)
