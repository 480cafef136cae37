"""Writing with a connection, good or bad: what is typed is saved by itself, once, and not lost.

The real product in Chromium. Where the network misbehaves, it is Chromium's that does.
"""

import asyncio
import re

import pytest
from playwright.async_api import Page, Request, Route, expect

from handwriting import BOX, cut, kept, mended, reflection, says, stored, typed
from noting import REVISIONS, a_team, begun, copies, read, rows
from windows import PHONE, WIDE, Open, overflow, violations
from world import Consultancy, EngagementWorld

SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
SAVED = re.compile(r"^Saved \d\d:\d\d$")
WORDS = "Nobody flinched when she spoke."


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await a_team(northlight)


@pytest.fixture
def size() -> dict[str, int]:
    """Unless a test says that it is about others, too."""
    return PHONE


@pytest.fixture
async def form(
    window: Open, northlight: Consultancy, work: EngagementWorld, size: dict[str, int]
) -> Page:
    """Pat's empty reflection."""
    page = await window(northlight, northlight.pat, size=size)
    await page.goto(reflection(northlight, work))
    return page


def status(page: Page):
    return page.locator(".saved")


def saves(page: Page) -> list[Request]:
    """The requests that carry a note, as they go out."""
    sent: list[Request] = []
    page.on("request", lambda one: sent.append(one) if one.method == "PUT" else None)
    return sent


async def started(page: Page) -> None:
    """The form is more than a form."""
    await expect(page.locator("form.editor")).to_have_attribute("autocomplete", "off")


async def next_of(held: asyncio.Queue[Route]) -> Route:
    async with asyncio.timeout(10):
        return await held.get()


@SIZES
async def test_what_was_typed_is_saved_by_itself_and_the_status_says_when(
    form: Page, northlight: Consultancy, owner_url: str
) -> None:
    await expect(status(form)).to_have_text("Not saved yet")
    await typed(form, WORDS)
    await expect(status(form)).to_have_text("Not saved yet")
    await expect(status(form)).to_have_text(SAVED)

    assert await stored(owner_url, northlight, northlight.pat) == [WORDS]
    assert await kept(form) == []


async def test_it_is_sent_a_second_and_a_half_after_the_last_key(
    window: Open, northlight: Consultancy, work: EngagementWorld
) -> None:
    page = await window(northlight, northlight.pat)
    await page.clock.install()
    await page.goto(reflection(northlight, work))
    await started(page)
    await page.clock.pause_at(await page.evaluate("Date.now() + 60_000"))
    sent = saves(page)

    await typed(page, "Half a")
    await page.clock.run_for(1_400)
    await typed(page, " thought")
    await page.clock.run_for(1_400)
    assert sent == []

    async with page.expect_request(lambda one: one.method == "PUT") as asked:
        await page.clock.run_for(150)
    assert (await asked.value).post_data_json["body"] == "Half a thought"


async def test_leaving_the_page_in_mid_sentence_saves_what_was_typed(
    form: Page, northlight: Consultancy, owner_url: str
) -> None:
    await started(form)
    await typed(form, WORDS)
    await form.goto("/waiting")

    await expect(form.locator("#none")).to_be_visible()
    await has_come(owner_url, northlight, [WORDS])


async def test_closing_the_page_in_mid_sentence_saves_what_was_typed(
    form: Page, northlight: Consultancy, owner_url: str
) -> None:
    await started(form)
    await typed(form, WORDS)
    await form.close()

    await has_come(owner_url, northlight, [WORDS])


async def has_come(owner_url: str, world: Consultancy, words: list[str]) -> None:
    """Nobody hears the answer to what is sent by a page that goes."""
    for _ in range(200):
        if await stored(owner_url, world, world.pat) == words:
            return
        await asyncio.sleep(0.05)
    assert await stored(owner_url, world, world.pat) == words


