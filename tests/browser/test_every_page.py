"""Every page of the demo, as each of its people, wide and narrow, in light and dark.

The pages are found by their links, so a dead link fails here too.
"""

import re
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import pytest_asyncio

from crawling import crawl, page_routes
from engagements.demo import story
from frontend.app import routed
from sampled import newcomer
from served import Visitor
from tenancy.database.context import Context
from tenancy.database.pool import Database
from tenancy.files.store import Files
from tenancy.identity import sessions
from tenancy.identity.queries import place_of
from tenancy.identity.service import known_as
from tenancy.identity.sessions import Device
from tenancy.settings import Settings
from tenancy.support import service as support
from tenancy.support.service import SupportDraft
from tenancy.workspaces.keys import Keyring
from vouching import set_up
from windows import COLOURS, NARROW, WIDE, Open, overflow, violations
from world import OPERATOR, token_of

LetIn = Callable[[str], Awaitable[str]]
PagesOf = Callable[[str], Awaitable[dict[str, str]]]
HOMES = {
    "nobody": "/",
    "ros": "/w/northlight",
    "maya": "/w/northlight",
    "helen": "/portal/northlight",
    "tess": "/w/tidewater",
    "anna": "/w/weiss",
    "operator": "/support",
}
"""Where each begins. Anna has just signed up, and looks round in the sample."""
LED_PAST = {"/portal/{slug:str}", "/account/passkeys/{id:uuid}"}
"""The sponsor of a single engagement is led from the list to its portal; and nobody of the demo has
a passkey, whose page `test_passkeys` opens."""
BEHIND_NO_LINK = {
    **{
        path: path
        for path in ("/sign-in/code", "/sign-in/second-step", "/sign-up/code", "/demo/outbox")
    },
    "/sign-in/sso/{slug:str}": "/sign-in/sso/northlight",
}
WHEN_ASKED = ("/account/confirmation", "/account/second-factor")
"""Where somebody is led who is to prove more."""
JOIN = "/join/{slug:str}/{id:uuid}"
"""Its link is in a mail."""
LINK = re.compile(r"/join/[a-z]+/[0-9a-f-]+")


@pytest_asyncio.fixture(scope="session")
async def let_in(db: Database, keyring: Keyring, files: Files) -> LetIn:
    """The demo; `await let_in("ros")` is a session token of one of its people."""
    await story.tell(db, keyring, files)
    anna = await newcomer(db, keyring, files, slug="weiss")
    operators = await operators_token(db)
    await _with_a_provider(db)

    async def token(key: str) -> str:
        if key == "anna":
            return await token_of(db, anna.tenant, anna.owner)
        if key == "operator":
            return operators
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


async def operators_token(db: Database) -> str:
    """A session token of the operator, whom Northlight's owner lets in."""
    place = await db.look_up(place_of, slug="northlight")
    assert place is not None
    owner = "SELECT member_id FROM reach WHERE tenant_id = $1 AND role = 'owner'"
    async with db.transaction(Context(surface="public")) as tx:
        ros = await tx.connection.fetchval(owner, place.tenant)
    context = Context(surface="workspace", tenant=place.tenant, member=ros, role="owner")
    draft = SupportDraft(operator=OPERATOR, hours=24, reason="A letter did not come.")
    async with db.transaction(context, writes=True) as tx:
        await support.let_in(tx, draft, [OPERATOR])
        identity = await known_as(tx, OPERATOR, OPERATOR)
        session = await sessions.begin(
            tx,
            identity=identity.id,
            tenant=place.tenant,
            factor="code",
            device=Device("test", "test"),
        )
    assert session is not None
    return session.token


async def _with_a_provider(db: Database) -> None:
    """Northlight's people may sign in with a provider, which nobody goes to here."""
    place = await db.look_up(place_of, slug="northlight")
    assert place is not None
    async with db.transaction(Context(surface="public")) as tx:
        owner = await tx.connection.fetchval(
            "SELECT member_id FROM reach WHERE role = 'owner' AND tenant_id = $1", place.tenant
        )
    context = Context(surface="workspace", tenant=place.tenant, member=owner, role="owner")
    await set_up(db, context, "https://login.example", domains="northlight.example")


@pytest.fixture(scope="session")
def routes(db: Database) -> list[str]:
    settings = Settings(data=Path(), public_url="http://127.0.0.1", demo=True)
    return list(page_routes(routed(settings, db, Keyring(bytes(32)))))


@pytest.fixture(scope="session")
def pages_of(site: str, let_in: LetIn, routes: list[str]) -> PagesOf:
    """`await pages_of("ros")`: what links lead somebody to, found once; an address by its route."""
    known: dict[str, dict[str, str]] = {}

    async def pages(key: str) -> dict[str, str]:
        if key not in known:
            token = await let_in(key) if key != "nobody" else ""
            known[key] = await _found(site, key, token, routes)
        return known[key]

    return pages


async def _found(site: str, key: str, token: str, routes: list[str]) -> dict[str, str]:
    cookie = f"__Host-cocreate={token}" if token else ""
    async with Visitor(base_url=site, headers={"cookie": cookie}) as visitor:
        found = await crawl(visitor, HOMES[key], routes)
        if not token:
            mails = (await visitor.json("/demo/outbox"))["mails"]
            link = next(sought[0] for mail in mails if (sought := LINK.search(mail["text"])))
            mailed = {JOIN: link, f"{JOIN}/code": f"{link}/code"}
            return {**found, **BEHIND_NO_LINK, **mailed}
    own = ("/w/", "/portal/", "/account", "/support")
    asked = {path: path for path in WHEN_ASKED if key != "operator"}
    return asked | {route: address for route, address in found.items() if route.startswith(own)}


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
@pytest.mark.parametrize("key", ["ros", "maya", "nobody", "helen", "operator"])
async def test_no_page_has_anything_for_axe_to_find(
    window: Open, let_in: LetIn, pages_of: PagesOf, key: str, size: dict[str, int]
) -> None:
    token = await let_in(key) if key != "nobody" else ""
    page = await window(token=token, size=size)
    wrong: list[str] = []
    for route, address in (await pages_of(key)).items():
        await page.emulate_media(color_scheme="light")
        await page.goto(address)
        where = f"{route} at {size['width']}"
        wrong += [f"{where}, light: {line}" for line in await violations(page)]
        if (wider := await overflow(page)) > 0:
            wrong.append(f"{where}: {wider} pixels too wide")
        # Dark is the same document in other colours.
        await page.emulate_media(color_scheme="dark")
        wrong += [f"{where}, dark: {line}" for line in await violations(page, COLOURS)]
    assert wrong == []


async def test_every_page_of_the_product_is_reached_by_links(
    pages_of: PagesOf, routes: list[str]
) -> None:
    reached: set[str] = set(LED_PAST)
    for key in HOMES:
        reached |= (await pages_of(key)).keys()
    assert set(routes) - reached == set()


@pytest.mark.asvs("14.2.3")
async def test_pages_ask_nothing_of_other_hosts(
    window: Open, site: str, let_in: LetIn, pages_of: PagesOf
) -> None:
    page = await window(token=await let_in("helen"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for address in (await pages_of("helen")).values():
        await page.goto(address)
    assert [url for url in asked if not url.startswith((site, "data:"))] == []
