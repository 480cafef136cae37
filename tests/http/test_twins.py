"""Twins: two databases that differ only in one workspace answer another one byte for byte alike.

Everybody of the first workspace reads and does the same in both, at the same time. In one of them
the second workspace has grown meanwhile: another engagement with everything in it, people with
addresses of the first workspace's, and its things are asked for by their ids.
"""

import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace as varied
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest_asyncio
from msgspec import Struct
from msgspec.structs import replace

from building import Filling, Names, built
from canaries import CAST
from conftest import copied
from crowding import Crowd
from estate import Estate
from frontend.app import routed
from frontend.headers import with_headers
from matrix import Ask, Route, asks, fill, routes
from tenancy.database.pool import Database
from tenancy.database.prepare import app_url
from tenancy.files.store import Files
from tenancy.ids import new_id
from tenancy.settings import Settings
from tenancy.workspaces import service as workspaces
from tenancy.workspaces.keys import Keyring
from world import signed_in_token

IDS = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
INSTANTS = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)?")
CLOCKS = re.compile(r"\b\d{1,2}:\d\d(?: [ap]m)?\b")
WRITTEN = re.compile(r"(?<=DTSTAMP:)\w+")
"""When a calendar was written."""
SECRETS = re.compile(r'(?<="csrf_token":")[^"]*|cocreate_[\w-]{43}')
LASTS = timedelta(hours=1)
"""Longer than this takes."""
NORTH = [actor for actor in CAST if actor.workspace == "north"]
DOERS = [actor for actor in NORTH if actor.key in ("alice", "bob", "pat", "sam")]
FIRST = 3
"""The first places where two answers differ, which a failure shows."""


class Twin(Struct):
    """One of the two databases, with everybody signed in."""

    crowd: Crowd
    began: datetime

    async def told(self, ask: Ask) -> str:
        """The answer, without what no two moments have in common."""
        shape = SECRETS.sub("secret", (await self.crowd.send(ask)).shape)
        shape = WRITTEN.sub("now", IDS.sub(self._id, shape))
        return CLOCKS.sub("clock", INSTANTS.sub(self._instant, shape))

    def _id(self, found: re.Match[str]) -> str:
        """An id that was made since is one like any other; older ones stay what they are."""
        milliseconds = UUID(found[0]).int >> 80
        since = milliseconds / 1000 - self.began.timestamp()
        return "new id" if 0 <= since <= LASTS.total_seconds() else found[0]

    def _instant(self, found: re.Match[str]) -> str:
        at = datetime.fromisoformat(found[0])
        since = (at if at.tzinfo else at.replace(tzinfo=UTC)) - self.began
        # Counted on from now, such as when something expires: nobody types microseconds.
        counted = at.microsecond and since > timedelta(0)
        return "now" if counted or timedelta(0) <= since <= LASTS else found[0]


class Twins(Struct):
    alone: Twin
    beside: Twin
    grown: Estate
    """What only the second one holds."""
    every: list[Route]


@pytest_asyncio.fixture(scope="module")
async def origin(template_url: str, keyring: Keyring, files: Files) -> tuple[str, Estate, dict]:
    """A database with both workspaces in it, everybody signed in, and nobody connected."""
    url = await copied(template_url, "origin")
    database = Database(app_url(url, "app-password"), keyring, size=2)
    await database.open()
    estate = await built(database, keyring, files)
    tokens = {
        actor.key: await signed_in_token(estate.worlds["north"], estate.people[actor.key])
        for actor in NORTH
    }
    await database.close()
    return url, estate, tokens


async def twin_of(
    origin: tuple[str, Estate, dict], name: str, keyring: Keyring, files: Files
) -> Database:
    url, _, _ = origin
    begin, _, database = url.rpartition("/")
    connection = await asyncpg.connect(f"{begin}/postgres")
    copy = f"{name}-{new_id().hex[-12:]}"
    try:
        await connection.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{database}"')
    finally:
        await connection.close()
    return Database(app_url(f"{begin}/{copy}", "app-password"), keyring, size=4)


