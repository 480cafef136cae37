"""Writing in a real browser, and what the server and the device then have of it."""

from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, Route, expect

from noting import read, rows
from world import Consultancy, EngagementWorld, Person

BOX = "#f-body"
APP = """document.querySelector('script[src*="js/app.js"]').src"""
DEVICE = f"const {{texts, members}} = await import({APP}.replace('app.js', 'device.js'));"
KEPT = f"""async () => {{
  {DEVICE}
  const known = await members.known();
  const kept = await Promise.all(known.map(({{member}}) => texts.of(member)));
  return kept.flat().filter((text) => text.fields).map((text) => text.fields.body);
}}"""
REMEMBERED = f"""async (member) => {{
  {DEVICE}
  return (await members.known()).some((one) => one.member === member);
}}"""
NOTES = "SELECT id FROM note WHERE tenant_id = $1 ORDER BY id"


def reflection(world: Consultancy, work: EngagementWorld) -> str:
    return f"/w/{world.slug}/engagements/{work.engagement}/reflections/new"


def new_note(world: Consultancy, work: EngagementWorld) -> str:
    return f"/w/{world.slug}/engagements/{work.engagement}/notes/new"


async def says(page: Page, words: str) -> None:
    """The status line above the button says so."""
    await expect(page.locator(".saved, .state")).to_contain_text(words)


async def typed(page: Page, words: str) -> None:
    """Typed with the keyboard, behind what is there."""
    await page.locator(BOX).focus()
    await page.keyboard.press("Control+End")
    await page.keyboard.type(words)


async def kept(page: Page) -> list[str]:
    """The texts that wait on the device, of everybody who writes there."""
    waiting: list[str] = await page.evaluate(KEPT)
    return waiting


async def is_kept(page: Page, words: str) -> None:
    """The device has the words, which it has long before they are sent."""
    await comes_true(page, f"async (words) => (await ({KEPT})()).includes(words)", words)


async def ready_for_no_signal(page: Page, person: Person) -> None:
    """The device has the empty form, and knows who writes and where."""
    await comes_true(page, "() => navigator.serviceWorker.controller")
    await comes_true(page, REMEMBERED, str(person.id))


async def comes_true(page: Page, condition: str, arg: str = "") -> None:
    """What the page finds out by waiting itself: a promise is not yet an answer."""
    await page.evaluate(
        f"""async (arg) => {{
            while (!(await ({condition})(arg))) await new Promise((next) => setTimeout(next, 20));
        }}""",
        arg,
    )


async def stored(owner_url: str, world: Consultancy, by: Person) -> list[str]:
    """What each note of the workspace says, as its author reads it."""
    found: list[Any] = await rows(owner_url, NOTES, world.tenant)
    return [(await read(world, row["id"], by)).body for row in found]


async def downloaded(page: Page, button: Locator) -> str:
    """What the file says that the button gives."""
    async with page.expect_download() as taken:
        await button.click()
    return _words_in(await (await taken.value).path())


def _words_in(path: Path) -> str:
    return path.read_text()


async def cut(page: Page, *, after_the_commit: bool = False) -> None:
    """No answer about a note comes any more: the way there is cut, or only the way back."""

    async def lose(route: Route) -> None:
        if after_the_commit and route.request.method == "PUT":
            await route.fetch()
        await (route.abort() if route.request.method == "PUT" else route.fallback())

    await page.context.route("**/notes/*", lose)


async def mended(page: Page) -> None:
    """The way is whole again, and the page is looked at."""
    await page.context.unroute_all(behavior="wait")
    await page.evaluate("dispatchEvent(new Event('focus'))")
