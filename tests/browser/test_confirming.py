"""Somebody is asked to confirm that it is they, and goes on where they were."""

import pytest
from playwright.async_api import Page, expect

from handwriting import downloaded
from noting import SECRET, a_team, begun
from tenancy.database.pool import NOBODY
from windows import NARROW, PHONE, WIDE, Open, newest_code, overflow, violations
from world import Consultancy, EngagementWorld, Person

PASTED = "Iona Reid <iona@trust.example>\nLee Marsh <lee@trust.example>"


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await a_team(northlight)


async def sound(page: Page) -> None:
    assert await violations(page) == []
    assert await overflow(page) == 0


async def left_alone(world: Consultancy) -> None:
    """Let it be half an hour since anybody proved themselves."""
    async with world.db.transaction(NOBODY, writes=True) as tx:
        await tx.connection.execute(
            "UPDATE sign_in_session SET proved_at = now() - interval '30 minutes'"
            " WHERE tenant_id = $1",
            world.tenant,
        )


async def confirm(page: Page, world: Consultancy, person: Person) -> None:
    await expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    await page.get_by_role("button", name="Send a code to").click()
    await page.get_by_label("The code we mailed to").fill(await newest_code(world, person))
    await page.get_by_role("button", name="Confirm").click()
    await expect(page.get_by_role("status").first).to_contain_text("It is you. Go on")


@pytest.mark.parametrize(("size", "javascript"), [(WIDE, True), (PHONE, False)])
async def test_notes_are_downloaded_from_the_page_that_one_comes_back_to(
    window: Open, northlight: Consultancy, work: EngagementWorld, size, javascript: bool
) -> None:
    await begun(northlight, work, northlight.bob, audience="me")
    page = await window(northlight, northlight.bob, size=size, javascript=javascript)
    await left_alone(northlight)
    notes = f"/w/{northlight.slug}/engagements/{work.engagement}/notes"
    await page.goto(notes)
    await page.get_by_role("link", name="Download these notes").click()
    await confirm(page, northlight, northlight.bob)
    await page.wait_for_url(f"**{notes}")
    assert SECRET in await downloaded(page, page.get_by_role("link", name="Download these notes"))


async def test_addresses_outlast_a_proof_that_grew_old_while_they_were_pasted(
    window: Open, northlight: Consultancy, work: EngagementWorld
) -> None:
    page = await window(northlight, northlight.alice, size=NARROW, scheme="dark")
    await page.goto(f"/w/{northlight.slug}/settings/invitations/new")
    await page.get_by_label("Working together").check()
    await page.get_by_label("Their addresses").fill(PASTED)
    await left_alone(northlight)
    await page.get_by_role("button", name="See who will be invited").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        "Confirm that it is you, then send your text"
    )
    await sound(page)
    async with page.expect_popup() as opened:
        await page.get_by_role("link", name="Do that first").click()
    await confirm(await opened.value, northlight, northlight.alice)
    await page.get_by_role("button", name="Send it").click()
    await expect(page.get_by_label("Your text")).to_have_value(PASTED)
    await page.get_by_role("button", name="Send it").click()
    await expect(page.get_by_text("iona@trust.example").first).to_be_visible()
    await expect(page.get_by_text("lee@trust.example").first).to_be_visible()
