"""The search page with something on it, as it is used: typed, read, and followed."""

import re

import pytest
from playwright.async_api import expect

from noting import begun
from windows import NARROW, WIDE, Open, overflow, violations
from world import Consultancy, EngagementWorld, engagement

QUESTION = "What would have to be true for this to be said in the room?"


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    work = await engagement(northlight)
    await begun(northlight, work, body=f"{QUESTION} Working on it.", audience="team")
    for at in range(9):
        reader = [northlight.pat.id]
        body = f"**Working** on huddle {at}"
        await begun(northlight, work, body=body, audience="named", reader_ids=reader)
    return work


async def test_a_note_is_found_by_what_was_said_in_it(
    window: Open, northlight: Consultancy, work: EngagementWorld
) -> None:
    page = await window(northlight, northlight.bob)
    await page.goto(f"/w/{northlight.slug}")
    await page.get_by_role("link", name="Search", exact=True).click()
    await page.get_by_label("Find in everything that you can read").fill("said room")
    await page.keyboard.press("Enter")

    await expect(page.locator("mark")).to_have_text(["said", "room"])
    await page.get_by_role("link", name=QUESTION).click()
    await page.wait_for_url(re.compile("/notes/[0-9a-f-]{36}$"))


async def test_it_works_without_javascript(
    window: Open, northlight: Consultancy, work: EngagementWorld
) -> None:
    page = await window(northlight, northlight.pat, javascript=False)
    await page.goto(f"/w/{northlight.slug}/search")
    await page.get_by_label("Find in everything that you can read").fill("huddle")
    await page.get_by_role("button", name="Search").click()

    await expect(page.get_by_role("listitem").filter(has_text="huddle")).to_have_count(8)
    await page.get_by_role("link", name="More notes").click()
    await expect(page.get_by_role("listitem").filter(has_text="huddle")).to_have_count(9)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_results_have_nothing_for_axe_to_find(
    window: Open, northlight: Consultancy, work: EngagementWorld, scheme: str
) -> None:
    page = await window(northlight, northlight.bob, scheme=scheme)
    for query in ("working", "ashbourne", "zebra", "!"):
        await page.goto(f"/w/{northlight.slug}/search?q={query}")
        for size in (WIDE, NARROW):
            await page.set_viewport_size(size)
            assert await violations(page) == []
        assert await overflow(page) <= 0
