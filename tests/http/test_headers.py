"""The headers of every answer, and the attributes of every cookie."""

import re

import pytest

from frontend.assets import files, static
from served import Visit, Visitor
from tenancy.database.context import Context
from tenancy.mail.service import outbox
from world import Consultancy

EVERYWHERE = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
    "worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
COOKIE = {"Secure", "HttpOnly", "Path=/", "SameSite=lax"}


@pytest.fixture
async def browser(site: str):
    async with Visitor(base_url=site) as visitor:
        yield visitor


@pytest.mark.asvs("3.4.1", "3.4.3", "3.4.4", "3.4.5", "3.4.6")
async def test_every_answer_carries_the_security_headers(
    browser: Visitor, visit: Visit, northlight: Consultancy
) -> None:
    bob = await visit(northlight, northlight.bob)
    answers = [
        await browser.page("/"),
        await browser.page("/nowhere"),
        await browser.get("/api"),
        await browser.get("/health/live"),
        await browser.get(static("css/app.css")),
        await browser.get("/static/unknown/app.css"),
        await browser.post("/sign-in", json={}),
        await browser.put("/sign-in", json={}),
        await bob.page(f"/w/{northlight.slug}"),
        await bob.page(f"/w/{northlight.slug}/notes/{northlight.tenant}"),
        await bob.post("/sign-out", headers={"x-csrf-token": "wrong"}),
    ]
    for answer in answers:
        assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE, answer.url
        assert "unsafe" not in answer.headers["content-security-policy"]
        assert answer.headers["permissions-policy"].startswith("camera=()")


@pytest.mark.asvs("14.2.2", "14.3.2")
async def test_nothing_but_files_may_be_kept(
    browser: Visitor, visit: Visit, northlight: Consultancy
) -> None:
    sam = await visit(northlight, northlight.sam)
    for answer in (
        await sam.page(f"/portal/{northlight.slug}"),
        await sam.get(f"/portal/{northlight.slug}"),
        await sam.get("/session"),
        await browser.page("/sign-in"),
        await browser.get("/api"),
        await browser.get("/nowhere"),
        await browser.get("/static/unknown/app.css"),
    ):
        assert answer.headers["cache-control"] == "no-store", answer.url


async def test_every_file_is_kept_for_ever_under_its_version(browser: Visitor) -> None:
    for name in files():
        answer = await browser.get(static(name))
        assert answer.status_code == 200, name
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable", name
        assert "accept-encoding" in answer.headers["vary"].lower(), name
        assert "set-cookie" not in answer.headers


@pytest.mark.asvs("13.4.3")
async def test_files_below_another_folder_are_not_served(browser: Visitor) -> None:
    version = static("icon.svg").split("/")[2]
    for name in ("../app.py", "..%2fapp.py", "%2e%2e/app.py", "/etc/passwd", "css"):
        assert (await browser.get(f"/static/{version}/{name}")).status_code == 404, name


async def test_nobody_is_told_what_the_server_is_made_of(browser: Visitor) -> None:
    for path in ("/", "/nowhere", "/health/live"):
        answer = await browser.get(path)
        assert "x-powered-by" not in answer.headers
        assert not re.search("uvicorn|litestar|python", str(answer.headers), re.IGNORECASE), path


@pytest.mark.asvs("3.3.1", "3.3.2", "3.3.3", "3.3.4")
async def test_every_cookie_is_bound_to_the_host_and_hidden_from_scripts(
    browser: Visitor, visit: Visit, northlight: Consultancy
) -> None:
    asked = await browser.submit("/sign-in", email=northlight.pat.email)
    async with northlight.db.transaction(Context(surface="job", tenant=northlight.tenant)) as tx:
        code = (await outbox(tx))[0].facts["code"]
    own = {"cookie": asked.headers["set-cookie"].split(";")[0]}
    signed_in = await browser.post("/sign-in/code", json={"code": code}, headers=own)
    bob = await visit(northlight, northlight.bob)
    client = {"name": "Ashbourne Trust", "kind": "acute trust"}
    added = await bob.submit(
        f"/w/{northlight.slug}/clients", csrf_token=bob.headers["x-csrf-token"], **client
    )
    out = await bob.post("/sign-out", json={})
    cookies = [
        line
        for answer in (asked, signed_in, added, out)
        for line in answer.headers.get_list("set-cookie")
    ]
    assert {line.split("=")[0] for line in cookies} == {
        "__Host-cocreate",
        "__Host-cocreate-asked",
        "__Host-cocreate-known",
        "__Host-notice",
    }
    for line in cookies:
        assert {part.strip() for part in line.split(";")} >= COOKIE, line
        assert "Domain" not in line


async def test_a_cookie_that_is_taken_away_is_empty_and_over(
    visit: Visit, northlight: Consultancy
) -> None:
    bob = await visit(northlight, northlight.bob)
    out = await bob.post("/sign-out", json={})
    [line] = out.headers.get_list("set-cookie")
    assert re.match(r'__Host-cocreate=("")?;', line)
    assert "Max-Age=0" in line
