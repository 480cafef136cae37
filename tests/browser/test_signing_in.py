"""Signing in, in a browser, as somebody who reads the mail beside it."""

import re

from playwright.async_api import expect

from windows import newest_code, sign_in
from world import Consultancy


async def test_a_consultant_signs_in_by_code_and_out_again(window, northlight: Consultancy) -> None:
    page = await window()
    await sign_in(page, northlight, northlight.bob)
    await page.wait_for_url(f"**/w/{northlight.slug}")
    await page.get_by_text("Bob Hartley").first.click()
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/sign-in")
    await page.goto(f"/w/{northlight.slug}")
    await page.wait_for_url(re.compile("/sign-in.next="))


async def test_a_wrong_code_is_told_kindly_and_can_be_typed_again(
    window, northlight: Consultancy
) -> None:
    page = await window()
    await page.goto("/sign-in")
    await page.get_by_label("Your e-mail address").fill(northlight.pat.email)
    await page.get_by_role("button", name="Send me a code").click()
    await page.get_by_label("Your code").fill("WRONG000")
    await page.get_by_role("button", name="Sign in").click()
    await expect(page.get_by_role("alert")).to_be_focused()
    await expect(page.get_by_role("alert")).to_contain_text("not the code we sent")
    await page.get_by_label("Your code").fill(await newest_code(northlight, northlight.pat))
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_url(f"**/w/{northlight.slug}")
