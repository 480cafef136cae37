"""From the first page to the first note, in a browser, by somebody who reads the mail beside it."""

import time

import pytest
from playwright.async_api import Page, expect

from signing_up import code_for, form, own_network
from tenancy.database.pool import Database
from tenancy.workspaces.keys import Keyring
from windows import NARROW, PHONE, WIDE, Open, overflow, violations


class Way:
    """Counts what a newcomer meets: pages to go through, and fields to fill in."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pages: list[str] = []
        self.fields: list[str] = []
        self.begun = time.monotonic()

    async def meets(self, heading: str) -> None:
        await expect(self.page.get_by_role("heading", name=heading, level=1)).to_be_visible()
        assert await overflow(self.page) <= 0
        self.pages.append(heading)

    async def types(self, label: str, text: str) -> None:
        await self.page.get_by_label(label).fill(text)
        self.fields.append(label)

    async def presses(self, name: str) -> None:
        await self.page.get_by_role("button", name=name).click()

    def said(self) -> str:
        seconds = time.monotonic() - self.begun
        return f"{len(self.pages)} pages, {len(self.fields)} fields, {seconds:.1f} s by a robot"


async def signs_up(way: Way, db: Database, keyring: Keyring, typed: dict[str, str]) -> None:
    page = way.page
    await page.context.set_extra_http_headers(own_network())
    await page.goto("/")
    await way.meets("Culture is what we create")
    await page.get_by_role("link", name="Sign up a workspace").click()
    await way.meets("Sign up a workspace")
    await way.types("Your name", typed["name"])
    await way.types("Your e-mail address", typed["email"])
    await way.types("Your consultancy’s name", typed["consultancy"])
    proposed = typed["consultancy"].lower().replace(" ", "-")
    await expect(page.get_by_label("Its address here")).to_have_value(proposed)
    if typed["begin"] == "own":
        await page.get_by_label("Start with our own").check()
    await way.presses("Send me a code")
    await way.meets("Type your code")
    await way.types("Your code", await code_for(db, keyring, typed["email"]))
    await way.presses("Found my workspace")
    await page.wait_for_url(f"**/w/{proposed}")


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_the_first_note_is_six_pages_and_eight_fields_away(
    window: Open, db: Database, keyring: Keyring, size: dict[str, int]
) -> None:
    page = await window(size=size)
    way = Way(page)
    await signs_up(way, db, keyring, form(begin="own"))
    await way.meets("Your first note is three steps away")
    await page.get_by_role("link", name="Begin with a client").click()
    await way.meets("Whom do you work with first?")
    await way.types("The client’s name", "Ashbourne Trust")
    await page.get_by_label("Kind of organisation").select_option("acute trust")
    way.fields.append("Kind of organisation")
    await way.types("What is it for?", "That people say early what they see.")
    await way.presses("Begin")
    await way.meets("Write a note")
    await way.types("What do you want to keep?", "They want to be able to talk.")
    await page.get_by_role("button", name="Save note").click()
    await expect(page.locator(".prose")).to_contain_text("They want to be able to talk.")
    print(way.said())

    assert (len(way.pages), len(way.fields)) == (6, 8)
    await page.get_by_role("link", name="Home").first.click()
    await expect(page.get_by_role("heading", name="Your first three steps")).to_have_count(0)


async def test_the_browser_knows_the_time_zone(window: Open, chromium, site: str) -> None:
    context = await chromium.new_context(base_url=site, timezone_id="Pacific/Auckland")
    page = await context.new_page()
    await page.goto("/sign-up")
    await expect(page.get_by_label("Your time zone")).to_have_value("Pacific/Auckland")
    await context.close()


async def test_an_address_that_was_typed_is_not_proposed_over(window: Open) -> None:
    page = await window()
    await page.goto("/sign-up")
    await page.get_by_label("Its address here").fill("mine")
    await page.get_by_label("Your consultancy’s name").fill("Żółta Łódka & Co.")
    await expect(page.get_by_label("Its address here")).to_have_value("mine")


async def test_without_javascript_one_looks_round_and_removes_the_sample(
    window: Open, db: Database, keyring: Keyring
) -> None:
    page = await window(size=PHONE, javascript=False)
    await page.context.set_extra_http_headers(own_network())
    typed = form(begin="look", slug="")
    await page.goto("/sign-up")
    await page.get_by_label("Your name").fill(typed["name"])
    await page.get_by_label("Your e-mail address").fill(typed["email"])
    await page.get_by_label("Your consultancy’s name").fill(typed["consultancy"])
    await page.get_by_role("button", name="Send me a code").click()
    await page.get_by_label("Your code").fill(await code_for(db, keyring, typed["email"]))
    await page.get_by_role("button", name="Found my workspace").click()
    await page.get_by_role("link", name="Northmoor Vale").click()
    await expect(page.get_by_role("heading", name="Working Together")).to_be_visible()
    await page.get_by_role("link", name="Home").first.click()
    await page.get_by_role("link", name="Remove the sample").click()
    await page.get_by_role("button", name="Remove the sample").click()
    await expect(page.get_by_text("The sample was removed.")).to_be_visible()
    await expect(page.get_by_role("link", name="Northmoor Vale")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_new_pages_have_nothing_for_axe_to_find(
    window: Open, db: Database, keyring: Keyring, scheme: str
) -> None:
    page = await window(scheme=scheme)
    way, typed = Way(page), form(begin="look")
    wrong: list[str] = []

    async def looked_at(path: str) -> None:
        await page.goto(path)
        for size in (WIDE, NARROW):
            await page.set_viewport_size(size)
            where = f"{path} at {size['width']}, {scheme}"
            wrong.extend(f"{where}: {line}" for line in await violations(page))
            if size is NARROW and (wider := await overflow(page)) > 0:
                wrong.append(f"{where}: {wider} pixels too wide")
        await page.set_viewport_size(WIDE)

    for path in ("/", "/sign-up", "/sign-up/code"):
        await looked_at(path)
    await signs_up(way, db, keyring, typed)
    base = page.url
    await looked_at(base)
    for path in ("beginning", "settings/sample", "settings/members", "clients", "engagements"):
        await looked_at(f"{base}/{path}")
    await page.goto(f"{base}/clients")
    await page.get_by_role("link", name="Northmoor Vale").click()
    await page.wait_for_url("**/clients/*")
    await looked_at(page.url)
    await page.goto(f"{base}/beginning")
    await page.get_by_role("button", name="Begin").click()
    wrong.extend(await violations(page))
    assert wrong == []
