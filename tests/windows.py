"""A real Chromium on the real product: wide and phone, light and dark."""

import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page, async_playwright, expect

from tenancy.database.context import Context
from tenancy.mail.service import outbox
from world import Consultancy, Person, signed_in_token

AXE = Path(__file__).parent / "data" / "axe" / "axe.min.js"
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WIDE = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
NARROW = {"width": 320, "height": 720}
SECURED = "https://127.0.0.1"
"""Where Chromium lets us put a secure cookie by hand; ports and schemes do not divide cookies."""
Scheme = Literal["light", "dark"]


def executable() -> str:
    """The Chromium that the tests use."""
    chosen = os.environ.get("CHROMIUM")
    names = [chosen] if chosen else ["chromium", "chromium-browser", "google-chrome"]
    found = next((path for name in names if (path := shutil.which(name))), None)
    if found is None:
        pytest.fail("No Chromium was found. Install it (on Debian: apt-get install chromium).")
    return found


@pytest_asyncio.fixture(scope="session")
async def chromium() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=executable(), args=list(QUIET))
        yield browser
        await browser.close()


Open = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture
async def window(chromium: Browser, site: str) -> AsyncIterator[Open]:
    """`await window(world, person, size=PHONE, scheme="dark")`: a page, signed in unless nobody."""
    contexts = []

    async def opened(
        world: Consultancy | None = None,
        person: Person | None = None,
        *,
        token: str = "",
        size: dict[str, int] = WIDE,
        scheme: Scheme = "light",
        javascript: bool = True,
        at: str = site,
    ) -> Page:
        context = await chromium.new_context(
            base_url=at,
            viewport=size,
            color_scheme=scheme,
            reduced_motion="reduce",
            java_script_enabled=javascript,
            has_touch=size is not WIDE,
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        if world is not None and person is not None:
            token = await signed_in_token(world, person)
        if token:
            url = f"https://{urlsplit(at).hostname}"
            cookie = {"name": "__Host-cocreate", "value": token, "url": url, "secure": True}
            await context.add_cookies([cookie])  # type: ignore[list-item]
        return await context.new_page()

    yield opened
    for context in contexts:
        await context.close()


EVERYTHING = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
COLOURS = ("cat.color",)
"""What changes from light to dark: contrast, and whether a link is told from the words around."""


async def violations(page: Page, rules: tuple[str, ...] = EVERYTHING) -> list[str]:
    """What axe-core finds against WCAG 2.2 AA and best practice, a line each."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = await page.evaluate(
        """async (tags) => (await axe.run(document, {runOnly: {type: "tag", values: tags},
        rules: {"color-contrast-enhanced": {enabled: false}}})).violations""",
        [*rules],
    )
    return [
        f"{rule['id']}: {node['target']} {node.get('failureSummary', '')}"
        for rule in found
        for node in rule["nodes"]
    ]


async def overflow(page: Page) -> float:
    """By how many pixels the page is wider than the window."""
    width: float = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return width


async def newest_code(world: Consultancy, person: Person) -> str:
    """The code of the newest mail to somebody."""
    async with world.db.transaction(Context(surface="job", tenant=world.tenant)) as tx:
        mails = [mail for mail in await outbox(tx) if mail.to_address == person.email]
    code: str = mails[0].facts["code"]
    return code


async def sign_in(page: Page, world: Consultancy, person: Person) -> None:
    """Ask for a code, read the mail, type the code; from the page that asks for it, if it did."""
    if "/sign-in" not in page.url:
        await page.goto("/sign-in")
    await page.get_by_label("Your e-mail address").fill(person.email)
    await page.get_by_role("button", name="Send me a code").click()
    await expect(page.get_by_role("heading", name="Type your code")).to_be_visible()
    await page.get_by_label("Your code").fill(await newest_code(world, person))
    await page.get_by_role("button", name="Sign in").click()
