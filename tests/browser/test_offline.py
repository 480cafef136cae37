"""Writing without signal: the form opens, the words stay on the device, and are sent once.

The real product in Chromium, whose network is taken away and given back.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from handwriting import (
    BOX,
    comes_true,
    cut,
    downloaded,
    is_kept,
    kept,
    mended,
    ready_for_no_signal,
    reflection,
    stored,
    typed,
)
from noting import REVISIONS, a_team, rows
from windows import PHONE, QUIET, SECURED, WIDE, Open, executable, overflow, violations
from world import Consultancy, EngagementWorld, signed_in_token

WORDS = "The zebra crossed the corridor."
UNSENT = "On this device, not sent yet"
NO_NETWORK = "--host-resolver-rules=MAP * ~NOTFOUND"
ASKED_TO_SYNC = """async (tag) => {
  const worker = await navigator.serviceWorker.ready;
  return (await worker.sync.getTags()).includes(tag);
}"""
RAW = """async (words) => {
  const opened = (request) => new Promise((done) => {
    request.onsuccess = () => done(request.result);
  });
  const base = await opened(indexedDB.open("cocreate"));
  const rows = [];
  for (const store of base.objectStoreNames) {
    for (const row of await opened(base.transaction(store).objectStore(store).getAll())) {
      const texts = Object.values(row).map((value) => value instanceof ArrayBuffer
        ? new TextDecoder("latin1").decode(value) + new TextDecoder("utf-16").decode(value)
        : JSON.stringify(value));
      const tells = texts.join().includes(words);
      rows.push({store, tells, extractable: row.key.extractable ?? false});
    }
  }
  const elsewhere = JSON.stringify([{...localStorage}, {...sessionStorage}]);
  return {rows, elsewhere: elsewhere.includes(words)};
}"""

Restart = Callable[..., Awaitable[BrowserContext]]


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await a_team(northlight)


@pytest.fixture
def size() -> dict[str, int]:
    """Unless a test says that it is about others, too."""
    return PHONE


@pytest.fixture
async def device(
    window: Open, northlight: Consultancy, work: EngagementWorld, size: dict[str, int]
) -> Page:
    """Pat has been here once with signal, and is without it now."""
    page = await window(northlight, northlight.pat, size=size)
    await page.goto(f"/w/{northlight.slug}")
    await ready_for_no_signal(page, northlight.pat)
    await page.context.set_offline(True)
    return page


async def one_note(owner_url: str, world: Consultancy, words: str) -> None:
    """There is this note, and it was written once."""
    assert await stored(owner_url, world, world.pat) == [words]
    [note] = await rows(owner_url, "SELECT id FROM note WHERE tenant_id = $1", world.tenant)
    revisions = await rows(owner_url, REVISIONS, world.tenant, note["id"])
    assert [tuple(row) for row in revisions] == [("revision", 1)]


async def sent(page: Page) -> None:
    """Nothing of anybody waits here any more."""
    await expect(page.locator("[data-waiting]")).to_be_hidden()
    assert await kept(page) == []


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
async def test_the_empty_form_opens_without_a_network_and_what_is_typed_waits(
    device: Page,
) -> None:
    await device.goto("/write")
    await expect(device.get_by_role("heading", name="Add a reflection")).to_be_visible()
    await expect(device.get_by_text("Working together, with Bob Hartley")).to_be_visible()
    await expect(device.get_by_text("You are offline.")).to_be_visible()
    await expect(device.locator(BOX)).to_be_focused()

    await typed(device, WORDS)
    await expect(device.locator(".saved")).to_have_text(UNSENT)
    await expect(device.get_by_text("1 text is on this device, not sent yet.")).to_be_visible()
    assert await kept(device) == [WORDS]


async def test_the_form_of_an_engagement_opens_without_a_network_as_the_empty_form(
    device: Page, northlight: Consultancy, work: EngagementWorld
) -> None:
    await device.goto(reflection(northlight, work))
    await expect(device.get_by_role("heading", name="Add a reflection")).to_be_visible()


async def test_who_leaves_in_mid_word_without_a_network_is_asked_to_stay(
    device: Page,
) -> None:
    await device.goto("/write")
    await device.locator(BOX).press_sequentially(WORDS)
    await expect(device.locator(".saved")).to_have_text(UNSENT)

    async with device.expect_event("dialog") as asked:
        await device.locator(BOX).press("!")
        await device.evaluate("() => { setTimeout(() => location.reload()); }")
    dialog = await asked.value
    assert dialog.type == "beforeunload"
    await dialog.dismiss()

    await expect(device.locator(".saved")).to_have_text(UNSENT)
    assert await kept(device) == [f"{WORDS}!"]


async def test_a_text_without_a_network_survives_a_reload_and_a_closed_page(
    device: Page,
) -> None:
    await device.goto("/write")
    await typed(device, WORDS)
    await is_kept(device, WORDS)
    await device.reload()
    await expect(device.locator(BOX)).to_have_value(WORDS)
    await expect(device.locator(".saved")).to_have_text(UNSENT)

    anew = await device.context.new_page()
    await device.close()
    await anew.goto("/write")
    await expect(anew.locator(BOX)).to_have_value(WORDS)


async def test_a_text_without_a_network_survives_the_death_of_its_page(device: Page) -> None:
    await device.goto("/write")
    await typed(device, WORDS)
    await is_kept(device, WORDS)
    anew = await device.context.new_page()
    killer = await device.context.new_cdp_session(device)
    async with device.expect_event("crash"):
        answer = asyncio.ensure_future(killer.send("Page.crash"))
    answer.cancel()
    await anew.goto("/write")
    await expect(anew.locator(BOX)).to_have_value(WORDS)


@pytest.mark.parametrize("background_sync", [True, False], ids=["sync", "no sync"])
async def test_what_waits_is_sent_once_when_the_network_is_back(
    device: Page, northlight: Consultancy, owner_url: str, background_sync: bool
) -> None:
    if not background_sync:
        await device.context.add_init_script("delete ServiceWorkerRegistration.prototype.sync")
    await device.goto("/write")
    await typed(device, WORDS)
    await device.get_by_role("button", name="Save").click()
    await expect(device.get_by_role("heading", name="Kept on this device")).to_be_focused()
    assert await stored(owner_url, northlight, northlight.pat) == []

    await device.context.set_offline(False)
    await sent(device)
    await one_note(owner_url, northlight, WORDS)


async def test_what_waits_is_sent_by_the_service_worker_when_no_page_is_open(
    device: Page, northlight: Consultancy, owner_url: str
) -> None:
    await device.goto("/write")
    await typed(device, WORDS)
    await device.get_by_role("button", name="Save").click()
    await expect(device.get_by_role("heading", name="Kept on this device")).to_be_visible()
    await comes_true(device, ASKED_TO_SYNC, "texts")
    context = device.context
    await device.goto("about:blank")
    async with context.expect_event(
        "requestfinished", lambda request: request.method == "PUT"
    ) as put:
        await context.set_offline(False)
    assert (await put.value).service_worker is not None
    await one_note(owner_url, northlight, WORDS)


@pytest.fixture
async def browser_of_pat(chromium: Browser, site: str, tmp_path: Path) -> AsyncIterator[Restart]:
    """`await browser_of_pat(network=False)`: the same browser, closed and opened again."""
    opened: list[BrowserContext] = []

    async def restart(*, network: bool = True) -> BrowserContext:
        for context in opened:
            await context.close()
        opened.clear()
        context = await chromium.browser_type.launch_persistent_context(
            str(tmp_path / "profile"),
            executable_path=executable(),
            args=[*QUIET, *([] if network else [NO_NETWORK])],
            base_url=site,
            viewport=PHONE,
        )
        opened.append(context)
        return context

    yield restart
    for context in opened:
        await context.close()


@pytest.mark.asvs("14.3.3")
async def test_a_text_survives_the_browser_and_is_nowhere_on_the_disk_in_plain_words(
    browser_of_pat: Restart,
    northlight: Consultancy,
    work: EngagementWorld,
    owner_url: str,
    tmp_path: Path,
) -> None:
    browser = await browser_of_pat()
    token = await signed_in_token(northlight, northlight.pat)
    cookie = {"name": "__Host-cocreate", "value": token, "url": SECURED, "secure": True}
    lasting = {**cookie, "expires": 4_102_444_800}
    await browser.add_cookies([lasting])  # type: ignore[list-item]
    await browser.pages[0].goto(f"/w/{northlight.slug}")
    await ready_for_no_signal(browser.pages[0], northlight.pat)

    browser = await browser_of_pat(network=False)
    await browser.pages[0].goto("/write")
    await typed(browser.pages[0], WORDS)
    await is_kept(browser.pages[0], WORDS)

    browser = await browser_of_pat(network=False)
    assert holding(tmp_path / "profile", WORDS) == []
    await browser.pages[0].goto("/write")
    await expect(browser.pages[0].locator(BOX)).to_have_value(WORDS)

    browser = await browser_of_pat()
    await browser.pages[0].goto("/waiting")
    await expect(browser.pages[0].locator("#none")).to_be_visible()
    await one_note(owner_url, northlight, WORDS)


def holding(folder: Path, words: str) -> list[str]:
    """The files that hold the words, as any program could read them."""
    spelt = [words.encode(encoding) for encoding in ("utf-8", "utf-16-le")]
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return [path.name for path in files if any(spelling in _read(path) for spelling in spelt)]


def _read(path: Path) -> bytes:
    """What a file holds; nothing when the browser, which is still closing, took it away first."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


