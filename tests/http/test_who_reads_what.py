"""Whatever people do, everybody reads what the rules give them and nothing else, by every way."""

import asyncio
import os
from collections.abc import AsyncIterator, Awaitable
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test

from browsing import Browsing
from comparing import answers_amiss, mails_amiss, readings_amiss, rows_amiss
from living import Living, Run
from looking import not_gone
from matrix import Route
from oracle import Somebody
from playing import Play, begun
from tenancy.database.context import SURFACES, Surface
from tenancy.database.pool import Database
from tenancy.files.store import Files
from tenancy.workspaces.keys import Keyring

WORLDS = int(os.environ.get("COCREATE_WORLDS", "12"))
"""How many worlds are played; `make soak` plays many more."""
PLAYED = settings(
    max_examples=WORLDS,
    stateful_step_count=40,
    deadline=None,
    suppress_health_check=[*HealthCheck],
)
PAGES = 25
"""How many pages somebody opens at once, of some hundreds."""
ASKED_AT_LAST = 3
"""Who goes every way when a play is over; everybody tries SQL on every surface then."""
SHOWN = 20
"""Sentences of a failure."""


class Whole(Living):
    """After each step everybody looks; now and then somebody goes every way that there is."""

    def __init__(self, run: Run, play: Play, browsing: Browsing) -> None:
        super().__init__(run, play)
        self.browsing = browsing
        self.mails: set[UUID] = set()

    def right(self, look: Awaitable[list[str]]) -> None:
        amiss = self.does(look)
        self.sound = not amiss
        assert not amiss, "\n".join(sorted(amiss)[:SHOWN])

    @invariant()
    def the_rows_are_the_oracles(self) -> None:
        self.right(readings_amiss(self.play))
        self.right(mails_amiss(self.play, self.mails))
        self.right(rows_amiss(self.play, "workspace"))
        self.right(rows_amiss(self.play, "workspace", through="notes"))
        self.right(rows_amiss(self.play, "workspace", through="records"))

    @rule(data=st.data(), surface=st.sampled_from(("workspace", "workspace", "portal")))
    def somebody_asks_for_everything(self, data: st.DataObject, surface: Surface) -> None:
        who = data.draw(st.sampled_from(self.there()))
        self.right(answers_amiss(self.play, who, surface))

    @rule(data=st.data(), seed=st.integers(0, 2**16))
    def somebody_opens_pages(self, data: st.DataObject, seed: int) -> None:
        who = data.draw(st.sampled_from(self.there()))
        self.right(self.browsing.amiss(who, Random(seed), PAGES))

    def is_back(self, who: Somebody) -> None:
        self.does(self.browsing.arrive([who]))

    def teardown(self) -> None:
        if not self.sound:
            return
        for surface in SURFACES:
            self.right(rows_amiss(self.play, surface))
        for who in Random(len(self.oracle.things)).sample(self.there(), ASKED_AT_LAST):
            self.right(answers_amiss(self.play, who, "workspace"))
        for who in self.oracle.people:
            if who.id in self.oracle.away:
                self.right(self.browsing.turned_away(who))


@pytest_asyncio.fixture
async def superuser(owner_url: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(owner_url)
    yield connection
    await connection.close()


@pytest.mark.asvs("8.2.2", "8.4.1")
async def test_everybody_reads_what_is_theirs_and_nothing_else_whatever_people_do(
    db: Database,
    keyring: Keyring,
    files: Files,
    site: str,
    every_route: list[Route],
    superuser: Any,
) -> None:
    loop = asyncio.get_running_loop()

    def run(deed: Awaitable[Any]) -> Any:
        async def done() -> Any:
            return await deed

        return asyncio.run_coroutine_threadsafe(done(), loop).result()

    async def begin() -> tuple[Play, Browsing]:
        play = await begun(db, keyring, files, superuser)
        browsing = Browsing(play, site, every_route)
        await browsing.arrive(play.oracle.people)
        return play, browsing

    def whole() -> Whole:
        return Whole(run, *run(begin()))

    # The product lives in this loop, and whoever plays waits for it in a thread beside it.
    await asyncio.to_thread(run_state_machine_as_test, whole, settings=PLAYED)


def test_every_query_that_answers_words_is_among_the_ways_of_reading() -> None:
    assert not not_gone(), "say in tests/looking.py what these have to answer"
