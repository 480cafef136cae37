"""The product as it is operated: what it believes of a request, logs, and begins with."""

import asyncio
import re
import tomllib
from datetime import timedelta
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from frontend import operations
from frontend.access import REQUEST_COOKIE, routes_of
from frontend.app import routed
from frontend.letters.writing import writer
from served import Visit, Visitor
from signing import code_for, cookie_of
from tenancy.database.context import Context
from tenancy.database.pool import NOBODY, Database
from tenancy.mail.service import outbox
from tenancy.settings import Settings
from tenancy.workspaces.keys import Keyring
from world import Consultancy

ROOT = Path(__file__).parents[2]
SPOOFED = {
    "x-forwarded-for": "198.51.100.1",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "https",
    "x-forwarded-prefix": "/evil",
    "x-real-ip": "198.51.100.1",
    "x-original-url": "/health/live",
    "x-rewrite-url": "/health/live",
    "x-http-method-override": "DELETE",
    "x-user-id": "1",
    "x-remote-user": "alice",
    "forwarded": "for=198.51.100.1;host=evil.example",
    "host": "evil.example",
}


@pytest.mark.asvs("4.1.3")
async def test_no_header_makes_somebody_another_or_leads_elsewhere(
    site: str, visit: Visit, northlight: Consultancy
) -> None:
    bob = await visit(northlight, northlight.bob)
    plain = await bob.page(f"/w/{northlight.slug}/settings/members")
    spoofed = await bob.get(
        f"/w/{northlight.slug}/settings/members", headers={"accept": "text/html", **SPOOFED}
    )
    assert (plain.status_code, spoofed.status_code) == (404, 404)
    async with Visitor(base_url=site, headers=SPOOFED) as nobody:
        answer = await nobody.get(f"/w/{northlight.slug}", headers={"accept": "text/html"})
        assert answer.headers["location"] == f"/sign-in?next=/w/{northlight.slug}"
        assert (await nobody.get("/session")).status_code == 401
        assert "evil" not in (await nobody.get("/sign-in", headers={"accept": "text/html"})).text


@pytest.mark.asvs("4.1.3")
async def test_links_in_mails_come_from_the_configuration(
    site: str, northlight: Consultancy
) -> None:
    async with Visitor(base_url=site, headers=SPOOFED) as client:
        await client.post("/sign-in", json={"email": northlight.pat.email})
    async with northlight.db.transaction(Context(surface="job", tenant=northlight.tenant)) as tx:
        [letter] = await outbox(tx)
    written = writer("https://cocreate.example")(letter)
    links = re.findall(r"https?://[^\s\"<]+", written.text + written.html)
    assert links
    assert {link.split("/")[2] for link in links} == {"cocreate.example"}


