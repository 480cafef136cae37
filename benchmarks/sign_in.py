"""Signing in by code, beside the bare statements that it cannot do without; and whether asking for
a code takes longer for an address that is known.

`bare` is asyncpg and `hmac` with nothing around them: the request is looked up and counted, the
code compared, the session written, the member's reach read, in one transaction. The arms take
turns; each figure is the middle of several rounds. Known and unknown addresses are asked for in
random order; a second series of known ones tells how much two alike series differ.

Run: python benchmarks/sign_in.py
"""

import asyncio
import hashlib
import hmac
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import Any
from uuid import UUID

import asyncpg
import worlds
from msgspec import Struct
from processor import seconds_of
from worlds import World

from tenancy.database.embedded import running
from tenancy.database.pool import NOBODY, Database
from tenancy.identity import codes
from tenancy.identity.queries import signed_in
from tenancy.identity.service import ask_for_code, redeem
from tenancy.identity.sessions import ABSOLUTE, IDLE, Device, NewSession, who_is
from tenancy.ids import new_id
from tenancy.workspaces.keys import Keyring

PLACES = 20
EACH = 200
ROUNDS = 5
GOAL = 1.6

FIND = """
SELECT id, identity_id, tenant_id, code_hash, tries, expires_at, used_at
  FROM sign_in_request WHERE browser_hash = $1 FOR UPDATE
"""
USE = "UPDATE sign_in_request SET tries = tries + 1, used_at = now() WHERE id = $1"
FACTORS = "SELECT factors FROM identity WHERE id = $1"
BEGIN = """
INSERT INTO sign_in_session (id, token_hash, identity_id, tenant_id, factor, device, known_hash,
                             last_used_at, expires_at)
VALUES ($1, $2, $3, $4, 'code', $5, $6, $7, $8)
"""
DEVICE = Device("Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", "known")


class Request(Struct, frozen=True):
    """A code that waits to be typed."""

    browser_token: str
    code: str


class Taken(Struct, frozen=True):
    """Milliseconds of one turn: of the processor for each sign-in, and the middle one's latency."""

    cpu: float
    p50: float


SignIn = Callable[[Any, Request], Awaitable[None]]


async def bare(pool: "asyncpg.Pool[asyncpg.Record]", request: Request) -> None:
    async with pool.acquire() as connection, connection.transaction():
        browser_hash = hashlib.sha256(request.browser_token.encode()).digest()
        id, identity, tenant, expected, tries, expires, used = await connection.fetchrow(
            FIND, browser_hash
        )
        given = hmac.digest(request.browser_token.encode(), request.code.encode(), "sha256")
        assert hmac.compare_digest(given, expected)
        now = datetime.now(UTC)
        assert used is None and expires > now and tries < 5
        await connection.execute(USE, id)
        assert not await connection.fetchval(FACTORS, identity)
        token_hash = codes.token_hash(codes.new_token())
        known = codes.token_hash(DEVICE.known_as)
        await connection.execute(
            BEGIN, new_id(), token_hash, identity, tenant, DEVICE.name, known, now, now + ABSOLUTE
        )
        who = signed_in.arguments(NOBODY, {"token_hash": token_hash, "idle": IDLE})
        assert await connection.fetchrow(signed_in.sql, *who)


async def product(database: Database, request: Request) -> None:
    entered = await redeem(database, request.browser_token, request.code, device=DEVICE)
    assert isinstance(entered, NewSession)
    # As the answer does, which leads to where the member begins.
    assert await who_is(database, entered.token)


async def compare(superuser_url: str, postmaster: int, *, each: int, rounds: int) -> None:
    key = os.urandom(32)
    world = await worlds.build(superuser_url, key, PLACES, 1)
    database = Database(world.url, Keyring(key))
    await database.open()
    pool = await asyncpg.create_pool(world.url, min_size=1, max_size=10)
    try:
        await _print_sign_ins(world, database, pool, postmaster, each, rounds)
        await _print_addresses(world, database, each * rounds)
    finally:
        await pool.close()
        await database.close()


async def _print_sign_ins(
    world: World,
    database: Database,
    pool: "asyncpg.Pool[asyncpg.Record]",
    postmaster: int,
    each: int,
    rounds: int,
) -> None:
    arms: dict[str, tuple[Any, SignIn]] = {"bare": (pool, bare), "product": (database, product)}
    taken: dict[str, list[Taken]] = {name: [] for name in arms}
    for round in range(rounds + 1):
        for name, (on, sign_in) in arms.items():
            requests = await _requests(world, pool, each)
            turn = await _turn(sign_in, on, requests, postmaster)
            if round:  # the first one warms up
                taken[name].append(turn)
    middle = {name: _middle(turns) for name, turns in taken.items()}
    print(f"{rounds} x {each} sign-ins by code, one after the other: milliseconds")
    print(f"{'arm':<9}{'CPU':>8}{'ratio':>7}{'p50':>8}")
    for name, turn in middle.items():
        ratio = turn.cpu / middle["bare"].cpu
        met = "" if name == "bare" else f"  goal {GOAL}: {'met' if ratio <= GOAL else 'not met'}"
        print(f"{name:<9}{turn.cpu:>8.2f}{ratio:>7.2f}{turn.p50:>8.2f}{met}")


