"""Roles and places in a real browser, in wide and narrow windows, with and without a script."""

import pytest
from playwright.async_api import Locator, Page, expect

from engagements.portal.service import publish_update
from measured import acts, agreed, finding
from noting import a_team, begun
from windows import NARROW, PHONE, WIDE, Open, overflow, violations
from world import Consultancy, EngagementWorld


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await a_team(northlight)


async def sound(page: Page) -> None:
    assert await violations(page) == []
    assert await overflow(page) == 0


def row(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has_text=name)


async def opens(page: Page, world: Consultancy, name: str) -> None:
    """From the list of members to the page of one."""
    await page.goto(f"/w/{world.slug}/settings/members")
    await page.get_by_role("link", name=name, exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"What {name} sees")


@pytest.mark.parametrize(
    ("size", "scheme", "javascript"),
    [(WIDE, "light", True), (PHONE, "dark", True), (NARROW, "light", False)],
)
async def test_an_owner_reads_what_somebody_sees_and_changes_what_they_are(
    window: Open,
    northlight: Consultancy,
    work: EngagementWorld,
    size: dict[str, int],
    scheme: str,
    javascript: bool,
):
    page = await window(
        northlight, northlight.alice, size=size, scheme=scheme, javascript=javascript
    )
    await opens(page, northlight, "Ann Lowe")
    await expect(
        page.get_by_text("Ann Lowe sees the clients of “Working together”")
    ).to_be_visible()
    await page.get_by_role("link", name="Role").click()
    await page.get_by_label("Consultant", exact=True).check()
    await page.get_by_role("button", name="Change the role").click()
    await expect(page.get_by_text("The role is changed.")).to_be_visible()
    await expect(page.get_by_text("Ann Lowe sees every client")).to_be_visible()
    await page.get_by_role("link", name="Name and title").click()
    await page.get_by_label("Title").fill("Consultant, theatres")
    await page.get_by_role("button", name="Save").click()
    await expect(page.get_by_text("Consultant, theatres")).to_be_visible()
    if javascript:
        await sound(page)


@pytest.mark.parametrize("size", [WIDE, PHONE])
async def test_access_is_paused_and_given_back(
    window: Open, northlight: Consultancy, work: EngagementWorld, size: dict[str, int]
):
    bob = await window(northlight, northlight.bob, size=size)
    await bob.goto(f"/w/{northlight.slug}")
    page = await window(northlight, northlight.alice, size=size)
    await opens(page, northlight, "Bob Hartley")
    await page.get_by_role("button", name="Pause access").click()
    await expect(page.get_by_text("Access is paused since")).to_be_visible()
    await sound(page)
    await bob.reload()
    await expect(bob.get_by_role("heading", level=1)).to_have_text(
        "Your access to Northlight is paused."
    )
    await sound(bob)
    await page.goto(f"/w/{northlight.slug}/settings/members")
    await expect(row(page, "Bob Hartley")).to_contain_text("access paused")
    await sound(page)
    await page.get_by_role("link", name="Bob Hartley", exact=True).click()
    await page.get_by_role("button", name="Give access back").click()
    await expect(page.get_by_text("Bob Hartley has access again.")).to_be_visible()


@pytest.mark.parametrize("size", [WIDE, NARROW])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_an_owner_looks_at_what_a_sponsor_and_a_participant_see(
    window: Open, northlight: Consultancy, work: EngagementWorld, size: dict[str, int], scheme: str
):
    await agreed(northlight, work.engagement)
    draft = finding(open_portal=True)
    await acts(northlight, northlight.bob, publish_update, work.engagement, draft)
    await begun(northlight, work, northlight.pat, kind="reflection")
    page = await window(northlight, northlight.alice, size=size, scheme=scheme)
    await opens(page, northlight, "Sam Whitfield")
    await page.get_by_role("link", name="See it as they do").click()
    await expect(page.get_by_text("You see what Sam Whitfield sees")).to_be_visible()
    await sound(page)
    await page.get_by_role("link", name=finding().headline).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(finding().headline)
    banner = page.get_by_role("region", name="Whose view this is")
    await expect(banner).to_contain_text("Nothing you do here is theirs.")
    await sound(page)

    await opens(page, northlight, "Pat Okafor")
    await page.get_by_role("link", name="See it as they do").click()
    await expect(page.get_by_text("Pat’s reflections are not shown here")).to_be_visible()
    await sound(page)


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_the_lead_hands_an_engagement_over_and_leaves_it(
    window: Open, northlight: Consultancy, work: EngagementWorld, size: dict[str, int]
):
    await begun(northlight, work, northlight.bob)
    page = await window(northlight, northlight.bob, size=size)
    await page.goto(f"/w/{northlight.slug}/engagements/{work.engagement}/lead")
    await expect(page.get_by_text("One note that you kept private stays yours.")).to_be_visible()
    await sound(page)
    await page.get_by_label("Ann Lowe").check()
    await page.get_by_label("You leave the team").check()
    await page.get_by_role("button", name="Hand it over").click()
    await expect(page.get_by_text("Ann Lowe leads “Working together” now.")).to_be_visible()
    assert page.url.endswith("/engagements")
