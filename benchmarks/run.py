"""The product beside the bare ceiling, in one run: `make bench`, or with `--quick` in seconds.

Both serve the same databases. Each line is the middle of several turns, which the arms take one
after another, so that whatever else the machine does meets all of them. docs/performance.md says
what is measured and what was found.
"""

import argparse
import asyncio
import base64
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import product as pairs
from pathlib import Path
from random import Random
from statistics import median
from urllib.request import Request, urlopen

import search
import sign_in
import spc
import uvloop
import worlds
from load import Ask, Outcome, Plan, run
from msgspec import Struct
from processor import seconds_of
from worlds import Place, World

from tenancy.database.embedded import running

HERE = Path(__file__).parent
STILL = {
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
}
FACTORIES = {"bare": "bare:Bare", "product": "product:app"}
PAGES = ("list", "detail", "session", "portal")
GOAL = 1.6
GOAL_GROWTH = 1.2
HEAD = (
    f"{'page':<8}{'arm':<18}{'workspaces':>11}{'CPU ms':>9}{'ratio':>7}"
    f"{'req/s':>8}{'ratio':>7}{'p50 ms':>9}"
)


class Extent(Struct):
    """How much is measured: the sizes of the worlds, requests a turn, and turns."""

    workspaces: tuple[int, ...]
    notes_each: int
    requests: int
    turns: int


FULL = Extent((10, 1_000), 600, 300, 3)
QUICK = Extent((3,), 60, 32, 1)


class Arm(Struct, frozen=True):
    """Who answers, in which format."""

    server: str
    format: str
    accept: str
    encoding: str = "identity"


CEILING = Arm("bare", "JSON", "application/json")
JSON = Arm("product", "JSON", "application/json")
ARMS = (
    CEILING,
    JSON,
    Arm("product", "HTML", "text/html"),
    Arm("product", "HTML gzip", "text/html", "gzip"),
)


class Turn(Struct):
    """One turn: processor milliseconds a request, requests a second, and the middle latency."""

    cpu: float
    rate: float
    p50: float


FIELDS = Turn.__struct_fields__


class Serving(Struct):
    """A server that listens, and the processes whose time is counted with it."""

    pid: int
    postmaster: int
    port: int


Turns = dict[tuple[str, Arm, int], list[Turn]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="small numbers, to see that it runs")
    quick = parser.parse_args().quick
    extent = QUICK if quick else FULL
    with tempfile.TemporaryDirectory(prefix="cocreate-bench-") as folder, ExitStack() as stack:
        turns = measured(Path(folder), extent, stack)
    print_turns(turns, extent)
    if not quick:
        print()
        search.main()
        print()
        sign_in.main()
        print()
        spc.main()


def measured(folder: Path, extent: Extent, stack: ExitStack) -> Turns:
    key = os.urandom(32)
    database = stack.enter_context(running(folder / "postgresql", settings=STILL))
    postmaster = int((folder / "postgresql/data/postmaster.pid").read_text().splitlines()[0])
    turns: Turns = {}
    built: dict[int, World] = {}
    servers: dict[tuple[str, int], Serving] = {}
    for size in extent.workspaces:
        build = worlds.build(database.superuser_url, key, size, extent.notes_each)
        built[size] = asyncio.run(build)
        for name in FACTORIES:
            serve = serving(name, built[size].url, key, postmaster)
            servers[name, size] = stack.enter_context(serve)
        warm_up(built[size], servers["bare", size], servers["product", size])
    for turn in range(extent.turns):
        for size in extent.workspaces:
            for page in PAGES:
                asks = some_asks(page, built[size].places, extent.requests, seed=turn)
                for arm in ARMS:
                    found = one_turn(servers[arm.server, size], arm, asks)
                    turns.setdefault((page, arm, size), []).append(found)
    return turns


@contextmanager
def serving(name: str, url: str, key: bytes, postmaster: int) -> Iterator[Serving]:
    environment = {
        **os.environ,
        "DATABASE_APP_URL": url,
        "COCREATE_MASTER_KEY": base64.b64encode(key).decode(),
    }
    command = [sys.executable, str(HERE / "serving.py"), FACTORIES[name]]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield Serving(process.pid, postmaster, int(process.stdout.readline()))
        finally:
            process.terminate()