@pytest.mark.asvs("14.3.3")
async def test_what_is_kept_is_sealed_with_a_key_that_no_script_can_take_out(
    device: Page,
) -> None:
    await device.goto("/write")
    await typed(device, WORDS)
    await is_kept(device, WORDS)
    assert await kept(device) == [WORDS]

    found = await device.evaluate(RAW, "zebra")
    assert {row["store"] for row in found["rows"]} == {"members", "texts"}
    assert [row for row in found["rows"] if row["tells"] or row["extractable"]] == []
    assert found["elsewhere"] is False


async def test_the_waiting_list_shows_everything_and_each_leads_back_to_its_form(
    device: Page,
) -> None:
    for words in ("One.", "Two."):
        await device.goto("/write")
        await typed(device, words)
        await device.get_by_role("button", name="Save").click()
        await device.get_by_role("link", name="See what waits").click()
    entries = device.get_by_role("listitem").filter(has_text="Reflection for Bob Hartley")
    await expect(entries).to_have_count(2)
    await expect(entries.filter(has_text="One.")).to_contain_text("Not sent yet")
    assert await violations(device) == []
    assert await overflow(device) <= 0

    await device.get_by_role("link", name="Two.").click()
    await expect(device.locator(BOX)).to_have_value("Two.")


async def test_what_is_not_sent_can_be_taken_along_as_a_file(device: Page) -> None:
    await device.goto("/write")
    await typed(device, WORDS)
    await is_kept(device, WORDS)
    await device.goto("/waiting")
    button = device.get_by_role("button", name="Download what is not sent")
    file = await downloaded(device, button)
    assert file.startswith("Reflection for Bob Hartley, ")
    assert WORDS in file


