"""What holds for every route and every status: headers, cookies, other sites, and safe methods."""

import asyncio
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest
import pytest_asyncio
from litestar import Litestar

from crowding import Crowd, rows_of
from estate import Estate
from frontend.app import routed
from frontend.headers import with_headers
from matrix import Ask, Route, asks
from tenancy.database.pool import Database
from tenancy.settings import Settings
from tenancy.workspaces.keys import Keyring

YEAR = 31_536_000
WELL_KNOWN = {200, 201, 303, 401, 403, 404, 405, 409, 413, 422, 429, 500}
ANYBODYS = ("/static/", "/favicon.ico")
"""Files of the product, which hold nothing of anybody."""
WRITTEN_BY_READING = {"note_reading"}
"""Its author sees who opened a note; nothing else comes of opening anything."""
COOKIE = {"Secure", "HttpOnly", "Path=/", "SameSite=lax"}
SHOWN = 20


def differing(before: dict[str, str], after: dict[str, str]) -> set[str]:
    return {table for table in before if before[table] != after[table]}


@pytest.fixture(scope="module")
def reading(estate: Estate, every_route: list[Route]) -> list[Ask]:
    """Everybody's requests that read: of those that are answered alike, one."""
    every = [ask for route in every_route if not route.deed for ask in asks(estate, route)]
    alike = {
        (ask.route.name, ask.actor.key, ask.as_page, ask.within, ask.told): ask for ask in every
    }
    return list(alike.values())


@pytest.fixture(scope="module")
def doing(estate: Estate, every_route: list[Route]) -> list[Ask]:
    """For each route that changes something, one who may, as a page and as JSON."""
    first: dict[tuple[str, bool], Ask] = {}
    for route in every_route:
        for ask in asks(estate, route) if route.deed else ():
            if ask.actor.role and ask.within:
                first.setdefault((route.name, ask.as_page), ask)
    return list(first.values())


@pytest_asyncio.fixture(scope="module")
async def answers(
    app: Litestar,
    crowd: Crowd,
    reading: list[Ask],
    doing: list[Ask],
    broken: httpx.AsyncClient,
) -> list[httpx.Response]:
    """Answers of every route, well asked and badly, and of a product that is broken."""
    turn = asyncio.Semaphore(4)

    async def asked(request: httpx.Request) -> httpx.Response:
        async with turn:
            return await crowd.client.send(request)

    whole = [crowd.request(ask) for ask in reading]
    for ask in doing:
        whole.append(crowd.client.build_request("DELETE", ask.path))
        contents = (b'{"surplus": 1}', b"{{") if ask.route.body else (b"{{",)
        whole += [spoilt(crowd, ask, content) for content in contents]
    large = next(ask for ask in doing if ask.route.behind_slug)
    whole.append(spoilt(crowd, large, b'"' + b"x" * 30_000_000))
    cookie = {"cookie": "__Host-cocreate=x"}
    return [
        *await asyncio.gather(*(asked(request) for request in whole)),
        await broken.get("/session", headers=cookie | {"accept": "text/html"}),
        await broken.get("/session", headers=cookie),
        await crowd.client.post("/sign-in", headers={"sec-fetch-site": "cross-site"}),
        await crowd.client.post("/sign-in", json={"email": "nobody@nowhere.example"}),
        await too_often(app),
    ]


def spoilt(crowd: Crowd, ask: Ask, content: bytes) -> httpx.Request:
    """A change whose body is not what it should be."""
    own = crowd.request(ask)
    headers = {**own.headers, "content-type": "application/json"}
    del headers["content-length"]
    return crowd.client.build_request(own.method, own.url, headers=headers, content=content)


