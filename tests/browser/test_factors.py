"""Setting up a password and an authenticator app in a browser, and signing in with both."""

import pyotp
import pytest
from playwright.async_api import Page, expect

from proving import PASSWORD, shown, waits_no_longer
from windows import NARROW, PHONE, WIDE, overflow, violations
from world import Consultancy


async def faults(page: Page) -> list[str]:
    wide = [f"{await overflow(page)} pixels too wide"] if await overflow(page) > 0 else []
    return [*(await violations(page)), *wide]


async def set_up(page: Page) -> pyotp.TOTP:
    """A password and an app, beginning at the account."""
    await page.goto("/account")
    await page.get_by_role("link", name="Set your password").click()
    await page.get_by_label("Your new password").fill(PASSWORD)
    await page.get_by_role("button", name="Set it").click()
    await page.wait_for_url("**/account")
    await page.get_by_role("link", name="Set up an authenticator app").click()
    await page.get_by_role("button", name="Show me what to scan").click()
    await page.get_by_text("It cannot be scanned?").click()
    secret = await page.locator(".secret").inner_text()
    return pyotp.TOTP(secret.replace(" ", ""))


@pytest.mark.parametrize("javascript", [True, False])
async def test_somebody_sets_both_up_and_signs_in_with_them(
    window, northlight: Consultancy, javascript: bool
) -> None:
    page = await window(northlight, northlight.bob, javascript=javascript)
    app = await set_up(page)
    await page.get_by_label("The code that the app shows now").fill(shown(app))
    await page.get_by_role("button", name="Add it").click()
    await expect(page.get_by_role("heading", name="Keep these recovery codes")).to_be_visible()
    await expect(page.locator(".recovery li")).to_have_count(10)
    await page.get_by_role("link", name="I have kept them").click()
    await expect(page.get_by_text("10 recovery codes left")).to_be_visible()

    other = await window(javascript=javascript)
    await other.goto("/sign-in")
    await other.get_by_role("link", name="Use it instead of a code").click()
    await other.get_by_label("Your e-mail address").fill(northlight.bob.email)
    await other.get_by_label("Your password").fill(PASSWORD)
    await other.get_by_role("button", name="Sign in").click()
    await other.get_by_label("The code that your app shows").fill("000000")
    await other.get_by_role("button", name="Sign in").click()
    await expect(other.get_by_role("alert")).to_contain_text("Each code works once")
    await waits_no_longer(northlight)
    await other.get_by_label("The code that your app shows").fill(shown(app, 1))
    await other.get_by_role("button", name="Sign in").click()
    await other.wait_for_url(f"**/w/{northlight.slug}")


@pytest.mark.asvs("6.2.6")
async def test_what_is_typed_as_a_password_can_be_looked_at(
    window, northlight: Consultancy
) -> None:
    page = await window(northlight, northlight.bob)
    await page.goto("/account/password")
    box = page.get_by_label("Your new password")
    await box.fill(PASSWORD)
    await page.get_by_role("button", name="Show what I type").click()
    await expect(box).to_have_attribute("type", "text")
    await page.get_by_role("button", name="Hide what I type").click()
    await expect(box).to_have_attribute("type", "password")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_the_pages_of_setting_up_and_of_the_second_step_have_nothing_for_axe_to_find(
    window, northlight: Consultancy, scheme: str
) -> None:
    page = await window(northlight, northlight.bob, scheme=scheme)
    app = await set_up(page)
    found: dict[str, list[str]] = {}

    async def look(name: str, at: Page) -> None:
        for size in (WIDE, PHONE, NARROW):
            await at.set_viewport_size(size)
            found[f"{name} at {size['width']}"] = await faults(at)

    await look("what to scan", page)
    await page.get_by_label("The code that the app shows now").fill(shown(app))
    await page.get_by_role("button", name="Add it").click()
    await expect(page.get_by_role("heading", name="Keep these recovery codes")).to_be_visible()
    await look("recovery codes", page)
    for address in ("/account", "/account/password", "/account/authenticator"):
        await page.goto(address)
        await look(address, page)
    await page.goto("/account/confirmation")
    await look("confirming", page)

    other = await window(scheme=scheme)
    await other.goto("/sign-in/password")
    await other.get_by_label("Your e-mail address").fill(northlight.bob.email)
    await other.get_by_label("Your password").fill("not the right one")
    await other.get_by_role("button", name="Sign in").click()
    await look("a wrong password", other)
    await other.get_by_label("Your password").fill(PASSWORD)
    await other.get_by_role("button", name="Sign in").click()
    await expect(other.get_by_role("heading", name="One more step")).to_be_visible()
    await look("the second step", other)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
