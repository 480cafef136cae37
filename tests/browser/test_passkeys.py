"""Passkeys in Chromium, whose DevTools bring an authenticator that holds real keys."""

import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import CDPSession, Page, expect

from tenancy.database.pool import NOBODY
from windows import NARROW, PHONE, WIDE, Open, newest_code, overflow, violations
from world import Consultancy

PLATFORM = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
KEY = {**PLATFORM, "transport": "usb"}
OFFERS_NOTHING = "PublicKeyCredential.isConditionalMediationAvailable = undefined"
"""The person of these devices says yes at once, also to what is offered to be filled in."""


Arrives = Callable[..., Awaitable[Page]]


@pytest_asyncio.fixture
async def arrives(window: Open, named_site: str, northlight: Consultancy) -> Arrives:
    """Bob at the site where passkeys work, in a browser with a device of his."""

    async def opened(**options: Any) -> Page:
        page = await window(northlight, northlight.bob, at=named_site, **options)
        await page.add_init_script(OFFERS_NOTHING)
        await plug_in(page)
        return page

    return opened


async def plug_in(page: Page, device: dict[str, Any] = PLATFORM) -> tuple[CDPSession, str]:
    """A device at the page's browser."""
    tools = await page.context.new_cdp_session(page)
    await tools.send("WebAuthn.enable")
    made = await tools.send("WebAuthn.addVirtualAuthenticator", {"options": device})
    return tools, made["authenticatorId"]


async def add(page: Page, name: str) -> None:
    await page.goto("/account/passkeys")
    await page.get_by_label("What you call it").fill(name)
    await page.get_by_role("button", name="Add a passkey").click()
    kept = page.get_by_role("link", name="I have kept them")
    added = page.get_by_text(f"“{name}” was added")
    await expect(kept.or_(added)).to_be_visible()
    if await kept.is_visible():
        await kept.click()
        await page.goto("/account/passkeys")
    await expect(page.get_by_text(name).first).to_be_visible()


async def sign_out(page: Page) -> None:
    await page.get_by_text("Bob Hartley").first.click()
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/sign-in")


async def grow_stale(world: Consultancy) -> None:
    """Let half an hour pass since anybody proved themselves."""
    async with world.db.transaction(NOBODY, writes=True) as tx:
        await tx.connection.execute(
            "UPDATE sign_in_session SET proved_at = $1", datetime.now(UTC) - timedelta(minutes=30)
        )


async def test_a_consultant_adds_a_passkey_signs_out_and_in_with_it_and_comes_where_they_wanted(
    arrives: Arrives, named_site: str, northlight: Consultancy
) -> None:
    page = await arrives()
    await add(page, "My laptop")
    await sign_out(page)
    await page.goto(f"/w/{northlight.slug}/clients")
    await page.wait_for_url(re.compile("/sign-in.next="))
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await page.wait_for_url(f"{named_site}/w/{northlight.slug}/clients")
    await page.goto("/account")
    await expect(page.get_by_text("Northlight · with a passkey")).to_be_visible()


async def test_a_second_device_is_added_renamed_and_removed(arrives: Arrives) -> None:
    page = await arrives()
    await add(page, "My laptop")
    await plug_in(page, KEY)
    await add(page, "Blue key")
    await page.get_by_role("link", name="Blue key").click()
    await page.get_by_label("What you call it").fill("Key in the drawer")
    await page.get_by_role("button", name="Save the name").click()
    await page.get_by_role("link", name="Key in the drawer").click()
    await page.get_by_role("button", name="Remove this passkey").click()
    await expect(page.get_by_text("opens nothing any more")).to_be_visible()
    await expect(page.get_by_role("link", name="My laptop")).to_be_visible()
    await expect(page.get_by_role("link", name="Key in the drawer")).to_have_count(0)


async def test_a_device_that_has_one_is_told_so(arrives: Arrives) -> None:
    page = await arrives()
    await add(page, "My laptop")
    await page.get_by_role("button", name="Add a passkey").click()
    await expect(page.get_by_role("alert")).to_have_text(
        "This device has one of your passkeys already."
    )


async def test_after_a_code_the_passkey_is_the_second_step(
    arrives: Arrives, northlight: Consultancy
) -> None:
    page = await arrives()
    await add(page, "My laptop")
    await sign_out(page)
    await page.get_by_label("Your e-mail address").fill(northlight.bob.email)
    await page.get_by_role("button", name="Send me a code").click()
    await page.get_by_label("Your code").fill(await newest_code(northlight, northlight.bob))
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url("**/sign-in/second-step")
    await page.get_by_role("button", name="Go on with a passkey").click()
    await page.wait_for_url(f"**/w/{northlight.slug}")


