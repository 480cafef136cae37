"""The demo's outbox: on one's own machine it shows whoever signed up there their codes, too."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from msgspec import Struct

from conftest import copied
from engagements.demo import story
from served import listening, serving
from signing_up import browser_at, code_for, form, kept
from tenancy.database.pool import Database
from tenancy.database.prepare import app_url
from tenancy.files.store import Files
from tenancy.settings import Settings
from tenancy.workspaces.keys import Keyring
from world import Consultancy, consultancy


class Machine(Struct):
    """A database on which the demo was told, beside a workspace that was there before."""

    db: Database
    keyring: Keyring
    before: Consultancy

    @asynccontextmanager
    async def serves(self, **others: Any) -> AsyncIterator[str]:
        settings = Settings(**{"data": Path(), "public_url": "http://127.0.0.1"} | others)
        async with serving(settings, self.db, self.keyring, listening()) as site:
            yield site


@pytest_asyncio.fixture(scope="module")
async def machine(template_url: str, keyring: Keyring, files: Files) -> AsyncIterator[Machine]:
    url = await copied(template_url, "demo-outbox")
    db = Database(app_url(url, "app-password"), keyring)
    await db.open()
    before = await consultancy(db, keyring)
    await story.tell(db, keyring, files)
    yield Machine(db, keyring, before)
    await db.close()


async def mailed_at(site: str, machine: Machine) -> tuple[str, set[str]]:
    """The address of somebody who signs up and asks for a code later; whom letters are shown to.

    Somebody of the workspace that was there before asks for one as well.
    """
    typed = form()
    async with browser_at(site) as browser:
        asked = await browser.post("/sign-up", json=typed)
        code = await code_for(machine.db, machine.keyring, typed["email"])
        founded = await browser.post("/sign-up/code", json={"code": code}, headers=kept(asked))
        assert founded.status_code == 200, founded.text
        for email in (typed["email"], machine.before.bob.email, "ros@northlight.example"):
            assert (await browser.post("/sign-in", json={"email": email})).json()["sent"]
        shown = await browser.get("/demo/outbox")
    return typed["email"], {mail["to"] for mail in shown.json()["mails"] if mail["code"]}


async def test_who_signed_up_on_the_machine_reads_their_next_code_there(machine: Machine) -> None:
    async with machine.serves(demo=True) as site:
        newcomer, shown = await mailed_at(site, machine)
    assert {newcomer, "ros@northlight.example"} <= shown


async def test_what_was_there_before_the_demo_is_never_shown(machine: Machine) -> None:
    async with machine.serves(demo=True) as site:
        _, shown = await mailed_at(site, machine)
    assert machine.before.bob.email not in shown


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"host": "0.0.0.0"},
        {"public_url": "https://cocreate.example"},
        {"smtp_url": "smtp://mail.example"},
        {"database_url": "postgresql://somewhere/cocreate"},
    ],
)
async def test_a_server_that_others_reach_shows_the_mails_of_the_demo_alone(
    machine: Machine, elsewhere: dict[str, str]
) -> None:
    async with machine.serves(demo=True, **elsewhere) as site:
        newcomer, shown = await mailed_at(site, machine)
    assert "ros@northlight.example" in shown
    assert newcomer not in shown


async def test_a_server_that_is_no_demo_has_no_outbox(machine: Machine) -> None:
    async with machine.serves() as site, browser_at(site) as browser:
        assert (await browser.get("/demo/outbox")).status_code == 404