@pytest_asyncio.fixture(scope="module")
async def twins(
    origin: tuple[str, Estate, dict], keyring: Keyring, files: Files, files_folder
) -> AsyncIterator[Twins]:
    _, estate, tokens = origin
    settings = Settings(
        data=files_folder, public_url="http://127.0.0.1", files=files_folder.as_uri(), demo=False
    )
    found, opened, clients = [], [], []
    for name in ("alone", "beside"):
        database = await twin_of(origin, name, keyring, files)
        await database.open()
        opened.append(database)
        if name == "beside":
            more = await grown(estate, database)
        app = routed(settings, database, keyring)
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(with_headers(app)),
            base_url="http://127.0.0.1",
            headers={"accept-encoding": "identity"},
        )
        clients.append(client)
        crowd = Crowd(estate, client, tokens)
        found.append(crowd)
    began = datetime.now(UTC) - timedelta(seconds=1)
    yield Twins(Twin(found[0], began), Twin(found[1], began), more, routes(app))
    for client in clients:
        await client.aclose()
    for database in opened:
        await database.close()


async def grown(estate: Estate, database: Database) -> Estate:
    """The second workspace, with more of everything, and people whom the first one has too."""
    more = Estate(estate.files, estate.issuer)
    more.aviary, more.people = estate.aviary, estate.people
    other = varied(estate.worlds["else"], db=database)
    async with other.transaction(other.alice) as tx:
        for key in ("bob", "pat", "sam"):
            person = estate.people[key]
            await workspaces.admit(
                tx, name="Another Name", email=person.email, role=person.role, title="Elsewhere"
            )
    names = Names("elsewhere", other, "other bob", "other pat", "other sam", {"oz": "delegate"})
    await Filling(more, names).fill()
    return more


def reading(estate: Estate, twins: Twins) -> Iterator[Ask]:
    """Everybody reads their own, and asks for what the other workspace has grown."""
    for route in twins.every:
        if route.deed or route.path in ("/account", "/demo/outbox"):
            continue
        yield from asks(estate, route, DOERS)
        for name in route.target.things:
            [thing, *_] = twins.grown.things(name, "elsewhere") or estate.things(name, "elsewhere")
            for actor in NORTH:
                path = fill(estate, route, "north", thing.path)
                yield Ask(
                    route=route,
                    actor=actor,
                    slug="north",
                    thing=thing,
                    where="grown elsewhere",
                    path=path,
                    as_page=True,
                )


def doing(estate: Estate, twins: Twins) -> Iterator[Ask]:
    """What those of the first workspace may do there, and the same with the other's ids."""
    for route in sorted(twins.every, key=lambda one: one.target.removes):
        if not route.deed or not route.behind_slug or route.target.ends_access:
            continue
        for ask in asks(estate, route, DOERS):
            if ask.slug == "north" and not ask.as_page:
                yield ask
                if ask.thing is not None and ask.within:
                    name = route.target.things[0]
                    [thing, *_] = twins.grown.things(name, "elsewhere") or estate.things(
                        name, "elsewhere"
                    )
                    path = fill(estate, route, "north", thing.path)
                    yield replace(ask, thing=thing, path=path, where="grown elsewhere")


async def differences(twins: Twins, wanted: Iterator[Ask]) -> list[str]:
    alone, beside = twins.alone, twins.beside
    found = []
    for ask in wanted:
        one, other = await alone.told(ask), await beside.told(ask)
        if one != other:
            found.append(f"{ask}:\n{_first_difference(one, other)}")
    return found


def _first_difference(one: str, other: str) -> str:
    lines = zip(one.splitlines(), other.splitlines(), strict=False)
    different = [f"  alone:  {left}\n  beside: {right}" for left, right in lines if left != right]
    return "\n".join(different[:FIRST]) or "  one of them has more lines"


async def test_nobody_can_tell_what_another_workspace_holds_by_reading(
    twins: Twins, origin: tuple[str, Estate, dict]
) -> None:
    found = await differences(twins, reading(origin[1], twins))
    assert not found, "\n".join(found[:10])


async def test_nobody_can_tell_what_another_workspace_holds_by_doing(
    twins: Twins, origin: tuple[str, Estate, dict]
) -> None:
    found = await differences(twins, doing(origin[1], twins))
    assert not found, "\n".join(found[:10])


async def test_what_differs_is_seen(twins: Twins, origin: tuple[str, Estate, dict]) -> None:
    """Who is in both workspaces is told so on their own account, and there the twins differ."""
    [route] = [one for one in twins.every if one.name == "GET /account"]
    own = [one for one in asks(origin[1], route) if one.actor.key == "bob"]
    assert len(await differences(twins, iter(own))) == len(own) > 0