async def test_a_passkey_confirms_and_leads_back(
    arrives: Arrives, named_site: str, northlight: Consultancy
) -> None:
    page = await arrives()
    await add(page, "My laptop")
    await grow_stale(northlight)
    await page.goto("/account/passkeys")
    await page.wait_for_url("**/account/confirmation?next=/account/passkeys")
    await page.get_by_role("button", name="Confirm with a passkey").click()
    await page.wait_for_url(f"{named_site}/account/passkeys")
    await expect(page.get_by_role("link", name="My laptop")).to_be_visible()


async def test_whoever_waits_too_long_with_the_form_open_is_led_to_confirm(
    arrives: Arrives, northlight: Consultancy
) -> None:
    page = await arrives()
    await page.goto("/account/passkeys")
    await grow_stale(northlight)
    await page.get_by_role("button", name="Add a passkey").click()
    await page.wait_for_url("**/account/confirmation?next=/account/passkeys")


async def test_a_device_that_does_not_know_its_person_is_refused_in_words(
    window: Open, named_site: str, northlight: Consultancy
) -> None:
    page = await window(northlight, northlight.bob, at=named_site)
    await page.add_init_script(OFFERS_NOTHING)
    tools, device = await plug_in(page)
    await add(page, "My laptop")
    await sign_out(page)
    await tools.send(
        "WebAuthn.setUserVerified", {"authenticatorId": device, "isUserVerified": False}
    )
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await expect(page.get_by_role("alert")).to_have_text(
        "No passkey was chosen. Try again, or choose another way."
    )


async def test_a_passkey_that_was_removed_meanwhile_is_refused_kindly(
    arrives: Arrives, northlight: Consultancy
) -> None:
    page = await arrives()
    await add(page, "My laptop")
    await sign_out(page)
    async with northlight.db.transaction(NOBODY, writes=True) as tx:
        await tx.connection.execute("DELETE FROM passkey")
    await page.get_by_role("button", name="Sign in with a passkey").click()
    await expect(page.get_by_role("alert").first).to_contain_text("That passkey did not work here")
    await expect(page.get_by_label("Your e-mail address")).to_be_visible()


async def test_a_passkey_is_picked_among_what_the_browser_offers_for_the_address(
    window: Open, named_site: str, northlight: Consultancy
) -> None:
    page = await window(northlight, northlight.bob, at=named_site)
    await plug_in(page)
    await add(page, "My laptop")
    await page.get_by_text("Bob Hartley").first.click()
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url(f"**/w/{northlight.slug}")


async def test_at_another_address_the_page_says_where_passkeys_work(
    window: Open, named_site: str, northlight: Consultancy
) -> None:
    by_number = named_site.replace("localhost", "127.0.0.1")
    signed_in = await window(northlight, northlight.bob, at=by_number)
    page = await window(at=by_number)
    for opened, path in ((signed_in, "/account/passkeys"), (page, "/sign-in")):
        await opened.goto(path)
        await expect(opened.get_by_text(f"Passkeys work at {named_site} alone.")).to_be_visible()
        await expect(opened.get_by_role("button", name="passkey")).to_have_count(0)
    await page.get_by_label("Your e-mail address").fill(northlight.bob.email)
    await page.get_by_role("button", name="Send me a code").click()
    await expect(page.get_by_role("heading", name="Type your code")).to_be_visible()


async def test_without_javascript_there_is_no_button_and_a_sentence(
    window: Open, named_site: str, northlight: Consultancy
) -> None:
    page = await window(northlight, northlight.bob, at=named_site, javascript=False)
    for path in ("/account/passkeys", "/sign-in"):
        await page.goto(path)
        await expect(page.get_by_text("A passkey needs JavaScript")).to_be_visible()
        await expect(page.get_by_role("button", name="passkey")).to_have_count(0)


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_pages_have_nothing_for_axe_to_find(
    arrives: Arrives, northlight: Consultancy, scheme: str
) -> None:
    page = await arrives(scheme=scheme)
    await page.goto("/account/passkeys")
    wrong = await _look(page, "none yet")
    await add(page, "My laptop")
    wrong += await _look(page, "one")
    await page.get_by_role("link", name="My laptop").click()
    await page.wait_for_url(re.compile("/account/passkeys/.+"))
    wrong += await _look(page, "its page")
    for path in ("/account", "/account/second-factor", "/account/confirmation"):
        await page.goto(path)
        wrong += await _look(page, path)
    await sign_out(page)
    wrong += await _look(page, "sign in")
    assert wrong == []


async def _look(page: Page, name: str) -> list[str]:
    wrong: list[str] = []
    for size in (WIDE, PHONE, NARROW):
        await page.set_viewport_size(size)  # type: ignore[arg-type]
        where = f"{name} at {size['width']}"
        wrong += [f"{where}: {line}" for line in await violations(page)]
        if (wider := await overflow(page)) > 0:
            wrong.append(f"{where}: {wider} pixels too wide")
    await page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    return wrong
