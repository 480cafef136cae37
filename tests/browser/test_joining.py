"""A participant joins on her phone: from the mail in the demo's outbox to her own page."""

import re

import pytest_asyncio
from playwright.async_api import Page, expect

from engagements.demo import story
from tenancy.database.context import Context
from tenancy.database.pool import Database
from tenancy.files.store import Files
from tenancy.identity.queries import place_of
from tenancy.workspaces.keys import Keyring
from windows import NARROW, PHONE, WIDE, Open, overflow, violations

TOM = "tom.ashworth@northmoorvale.example"


@pytest_asyncio.fixture
async def demo(db: Database, keyring: Keyring, files: Files) -> Database:
    await story.tell(db, keyring, files)
    return db


async def the_mail(page: Page, subject: str) -> str:
    """What the newest mail of this subject says."""
    await page.goto("/demo/outbox")
    mail = page.get_by_role("article").filter(has_text=subject).filter(has_text=TOM).first
    return await mail.inner_text()


async def looks_right(page: Page) -> None:
    for size in (WIDE, NARROW, PHONE):
        await page.set_viewport_size(size)
        assert await violations(page) == []
        assert await overflow(page) <= 0


async def test_a_participant_joins_on_a_phone_from_the_mail_to_their_own_page(
    window: Open, demo: Database
) -> None:
    phone = await window(size=PHONE)
    mail = await the_mail(phone, "Ros Hartley invites you to Northlight")
    assert "What you write for yourself is read by you alone." in mail
    link = re.search(r"/join/northlight/[0-9a-f-]+", mail)
    assert link is not None

    await phone.goto(link[0])
    await expect(phone.get_by_role("heading", level=1)).to_have_text(
        "Ros Hartley invites you to Northlight"
    )
    await expect(phone.get_by_text("Your sponsor never reads a note")).to_be_visible()
    await looks_right(phone)
    await phone.get_by_role("button", name="Send me a code").click()
    await expect(phone.get_by_role("heading", level=1)).to_have_text("Type your code")
    await looks_right(phone)

    other = await window(size=PHONE)
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", await the_mail(other, "is your code"))
    assert code is not None
    await phone.get_by_label("Your code").fill("0000-0000")
    await phone.get_by_role("button", name="Accept and go in").click()
    await expect(phone.get_by_role("alert")).to_contain_text("That is not the code we sent")
    await phone.get_by_label("Your code").fill(code[0].lower())
    await phone.get_by_role("button", name="Accept and go in").click()
    await phone.wait_for_url("**/w/northlight")
    await expect(phone.get_by_role("link", name="Add a reflection").first).to_be_visible()

    await other.goto(link[0])
    await expect(other.get_by_role("heading", level=1)).to_have_text(
        "This invitation was accepted already"
    )
    await looks_right(other)
    await and_is_a_member(demo)


async def and_is_a_member(db: Database) -> None:
    place = await db.look_up(place_of, slug="northlight")
    assert place is not None
    async with db.transaction(Context(surface="job", tenant=place.tenant)) as tx:
        role = await tx.connection.fetchval(
            "SELECT role FROM member WHERE tenant_id = $1 AND email = $2", place.tenant, TOM
        )
    assert role == "participant"
