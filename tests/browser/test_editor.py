"""The form in which one writes: with a keyboard alone, with a thumb, and for whom it is."""

import re

import pytest
from playwright.async_api import Page, expect

from handwriting import BOX, new_note, reflection, says, stored, typed
from noting import a_team, begun, read
from windows import NARROW, PHONE, Open, overflow, violations
from world import Consultancy, EngagementWorld

EDGE = "(element) => getComputedStyle(element).borderColor"
INK = "(element) => getComputedStyle(element).color"
FOCUSED = "document.activeElement.textContent.trim()"


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await a_team(northlight)


@pytest.fixture
async def note(window: Open, northlight: Consultancy, work: EngagementWorld) -> Page:
    """Bob's empty note."""
    page = await window(northlight, northlight.bob)
    await page.goto(new_note(northlight, work))
    await expect(page.locator("#completions")).to_be_attached()
    return page


async def tabbed_to(page: Page, words: str) -> None:
    """The Tab key, until what has the focus says so."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate(FOCUSED) == words:
            return
    pytest.fail(f"the Tab key never comes to “{words}”")


async def test_a_note_is_begun_written_looked_at_and_saved_with_the_keyboard_alone(
    window: Open, northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    page = await window(northlight, northlight.bob)
    await page.goto(f"/w/{northlight.slug}/engagements/{work.engagement}/notes")
    await tabbed_to(page, "Write a note")
    await page.keyboard.press("Enter")
    await expect(page.locator("#completions")).to_be_attached()
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate("document.activeElement.id") == "f-body":
            break
    await page.keyboard.type("**Bold** words.")
    await tabbed_to(page, "Preview")
    await page.keyboard.press("Enter")
    await expect(page.locator("#preview strong")).to_have_text("Bold")

    while await page.evaluate("document.activeElement.id") != "f-body":
        await page.keyboard.press("Shift+Tab")
    await page.keyboard.press("Control+Enter")
    await expect(page.get_by_role("article", name="The note")).to_have_text("Bold words.")
    assert await stored(owner_url, northlight, northlight.bob) == ["**Bold** words."]


async def test_a_person_is_completed_with_enter(note: Page) -> None:
    await typed(note, "Ask @pa")
    await expect(note.get_by_role("option", selected=True)).to_have_text("Pat Okafor")
    await note.keyboard.press("Enter")
    await note.keyboard.type("soon")
    await expect(note.locator(BOX)).to_have_value("Ask @Pat Okafor soon")


async def test_an_element_of_the_framework_is_chosen_with_the_arrow_keys(note: Page) -> None:
    await typed(note, "About #")
    options = note.get_by_role("option")
    await expect(options).to_have_count(6)
    await expect(note.get_by_role("option", selected=True)).to_have_count(0)
    await note.keyboard.press("ArrowDown")
    await note.keyboard.press("ArrowDown")
    await note.keyboard.press("ArrowUp")
    await note.keyboard.press("ArrowDown")
    second = options.nth(1)
    await expect(second).to_have_attribute("aria-selected", "true")
    active = await note.locator(BOX).get_attribute("aria-activedescendant")
    assert active == await second.get_attribute("id")
    code = (await second.inner_text()).split()[0]
    await note.keyboard.press("Enter")
    await expect(note.locator(BOX)).to_have_value(f"About #{code} ")
    await expect(note.locator("#completions")).to_be_hidden()


async def test_an_action_is_begun_with_two_brackets(note: Page) -> None:
    await typed(note, "Talked.\n[]")
    await expect(note.get_by_role("option", selected=True)).to_have_text("[ ] to be done")
    await note.keyboard.press("Enter")
    await note.keyboard.type("Ask theatres")
    await expect(note.locator(BOX)).to_have_value("Talked.\n[ ] Ask theatres")


async def test_escape_leaves_what_was_typed_as_it_is(note: Page) -> None:
    await typed(note, "Ask @pa")
    await expect(note.get_by_role("option")).to_have_count(1)
    await note.keyboard.press("Escape")
    await expect(note.locator("#completions")).to_be_hidden()
    await note.keyboard.press("Enter")
    await expect(note.locator(BOX)).to_have_value("Ask @pa\n")


async def test_an_open_list_of_suggestions_has_nothing_for_axe_to_find(note: Page) -> None:
    await note.set_viewport_size(NARROW)
    await typed(note, "About #")
    await note.keyboard.press("ArrowDown")
    await expect(note.get_by_role("option", selected=True)).to_be_visible()
    assert await violations(note) == []
    assert await overflow(note) <= 0


async def test_the_edge_of_the_text_has_the_colour_of_whom_it_is_for(note: Page) -> None:
    edges = set()
    for audience, label in (
        ("team", "The team"),
        ("named", "You and the people you choose"),
        ("me", "Only you"),
    ):
        await note.get_by_label(label, exact=True).check()
        edge = await note.locator(BOX).evaluate(EDGE)
        assert edge == await note.locator(f".opt.{audience} .icon").evaluate(INK)
        edges.add(edge)
    assert len(edges) == 3


async def test_letting_people_in_asks_and_names_them_before_anybody_reads_it(
    window: Open, northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work, body="Only mine so far.")
    page = await window(northlight, northlight.bob)
    await page.goto(f"/w/{northlight.slug}/notes/{id}/edit")
    await page.get_by_label("The team", exact=True).check()
    async with page.expect_navigation():
        await page.get_by_role("button", name="Save note").click()
    await expect(page.get_by_text("Ann Lowe could then read this note").first).to_be_visible()
    assert (await read(northlight, id, northlight.bob)).audience == "me"
    await page.set_viewport_size(NARROW)
    assert await violations(page) == []
    assert await overflow(page) <= 0

    await page.get_by_role("button", name="Yes, let them read it").click()
    await expect(page.locator(".audience.team")).to_be_visible()
    note = await read(northlight, id, northlight.bob)
    assert (note.audience, note.body) == ("team", "Only mine so far.")


async def test_a_form_with_errors_keeps_what_was_typed_and_has_nothing_for_axe_to_find(
    note: Page,
) -> None:
    await typed(note, "For whom?")
    await note.get_by_label("You and the people you choose").check()
    await note.get_by_role("button", name="Save note").click()
    await expect(note.get_by_role("alert")).to_contain_text("Choose who this is for")
    await expect(note.get_by_role("alert")).to_be_focused()
    await expect(note.locator(BOX)).to_have_value("For whom?")
    for size in (None, NARROW):
        await note.set_viewport_size(size or note.viewport_size)
        assert await violations(note) == []
    assert await overflow(note) <= 0

    await note.get_by_label("Pat Okafor").check()
    await note.get_by_role("button", name="Save note").click()
    await expect(note.locator(".audience.named")).to_have_text("You and Pat Okafor")


async def test_from_the_icon_on_the_phone_a_reflection_is_saved_in_three_actions(
    window: Open, northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    page = await window(northlight, northlight.pat, size=PHONE)

    await page.goto("/write")
    await page.keyboard.type("Nobody flinched.")
    await page.get_by_role("button", name="Save reflection").tap()

    await page.wait_for_url(re.compile("/notes/[0-9a-f-]{36}$"))
    await expect(page.locator(".audience.named").first).to_have_text("You and Bob Hartley")
    assert await stored(owner_url, northlight, northlight.pat) == ["Nobody flinched."]


async def test_on_a_phone_the_form_and_the_note_fit_and_what_is_pressed_is_large_enough(
    window: Open, northlight: Consultancy, work: EngagementWorld
) -> None:
    page = await window(northlight, northlight.pat, size=PHONE)
    await page.goto(reflection(northlight, work))
    assert await overflow(page) <= 0
    button = await page.get_by_role("button", name="Save reflection").bounding_box()
    assert button is not None
    assert button["height"] >= 48
    await typed(page, "Nobody flinched. " * 12)
    await says(page, "Saved")
    await page.get_by_role("button", name="Save reflection").tap()
    await expect(page.get_by_role("article", name="The note")).to_be_visible()
    assert await overflow(page) <= 0
