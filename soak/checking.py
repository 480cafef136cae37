"""Whether everything is there that a writer was told is kept, once each and in order."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from uuid import UUID

import asyncpg
from msgspec import Struct
from team import Team
from writing import Ledger, Save

from engagements.notes.sealing import unseal

NOTES = "SELECT id, version, sealed FROM note WHERE tenant_id = $1"
REVISIONS = """
SELECT note_id, mutation_id, kind, number, sealed FROM note_revision WHERE tenant_id = $1
"""


class Stored(Struct, frozen=True):
    """A row of `note_revision`, opened."""

    note: UUID
    mutation: UUID
    kind: str
    number: int
    body: str


async def examine(owner_url: str, team: Team, ledger: Ledger) -> tuple[list[Save], list[str]]:
    """The acknowledged saves that are not there as acknowledged, and what else is wrong."""
    connection = await asyncpg.connect(owner_url)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            notes = await connection.fetch(NOTES, team.tenant)
            rows = await connection.fetch(REVISIONS, team.tenant)
    finally:
        await connection.close()
    stored = [Stored(*row[:4], unseal(team.safe, row[4], row[0])) for row in rows]
    shown = {row[0]: (row[1], unseal(team.safe, row[2], row[0])) for row in notes}
    wrong = [*_never_sent(ledger, stored), *_twice(stored), *_out_of_order(shown, stored)]
    return list(_lost(ledger, stored)), wrong


def _lost(ledger: Ledger, stored: Iterable[Stored]) -> Iterator[Save]:
    there = {row.mutation: row for row in stored}
    for mutation, kept in ledger.acknowledged.items():
        save = kept.save
        wanted = Stored(save.note, mutation, kept.kind, kept.number, save.body)
        if there.get(mutation) != wanted:
            yield save


def _never_sent(ledger: Ledger, stored: Iterable[Stored]) -> Iterator[str]:
    for row in stored:
        save = ledger.sent.get(row.mutation)
        if save is None or (save.note, save.body) != (row.note, row.body):
            yield f"note {row.note} has a text that nobody sent, under mutation {row.mutation}"


def _twice(stored: Iterable[Stored]) -> Iterator[str]:
    for mutation, times in Counter(row.mutation for row in stored).items():
        if times > 1:
            yield f"mutation {mutation} was stored {times} times"


def _out_of_order(shown: dict[UUID, tuple[int, str]], stored: Iterable[Stored]) -> Iterator[str]:
    revisions: dict[UUID, dict[int, str]] = defaultdict(dict)
    numbers: dict[UUID, list[int]] = defaultdict(list)
    for row in stored:
        if row.kind == "revision":
            revisions[row.note][row.number] = row.body
            numbers[row.note].append(row.number)
    for note in shown.keys() | numbers.keys():
        version, body = shown.get(note, (0, ""))
        if sorted(numbers[note]) != list(range(1, version + 1)):
            yield f"note {note} is at version {version} and has {sorted(numbers[note])}"
        elif revisions[note].get(version) != body:
            yield f"note {note} does not show its version {version}"
