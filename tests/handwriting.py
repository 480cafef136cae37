"""Writing in a real browser, and what the server and the device then have of it."""

from playwright.async_api import Page, expect

from world import Consultancy, EngagementWorld

BOX = "#f-body"
KEPT = """async () => {
  const {texts, members} = await import(document.querySelector('script[src*="js/app.js"]').src
    .replace("app.js", "device.js"));
  const kept = [];
  for (const member of await members.all()) kept.push(...await texts.of(member));
  return kept.filter((text) => text.fields);
}"""


def reflection(world: Consultancy, work: EngagementWorld) -> str:
    return f"/w/{world.slug}/engagements/{work.engagement}/reflections/new"


def new_note(world: Consultancy, work: EngagementWorld) -> str:
    return f"/w/{world.slug}/engagements/{work.engagement}/notes/new"


async def says(page: Page, words: str, within: float = 8_000) -> None:
    """The status line above the button says so."""
    await expect(page.locator(".saved, .state")).to_contain_text(words, timeout=within)


async def typed(page: Page, words: str) -> None:
    """Typed with the keyboard, behind what is there."""
    await page.locator(BOX).focus()
    await page.keyboard.press("Control+End")
    await page.keyboard.type(words)


async def worked(page: Page) -> None:
    """The service worker has everything that it keeps, and stands before this page."""
    await page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await page.wait_for_function("navigator.serviceWorker.controller !== null")
