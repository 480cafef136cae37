"""Signing in by code, over HTTP."""

import asyncio
import re

import httpx
import pytest

from frontend.access import KNOWN_COOKIE, REQUEST_COOKIE, SESSION_COOKIE
from served import Visit, Visitor
from signing import code_for, cookie_of
from tenancy.database.context import Context
from tenancy.mail.service import outbox
from world import Consultancy

BROWSER = {"accept": "text/html", "sec-fetch-site": "same-origin"}


@pytest.fixture
async def browser(site: str):
    async with Visitor(base_url=site) as client:
        yield client


async def test_a_member_signs_in_with_the_code_from_the_mail(
    browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    asked = await browser.post("/sign-in", json={"email": northlight.bob.email.upper()})
    assert asked.json() == {"sent": True, "minutes": 10}
    answer = await browser.post(
        "/sign-in/code",
        json={"code": (await code_for(northlight, northlight.bob)).lower()},
        headers=cookie_of(asked, REQUEST_COOKIE),
    )
    assert answer.json()["home"] == f"/w/{northlight.slug}"
    session = await browser.get("/session", headers=cookie_of(answer, SESSION_COOKIE))
    assert session.json()["name"] == "Bob Hartley"


@pytest.mark.asvs("3.3.1", "3.3.3", "3.3.4")
async def test_the_session_cookie_is_bound_to_the_host_and_hidden_from_scripts(
    browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    asked = await browser.post("/sign-in", data={"email": northlight.sam.email}, headers=BROWSER)
    assert asked.status_code == 303
    answer = await browser.post(
        "/sign-in/code",
        data={"code": await code_for(northlight, northlight.sam)},
        headers={**BROWSER, **cookie_of(asked, REQUEST_COOKIE)},
    )
    line = next(c for c in answer.headers.get_list("set-cookie") if c.startswith(SESSION_COOKIE))
    assert SESSION_COOKIE.startswith("__Host-")
    assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in line.split(";")}
    token = line.partition(";")[0].partition("=")[2]
    page = await browser.get("/session", headers={**BROWSER, "cookie": f"{SESSION_COOKIE}={token}"})
    assert page.status_code == 200
    assert token not in answer.text + page.text
    assert answer.headers["location"] == f"/portal/{northlight.slug}"


async def test_an_unknown_address_gets_the_same_answer(
    browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    known = await browser.post("/sign-in", json={"email": northlight.pat.email})
    unknown = await browser.post("/sign-in", json={"email": "nobody@nowhere.example"})
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert set(known.headers) == set(unknown.headers)


@pytest.mark.asvs("6.6.2")
async def test_a_code_works_only_in_the_browser_that_asked_for_it(
    browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    await browser.post("/sign-in", json={"email": northlight.pat.email})
    code = await code_for(northlight, northlight.pat)
    other = await browser.post("/sign-in", json={"email": northlight.bob.email})
    answer = await browser.post(
        "/sign-in/code", json={"code": code}, headers=cookie_of(other, REQUEST_COOKIE)
    )
    assert answer.status_code == 422
    assert (await browser.post("/sign-in/code", json={"code": code})).status_code == 422


@pytest.mark.asvs("6.5.1")
async def test_a_code_works_once(browser: httpx.AsyncClient, northlight: Consultancy) -> None:
    asked = await browser.post("/sign-in", json={"email": northlight.pat.email})
    code = {"code": await code_for(northlight, northlight.pat)}
    same_browser = cookie_of(asked, REQUEST_COOKIE)
    first = await browser.post("/sign-in/code", json=code, headers=same_browser)
    second = await browser.post("/sign-in/code", json=code, headers=same_browser)
    assert (first.status_code, second.status_code) == (200, 422)


@pytest.mark.asvs("6.3.1", "6.6.3")
async def test_after_five_wrong_tries_the_right_code_fails_too(
    browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    asked = await browser.post("/sign-in", json={"email": northlight.pat.email})
    same_browser = cookie_of(asked, REQUEST_COOKIE)
    for _ in range(5):
        wrong = await browser.post(
            "/sign-in/code", json={"code": "0000-0000"}, headers=same_browser
        )
        assert wrong.status_code == 422
    right = await browser.post(
        "/sign-in/code",
        json={"code": await code_for(northlight, northlight.pat)},
        headers=same_browser,
    )
    assert "no longer works" in right.json()["errors"]["code"]


@pytest.mark.asvs("2.4.1", "6.3.1")
async def test_codes_that_nobody_uses_stop_being_sent(
    browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    for _ in range(11):
        answer = await browser.post("/sign-in", json={"email": northlight.ann.email})
        assert answer.status_code == 200
    async with northlight.db.transaction(Context(surface="job", tenant=northlight.tenant)) as tx:
        assert len(await outbox(tx)) == 10


async def test_of_many_who_ask_at_the_same_moment_no_more_are_sent_a_code(
    browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    wanted = {"email": northlight.ann.email}
    answers = await asyncio.gather(*(browser.post("/sign-in", json=wanted) for _ in range(30)))
    assert {answer.status_code for answer in answers} == {200}
    async with northlight.db.transaction(Context(surface="job", tenant=northlight.tenant)) as tx:
        assert len(await outbox(tx)) == 10


async def test_nobody_is_shut_out_by_others_who_ask_for_codes_in_their_name(
    browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    asked = await browser.post("/sign-in", json={"email": northlight.ann.email})
    entered = await browser.post(
        "/sign-in/code",
        json={"code": await code_for(northlight, northlight.ann)},
        headers=cookie_of(asked, REQUEST_COOKIE),
    )
    known = cookie_of(entered, KNOWN_COOKIE)
    for _ in range(20):
        await browser.post("/sign-in", json={"email": northlight.ann.email})
    before = await code_for(northlight, northlight.ann)
    again = await browser.post("/sign-in", json={"email": northlight.ann.email}, headers=known)
    code = await code_for(northlight, northlight.ann)
    assert code != before
    answer = await browser.post(
        "/sign-in/code", json={"code": code}, headers=cookie_of(again, REQUEST_COOKIE)
    )
    assert answer.status_code == 200


async def test_a_browser_is_known_only_for_whom_signed_in_with_it(
    browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    asked = await browser.post("/sign-in", json={"email": northlight.ann.email})
    entered = await browser.post(
        "/sign-in/code",
        json={"code": await code_for(northlight, northlight.ann)},
        headers=cookie_of(asked, REQUEST_COOKIE),
    )
    known = cookie_of(entered, KNOWN_COOKIE)
    for _ in range(12):
        await browser.post("/sign-in", json={"email": northlight.bob.email}, headers=known)
    async with northlight.db.transaction(Context(surface="job", tenant=northlight.tenant)) as tx:
        mails = [one for one in await outbox(tx) if one.to_address == northlight.bob.email]
    assert len(mails) == 10


@pytest.mark.asvs("3.5.1")
async def test_another_site_cannot_ask_for_a_change(
    browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        answer = await browser.post("/sign-in", json={"email": "a@b.example"}, headers=headers)
        assert answer.status_code == 403


@pytest.mark.asvs("3.5.1")
async def test_a_change_without_the_sessions_token_is_refused(visit, northlight) -> None:
    bob = await visit(northlight, northlight.bob)
    del bob.headers["x-csrf-token"]
    assert (await bob.post("/sign-out", json={})).status_code == 403
    assert (await bob.get("/session")).status_code == 200


@pytest.mark.asvs("7.2.1", "7.4.1")
async def test_signing_out_ends_the_session_on_the_server(visit, northlight) -> None:
    bob = await visit(northlight, northlight.bob)
    assert (await bob.post("/sign-out", json={})).status_code == 200
    assert (await bob.get("/session")).status_code == 401


async def test_a_wrong_address_is_named_and_kept(browser: httpx.AsyncClient) -> None:
    answer = await browser.post("/sign-in", data={"email": "not-an-address"}, headers=BROWSER)
    assert answer.status_code == 422
    assert "not-an-address" in answer.text
    assert "name@example.nhs.uk" in answer.text


@pytest.mark.asvs("3.7.2")
async def test_signing_in_never_leads_to_another_site(
    browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    for elsewhere in ("https://evil.example", "//evil.example", "/\\evil.example"):
        answer = await browser.post(
            "/sign-in", data={"email": northlight.pat.email, "next": elsewhere}, headers=BROWSER
        )
        assert answer.headers["location"] == "/sign-in/code"


async def test_a_page_behind_sign_in_leads_there_and_back(
    browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    path = f"/w/{northlight.slug}/notes/{northlight.tenant}"
    answer = await browser.get(path, headers={"accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/sign-in?next={path}"
    assert (await browser.get(path)).status_code == 401


async def test_what_does_not_fit_keeps_where_somebody_wanted_to_go(
    browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    wanted = {"next": "/w/northlight/clients"}
    answer = await browser.post("/sign-in", data={"email": "nobody", **wanted}, headers=BROWSER)
    assert 'name="next" value="/w/northlight/clients"' in answer.text
    asked = await browser.post("/sign-in", json={"email": northlight.bob.email})
    answer = await browser.post(
        "/sign-in/code",
        data={"code": "WRONG000", **wanted},
        headers={**BROWSER, **cookie_of(asked, REQUEST_COOKIE)},
    )
    assert answer.status_code == 422
    assert 'name="next" value="/w/northlight/clients"' in answer.text


@pytest.mark.asvs("7.2.4")
async def test_whoever_is_signed_in_may_sign_in_as_somebody_else_which_ends_their_session(
    visit: Visit, northlight: Consultancy
) -> None:
    bob = await visit(northlight, northlight.bob)
    before = bob.headers["cookie"]
    token = re.search(r'name="csrf_token" value="([^"]+)"', (await bob.page("/sign-in")).text)
    del bob.headers["x-csrf-token"]
    answer = await bob.submit("/sign-in", email=northlight.ann.email, csrf_token=token[1])
    assert answer.headers["location"] == "/sign-in/code"
    bob.headers["cookie"] += f"; {cookie_of(answer, REQUEST_COOKIE)['cookie']}"
    token = re.search(r'name="csrf_token" value="([^"]+)"', (await bob.page("/sign-in/code")).text)
    code = await code_for(northlight, northlight.ann)
    answer = await bob.submit("/sign-in/code", code=code, csrf_token=token[1])
    assert answer.headers["location"] == f"/w/{northlight.slug}"
    ann = cookie_of(answer, SESSION_COOKIE)
    assert (await bob.get("/session", headers=ann)).json()["name"] == "Ann Lowe"
    assert (await bob.get("/session", headers={"cookie": before})).status_code == 401


async def test_signing_in_anew_ends_the_session_that_the_browser_had(
    visit: Visit, northlight: Consultancy
) -> None:
    bob, elsewhere = [await visit(northlight, northlight.bob) for _ in range(2)]
    before = bob.headers["cookie"]
    asked = await bob.post("/sign-in", json={"email": northlight.ann.email})
    held = cookie_of(asked, REQUEST_COOKIE)["cookie"]
    code = {"code": await code_for(northlight, northlight.ann)}
    entered = await bob.post("/sign-in/code", json=code, headers={"cookie": f"{before}; {held}"})
    assert entered.status_code == 200
    assert (await bob.get("/session")).status_code == 401
    assert (await elsewhere.get("/session")).status_code == 200
