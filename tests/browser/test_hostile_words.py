"""Words that mean harm, in a real Chromium: they are read, and nothing of them runs."""

from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page

from hostile import MARKUP, PATHS_ELSEWHERE
from noting import a_team, draft, read, write
from tenancy.ids import new_id
from windows import Open
from world import Consultancy

FOREIGN = """(ours) => [...document.querySelectorAll("body *")].filter((node) =>
  node.getAttributeNames().some((name) => name.startsWith("on") || name.startsWith("hx-on"))
  || ["IFRAME", "OBJECT", "EMBED", "BASE", "FRAME", "APPLET"].includes(node.tagName)
  || (node.tagName === "SCRIPT" && !new URL(node.src, location).href.startsWith(ours))
  || /^(javascript|data|vbscript|blob):/i.test(node.href?.trim?.() ?? "")
  || (node.closest(".prose") && node.getAttributeNames().some((name) => name.includes("hx-")))
).map((node) => node.outerHTML.slice(0, 120))"""
ORIGINS = """(paths) => paths.map((path) => new URL(path || "/", location.origin).origin)"""


@pytest.fixture
async def notes(northlight: Consultancy) -> list[str]:
    """Everything in three notes of Bob's, and in the names of things around them."""
    work = await a_team(northlight)
    addresses = []
    for part in range(3):
        text = draft(work, body="\n\n".join(MARKUP[part::3]))
        id = await write(northlight, northlight.bob, new_id(), text)
        assert "__ran" in (await read(northlight, id, northlight.bob)).body
        addresses.append(f"/w/{northlight.slug}/notes/{id}")
    return addresses


async def watched(page: Page, site: str) -> list[str]:
    """What must stay empty: dialogs, and requests to elsewhere."""
    amiss: list[str] = []
    page.on("dialog", lambda dialog: amiss.append(f"a dialog says {dialog.message}"))
    page.on(
        "request",
        lambda request: (
            None
            if urlsplit(request.url).netloc == urlsplit(site).netloc
            else amiss.append(f"asked {request.url}")
        ),
    )
    return amiss


@pytest.mark.asvs("1.2.3", "1.3.1", "1.3.5", "3.4.3")
async def test_nothing_in_a_note_runs_or_asks_for_anything_elsewhere(
    window: Open, site: str, northlight: Consultancy, notes: list[str]
) -> None:
    page = await window(northlight, northlight.bob)
    amiss = await watched(page, site)
    for address in notes:
        for path in (address, f"{address}/edit", f"{address}/versions", f"{address}/actions/new"):
            await page.goto(path)
            for field in await page.locator("main [autofocus], main a").all():
                await field.focus()
            assert await page.evaluate("window.__ran") is None, path
            assert await page.evaluate(FOREIGN, site) == [], path
    await page.goto(f"/w/{northlight.slug}/search?q=__ran")
    assert await page.evaluate(FOREIGN, site) == []
    assert amiss == []


@pytest.mark.asvs("1.2.2", "1.3.5")
async def test_no_link_in_a_note_runs_anything_when_it_is_pressed(
    window: Open, site: str, northlight: Consultancy, notes: list[str]
) -> None:
    page = await window(northlight, northlight.bob)
    for address in notes:
        await page.goto(address)
        targets = await page.locator(".prose a").evaluate_all("all => all.map((a) => a.href)")
        for target in targets:
            assert urlsplit(target).scheme in ("", "http", "https"), target
    assert await page.evaluate("window.__ran") is None


@pytest.mark.asvs("3.7.2")
async def test_a_browser_reads_what_is_left_of_an_address_as_one_of_ours(
    window: Open, site: str
) -> None:
    page = await window()
    for wanted in PATHS_ELSEWHERE[::5]:
        await page.goto("/")
        await page.goto(f"/sign-in?next={_in_an_address(wanted)}")
        kept = await page.locator("input[name=next]").evaluate_all("all => all.map((i) => i.value)")
        assert set(await page.evaluate(ORIGINS, kept or [""])) == {site}, wanted


def _in_an_address(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


@pytest.mark.asvs("14.3.1")
async def test_after_signing_out_going_back_shows_nothing_and_nothing_is_kept(
    window: Open, northlight: Consultancy
) -> None:
    work = await a_team(northlight)
    id = await write(northlight, northlight.bob, new_id(), draft(work, body="A quokka in theatre."))
    page = await window(northlight, northlight.bob)
    await page.goto(f"/w/{northlight.slug}")
    await page.goto(f"/w/{northlight.slug}/notes/{id}")
    assert "quokka" in await page.content()
    await page.get_by_text("Bob Hartley", exact=True).first.click()
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/sign-in*")
    for _ in range(2):
        await page.go_back()
        await page.wait_for_load_state()
        assert "quokka" not in await page.content()
    kept = await page.evaluate(
        """async () => {
          const texts = [JSON.stringify({...localStorage}), JSON.stringify({...sessionStorage})];
          for (const name of await caches.keys()) {
            const cache = await caches.open(name);
            for (const request of await cache.keys()) {
              texts.push(request.url, await (await cache.match(request)).clone().text());
            }
          }
          return texts.join("\\n");
        }"""
    )
    assert "quokka" not in kept
    assert f"/notes/{id}" not in kept
