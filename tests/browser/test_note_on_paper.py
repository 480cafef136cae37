"""A note that is printed: the words, whose they are and who may read them, and no controls."""

from playwright.async_api import expect

from noting import a_team, begun
from windows import Open
from world import Consultancy


async def test_on_paper_a_note_names_everybody_who_can_read_it_and_has_no_controls(
    window: Open, northlight: Consultancy
) -> None:
    id = await begun(northlight, await a_team(northlight), body="Nobody flinched.", audience="team")
    page = await window(northlight, northlight.bob)
    await page.goto(f"/w/{northlight.slug}/notes/{id}")
    label = page.locator(".audience.team")
    await expect(label.get_by_text("Ann Lowe")).to_be_hidden()

    await page.emulate_media(media="print")

    await expect(label.get_by_text("Ann Lowe")).to_be_visible()
    await expect(page.get_by_role("article", name="The note")).to_be_visible()
    for control in ("link", "button", "textbox"):
        shown = page.get_by_role("main").get_by_role(control)
        assert await shown.all_inner_texts() in ([], ["Version 1"])
    for heading in ("Files", "Who opened it", "Show a sentence to the sponsor"):
        await expect(page.get_by_role("heading", name=heading)).to_have_count(0)