def warm_up(world: World, bare: Serving, ours: Serving) -> None:
    """Ask both for every page of every workspace; the bytes of the JSON must be the same."""
    for page in PAGES:
        asks = [ask_for(page, place, Random(0)) for place in world.places]
        if any(fetched(bare.port, ask) != fetched(ours.port, ask) for ask in asks[:10]):
            sys.exit(f"The {page} has other bytes than the ceiling's: bring bare.py into step.")
        load(bare, CEILING, asks)
        load(ours, JSON, asks)
        for arm in ARMS:
            load(bare if arm.server == "bare" else ours, arm, asks[:50])


def fetched(port: int, ask: Ask) -> bytes:
    headers = {"Cookie": f"__Host-cocreate={ask.token}", "Accept": "application/json"}
    with urlopen(Request(f"http://127.0.0.1:{port}{ask.path}", headers=headers)) as answer:
        body: bytes = answer.read()
    return body


def some_asks(page: str, places: list[Place], number: int, *, seed: int) -> list[Ask]:
    chance = Random(seed)
    return [ask_for(page, chance.choice(places), chance) for _ in range(number)]


def ask_for(page: str, place: Place, chance: Random) -> Ask:
    match page:
        case "list":
            path = f"/w/{place.slug}/engagements/{place.engagement}/notes"
        case "detail":
            path = f"/w/{place.slug}/notes/{chance.choice(place.notes)}"
        case "session":
            path = f"/w/{place.slug}/sessions/{place.session}"
        case _:
            return Ask(f"/portal/{place.slug}/{place.engagement}", place.sponsor_token)
    return Ask(path, place.consultant_token)


def one_turn(server: Serving, arm: Arm, asks: list[Ask]) -> Turn:
    before = seconds_of(server.pid) + seconds_of(server.postmaster, with_children=True)
    outcome = load(server, arm, asks)
    after = seconds_of(server.pid) + seconds_of(server.postmaster, with_children=True)
    number = len(asks)
    return Turn((after - before) / number * 1e3, number / outcome.seconds, outcome.p50)


def load(server: Serving, arm: Arm, asks: list[Ask]) -> Outcome:
    outcome = uvloop.run(run(Plan(server.port, arm.accept, asks, arm.encoding)))
    assert set(outcome.statuses) == {200}, (arm, outcome.statuses)
    return outcome


def print_turns(turns: Turns, extent: Extent) -> None:
    middle = {key: middle_of(found) for key, found in turns.items()}
    print(f"{extent.notes_each} notes a workspace; {extent.turns} x {extent.requests} requests")
    print(HEAD)
    for page, size in pairs(PAGES, extent.workspaces):
        ceiling = middle[page, CEILING, size]
        for arm in ARMS:
            print(line(page, arm, size, middle[page, arm, size], ceiling))
    if len(extent.workspaces) > 1:
        print_growth(middle, extent.workspaces[0], extent.workspaces[-1])


def print_growth(middle: dict[tuple[str, Arm, int], Turn], small: int, large: int) -> None:
    print(f"\nMiddle latency with {large} workspaces over that with {small}")
    for page, arm in pairs(PAGES, ARMS):
        growth = middle[page, arm, large].p50 / middle[page, arm, small].p50
        name = f"{arm.server} {arm.format}"
        print(f"{page:<8}{name:<18}{growth:>6.2f}  {verdict(growth, GOAL_GROWTH)}")


def middle_of(found: list[Turn]) -> Turn:
    return Turn(*(median(getattr(turn, field) for turn in found) for field in FIELDS))


def line(page: str, arm: Arm, size: int, turn: Turn, ceiling: Turn) -> str:
    name = f"{arm.server} {arm.format}"
    cost, rate = turn.cpu / ceiling.cpu, turn.rate / ceiling.rate
    shown = (
        f"{page:<8}{name:<18}{size:>11}{turn.cpu:>9.2f}{cost:>7.2f}"
        f"{turn.rate:>8.0f}{rate:>7.2f}{turn.p50 * 1e3:>9.1f}"
    )
    return shown if arm is CEILING else f"{shown}  {verdict(cost, GOAL)}"


def verdict(ratio: float, goal: float) -> str:
    return f"goal {goal}: {'met' if ratio <= goal else 'not met'}"


if __name__ == "__main__":
    main()
