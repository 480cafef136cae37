"""No acknowledged note is lost: `make soak`, or with `--quick` in half a minute.

Eight writers autosave while the web server, PostgreSQL or one of its backends is killed with
SIGKILL at random moments and started again. After each kill, all that was acknowledged must be
there, once and in order. A control arm, which lets PostgreSQL answer before a commit is written,
must lose some: else the kills would prove nothing. Last, answers are cut off after the commit.
"""

import argparse
import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import asyncpg
from checking import examine
from cutting import Line
from msgspec import Struct, field
from stand import Kill, Stand, standing
from team import NAMES, Team, gathered
from writing import Gate, Ledger, Save, Writer

KILLS: tuple[Kill, ...] = ("web", "PostgreSQL", "backend")
LOSING: tuple[Kill, ...] = ("PostgreSQL", "backend")
"""What a commit does not outlive that is not written yet."""
SHORTEST, LONGEST = 0.2, 0.8
"""Seconds that are written between two kills."""
NOT_DURABLE = (
    "ALTER ROLE cocreate_app SET synchronous_commit = off",
    # What a dead server has handed to the kernel is not lost, so let it keep things longer.
    "ALTER SYSTEM SET wal_writer_delay = '10s'",
    "SELECT pg_reload_conf()",
    # Whoever comes after this finds the role's new setting.
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'cocreate_app'",
)
DURABLE = "fsync on, synchronous_commit on"
HEAD = (
    f"{'arm':<9}{'with':<35}{'kills':>6}"
    + "".join(f"{kind:>12}" for kind in KILLS)
    + f"{'acknowledged':>14}{'kept aside':>12}{'repeated':>10}{'lost':>6}{'wrong':>7}"
)


class Extent(Struct):
    """How many kills, how many more in the control arm, and how many saves over a cut line."""

    cycles: int
    control: int
    cut: int


FULL = Extent(200, 20, 1_000)
QUICK = Extent(5, 2, 60)


class Arm(Struct):
    """What eight writers went through, and what became of what they wrote."""

    name: str
    team: Team
    durability: str = ""
    ledger: Ledger = field(default_factory=Ledger)
    kills: Counter[str] = field(default_factory=Counter)
    lost: list[Save] = field(default_factory=list)
    wrong: set[str] = field(default_factory=set)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a few kills, to see that it runs")
    extent = QUICK if parser.parse_args().quick else FULL
    with tempfile.TemporaryDirectory(prefix="cocreate-soak-") as folder:
        arms = asyncio.run(soaked(Path(folder), extent, Random()))
    print(HEAD)
    for arm in arms:
        print(line(arm))
    sys.exit("\n".join(failures(*arms)) or 0)


async def soaked(folder: Path, extent: Extent, chance: Random) -> tuple[Arm, Arm, Arm]:
    """The arm with kills, the one whose line is cut, and the control arm."""
    async with standing(folder) as stand:
        killed, cut, control = await arms_of(stand)
        killed.durability = cut.durability = await stand.durability()
        await kill_and_examine(stand, killed, KILLS, extent.cycles, chance)
        await cut_and_examine(stand, cut, extent.cut, chance)
        await _execute(stand.owner_url, NOT_DURABLE)
        await stand.rise()
        control.durability = await stand.durability()
        await kill_and_examine(stand, control, LOSING, extent.control, chance)
    return killed, cut, control


async def arms_of(stand: Stand) -> list[Arm]:
    database, keyring = stand.database()
    await database.open()
    names = ("killed", "cut off", "control")
    arms = [
        Arm(name, await gathered(database, keyring, f"soak-{number}"))
        for number, name in enumerate(names)
    ]
    await database.close()
    return arms


async def kill_and_examine(
    stand: Stand, arm: Arm, kinds: tuple[Kill, ...], cycles: int, chance: Random
) -> None:
    """Let them write, kill something, start it again, and look; so many times, and once whole."""
    async with at_work(arm, stand.address, chance) as gate:
        for kind in _drawn(kinds, cycles, chance):
            with gate.opened():
                await asyncio.sleep(chance.uniform(SHORTEST, LONGEST))
                stand.kill(kind, chance)
            arm.kills[kind] += 1
            await gate.quiet()
            await stand.rise()
            await _examine(stand, arm)
        with gate.opened():
            await asyncio.sleep(LONGEST)
        await gate.quiet()
    await _examine(stand, arm)


def _drawn(kinds: tuple[Kill, ...], number: int, chance: Random) -> list[Kill]:
    """So many in random order, each kind as often as the others."""
    rounds = -(-number // len(kinds))
    return [kind for _ in range(rounds) for kind in chance.sample(kinds, len(kinds))][:number]


async def cut_and_examine(stand: Stand, arm: Arm, saves: int, chance: Random) -> None:
    """Let them write over a line that loses two answers of three."""
    async with Line(stand.port, chance) as way, at_work(arm, way.address, chance) as gate:
        while len(arm.ledger.acknowledged) < saves:
            with gate.opened():
                await asyncio.sleep(SHORTEST)
        await gate.quiet()
    await _examine(stand, arm)


@asynccontextmanager
async def at_work(arm: Arm, address: str, chance: Random) -> AsyncIterator[Gate]:
    """Eight writers behind a gate."""
    gate = Gate()
    async with asyncio.TaskGroup() as tasks:
        writers = [Writer(arm.team, name, address, arm.ledger, gate, chance) for name in NAMES]
        writing = [tasks.create_task(writer.write()) for writer in writers]
        yield gate
        for task in writing:
            task.cancel()


async def _examine(stand: Stand, arm: Arm) -> None:
    lost, wrong = await examine(stand.owner_url, arm.team, arm.ledger)
    for save in lost:
        del arm.ledger.acknowledged[save.mutation]
    arm.lost += lost
    arm.wrong |= set(wrong)


async def _execute(url: str, statements: Iterable[str]) -> None:
    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


def line(arm: Arm) -> str:
    kept = arm.ledger.acknowledged.values()
    aside = sum(one.kind == "conflict" for one in kept)
    killed = f"{arm.kills.total():>6}" + "".join(f"{arm.kills[kind]:>12}" for kind in KILLS)
    return (
        f"{arm.name:<9}{arm.durability:<35}{killed}{len(kept) + len(arm.lost):>14}{aside:>12}"
        f"{arm.ledger.repeated:>10}{len(arm.lost):>6}{len(arm.wrong):>7}"
    )


def failures(killed: Arm, cut: Arm, control: Arm) -> list[str]:
    """What the run did not prove, in sentences."""
    found = []
    for arm in (killed, cut):
        found += sorted(arm.wrong)[:10]
        found += [f"note {save.note} lost mutation {save.mutation}" for save in arm.lost[:10]]
    if killed.durability != DURABLE:
        found.append("PostgreSQL was not as durable as in production.")
    if not control.lost:
        found.append("The control arm lost nothing, so the kills prove nothing.")
    if not cut.ledger.repeated:
        found.append("No answer was cut off, so nothing was proved of it.")
    return found


if __name__ == "__main__":
    main()
