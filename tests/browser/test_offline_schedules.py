"""Random schedules of two devices: what was typed can be read again, and is stored once.

The outbox is the real one, in Chromium; the server is a model of ours (`schedules.js`), so that an
answer can be cut off before and after the commit, a thousand times a minute.
"""

from pathlib import Path
from typing import Any

from playwright.async_api import Page

from frontend.assets import static
from windows import Open

MODEL = (Path(__file__).parent / "schedules.js").read_text()
DECLARED, _, RUN = MODEL.rpartition("\nasync (source")
SEED, COUNT, STEPS = 20_260_401, 1_000, 40
AT_LEAST = 500


async def lived(page: Page, outbox: str, seed: int = SEED, count: int = COUNT) -> dict[str, Any]:
    """What came of so many schedules."""
    run = f"(...given) => {{ {DECLARED}\nreturn (async (source{RUN.rstrip()})(...given); }}"
    told: dict[str, Any] = await page.evaluate(
        f"given => ({run})(...given)", [outbox, seed, count, STEPS]
    )
    return told


async def test_in_hundreds_of_schedules_nothing_is_lost_and_nothing_is_stored_twice(
    window: Open,
) -> None:
    page = await window()
    await page.goto("/sign-in")
    told = await lived(page, static("js/outbox.js"))
    assert told["faults"] == []
    assert told["run"] >= AT_LEAST
    assert told["typed"] > 5 * told["run"]
    assert told["conflicts"] > told["run"] / 10, "the two devices hardly met"
