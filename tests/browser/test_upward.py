"""A sentence goes upward: selected by the coach, softened on a phone, read by the sponsor."""

from uuid import UUID

import pytest
from playwright.async_api import Page, expect

from engagements.portal.service import publish_update
from measured import acts, agreed, finding
from noting import begun
from windows import NARROW, PHONE, Open, overflow, violations
from world import Consultancy, EngagementWorld, engagement

SAID = "He was smiling, and I said nothing."
BODY = f"Coffee room again.\n\n**Speaking up:** {SAID} He called the huddle my hobby."
SOFT = "I still go quiet with senior colleagues."
SELECT = """([node, words]) => {
  const walker = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const at = walker.currentNode.data.indexOf(words);
    if (at < 0) continue;
    document.getSelection().setBaseAndExtent(
      walker.currentNode, at, walker.currentNode, at + words.length);
    return true;
  }
  return false;
}"""


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    opened = await engagement(northlight)
    await agreed(northlight, opened.engagement)
    update = finding(open_portal=True)
    await acts(northlight, northlight.bob, publish_update, opened.engagement, update)
    return opened


@pytest.fixture
async def note(northlight: Consultancy, work: EngagementWorld) -> UUID:
    facts = {"audience": "named", "reader_ids": [northlight.bob.id], "kind": "reflection"}
    return await begun(northlight, work, northlight.pat, body=BODY, **facts)


async def selects(page: Page, words: str) -> None:
    article = await page.locator("article.note").element_handle()
    assert await page.evaluate(SELECT, [article, words])


async def flawless(page: Page) -> None:
    """Nothing for axe to find at this size and the narrowest, and no page that is too wide."""
    size = page.viewport_size
    for each in (size, NARROW):
        assert each is not None
        await page.set_viewport_size(each)
        assert await violations(page) == []
        assert await overflow(page) <= 0
    assert size is not None
    await page.set_viewport_size(size)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_sentence_is_selected_softened_on_a_phone_and_read_by_the_sponsor(
    window: Open, northlight: Consultancy, work: EngagementWorld, note: UUID, scheme: str
) -> None:
    bob = await window(northlight, northlight.bob, scheme=scheme)
    await bob.goto(f"/w/{northlight.slug}/notes/{note}")
    offer = bob.locator("[data-words-into]")
    await expect(offer).to_be_hidden()
    await selects(bob, SAID)
    await expect(offer).to_be_visible()
    await flawless(bob)
    await offer.click()
    box = bob.get_by_label("The words, exactly as they stand in the note")
    await expect(box).to_have_value(SAID)
    await expect(box).to_be_focused()
    await expect(offer).to_be_hidden()
    await bob.get_by_role("button", name="Propose these words").click()
    await expect(box).to_have_value(SAID)
    await expect(bob.get_by_label("Said by")).to_have_value("Clinical director, theatres")
    await flawless(bob)
    await bob.get_by_role("button", name="Propose these words").click()
    await expect(bob.get_by_role("heading", level=1)).to_have_text("Waiting for Pat Okafor")
    await flawless(bob)

    pat = await window(northlight, northlight.pat, size=PHONE, scheme=scheme)
    await pat.goto(f"/w/{northlight.slug}")
    await flawless(pat)
    await pat.get_by_role("link", name="Bob Hartley asks whether the sponsor may read this").click()
    await expect(pat.get_by_text("Sam Whitfield.", exact=False).first).to_be_visible()
    await flawless(pat)
    await pat.get_by_label("Your words").fill(SOFT)
    await pat.get_by_role("button", name="Let the sponsor read this").click()
    await expect(pat.get_by_role("heading", level=1)).to_have_text("The sponsor reads this")
    await flawless(pat)

    sam = await window(northlight, northlight.sam, size=PHONE, scheme=scheme)
    await sam.goto(f"/portal/{northlight.slug}/{work.engagement}")
    await expect(sam.get_by_text(SOFT)).to_be_visible()
    assert "smiling" not in await sam.content()
    await flawless(sam)

    await pat.goto(f"/w/{northlight.slug}")
    await pat.get_by_role("button", name="Take it back").click()
    await sam.reload()
    await expect(sam.get_by_text(SOFT)).to_have_count(0)


async def test_a_selection_outside_the_note_offers_nothing(
    window: Open, northlight: Consultancy, note: UUID
) -> None:
    page = await window(northlight, northlight.pat, size=PHONE)
    await page.goto(f"/w/{northlight.slug}/notes/{note}")
    heading = await page.locator("h1").element_handle()
    assert await page.evaluate(SELECT, [heading, "Reflection"])
    await expect(page.locator("[data-words-into]")).to_be_hidden()
    await selects(page, SAID)
    await expect(page.locator("[data-words-into]")).to_be_visible()


async def test_without_javascript_the_words_are_pasted(
    window: Open, northlight: Consultancy, work: EngagementWorld, note: UUID
) -> None:
    page = await window(northlight, northlight.pat, size=PHONE, javascript=False)
    await page.goto(f"/w/{northlight.slug}/notes/{note}")
    await page.get_by_label("The words, exactly as they stand in the note").fill(SAID)
    await page.get_by_role("button", name="Propose these words").click()
    await expect(page.get_by_text("Sam Whitfield", exact=False).first).to_be_visible()
    await page.get_by_role("button", name="Let the sponsor read this").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("The sponsor reads this")
