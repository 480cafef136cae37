"""Signing in with one's organisation's account, in a browser: there, and back."""

from playwright.async_api import expect

from providing import Provider
from vouching import as_at_first, connected, idp, lying, site  # noqa: F401
from windows import newest_code
from world import Consultancy

# ruff: noqa: F811 - fixtures are named where they are used


async def test_somebody_connects_their_organisations_account_once_and_then_signs_in_with_it(
    window, northlight: Consultancy, idp: Provider
) -> None:
    idp.knows("bob", name="Bob Hartley", email="b.hartley@trust.example")
    await connected(northlight, idp.issuer)
    there = f"/sign-in/sso/{northlight.slug}"
    page = await window()
    await page.goto(there)
    await page.get_by_role("button", name="Go on to your organisation").click()
    await page.get_by_role("button", name="bob").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("One more step, once")

    await page.get_by_role("link", name="Get a code by mail").click()
    await page.get_by_label("Your e-mail address").fill(northlight.bob.email)
    await page.get_by_role("button", name="Send me a code").click()
    await page.get_by_label("Your code").fill(await newest_code(northlight, northlight.bob))
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_text(f"You are signed in as {northlight.bob.email}")).to_be_visible()
    await page.get_by_role("button", name="Go on to your organisation").click()
    await page.get_by_role("button", name="bob").click()
    await page.wait_for_url(f"**/w/{northlight.slug}")

    other = await window()
    await other.goto(there)
    await other.get_by_role("button", name="Go on to your organisation").click()
    await other.get_by_role("button", name="bob").click()
    await other.wait_for_url(f"**/w/{northlight.slug}")
    await other.goto("/account")
    await expect(other.get_by_text("your organisation’s sign-in").first).to_be_visible()
