"""Files of a note, as they are attached from a phone: chosen, listed, refused and removed."""

import asyncio
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import FilePayload, Page, expect

from noting import a_team, begun
from windows import NARROW, PHONE, WIDE, Open, overflow, violations
from world import Consultancy

AGENDA = FilePayload(name="agenda.txt", mimeType="text/plain", buffer=b"Who opens?")
SETUP = FilePayload(name="setup.exe", mimeType="application/octet-stream", buffer=b"MZ\x90\0")
LONG = "An agenda whose name is so long that it does not fit on one line of a phone.txt"


@pytest_asyncio.fixture
async def note(northlight: Consultancy) -> str:
    """Bob's note for the team."""
    id = await begun(northlight, await a_team(northlight), audience="team")
    return f"/w/{northlight.slug}/notes/{id}"


async def attaches(page: Page, *files: FilePayload) -> None:
    await page.get_by_label("Add files").set_input_files([*files])
    await page.get_by_role("button", name="Attach").click()


async def listed(page: Page, *names: str) -> None:
    await expect(page.locator("#files .entry-title")).to_have_text([*names])


@pytest.mark.parametrize("javascript", [True, False])
async def test_files_are_attached_opened_and_removed_from_a_phone(
    window: Open, northlight: Consultancy, note: str, javascript: bool
) -> None:
    page = await window(northlight, northlight.bob, size=PHONE, javascript=javascript)
    await page.goto(note)
    await attaches(page, AGENDA, {**AGENDA, "name": LONG})
    await listed(page, "agenda.txt", LONG)
    await expect(page.get_by_text("Whoever can read this note can open it.")).to_be_visible()

    async with page.expect_download() as coming:
        await page.get_by_role("link", name="agenda.txt").click()
    download = await coming.value
    assert download.suggested_filename == "agenda.txt"
    kept = await asyncio.to_thread(Path(await download.path()).read_bytes)
    assert kept == b"Who opens?"

    entry = page.get_by_role("listitem").filter(has_text="agenda.txt")
    await entry.get_by_text("Remove", exact=False).first.click()
    await entry.get_by_role("button", name="Remove for good").click()
    await listed(page, LONG)
    assert await overflow(page) <= 0


async def test_what_is_not_taken_is_said_where_it_was_chosen(
    window: Open, northlight: Consultancy, note: str
) -> None:
    page = await window(northlight, northlight.bob, size=PHONE)
    await page.goto(note)
    await attaches(page, AGENDA, SETUP)

    said = page.locator("#f-files-error")
    await expect(said).to_contain_text("“setup.exe” is of a kind that cannot be attached.")
    await listed(page)
    await attaches(page, AGENDA)
    await listed(page, "agenda.txt")


async def test_a_double_click_attaches_once(
    window: Open, northlight: Consultancy, note: str
) -> None:
    page = await window(northlight, northlight.bob, size=PHONE)
    await page.goto(note)
    await page.get_by_label("Add files").set_input_files([AGENDA])
    await page.get_by_role("button", name="Attach").dblclick()

    await listed(page, "agenda.txt")
    await page.goto(note)
    await listed(page, "agenda.txt")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_files_have_nothing_for_axe_to_find(
    window: Open, northlight: Consultancy, note: str, scheme: str
) -> None:
    page = await window(northlight, northlight.bob, scheme=scheme)
    await page.goto(note)
    await attaches(page, AGENDA, {**AGENDA, "name": LONG})
    await listed(page, "agenda.txt", LONG)
    await attaches(page, SETUP)
    await expect(page.locator("#f-files-error")).to_be_visible()
    await page.get_by_text("Remove", exact=False).first.click()
    for size in (WIDE, PHONE, NARROW):
        await page.set_viewport_size(size)
        assert await violations(page) == []
        assert await overflow(page) <= 0
