"""Every page of the demo, as each of its people, wide and narrow, in light and dark.

The pages are found by their links, so a dead link fails here too.
"""

from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from crawling import crawl, page_routes
from engagements.demo import story
from frontend.app import routed
from served import Visitor
from tenancy.database.context import Context
from tenancy.database.pool import Database
from tenancy.files.store import Files
from tenancy.identity.queries import place_of
from tenancy.settings import Settings
from tenancy.workspaces.keys import Keyring
from windows import NARROW, WIDE, Open, overflow, violations
from world import token_of

LetIn = Callable[[str], Awaitable[str]]
HOMES = {
    "nobody": "/",
    "ros": "/w/northlight",
    "maya": "/w/northlight",
    "helen": "/portal/northlight",
    "tess": "/w/tidewater",
}
LED_PAST = {"/portal/{slug:str}"}
"""The sponsor of a single engagement is led from the list to its portal."""
BEHIND_NO_LINK = ("/sign-in/code", "/demo/outbox")


@pytest_asyncio.fixture(scope="session")
async def let_in(db: Database, keyring: Keyring, files: Files) -> LetIn:
    """The demo; `await let_in("ros")` is a session token of one of its people."""
    await story.tell(db, keyring, files)

    async def token(key: str) -> str:
        email = next(person.email for person in story.people() if person.key == key)
        place = await db.look_up(place_of, slug=HOMES[key].split("/")[2])
        assert place is not None
        async with db.transaction(Context(surface="public")) as tx:
            member = await tx.connection.fetchval(
                "SELECT member_id FROM reach JOIN identity ON identity.id = identity_id"
                " WHERE email = $1 AND tenant_id = $2",
                email,
                place.tenant,
            )
        return await token_of(db, place.tenant, member)

    return token


@pytest.fixture(scope="session")
def routes(db: Database) -> list[str]:
    settings = Settings(data=Path(), public_url="http://127.0.0.1", demo=True)
    return list(page_routes(routed(settings, db)))


async def pages_of(site: str, key: str, token: str, routes: list[str]) -> dict[str, str]:
    cookie = f"__Host-cocreate={token}" if token else ""
    async with Visitor(base_url=site, headers={"cookie": cookie}) as visitor:
        found = await crawl(visitor, HOMES[key], routes)
    if not token:
        return {**found, **{path: path for path in BEHIND_NO_LINK}}
    own = ("/w/", "/portal/")
    return {route: address for route, address in found.items() if route.startswith(own)}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("key", ["nobody", "ros", "maya", "helen"])
async def test_no_page_has_anything_for_axe_to_find(
    window: Open, site: str, let_in: LetIn, routes: list[str], key: str, scheme: str
) -> None:
    token = await let_in(key) if key != "nobody" else ""
    page = await window(token=token, scheme=scheme)
    wrong: list[str] = []
    for route, address in (await pages_of(site, key, token, routes)).items():
        for size in (WIDE, NARROW):
            await page.set_viewport_size(size)
            await page.goto(address)
            where = f"{route} at {size['width']}, {scheme}"
            wrong += [f"{where}: {line}" for line in await violations(page)]
            if size is NARROW and (wider := await overflow(page)) > 0:
                wrong.append(f"{where}: {wider} pixels too wide")
    assert wrong == []


async def test_every_page_of_the_product_is_reached_by_links(
    site: str, let_in: LetIn, routes: list[str]
) -> None:
    reached: set[str] = set(LED_PAST)
    for key in HOMES:
        token = await let_in(key) if key != "nobody" else ""
        reached |= (await pages_of(site, key, token, routes)).keys()
    assert set(routes) - reached == set()


@pytest.mark.asvs("14.2.3")
async def test_pages_ask_nothing_of_other_hosts(
    window: Open, site: str, let_in: LetIn, routes: list[str]
) -> None:
    token = await let_in("helen")
    page = await window(token=token)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for address in (await pages_of(site, "helen", token, routes)).values():
        await page.goto(address)
    assert [url for url in asked if not url.startswith((site, "data:"))] == []
