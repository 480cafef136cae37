"""A mail scanner, worse than any that is known: it reads the mail before the human does.

It asks for every link with HEAD and GET, opens it in a real browser with scripts, follows every
link of this site from there, and fills in and sends every form that it finds: with the address
the mail was sent to, and with the code in the mail. It does all that from a browser of its own.
"""

import re
from dataclasses import dataclass, field
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx
from playwright.async_api import Browser, BrowserContext, ElementHandle, Page
from playwright.async_api import Error as PlaywrightError

LINK = re.compile(r"https?://[^\s\"'<>)]+")
SESSION = "__Host-cocreate"
PAGES = 8
"""As many as it opens for one mail; every page has the same few links."""
PATIENCE = 5_000
FILLABLE = "input:not([type=hidden]):not([type=submit]):not([type=button]), textarea, select"


@dataclass
class Robot:
    """One scanner, at one mail."""

    browser: Browser
    site: str
    address: str
    """Whom the mail was sent to."""
    code: str
    """What stands in the mail, in large letters."""
    sent: list[str] = field(default_factory=list)
    """Where each form led that it sent."""
    opened: list[str] = field(default_factory=list)

    async def scans(self, text: str, html: str) -> bool:
        """Do all of it; whether it got in anywhere."""
        links = [self._here(link) for link in dict.fromkeys(LINK.findall(text + html))]
        await self._asks_plainly(links)
        context = await self.browser.new_context(base_url=self.site)
        try:
            await self._wanders(context, links)
            return await self._is_in(context)
        finally:
            await context.close()

    def _here(self, link: str) -> str:
        """The links name the public address; the product under test is at another port."""
        parts = urlsplit(link)
        return urljoin(self.site, parts.path + (f"?{parts.query}" if parts.query else ""))

    async def _asks_plainly(self, links: list[str]) -> None:
        async with httpx.AsyncClient(follow_redirects=True) as client:
            for link in links:
                for method in ("HEAD", "GET", "OPTIONS"):
                    await client.request(method, link)

    async def _wanders(self, context: BrowserContext, links: list[str]) -> None:
        page = await context.new_page()
        page.set_default_timeout(PATIENCE)
        waiting = list(links)
        while waiting and len(self.opened) < PAGES:
            address = waiting.pop(0)
            if address in self.opened:
                continue
            self.opened.append(address)
            if not await _reached(page, address):
                continue
            waiting += [link for link in await self._links(page) if link not in waiting]
            waiting += [led for led in await self._sends_forms(page, address) if led not in waiting]

    async def _links(self, page: Page) -> list[str]:
        found: list[str] = await page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)")
        own = [urldefrag(link)[0] for link in found if link.startswith(self.site)]
        return [link for link in dict.fromkeys(own) if "/static/" not in link]

    async def _sends_forms(self, page: Page, address: str) -> list[str]:
        """Send each form of a page; the pages where they led."""
        led: list[str] = []
        for number in range(len(await page.query_selector_all("form"))):
            if not await _reached(page, address):
                break
            forms = await page.query_selector_all("form")
            if number < len(forms):
                await self._sends(page, forms[number])
                led.append(page.url)
        return led

    async def _sends(self, page: Page, form: ElementHandle) -> None:
        try:
            for control in await form.query_selector_all(FILLABLE):
                await self._fills(control)
            async with page.expect_navigation():
                await form.evaluate("form => form.requestSubmit()")
        except PlaywrightError:
            return
        self.sent.append(urlsplit(page.url).path)

    async def _fills(self, control: ElementHandle) -> None:
        kind = await control.get_attribute("type") or ""
        name = await control.get_attribute("name") or ""
        if kind in ("checkbox", "radio"):
            await control.check()
        elif await control.evaluate("one => one.tagName") == "SELECT":
            await control.select_option(index=1)
        elif kind == "email" or "email" in name:
            await control.fill(self.address)
        elif "code" in name:
            await control.fill(self.code)
        else:
            await control.fill("https://scanner.example/")

    async def _is_in(self, context: BrowserContext) -> bool:
        cookies = await context.cookies()
        holds = any(one.get("name") == SESSION and one.get("value") for one in cookies)
        answer = await context.request.get("/session")
        return holds or answer.status != 401


async def _reached(page: Page, address: str) -> bool:
    try:
        await page.goto(address)
    except PlaywrightError:
        return False
    return True