async def test_what_was_typed_before_the_script_came_is_kept_too(
    window: Open, northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    page = await window(northlight, northlight.pat)
    await page.goto(reflection(northlight, work))
    await typed(page, "Yesterday's draft.")
    await says(page, "Saved")
    await page.evaluate("navigator.serviceWorker.ready.then((worker) => worker.unregister())")
    held: asyncio.Queue[Route] = asyncio.Queue()
    await page.route("**/js/editor.js", held.put)
    await page.goto(reflection(northlight, work), wait_until="commit")
    script = await next_of(held)
    await typed(page, "Faster than the script.")
    await script.continue_()
    await expect(status(page)).to_have_text(SAVED)

    await expect(page.locator(BOX)).to_have_value("Faster than the script.")
    texts = await stored(owner_url, northlight, northlight.pat)
    assert texts == ["Yesterday's draft.", "Faster than the script."]


async def test_an_answer_that_is_lost_after_the_commit_gives_one_note(
    form: Page, northlight: Consultancy, owner_url: str
) -> None:
    await cut(form, after_the_commit=True)
    await typed(form, WORDS)
    await expect(status(form)).to_have_text("On this device, not sent yet")
    assert await stored(owner_url, northlight, northlight.pat) == [WORDS]
    assert await kept(form) == [WORDS]

    await mended(form)
    await expect(status(form)).to_have_text(SAVED)
    notes = await rows(owner_url, "SELECT id FROM note WHERE tenant_id = $1", northlight.tenant)
    assert len(notes) == 1
    revisions = await rows(owner_url, REVISIONS, northlight.tenant, notes[0]["id"])
    assert [tuple(row) for row in revisions] == [("revision", 1)]


async def test_on_a_slow_network_one_types_on_and_the_newest_words_win(
    form: Page, northlight: Consultancy, owner_url: str
) -> None:
    slow: asyncio.Queue[Route] = asyncio.Queue()
    await form.context.route("**/notes/*", slow.put)
    body = ""
    for words in ("One. ", "Two. "):
        body += words
        await typed(form, words)
        under_way = await next_of(slow)
        await typed(form, "More. ")
        body += "More. "
        await under_way.continue_()
    await form.context.unroute_all(behavior="ignoreErrors")
    while not slow.empty():
        await slow.get_nowait().continue_()
    await expect(status(form)).to_have_text(SAVED)

    assert await stored(owner_url, northlight, northlight.pat) == [body.strip()]
    [row] = await rows(owner_url, "SELECT id FROM note WHERE tenant_id = $1", northlight.tenant)
    assert await copies(northlight, row["id"], northlight.pat) == []


async def test_the_form_is_empty_when_one_goes_back_after_saving(
    form: Page, northlight: Consultancy
) -> None:
    await typed(form, WORDS)
    await form.get_by_role("button", name="Save reflection").click()
    await expect(form.get_by_role("article", name="The note")).to_have_text(WORDS)

    await form.go_back()
    await started(form)
    await expect(form.locator(BOX)).to_have_value("")


async def test_a_draft_goes_on_with_the_words_and_the_readers_that_were_chosen(
    form: Page, northlight: Consultancy, owner_url: str
) -> None:
    await typed(form, WORDS)
    await expect(status(form)).to_have_text(SAVED)
    await form.get_by_label("Only you, for now").check()
    await form.reload()
    await expect(form.locator(BOX)).to_have_value(WORDS)
    await expect(form.get_by_label("Only you, for now")).to_be_checked()
    await expect(status(form)).to_have_text(SAVED)

    await form.get_by_label("You and Bob Hartley").check()
    await form.reload()
    await expect(form.locator(BOX)).to_have_value(WORDS)
    await expect(form.get_by_label("You and Bob Hartley")).to_be_checked()
    await form.get_by_role("button", name="Save reflection").click()
    await expect(form.locator(".audience.named").first).to_have_text("You and Bob Hartley")
    assert await stored(owner_url, northlight, northlight.pat) == [WORDS]


async def test_a_draft_that_went_on_elsewhere_goes_on_here_without_a_conflict(
    window: Open, northlight: Consultancy, work: EngagementWorld
) -> None:
    phone = await window(northlight, northlight.pat, size=PHONE)
    await phone.goto(reflection(northlight, work))
    await typed(phone, "On the phone.")
    await expect(status(phone)).to_have_text(SAVED)
    id = await phone.locator("form.editor").get_attribute("data-note")
    laptop = await window(northlight, northlight.pat)
    await laptop.goto(f"/w/{northlight.slug}/notes/{id}/edit")
    await typed(laptop, " At the desk.")
    await expect(status(laptop)).to_have_text(SAVED)

    await phone.reload()
    await expect(phone.locator(BOX)).to_have_value("On the phone. At the desk.")
    await typed(phone, " On the phone again.")
    await expect(status(phone)).to_have_text(SAVED)
    note = await read(northlight, id, northlight.pat)
    assert note.body == "On the phone. At the desk. On the phone again."


async def test_of_two_tabs_the_second_text_is_kept_beside_and_merges_by_one_press(
    window: Open, northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work, body="First\n\nMiddle\n\nLast")
    address = f"/w/{northlight.slug}/notes/{id}"
    one = await window(northlight, northlight.bob)
    other = await one.context.new_page()
    for tab in (one, other):
        await tab.goto(f"{address}/edit")
    await one.locator(BOX).fill("First, changed\n\nMiddle\n\nLast")
    await says(one, "Saved")
    await other.bring_to_front()
    await other.locator(BOX).fill("First\n\nMiddle\n\nLast, changed")
    await says(other, "Two versions kept")

    await other.get_by_role("link", name="See both").click()
    await other.get_by_role("link", name="Bring the two together").click()
    await expect(other.get_by_role("region", name="As it is saved", exact=True)).to_contain_text(
        "First, changed"
    )
    await expect(other.get_by_role("region", name="Your other text")).to_contain_text(
        "Last, changed"
    )
    await other.get_by_role("button", name="Merge both into one note").click()
    await expect(other.get_by_role("article", name="The note")).to_contain_text("Last, changed")
    merged = await read(northlight, id, northlight.bob)
    assert merged.body == "First, changed\n\nMiddle\n\nLast, changed"
    assert await copies(northlight, id, northlight.bob) == []


@SIZES
async def test_two_texts_side_by_side_have_nothing_for_axe_to_find(
    window: Open, northlight: Consultancy, work: EngagementWorld, size: dict[str, int]
) -> None:
    id = await begun(northlight, work, body="Same")
    page = await window(northlight, northlight.bob, size=size)
    await page.goto(f"/w/{northlight.slug}/notes/{id}/edit")
    other = await page.context.new_page()
    await other.goto(page.url)
    for tab, words in ((page, "Same, here"), (other, "Same, there")):
        await tab.bring_to_front()
        await tab.locator(BOX).fill(words)
        await tab.get_by_role("button", name="Save note").click()
        await tab.wait_for_url(f"**/notes/{id}")
    assert await violations(other) == []
    await other.get_by_role("link", name="Bring the two together").click()
    await expect(other.get_by_role("heading", level=1)).to_have_text("Bring the two together")
    assert await violations(other) == []
    assert await overflow(other) <= 0