async def _turn(sign_in: SignIn, on: Any, requests: list[Request], postmaster: int) -> Taken:
    latencies, before = [], _spent(postmaster)
    for request in requests:
        began = perf_counter()
        await sign_in(on, request)
        latencies.append(perf_counter() - began)
    cpu = (_spent(postmaster) - before) / len(requests)
    return Taken(cpu * 1e3, median(latencies) * 1e3)


def _spent(postmaster: int) -> float:
    return seconds_of(os.getpid()) + seconds_of(postmaster, with_children=True)


def _middle(turns: list[Taken]) -> Taken:
    return Taken(median(turn.cpu for turn in turns), median(turn.p50 for turn in turns))


async def _requests(
    world: World, pool: "asyncpg.Pool[asyncpg.Record]", number: int
) -> list[Request]:
    """Codes that were asked for in as many browsers, by people of all the workspaces."""
    people = await pool.fetch("SELECT identity_id, tenant_id FROM reach")
    made, rows = [], []
    for count in range(number):
        identity, tenant = people[count % len(people)]
        request = Request(codes.new_token(), codes.new_code())
        made.append(request)
        rows.append(_row(identity, tenant, request))
    await pool.executemany(
        "INSERT INTO sign_in_request (id, identity_id, tenant_id, account_hash, address_hash,"
        " browser_hash, code_hash, tries, expires_at) VALUES ($1,$2,$3,$4,$5,$6,$7,0,$8)",
        rows,
    )
    return made


def _row(identity: UUID, tenant: UUID, request: Request) -> tuple[Any, ...]:
    return (
        *(new_id(), identity, tenant, b"account", b"address"),
        codes.token_hash(request.browser_token),
        codes.code_hash(request.browser_token, request.code),
        datetime.now(UTC) + timedelta(minutes=10),
    )


async def _print_addresses(world: World, database: Database, number: int) -> None:
    """How long asking for a code takes, for addresses that are known and that are not."""
    known = [f"{role}@{place.slug}.example" for place in world.places for role in worlds.ROLES]
    kinds = ("known", "known again", "unknown") * number
    times: dict[str, list[float]] = {kind: [] for kind in kinds}
    for count, kind in enumerate(Random(0).sample(kinds, len(kinds))):
        email = (
            f"nobody-{count}@nowhere.example" if kind == "unknown" else known[count % len(known)]
        )
        began = perf_counter()
        await ask_for_code(database, email, address=f"address {count}")
        times[kind].append((perf_counter() - began) * 1e3)
    middle = {kind: median(found) for kind, found in times.items()}
    print(f"\n{number} codes asked for, of each kind in random order: the middle, in milliseconds")
    for kind, value in middle.items():
        print(f"{kind:<13}{value:>7.3f}{value / middle['known']:>8.3f}")
    noise, apart = _spread(times, "known", "known again"), _spread(times, "known", "unknown")
    print(f"apart: {apart:.1f} standard errors; two series of known addresses: {noise:.1f}")


def _spread(times: dict[str, list[float]], one: str, other: str) -> float:
    """How far two middles are apart, in standard errors of such a difference (by resampling)."""
    chance = Random(1)
    drawn = []
    for _ in range(200):
        left, right = (
            median(chance.choices(times[kind], k=len(times[kind]))) for kind in (one, other)
        )
        drawn.append(left - right)
    centre = sum(drawn) / len(drawn)
    deviation = (sum((value - centre) ** 2 for value in drawn) / len(drawn)) ** 0.5
    return abs(median(times[one]) - median(times[other])) / deviation


def main(*, quick: bool = False) -> None:
    with tempfile.TemporaryDirectory(prefix="cocreate-bench-") as folder:
        data = Path(folder) / "postgresql"
        with running(data) as database:
            postmaster = int((data / "data/postmaster.pid").read_text().splitlines()[0])
            size = {"each": 10, "rounds": 1} if quick else {"each": EACH, "rounds": ROUNDS}
            asyncio.run(compare(database.superuser_url, postmaster, **size))


if __name__ == "__main__":
    main(quick="--quick" in sys.argv)