@pytest.mark.asvs("4.1.3", "15.3.4")
@pytest.mark.parametrize(
    ("hop", "forwarded", "known_as"),
    [
        ("203.0.113.9", "198.51.100.1", "203.0.113.9"),
        ("127.0.0.1", "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
    ],
)
async def test_the_address_of_a_client_is_told_by_the_hop_next_to_the_server_alone(
    hop: str, forwarded: str, known_as: str
) -> None:
    seen = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        seen.append(scope["client"][0])

    config = operations.web_server(app)
    config.load()
    scope = {"type": "http", "client": (hop, 1), "scheme": "http"}
    scope["headers"] = [(b"x-forwarded-for", forwarded.encode())]
    await config.loaded_app(scope, None, None)  # type: ignore[arg-type]
    assert seen == [known_as]


@pytest.mark.asvs("6.5.5")
async def test_a_code_is_worth_nothing_after_ten_minutes(
    site: str, northlight: Consultancy
) -> None:
    async with Visitor(base_url=site) as client:
        asked = await client.post("/sign-in", json={"email": northlight.pat.email})
        code = await code_for(northlight, northlight.pat)
        async with northlight.db.transaction(NOBODY, writes=True) as tx:
            [lasts] = await tx.connection.fetch(
                "UPDATE sign_in_request SET expires_at = now() WHERE tenant_id = $1"
                " RETURNING old.expires_at - now() AS lasts",
                northlight.tenant,
            )
        assert timedelta(minutes=9) < lasts["lasts"] <= timedelta(minutes=10)
        answer = await client.post(
            "/sign-in/code", json={"code": code}, headers=cookie_of(asked, REQUEST_COOKIE)
        )
    assert answer.status_code == 422
    assert "no longer works" in answer.json()["errors"]["code"]


@pytest.mark.asvs("6.3.2")
async def test_a_new_installation_knows_nobody(template_url: str) -> None:
    connection = await asyncpg.connect(template_url)
    try:
        for table in ("identity", "workspace", "member", "sign_in_session"):
            assert await connection.fetchval(f"SELECT count(*) FROM {table}") == 0, table
    finally:
        await connection.close()


@pytest.mark.asvs("15.2.3")
def test_without_the_demo_nothing_of_it_is_served(db: Database) -> None:
    def paths(*, demo: bool) -> set[str]:
        settings = Settings(data=Path(), public_url="http://127.0.0.1", demo=demo)
        return {path for path, _ in routes_of(routed(settings, db, Keyring(bytes(32))))}

    assert paths(demo=True) - paths(demo=False) == {"/demo/outbox"}


@pytest.mark.asvs("13.4.2")
def test_nothing_is_served_in_a_mode_for_finding_mistakes(db: Database) -> None:
    settings = Settings(data=Path(), public_url="http://127.0.0.1")
    app = routed(settings, db, Keyring(bytes(32)))
    assert not app.debug
    assert not app.pdb_on_exception


@pytest.mark.asvs("15.1.2")
def test_what_is_installed_is_what_is_locked_and_comes_from_one_registry() -> None:
    lock = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    locked = {each["name"]: each for each in lock}
    assert {next(iter(each["source"].values())) for each in lock if each["name"] != "cocreate"} == {
        "https://pypi.org/simple"
    }
    versions: dict[str, set[str]] = {}
    for each in lock:
        versions.setdefault(each["name"], set()).add(each.get("version", ""))
    for each in distributions():
        name = re.sub(r"[-_.]+", "-", each.metadata["Name"]).lower()
        assert name in locked, f"{name} is installed and not locked"
        assert name == "cocreate" or each.version in versions[name], name
    for each in lock:
        for file in [*each.get("wheels", []), *filter(None, [each.get("sdist")])]:
            assert file["hash"].startswith("sha256:"), each["name"]


SMUGGLED = b"GET /health/live HTTP/1.1\r\nHost: a\r\n\r\n"


@pytest.mark.asvs("4.2.1")
@pytest.mark.parametrize(
    "head",
    [
        b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\nX",
        b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(SMUGGLED),
        b"Content-Length: 0, %d\r\n\r\n" % len(SMUGGLED),
        b"Content-Length: +0\r\n\r\n",
        b"Content-Length: 0x0\r\n\r\n",
        b"Content-Length: -1\r\n\r\n",
        b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
        b"X: a\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b" Content-Length: 0\r\n\r\n",
    ],
)
async def test_no_request_hides_in_another(site: str, head: bytes) -> None:
    """An ambiguous message is refused, or is the only one that is answered."""
    host, port = site.removeprefix("http://").split(":")
    reader, writer_ = await asyncio.open_connection(host, int(port))
    writer_.write(b"POST /sign-in HTTP/1.1\r\nHost: a\r\n" + head + SMUGGLED)
    writer_.write_eof()
    try:
        answer = await asyncio.wait_for(reader.read(), 10)
    finally:
        writer_.close()
    assert answer.count(b"HTTP/1.1 ") <= 1 or b'"live"' not in answer
