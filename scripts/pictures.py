"""Take the README's pictures from the running product: its demo, in a real Chromium.

make pictures
"""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.request import urlopen

from msgspec import Struct
from playwright.async_api import Browser, Page, async_playwright

PROJECT = Path(__file__).parents[1]
FOLDER = PROJECT / "docs" / "pictures"
WIDE = (1280, 860)
PHONE = (390, 844)
QUIET = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]


class Picture(Struct, frozen=True):
    """One file: whose page, how to get there from their home by links, and how it is seen."""

    name: str
    email: str
    links: tuple[str, ...] = ()
    size: tuple[int, int] = WIDE
    scheme: str = "light"
    whole: bool = False


ROS = "ros@northlight.example"
MAYA = "maya.osei@northmoorvale.example"
HELEN = "helen.marsh@northmoorvale.example"
PICTURES = (
    Picture("portal-wide", HELEN, whole=True),
    Picture("portal-phone", HELEN, size=PHONE),
    Picture("portal-dark", HELEN, scheme="dark"),
    Picture("home-wide", ROS),
    Picture("engagement-wide", ROS, ("Engagements", "Working Together")),
    Picture(
        "session-wide",
        ROS,
        ("Engagements", "Working Together", "Sessions", "Coaching session"),
    ),
    Picture("measure-wide", ROS, ("Engagements", "Working Together", "Measures", "I feel safe")),
    Picture("coaching-phone", MAYA, size=PHONE),
    Picture("reflection-phone", MAYA, ("Add a reflection",), size=PHONE),
)


async def take(browser: Browser, site: str, picture: Picture) -> None:
    context = await browser.new_context(
        base_url=site,
        viewport={"width": picture.size[0], "height": picture.size[1]},
        color_scheme=picture.scheme,  # type: ignore[arg-type]
        reduced_motion="reduce",
        device_scale_factor=2 if picture.size == PHONE else 1,
    )
    page = await context.new_page()
    await _sign_in(page, picture.email)
    for link in picture.links:
        await (
            page.get_by_role("main")
            .or_(page.get_by_role("banner"))
            .get_by_role("link", name=link)
            .first.click()
        )
        await page.wait_for_load_state("networkidle")
    await page.evaluate("document.fonts.ready")
    await page.screenshot(path=FOLDER / f"{picture.name}.png", full_page=picture.whole)
    print(f"docs/pictures/{picture.name}.png: {page.url.removeprefix(site)}")
    await context.close()


async def _sign_in(page: Page, email: str) -> None:
    await page.goto("/sign-in")
    await page.get_by_label("Your e-mail address").fill(email)
    await page.get_by_role("button", name="Send me a code").click()
    outbox = await page.request.get("/demo/outbox", headers={"accept": "application/json"})
    mails = (await outbox.json())["mails"]
    code = next(mail["code"] for mail in mails if mail["to"] == email and mail["code"])
    await page.get_by_label("Your code").fill(code)
    await page.get_by_role("button", name="Sign in").click()
    await page.wait_for_load_state("networkidle")


async def take_all(site: str) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = [shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome")]
    path = os.environ.get("CHROMIUM") or next(filter(None, found), None)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=QUIET)
        for picture in PICTURES:
            await take(browser, site, picture)
        await browser.close()


def main() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    site = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PORT": str(port), "COCREATE_DATA": folder}
        command = [str(Path(sys.executable).parent / "cocreate"), "run"]
        served = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE)
        try:
            assert served.stdout is not None
            for line in served.stdout:
                if b"Stop with Ctrl-C" in line:
                    break
            with urlopen(f"{site}/health/ready") as ready:
                assert ready.status == 200
            asyncio.run(take_all(site))
        finally:
            served.terminate()
            served.wait()


if __name__ == "__main__":
    main()
