"""Each part of each policy of reading matters: without it somebody reads too much, or too little.

A world is played that has an example of everything. Then the policies are altered, one part of one
policy at a time, and each time the rows that people find must differ from the oracle's.
"""

from collections.abc import AsyncIterator
from itertools import product
from typing import Any

import asyncpg
import pytest
import pytest_asyncio

from comparing import EVERY, answers_amiss, readings_amiss, rows_amiss
from conftest import copied
from engagements.tables import metadata
from mutating import mutants
from oracle import File, Note
from playing import Play, begun
from tenancy.database.base import TenantBase
from tenancy.database.catalogue import model_of
from tenancy.database.context import SURFACES, THROUGH
from tenancy.database.pool import Database
from tenancy.database.prepare import app_url
from tenancy.database.walls import expression
from tenancy.files.store import Files
from tenancy.workspaces.keys import Keyring

WAYS = [*product(SURFACES, THROUGH)]


def rule_of(table: str) -> str:
    model = model_of(metadata.tables[table])
    assert issubclass(model, TenantBase)
    return expression(model.__policies__.select)


@pytest_asyncio.fixture(scope="module")
async def own_url(template_url: str) -> str:
    return await copied(template_url, "mutants")


@pytest_asyncio.fixture(scope="module")
async def superuser(own_url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(own_url)
    yield connection
    await connection.close()


@pytest_asyncio.fixture(scope="module")
async def play(own_url: str, keyring: Keyring, files: Files, superuser: Any) -> AsyncIterator[Play]:
    database = Database(app_url(own_url, "app-password"), keyring, size=2)
    await database.open()
    made = await begun(database, keyring, files, superuser)
    await at_home(made)
    await elsewhere(made)
    await everybody_reads(made)
    await some_go(made)
    yield made
    await database.close()


async def at_home(play: Play) -> None:
    """Notes for each audience, files, words that go upward, and what was agreed about them."""
    work, *_ = play.works
    alice, bob, ann, cora, pat, quinn, sam, sid, delegate = (
        play.named(name)
        for name in ("Alice", "Bob", "Ann", "Cora", "Pat", "Quinn", "Sam", "Sid", "Del")
    )
    assert alice.role == "owner"
    for who, relation in (
        *((ann, "team"), (cora, "team"), (sid, "sponsor"), (delegate, "participant")),
    ):
        await play.joins(who, work, relation)

    private = await play.writes(bob, work)
    named = await play.writes(bob, work, audience="named", readers=[pat, quinn])
    shared = await play.writes(bob, work, audience="team")
    await play.writes_on(ann, shared)
    await play.comes_too_late(ann, shared)
    taken_back = await play.writes(ann, work, audience="team")
    await play.writes_on(bob, taken_back)
    await play.shares(taken_back, "me")
    reflections = [
        await play.writes(who, work, kind="reflection", audience="named", readers=[bob])
        for who in (pat, quinn)
    ]
    for note in (private, named):
        await play.attaches(bob, note)
    await play.attaches(ann, shared)
    await _names_without_being_for_them(play, private, ann.id)

    version = await play.agrees_on(bob, work, frozenset({"themes", "quotes", "attendance"}))
    for who in (pat, quinn):
        await play.answers(who, version, "accepted")
    for who, surface in ((delegate, "workspace"), (sid, "portal")):
        await play.answers(who, version, "refused", surface)  # type: ignore[arg-type]
    await play.answers(sam, version, "accepted", "portal")
    await play.publishes(bob, work, ["attendance", "quote", "themes"], opens=True)
    await play.publishes(cora, work, [], opens=False)
    proposal = await play.proposes(bob, reflections[0], pat)
    assert proposal is not None
    await play.approves(proposal, softened=True)
    await play.takes_back(pat, proposal)
    await play.proposes(quinn, reflections[1], quinn)
    shown = ((pat, "participant"), (quinn, "participant"), (cora, "team"), (bob, "sponsor"))
    for owner, shown_to in shown:
        await play.promises(bob, work, owner, shown_to)  # type: ignore[arg-type]


async def elsewhere(play: Play) -> None:
    """Something of each kind in the second workspace."""
    *_, work = play.works
    bob, pat, sam = (play.named(name, 1) for name in ("Bob", "Pat", "Sam"))
    note = await play.writes(pat, work, audience="named", readers=[bob])
    await play.attaches(pat, note)
    version = await play.agrees_on(bob, work, frozenset({"quotes"}))
    await play.answers(pat, version, "accepted")
    await play.answers(sam, version, "accepted", "portal")
    await play.proposes(bob, note, pat)
    await play.publishes(bob, work, [], opens=True)
    await play.promises(bob, work, bob, "sponsor")


async def everybody_reads(play: Play) -> None:
    """So that there are readings; nobody meets what is not theirs."""
    for who in play.oracle.people:
        assert await answers_amiss(play, who, "workspace") == []
    assert await readings_amiss(play) == []


async def some_go(play: Play) -> None:
    """One leaves altogether, and one of the team is coached from now on."""
    work, *_ = play.works
    await play.leaves((play.named("Quinn").id, work.id, "participant"))
    await play.leaves((play.named("Cora").id, work.id, "team"))
    await play.joins(play.named("Cora"), work, "participant")


async def _names_without_being_for_them(play: Play, note: Note, reader: Any) -> None:
    """The product keeps no names on a note that is for nobody; a policy does not rely on that."""
    for table, column in (("note", "id"), ("attachment", "note_id")):
        await play.superuser.execute(
            f"UPDATE {table} SET readers = ARRAY[$1::uuid] WHERE {column} = $2", reader, note.id
        )
    note.readers = frozenset({reader})
    assert [file for file in play.oracle.every(File) if file.note is note]


@pytest.mark.asvs("8.2.2", "8.4.1")
@pytest.mark.parametrize("table", EVERY)
async def test_no_part_of_a_policy_of_reading_can_go_or_stay_out(
    play: Play, superuser: Any, table: str
) -> None:
    rule = rule_of(table)
    for surface, through in WAYS:
        assert await rows_amiss(play, surface, through=through) == []
    unnoticed = []
    for mutant in mutants(rule):
        await _alter(superuser, table, mutant.rule)
        if not await _is_noticed(play, table):
            unnoticed.append(str(mutant))
    await _alter(superuser, table, rule)

    assert not unnoticed, f"nobody noticed that on {table} " + "; ".join(unnoticed)


async def _is_noticed(play: Play, table: str) -> bool:
    for surface, through in WAYS:
        if await rows_amiss(play, surface, [table], through):
            return True
    return False


async def _alter(superuser: Any, table: str, rule: str) -> None:
    await superuser.execute(f'ALTER POLICY {table}_select ON "{table}" USING ({rule})')
