"""Members leave, in a real browser: an owner takes one out, and a participant goes on a phone."""

import pytest
from playwright.async_api import Locator, Page, expect

from handwriting import new_note, reflection, says, typed
from measured import acts
from noting import a_team
from tenancy.workspaces.leaving import depart
from windows import PHONE, WIDE, Open, overflow, violations
from world import Consultancy, EngagementWorld

LINE = "She asked first, and I said nothing."
UNDECIDED = "The number on the wall was 943 476 5919."
"""It looks like an NHS number, so it stays on the device until its writer decides."""


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await a_team(northlight)


async def sound(page: Page) -> None:
    assert await violations(page) == []
    assert await overflow(page) == 0


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=name)


async def takes_out(world: Consultancy, person) -> None:
    await acts(world, world.alice, depart, person.id)


async def test_an_owner_hands_over_what_somebody_leads_and_ends_their_membership(
    window: Open, northlight: Consultancy, work: EngagementWorld
):
    page = await window(northlight, northlight.alice, size=WIDE)
    await page.goto(f"/w/{northlight.slug}")
    await page.get_by_role("link", name="Settings").click()
    await row(page, "Bob Hartley").get_by_role("link").click()
    await page.get_by_role("link", name="End the membership of Bob Hartley").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "If Bob Hartley leaves Northlight"
    )
    await sound(page)
    await page.get_by_role("link", name="Hand over “Working together”").click()
    await page.get_by_label("Ann Lowe").check()
    await sound(page)
    await page.get_by_role("button", name="Hand it over").click()
    await expect(page.get_by_role("status").first).to_contain_text("Ann Lowe leads")

    await page.get_by_role("link", name="Settings").click()
    await row(page, "Bob Hartley").get_by_role("link").click()
    await page.get_by_role("link", name="End the membership of Bob Hartley").click()
    await page.get_by_role("button", name="End Bob Hartley’s membership").click()
    await expect(page.get_by_text("Bob Hartley no longer has access.")).to_be_visible()
    await expect(page.get_by_role("region", name="Who left")).to_contain_text("Bob Hartley")
    await sound(page)
    await row(page, "Bob Hartley").get_by_role("button").click()
    await expect(page.get_by_text("Bob Hartley is a member again.")).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_a_participant_leaves_on_a_phone(
    window: Open, northlight: Consultancy, work: EngagementWorld, scheme: str
):
    page = await window(northlight, northlight.pat, size=PHONE, scheme=scheme)
    await page.goto(f"/w/{northlight.slug}")
    await page.locator(".menu summary").click()
    await page.get_by_role("link", name="Leave Northlight").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("If you leave Northlight")
    await sound(page)
    await page.get_by_role("button", name="Leave Northlight").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "You no longer have access to Northlight."
    )
    await expect(page.get_by_text("You have left the workspace.")).to_be_visible()
    await sound(page)


async def test_without_a_script_leaving_works_as_well(
    window: Open, northlight: Consultancy, work: EngagementWorld
):
    page = await window(northlight, northlight.pat, size=PHONE, javascript=False)
    await page.goto(f"/w/{northlight.slug}/settings/leave")
    await page.get_by_role("button", name="Leave Northlight").click()
    await expect(page.get_by_text("You have left the workspace.")).to_be_visible()


async def test_what_is_being_typed_when_access_ends_stays_on_the_device_to_be_downloaded(
    window: Open, northlight: Consultancy, work: EngagementWorld
):
    page = await window(northlight, northlight.pat, size=PHONE)
    await page.goto(reflection(northlight, work))
    await takes_out(northlight, northlight.pat)
    await typed(page, LINE)
    await says(page, "You no longer have access: kept on this device.")
    await page.get_by_role("link", name="See it and download it.").click()
    await expect(page.locator("#left")).to_be_visible()
    await expect(page.locator("#texts")).to_contain_text(LINE)
    await expect(page.get_by_role("button", name="Send now")).to_be_hidden()
    await sound(page)
    async with page.expect_download() as started:
        await page.get_by_role("button", name="Download what is not sent").click()
    download = await started.value
    assert download.suggested_filename == "not-sent.txt"
    await expect(page.locator("#texts")).to_contain_text(LINE)


async def test_who_leaves_with_a_text_that_waits_is_asked_about_it_first(
    window: Open, northlight: Consultancy, work: EngagementWorld
):
    page = await window(northlight, northlight.ann)
    await page.goto(new_note(northlight, work))
    await typed(page, UNDECIDED)
    await says(page, "On this device. Decide about what is pointed out")
    await page.goto(f"/w/{northlight.slug}/settings/leave")
    await page.get_by_role("button", name="Leave Northlight").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("Once you have left it cannot be sent any more.")
    await dialog.get_by_role("button", name="Keep it here and leave").click()
    await page.get_by_role("link", name="see it and download it").click()
    await expect(page.locator("#texts")).to_contain_text(UNDECIDED)
