"""Draw the icons that phones want as PNG from `static/icon.svg`, in a real Chromium.

    python scripts/icons.py

The product never runs this: its output is committed.
"""

import asyncio
import os
import shutil
from pathlib import Path

from playwright.async_api import Page, async_playwright

STATIC = Path(__file__).resolve().parents[1] / "src" / "frontend" / "static"
GROUND = "#5B2C5F"
ICONS = {
    "icon-192": (192, 1.0, "transparent"),
    "icon-512": (512, 1.0, "transparent"),
    # A phone cuts its own shape out of it: the ground runs to the edge, the drawing stays inside.
    "maskable-512": (512, 0.8, GROUND),
    "apple-touch-icon": (180, 1.0, GROUND),
}


async def main() -> None:
    """Every icon, at its size."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        page = await browser.new_page()
        for name, (size, share, ground) in ICONS.items():
            await _draw(page, name, size, share, ground)
        await browser.close()


async def _draw(page: Page, name: str, size: int, share: float, ground: str) -> None:
    svg = (STATIC / "icon.svg").read_text()
    await page.set_viewport_size({"width": size, "height": size})
    await page.set_content(
        f"<style>body{{margin:0;display:grid;place-items:center;height:{size}px;"
        f"background:{ground}}}svg{{width:{size * share}px}}</style>{svg}"
    )
    target = STATIC / "icons" / f"{name}.png"
    target.parent.mkdir(exist_ok=True)
    await page.screenshot(path=target, omit_background=True)


if __name__ == "__main__":
    asyncio.run(main())
