"""One search of 5,000 sealed notes, beside two rivals on the same notes in the same database.

`ILIKE` looks through the notes in clear text, in a table of their own: what sealing costs.
`every column` loads each note as its list shows it and looks into it then: what loading only the
notes that are shown saves. The arms take turns; each figure is the middle of several rounds.

Run: python benchmarks/search.py
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from time import perf_counter

import asyncpg
import worlds
from msgspec import Struct
from processor import seconds_of
from worlds import Place, World

from engagements.notes.queries import all_notes_of_engagement
from engagements.search.matching import sought_in
from engagements.search.queries import AT_A_GLANCE, find
from tenancy.database.context import Context
from tenancy.database.embedded import running
from tenancy.database.pool import Database, Transaction
from tenancy.workspaces.keys import Keyring

NOTES = 5_000
ROUNDS = 7
GOAL = 150
QUERIES = {"in every note": "handover", "in one of fifty": "week 17", "in none": "zebra"}
"""A common word is found at once; a word that is nowhere has all the notes opened."""

CLEAR = """
CREATE TABLE clear_note (tenant_id uuid, id uuid, author_id uuid, body text,
                         PRIMARY KEY (tenant_id, id))
"""
ILIKE = """
SELECT id, body FROM clear_note
 WHERE tenant_id = $1 AND author_id = $2 AND body ILIKE ALL ($3::text[])
 ORDER BY id DESC LIMIT $4
"""

Times = dict[tuple[str, str], "list[Taken]"]
Search = Callable[[Transaction, str], Awaitable[int]]


class Taken(Struct, frozen=True):
    """Seconds of one search: on the clock, and of the processor."""

    wall: float
    cpu: float


async def sealed(tx: Transaction, query: str) -> int:
    return len((await find(tx, sought_in(query))).notes)


async def in_clear(tx: Transaction, query: str) -> int:
    patterns = [f"%{word}%" for word in query.split()]
    context = tx.context
    rows = await tx.connection.fetch(ILIKE, context.tenant, context.member, patterns, AT_A_GLANCE)
    return len(rows)


async def every_column(tx: Transaction, query: str) -> int:
    sought = sought_in(query)
    notes = await all_notes_of_engagement(tx, tx.context.team[0])
    return len([note for note in notes if sought.is_in(note.body)][:AT_A_GLANCE])


ARMS: dict[str, Search] = {"sealed": sealed, "ILIKE": in_clear, "every column": every_column}


def compare(superuser_url: str, postmaster: int, key: bytes, notes: int) -> None:
    """Build the database, look through it in every way, and print the table."""
    asyncio.run(_compare(superuser_url, postmaster, key, notes))


async def _compare(superuser_url: str, postmaster: int, key: bytes, notes: int) -> None:
    world = await worlds.build(superuser_url, key, 1, notes)
    [place] = world.places
    database = Database(world.url, Keyring(key))
    await database.open()
    try:
        await _copy_in_clear(superuser_url, world, database)
        times = await _times(database, _reader(place), postmaster)
    finally:
        await database.close()
    _print(times, notes)


async def _copy_in_clear(superuser_url: str, world: World, database: Database) -> None:
    [place] = world.places
    async with database.transaction(_reader(place)) as tx:
        notes = await all_notes_of_engagement(tx, place.engagement)
    owner = await asyncpg.connect(superuser_url.rpartition("/")[0] + "/bench_1")
    await owner.execute(CLEAR)
    rows = [(place.tenant, note.id, note.author_id, note.body) for note in notes]
    await owner.copy_records_to_table("clear_note", records=rows)
    await owner.execute("GRANT SELECT ON clear_note TO cocreate_app")
    await owner.execute("VACUUM ANALYZE clear_note")
    await owner.close()


def _reader(place: Place) -> Context:
    return Context(
        surface="workspace",
        tenant=place.tenant,
        member=place.consultant,
        role="consultant",
        team=(place.engagement,),
    )


async def _times(database: Database, context: Context, postmaster: int) -> Times:
    """How long each arm took for each query; all arms must find as many notes."""
    times: Times = {}
    for _ in range(ROUNDS):
        for name, query in QUERIES.items():
            found = set()
            for arm, search in ARMS.items():
                cpu, start = _spent(postmaster), perf_counter()
                async with database.transaction(context) as tx:
                    found.add(await search(tx, query))
                taken = Taken(perf_counter() - start, _spent(postmaster) - cpu)
                times.setdefault((name, arm), []).append(taken)
            assert len(found) == 1, (query, found)
    return times


def _spent(postmaster: int) -> float:
    """Processor time of this process and of all of PostgreSQL."""
    return seconds_of(os.getpid()) + seconds_of(postmaster, with_children=True)


def _print(times: Times, notes: int) -> None:
    print(f"One search of {notes} notes: milliseconds, and of those the processor's")
    print(f"{'the word is':<17}" + "".join(f"{arm:>14}{'CPU':>7}{'ratio':>7}" for arm in ARMS))
    for name in QUERIES:
        middle = {arm: _middle(times[name, arm]) for arm in ARMS}
        ours = middle["sealed"]
        figures = "".join(
            f"{taken.wall * 1e3:>14.1f}{taken.cpu * 1e3:>7.1f}{ours.wall / taken.wall:>7.2f}"
            for taken in middle.values()
        )
        met = "met" if ours.wall * 1e3 <= GOAL else "not met"
        print(f"{name:<17}{figures}  goal {GOAL} ms: {met}")


def _middle(taken: list[Taken]) -> Taken:
    return Taken(median(each.wall for each in taken), median(each.cpu for each in taken))


def main(notes: int = NOTES) -> None:
    with tempfile.TemporaryDirectory(prefix="cocreate-bench-") as folder:
        data = Path(folder) / "postgresql"
        with running(data) as database:
            postmaster = int((data / "data/postmaster.pid").read_text().splitlines()[0])
            compare(database.superuser_url, postmaster, os.urandom(32), notes)


if __name__ == "__main__":
    main(60 if "--quick" in sys.argv else NOTES)
