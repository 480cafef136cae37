"""Signing in with a workspace's provider, as a browser does it."""

import socket
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import pytest_asyncio
from msgspec import Struct
from sqlalchemy import update

from providing import CLIENT, SECRET, Liar, Provider, liar, provider
from served import Visitor, serving
from signing import cookie_of
from tenancy.database.context import Context
from tenancy.database.pool import Database
from tenancy.database.prepare import app_url
from tenancy.identity.codes import new_token, token_hash
from tenancy.identity.models import Identity
from tenancy.ids import new_id
from tenancy.outbound import Outbound
from tenancy.passkeys.models import Passkey
from tenancy.settings import Settings
from tenancy.sso import service
from tenancy.sso.queries import Heard
from tenancy.sso.service import ConnectionDraft
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.queries import Tenant
from world import Consultancy, Person

COOKIE = "__Host-cocreate-sso"
PAGE = {"accept": "text/html"}
FORM = {**PAGE, "sec-fetch-site": "same-origin"}


@pytest.fixture(scope="session")
def idp() -> Iterator[Provider]:
    with provider() as honest:
        yield honest


@pytest.fixture(scope="session")
def lying() -> Iterator[Liar]:
    with liar() as hostile:
        yield hostile


@pytest_asyncio.fixture
async def browser(site: str) -> AsyncIterator[httpx.AsyncClient]:
    """A browser of sorts, in which nobody is signed in."""
    async with Visitor(base_url=site) as client:
        yield client


@pytest.fixture(autouse=True)
def as_at_first(idp: Provider, lying: Liar) -> None:
    idp.down = False
    lying.honest()


@pytest_asyncio.fixture(scope="session")
async def site(
    owner_url: str,
    keyring: Keyring,
    files_folder: Path,
    tmp_path_factory: pytest.TempPathFactory,
    idp: Provider,
    lying: Liar,
) -> AsyncIterator[str]:
    """The running product, whose operator lets it ask the providers of the tests."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        idp.trusts(f"{address}/sign-in/callback")
        settings = Settings(
            data=Path(tmp_path_factory.mktemp("data")),
            public_url=address,
            files=files_folder.as_uri(),
            outbound_allowed=frozenset(urlsplit(one.issuer).netloc for one in (idp, lying)),
            demo=True,
        )
        database = Database(app_url(owner_url, "app-password"), keyring)
        async with serving(settings, database, keyring, listening):
            yield address


async def connected(
    world: Consultancy,
    issuer: str,
    *,
    on: bool = True,
    domains: str = "",
    second_factor_by: service.SecondFactorBy = "person",
) -> None:
    """Alice has set the provider up and tested it; the operator has confirmed the domains."""
    owner = await world.context(world.alice)
    await set_up(world.db, owner, issuer, on=on, domains=domains, second_factor_by=second_factor_by)
    for domain in domains.split():
        await service.confirm_domain(world.db, place(world), domain)


async def set_up(
    db: Database,
    owner: Context,
    issuer: str,
    *,
    on: bool = True,
    domains: str = "",
    second_factor_by: service.SecondFactorBy = "person",
) -> None:
    """The owner has set the provider up, and tested it."""
    outbound = Outbound(frozenset({urlsplit(issuer).netloc}))
    async with db.transaction(owner, writes=True) as tx:
        draft = ConnectionDraft(issuer, CLIENT, SECRET, domains, second_factor_by)
        await service.keep(tx, outbound, draft)
        if on:
            await service.note_test(tx, Heard(issuer, "alice", None, None, False, [], None))
            await service.switch(tx, on=True)


def place(world: Consultancy) -> Tenant:
    return Tenant(world.tenant, world.slug, "Europe/London")


def is_in(answer: httpx.Response) -> bool:
    """Whether somebody is signed in by an answer."""
    return "__Host-cocreate=" in str(answer.headers.get_list("set-cookie"))


class Gone(Struct, frozen=True):
    """A browser that is on its way to the provider."""

    browser: httpx.AsyncClient
    address: str
    cookie: dict[str, str]

    @property
    def asked(self) -> dict[str, str]:
        """What the provider is asked."""
        return dict(parse_qsl(urlsplit(self.address).query))

    async def vouched(self, subject: str) -> str:
        """Sign in at the honest provider; where it sends the browser back to."""
        async with Visitor() as elsewhere:
            answer = await elsewhere.post(self.address, data={"sub": subject})
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def back(self, address: str = "", **query: str) -> httpx.Response:
        """Come back to an address, or with these parameters in place of the provider's."""
        if not address:
            address = self.asked["redirect_uri"]
            query = {"state": self.asked["state"], "code": "any", **query}
        cookies = [self.browser.headers.get("cookie", ""), self.cookie["cookie"]]
        headers = {**PAGE, "cookie": "; ".join(filter(None, cookies))}
        return await self.browser.get(address, params=query or None, headers=headers)


async def gone(browser: httpx.AsyncClient, world: Consultancy, **body: str) -> Gone:
    """Press the button that leads to the provider."""
    answer = await browser.post(f"/sign-in/sso/{world.slug}", json=body)
    assert answer.status_code == 200, answer.text
    return Gone(browser, answer.json()["address"], cookie_of(answer, COOKIE))


async def signed_in_with(
    browser: httpx.AsyncClient, world: Consultancy, subject: str, **body: str
) -> httpx.Response:
    """There and back at the honest provider."""
    going = await gone(browser, world, **body)
    return await going.back(await going.vouched(subject))


async def session_with(
    world: Consultancy, person: Person, *, factor: str = "oidc", fresh: bool = False
) -> Visitor:
    """A session as if it had begun with this factor; without an address of a site yet."""
    token = new_token()
    async with world.db.transaction(Context(surface="public"), writes=True) as tx:
        await tx.connection.execute(
            "INSERT INTO sign_in_session (id, token_hash, identity_id, tenant_id, factor, device,"
            " last_used_at, expires_at, proved_at) SELECT $1, $2, identity_id, tenant_id, $5,"
            " 'test', now(), now() + interval '1 day',"
            " CASE WHEN $6 THEN now() ELSE now() - interval '1 hour' END"
            " FROM reach WHERE tenant_id = $3 AND member_id = $4",
            new_id(),
            token_hash(token),
            world.tenant,
            person.id,
            factor,
            fresh,
        )
    return Visitor(headers={"cookie": f"__Host-cocreate={token}"})


async def has_passkeys(world: Consultancy, person: Person, number: int) -> None:
    """Give somebody further passkeys, which nobody holds."""
    identity = await world.identity_of(person)
    async with world.transaction(person) as tx:
        for _ in range(number):
            id = new_id()
            tx.session.add(
                Passkey(
                    id=id,
                    identity_id=identity,
                    credential_id=id.bytes,
                    public_key=b"",
                    sign_count=0,
                    transports=["internal"],
                    aaguid=id,
                    name="Key",
                    backed_up=False,
                )
            )
        await tx.session.execute(
            update(Identity).where(Identity.id == identity).values(factors=["passkey"])
        )