async def test_a_text_is_thrown_away_only_when_its_writer_says_so_twice(device: Page) -> None:
    await device.goto("/write")
    await typed(device, WORDS)
    await is_kept(device, WORDS)
    await device.goto("/waiting")
    for answer, left in (("Keep it", [WORDS]), ("Throw it away", [])):
        await device.get_by_role("button", name="Throw away").click()
        await expect(device.get_by_role("dialog")).to_contain_text("is nowhere else")
        await device.get_by_role("dialog").get_by_role("button", name=answer).click()
        await expect(device.get_by_role("dialog")).to_have_count(0)
        await expect(device.get_by_role("link", name=WORDS)).to_have_count(len(left))
        assert await kept(device) == left


async def test_the_empty_form_without_a_network_has_nothing_for_axe_to_find(
    device: Page,
) -> None:
    await device.goto("/write")
    await typed(device, WORDS)
    await is_kept(device, WORDS)
    assert await violations(device) == []
    assert await overflow(device) <= 0


async def test_a_server_that_does_not_answer_is_asked_again_and_has_one_note(
    window: Open, northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    page = await window(northlight, northlight.pat, size=PHONE)
    await page.goto(reflection(northlight, work))
    await cut(page)
    await typed(page, WORDS)
    await page.get_by_role("button", name="Save reflection").click()
    await expect(page.get_by_role("heading", name="Kept on this device")).to_be_focused()
    await expect(page.get_by_text("1 text is on this device, not sent yet.")).to_be_visible()

    await mended(page)
    await sent(page)
    await one_note(owner_url, northlight, WORDS)
