"""A mail scanner comes before the human: the human still gets in, and the scanner never does."""

import asyncio
import os

import pytest
from playwright.async_api import Browser

from frontend.letters.writing import writer
from robot import Robot
from tenancy.database.context import Context
from tenancy.database.pool import Database
from tenancy.mail.service import outbox
from tenancy.workspaces.keys import Keyring
from windows import Open
from world import Consultancy, Person, consultancy

RUNS = int(os.environ.get("COCREATE_SCANS", "3"))
"""A long run, which `make soak` asks for, has 200."""
WHO = ("sam", "pat", "bob", "alice", "ann")


async def mail_for(world: Consultancy, person: Person) -> tuple[str, str, str]:
    """The newest mail with a code, as text and as HTML, and the code."""
    async with world.db.transaction(Context(surface="job", tenant=world.tenant)) as tx:
        letter = next(one for one in await outbox(tx) if one.to_address == person.email)
    written = writer("https://cocreate.example")(letter)
    return written.text, written.html, letter.facts["code"]


@pytest.mark.parametrize("run", range(RUNS))
async def test_the_human_signs_in_after_the_scanner_and_the_scanner_not_at_all(
    run: int, window: Open, chromium: Browser, site: str, db: Database, keyring: Keyring
) -> None:
    world = await consultancy(db, keyring)
    person: Person = getattr(world, WHO[run % len(WHO)])
    human = await window()
    await human.goto("/sign-in")
    await human.get_by_label("Your e-mail address").fill(person.email)
    await human.get_by_role("button", name="Send me a code").click()
    await human.get_by_label("Your code").wait_for()
    text, html, code = await mail_for(world, person)

    robot = Robot(chromium, site, person.email, code)
    got_in = await robot.scans(text, html)

    assert not got_in
    assert {"/sign-in/code"} & {*robot.sent}, "it asked for a code of its own"
    await human.get_by_label("Your code").fill(code)
    await human.get_by_role("button", name="Sign in").click()
    await human.wait_for_url(lambda url: "/sign-in" not in url)
    assert (await human.request.get("/session")).ok
    await asyncio.gather(*(page.close() for page in human.context.pages))
