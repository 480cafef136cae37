"""Writers who autosave, and the ledger of what they were told is kept.

A save is a text under a mutation of its own. It is sent again, unchanged, until its answer comes;
only then does the writer type on.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from random import Random
from typing import Any
from uuid import UUID

import httpx
from msgspec import Struct, field
from team import Team

from tenancy.ids import new_id

SENTENCES = (
    "Two people said that handover felt different this week.",
    "Silence after the second question; I let it stand, and it helped.",
    "Someone junior challenged the plan, and nobody flinched.",
    "The rota is still the first thing that anybody mentions.",
)
SAVES_A_NOTE = 12
STALE = 0.1
"""How often a text is based on an older version, as from a tab that was left open."""
MOST_TRIES = 100
PAUSE = 0.02
"""Seconds between two saves, and before a save is sent again."""


class Save(Struct, frozen=True):
    """One text as it is sent; `version` is the one that it is based on."""

    note: UUID
    mutation: UUID
    version: int
    body: str


class Kept(Struct, frozen=True):
    """What a writer was told: the save is this version, or a copy kept beside the note."""

    save: Save
    kind: str
    number: int


class Ledger(Struct):
    """What was sent, and what was acknowledged, by mutation."""

    sent: dict[UUID, Save] = field(default_factory=dict)
    acknowledged: dict[UUID, Kept] = field(default_factory=dict)
    repeated: int = 0
    """How many were acknowledged only after they had been sent again."""


class Gate:
    """Writers send while it is open. Closed, it can be waited for until nobody is on the way."""

    def __init__(self) -> None:
        self._open = asyncio.Event()
        self._empty = asyncio.Event()
        self._on_the_way = 0

    @contextmanager
    def opened(self) -> Iterator[None]:
        self._open.set()
        yield
        self._open.clear()

    @asynccontextmanager
    async def passed(self) -> AsyncIterator[None]:
        """Once it is open, be on the way."""
        await self._open.wait()
        self._on_the_way += 1
        self._empty.clear()
        try:
            yield
        finally:
            self._on_the_way -= 1
            if not self._on_the_way:
                self._empty.set()

    async def quiet(self) -> None:
        await self._empty.wait()


class Writer:
    """One member, whose note grows with each save; after a dozen they begin another.

    Args:
        address: the product's, or that of a proxy before it.
    """

    def __init__(
        self, team: Team, name: str, address: str, ledger: Ledger, gate: Gate, chance: Random
    ) -> None:
        self._team = team
        self._name = name
        self._ledger = ledger
        self._gate = gate
        self._chance = chance
        cookie = f"__Host-cocreate={team.tokens[name]}"
        self._client = httpx.AsyncClient(
            base_url=address,
            headers={"accept": "application/json", "cookie": cookie},
            timeout=15,
        )
        self.begin()

    def begin(self) -> None:
        """Begin another note."""
        self._note, self._version, self._text = new_id(), 0, ""
        self._left = SAVES_A_NOTE

    async def write(self) -> None:
        """Save and save again, until told to stop."""
        async with self._client:
            while True:
                await self._keep(self._next())
                await asyncio.sleep(self._chance.uniform(0, PAUSE))

    def _next(self) -> Save:
        if not self._left:
            self.begin()
        self._left -= 1
        said = f"{self._name}: {self._chance.choice(SENTENCES)}"
        self._text = f"{self._text}\n\n{said}" if self._text else said
        is_stale = self._version > 1 and self._chance.random() < STALE
        return Save(self._note, new_id(), self._version - is_stale, self._text)

    async def _keep(self, save: Save) -> None:
        tries = 1
        while (kept := await self._sent(save)) is None:
            tries += 1
            assert tries < MOST_TRIES, f"{save.note} cannot be saved"
            await asyncio.sleep(PAUSE)
        self._ledger.acknowledged[save.mutation] = kept
        self._ledger.repeated += tries > 1

    async def _sent(self, save: Save) -> Kept | None:
        """What was answered; None where that is not known."""
        async with self._gate.passed():
            try:
                return await self._answer(save)
            except httpx.TransportError:
                return None

    async def _answer(self, save: Save) -> Kept | None:
        if "x-csrf-token" not in self._client.headers:
            session = await self._client.get("/session")
            if session.is_server_error:
                return None
            self._client.headers["x-csrf-token"] = session.json()["csrf_token"]
        self._ledger.sent[save.mutation] = save
        answer = await self._client.put(self._address(save.note), json=self._draft(save))
        if answer.is_success:
            self._version = answer.json()["version"]
            return Kept(save, "revision", self._version)
        if answer.status_code == httpx.codes.CONFLICT:
            return await self._kept_aside(save)
        assert answer.is_server_error, (answer.status_code, answer.text)
        return None

    async def _kept_aside(self, save: Save) -> Kept | None:
        """That the text stands beside the note, as its writer sees; or was it another conflict?"""
        answer = await self._client.get(self._address(save.note))
        if not answer.is_success:
            return None
        page = answer.json()
        self._version = page["note"]["version"]
        is_beside = any(copy["body"] == save.body for copy in page["copies"])
        return Kept(save, "conflict", save.version) if is_beside else None

    def _address(self, note: UUID) -> str:
        return f"/w/{self._team.slug}/notes/{note}"

    def _draft(self, save: Save) -> dict[str, Any]:
        return {
            "body": save.body,
            "engagement_id": str(self._team.engagement),
            "kind": "working",
            "audience": "me",
            "version": save.version,
            "mutation_id": str(save.mutation),
        }