async def too_often(app: Litestar) -> httpx.Response:
    """The answer to one who asks for a code again and again, from an address of their own."""
    transport = httpx.ASGITransport(with_headers(app), client=("198.51.100.7", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        answer = httpx.Response(200)
        while answer.status_code == 200:
            answer = await client.post("/sign-in", json={"email": "nobody@nowhere.example"})
        return answer


@pytest_asyncio.fixture(scope="module")
async def broken() -> AsyncIterator[httpx.AsyncClient]:
    """The product with a database that was never opened."""
    settings = Settings(data=Path(), public_url="http://127.0.0.1")
    nowhere = Database("postgresql://cocreate_app:x@127.0.0.1:9/none", None)  # type: ignore[arg-type]
    transport = httpx.ASGITransport(with_headers(routed(settings, nowhere, Keyring(bytes(32)))))
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        yield client


def told(answer: httpx.Response) -> str:
    return f"{answer.status_code} of {answer.request.method} {answer.request.url.path}"


def none_wrong(wrong: list[str]) -> None:
    assert not wrong, f"{len(wrong)} wrong:\n" + "\n".join(sorted({*wrong})[:SHOWN])


def test_every_status_is_among_the_answers(answers: list[httpx.Response]) -> None:
    assert {answer.status_code for answer in answers} >= WELL_KNOWN - {201}


@pytest.mark.asvs("3.4.1")
def test_every_answer_asks_for_https_for_a_year_and_below(answers: list[httpx.Response]) -> None:
    for answer in answers:
        asked = answer.headers["strict-transport-security"]
        assert int(re.findall(r"max-age=(\d+)", asked)[0]) >= YEAR, told(answer)
        assert "includeSubDomains" in asked, told(answer)


@pytest.mark.asvs("3.4.3", "3.4.6", "3.7.1")
def test_no_answer_lets_a_foreign_script_frame_base_or_object_in(
    answers: list[httpx.Response],
) -> None:
    wrong = []
    for answer in answers:
        lines = [part.split() for part in answer.headers["content-security-policy"].split(";")]
        policy = {line[0]: line[1:] for line in lines}
        for name in ("default-src", "base-uri", "frame-ancestors"):
            if policy.get(name) != ["'none'"]:
                wrong.append(f"{told(answer)}: {name}")
        allowed = {source for sources in policy.values() for source in sources}
        if allowed - {"'none'", "'self'"}:
            wrong.append(f"{told(answer)}: {allowed}")
    none_wrong(wrong)


@pytest.mark.asvs("3.4.4", "3.4.5")
def test_no_answer_is_guessed_at_or_tells_another_site_where_one_was(
    answers: list[httpx.Response],
) -> None:
    for answer in answers:
        assert answer.headers["x-content-type-options"] == "nosniff", told(answer)
        assert answer.headers["referrer-policy"] in ("same-origin", "no-referrer"), told(answer)


@pytest.mark.asvs("3.4.2")
def test_no_answer_is_for_the_scripts_of_another_site(answers: list[httpx.Response]) -> None:
    for answer in answers:
        assert not [name for name in answer.headers if name.startswith("access-control-")]
        assert answer.headers["cross-origin-resource-policy"] == "same-origin", told(answer)


@pytest.mark.asvs("14.2.2", "14.3.2")
def test_no_answer_but_a_file_of_the_product_is_kept_by_anything_on_the_way(
    answers: list[httpx.Response],
) -> None:
    none_wrong(
        [
            told(answer)
            for answer in answers
            if answer.headers["cache-control"] != "no-store"
            and not (answer.status_code == 200 and answer.request.url.path.startswith(ANYBODYS))
        ]
    )


@pytest.mark.asvs("4.1.1")
def test_every_body_is_what_its_type_says_in_utf_8(answers: list[httpx.Response]) -> None:
    wrong = []
    for answer in answers:
        kind = answer.headers.get("content-type", "")
        if not answer.content:
            continue
        if kind.startswith("text/") and "charset=utf-8" not in kind:
            wrong.append(f"{told(answer)}: {kind}")
        if kind.startswith("text/html") and not answer.text.startswith("<!doctype html>"):
            wrong.append(f"{told(answer)}: no page")
        if kind in ("application/json", "application/problem+json"):
            json.loads(answer.content)
        elif kind.split(";")[0] not in TYPES:
            wrong.append(f"{told(answer)}: {kind or 'no type'}")
    none_wrong(wrong)


TYPES = {
    *("text/html", "text/plain", "text/css", "text/markdown", "text/calendar", "text/javascript"),
    "text/csv",
    *("image/svg+xml", "application/manifest+json"),
}


@pytest.mark.asvs("3.3.1", "3.3.2", "3.3.3", "3.3.4")
def test_every_cookie_is_bound_to_the_host_and_hidden_from_scripts(
    answers: list[httpx.Response],
) -> None:
    lines = [line for answer in answers for line in answer.headers.get_list("set-cookie")]
    assert lines
    for line in lines:
        assert line.startswith("__Host-"), line
        assert {part.strip() for part in line.split(";")} >= COOKIE, line
        assert "domain" not in line.lower(), line


@pytest.mark.asvs("16.5.1")
def test_no_answer_says_what_it_is_made_of(answers: list[httpx.Response]) -> None:
    inside = re.compile(r"Traceback|File \"/|[aA]syncpg|[sS]qlalchemy|[lL]itestar|SELECT \w")
    none_wrong(
        [
            f"{told(answer)}: {found[0]}"
            for answer in answers
            if "/static/" not in answer.request.url.path
            if (found := inside.search(answer.text))
        ]
    )


@pytest.mark.asvs("3.5.1", "3.5.2")
async def test_no_change_is_made_that_another_site_asks_for(
    crowd: Crowd, doing: list[Ask], superuser: asyncpg.Connection
) -> None:
    before = await rows_of(superuser)
    wrong = []
    for ask in doing:
        for forged, request in forgeries(crowd, ask).items():
            answer = await crowd.client.send(request)
            if answer.status_code != 403:
                wrong.append(f"{ask} {forged}: {answer.status_code}")
    none_wrong(wrong)
    assert not differing(before, await rows_of(superuser))


def forgeries(crowd: Crowd, ask: Ask) -> dict[str, httpx.Request]:
    """What another site could make a browser send in somebody's name."""
    own = crowd.request(ask)
    own.read()
    token = own.headers["x-csrf-token"]
    another = next(each for key, each in crowd.tokens.items() if key != ask.actor.key)
    made: dict[str, tuple[dict[str, str | None], bytes]] = {
        "from another site": ({"sec-fetch-site": "cross-site"}, own.content),
        "from a sister site": ({"sec-fetch-site": "same-site"}, own.content),
        "from an address typed in": ({"sec-fetch-site": "none"}, own.content),
        "with a foreign origin": (
            {"sec-fetch-site": None, "origin": "https://evil.example"},
            own.content,
        ),
        "with an origin of nothing": ({"sec-fetch-site": None, "origin": "null"}, own.content),
        "without a token": ({"x-csrf-token": None}, own.content),
        "with another's token": ({"x-csrf-token": another}, own.content),
        "with a token cut short": ({"x-csrf-token": token[:-6]}, own.content),
        "as plain text": (
            {"x-csrf-token": None, "content-type": "text/plain"},
            json.dumps(ask.body).encode(),
        ),
    }
    requests = {}
    for forged, (changes, content) in made.items():
        headers = {**own.headers, **changes}
        headers.pop("content-length", None)
        sent = {name: value for name, value in headers.items() if value is not None}
        requests[forged] = crowd.client.build_request(
            own.method, own.url, headers=sent, content=content
        )
    return requests


@pytest.mark.asvs("3.5.3", "7.6.2")
async def test_to_read_is_to_change_nothing(
    crowd: Crowd, reading: list[Ask], superuser: asyncpg.Connection
) -> None:
    before = await rows_of(superuser)
    turn = asyncio.Semaphore(4)

    async def asked(method: str, ask: Ask) -> int:
        request = crowd.request(ask)
        async with turn:
            again = crowd.client.build_request(method, request.url, headers=request.headers)
            return (await crowd.client.send(again)).status_code

    done = [asked("GET", ask) for ask in reading] + [asked("HEAD", ask) for ask in reading[::7]]
    assert 200 in await asyncio.gather(*done)
    assert differing(before, await rows_of(superuser)) <= WRITTEN_BY_READING


@pytest.mark.asvs("7.4.4")
async def test_every_page_behind_sign_in_has_the_way_out(crowd: Crowd, reading: list[Ask]) -> None:
    wrong, seen = [], defaultdict(int)
    for ask in reading:
        if not (ask.as_page and ask.within and ask.actor.role and ask.route.is_page):
            continue
        if not ask.route.policy.roles or seen[ask.route.name] > 2:
            continue
        seen[ask.route.name] += 1
        answer = await crowd.client.send(crowd.request(ask))
        if answer.status_code == 200 and 'action="/sign-out"' not in answer.text:
            wrong.append(ask.route.name)
    none_wrong(wrong)


@pytest.mark.asvs("14.2.1")
async def test_no_address_holds_words_an_e_mail_address_or_a_secret(
    crowd: Crowd, estate: Estate, reading: list[Ask]
) -> None:
    """Of all addresses that pages lead to; what is looked for is in the address by intent."""
    wrong, seen = [], set()
    for ask in reading:
        if not (ask.as_page and ask.within and ask.route.is_page):
            continue
        key = (ask.route.name, ask.actor.key)
        if key in seen or ask.route.path.endswith("/search"):
            continue
        seen.add(key)
        answer = await crowd.client.send(crowd.request(ask))
        for address in re.findall(r'(?:href|action|src)="([^"]*)"', answer.text):
            told_of = (
                [*estate.aviary.met(address)]
                or "@" in address
                or re.search(r"token(?!s\b)", address)
            )
            if told_of and not address.startswith(("mailto:", "https://")):
                wrong.append(f"{ask.route.name}: {address}")
    none_wrong(wrong)


@pytest.mark.asvs("13.4.1", "13.4.3", "13.4.4", "13.4.5")
@pytest.mark.parametrize(
    "path",
    [
        *("/.git/HEAD", "/.git/config", "/.env", "/.hg", "/.svn/entries", "/pyproject.toml"),
        *("/static", "/static/", "/metrics", "/debug", "/schema", "/docs", "/openapi.json"),
        *("/server-status", "/admin", "/health", "/__debug__/", "/w/", "/portal/"),
    ],
)
async def test_nothing_answers_that_is_no_page_of_ours(crowd: Crowd, path: str) -> None:
    answer = await crowd.client.get(path)
    assert answer.status_code in (401, 404)
    assert hashlib.sha256(answer.content).hexdigest() in {
        hashlib.sha256((await crowd.client.get(other)).content).hexdigest()
        for other in ("/nowhere", "/schema")
    }


@pytest.mark.asvs("13.4.4")
@pytest.mark.parametrize("method", ["TRACE", "TRACK", "CONNECT", "PROPFIND", "DEBUG"])
async def test_methods_that_no_route_has_are_refused(crowd: Crowd, method: str) -> None:
    for path in ("/", "/sign-in"):
        answer = await crowd.client.request(method, path, headers={"cookie": "a=secret"})
        assert answer.status_code == 405
        assert "secret" not in answer.text
