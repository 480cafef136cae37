"""Passwords: setting, changing and removing one, and signing in with it, over HTTP."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from frontend.access import REQUEST_COOKIE, SESSION_COOKIE
from proving import (
    BROWSER,
    PASSWORD,
    changes_told,
    proved_by_code,
    shown,
    take,
    waits_for_long,
    waits_no_longer,
    with_app,
    with_password,
)
from served import Visit, Visitor
from signing import code_for, cookie_of, csrf
from tenancy.database.pool import NOBODY
from tenancy.identity.codes import token_hash
from tenancy.identity.limits import FREE, Subject, count_failure
from world import Consultancy

OTHER = "eleven slow rivers"


@pytest.fixture
async def browser(site: str):
    async with Visitor(base_url=site) as client:
        yield client


async def signs_in(
    browser: httpx.AsyncClient, email: str, password: str = PASSWORD
) -> httpx.Response:
    return await browser.post("/sign-in/password", json={"email": email, "password": password})


async def grows_old(world: Consultancy, cookie: str) -> None:
    """The session was proved half an hour ago."""
    async with world.db.transaction(NOBODY, writes=True) as tx:
        await tx.connection.execute(
            "UPDATE sign_in_session SET proved_at = $1 WHERE token_hash = $2",
            datetime.now(UTC) - timedelta(minutes=30),
            token_hash(cookie.partition("=")[2]),
        )


async def test_somebody_sets_a_password_is_told_and_signs_in_with_it(
    visit: Visit, browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    bob = await visit(northlight, northlight.bob)
    answer = await bob.submit("/account/password", password=PASSWORD, **csrf(bob))
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert (await bob.json("/account"))["factors"] == ["password"]
    assert await changes_told(northlight, northlight.bob) == ["password set"]
    entered = await signs_in(browser, northlight.bob.email.upper())
    assert entered.json()["home"] == f"/w/{northlight.slug}"
    session = await browser.get("/session", headers=cookie_of(entered, SESSION_COOKIE))
    assert session.json()["name"] == "Bob Hartley"


async def test_signing_in_with_a_password_works_as_a_form_and_leads_where_one_wanted_to_go(
    visit: Visit, browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    await with_password(await visit(northlight, northlight.bob))
    wanted = f"/w/{northlight.slug}/notes"
    form = {"email": northlight.bob.email, "password": PASSWORD, "next": wanted}
    page = await browser.get(f"/sign-in/password?next={wanted}", headers=BROWSER)
    assert f'name="next" value="{wanted}"' in page.text
    assert 'autocomplete="username"' in page.text
    assert 'autocomplete="current-password"' in page.text
    answer = await browser.post("/sign-in/password", data=form, headers=BROWSER)
    assert (answer.status_code, answer.headers["location"]) == (303, wanted)
    cookie_of(answer, SESSION_COOKIE)


@pytest.mark.asvs("6.2.6", "6.2.7")
async def test_every_field_for_a_password_hides_it_and_takes_what_is_pasted_or_kept(
    visit: Visit, northlight: Consultancy
) -> None:
    bob = await visit(northlight, northlight.bob)
    await with_password(bob)
    found = []
    for path in ("/sign-in/password", "/account/password", "/account/confirmation"):
        page = (await bob.page(path)).text
        found += [(path, tag) for tag in re.findall(r"<input[^>]*password[^>]*>", page)]
        assert "onpaste" not in page and "js/password" not in page
    kept = [(path, re.findall(r'autocomplete="([^"]*)"', tag)[0]) for path, tag in found]
    assert kept == [
        ("/sign-in/password", "current-password"),
        ("/account/password", "current-password"),
        ("/account/password", "new-password"),
        ("/account/confirmation", "current-password"),
    ]
    for _, tag in found:
        assert 'type="password"' in tag
        assert not re.search(r"maxlength|readonly|\bon\w+=", tag), tag


@pytest.mark.parametrize("wrong", ["nobody", "no password", "password"])
async def test_a_wrong_sign_in_is_answered_the_same_whatever_is_wrong(
    visit: Visit, browser: httpx.AsyncClient, northlight: Consultancy, wrong: str
) -> None:
    await with_password(await visit(northlight, northlight.bob))
    emails = {"nobody": "nobody@nowhere.example", "no password": northlight.ann.email}
    answer = await signs_in(browser, emails.get(wrong, northlight.bob.email), OTHER)
    other = await signs_in(browser, "somebody@else.example", OTHER)
    assert answer.status_code == other.status_code == 422
    assert answer.json() == other.json()
    assert set(answer.headers) == set(other.headers)
    assert "set-cookie" not in answer.headers


@pytest.mark.asvs("6.2.5", "6.2.8", "6.2.9")
async def test_a_password_is_taken_exactly_as_it_was_typed(
    visit: Visit, browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    typed = "  Tŷ bach twt, 🦊 & a very long rest that goes beyond seventy-two bytes of it  "
    bob = await visit(northlight, northlight.bob)
    await bob.submit("/account/password", password=typed, **csrf(bob))
    email = northlight.bob.email
    assert (await signs_in(browser, email, typed)).status_code == 200
    for other in (typed.strip(), typed[:-1], typed[:60], typed.lower()):
        assert (await signs_in(browser, email, other)).status_code == 422
    await waits_no_longer(northlight)
    form = {"email": email, "password": typed}
    answer = await browser.post("/sign-in/password", data=form, headers=BROWSER)
    assert answer.status_code == 303


@pytest.mark.asvs("6.2.1", "6.2.4", "6.2.11", "6.2.12")
@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("too short", "12 characters or more"),
        ("x y" * 90, "256 characters or fewer"),
        ("password1234", "lists that attackers try first"),
        ("Bob Hartley 2027", "your name, your address or your workspace"),
    ],
)
async def test_a_password_that_may_not_be_chosen_is_refused_with_what_to_do(
    visit: Visit, northlight: Consultancy, password: str, said: str
) -> None:
    bob = await visit(northlight, northlight.bob)
    answer = await bob.submit("/account/password", password=password, **csrf(bob))
    assert answer.status_code == 422
    assert said in answer.text
    assert password not in answer.text
    assert (await bob.json("/account"))["factors"] == []


@pytest.mark.asvs("6.2.2", "6.2.3")
async def test_changing_a_password_needs_the_present_one_and_ends_it(
    visit: Visit, browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    bob = await visit(northlight, northlight.bob)
    await with_password(bob)
    for current in ({}, {"current_password": OTHER}):
        answer = await bob.put("/account/password", json={"password": OTHER, **current})
        assert answer.json()["errors"].keys() == {"current_password"}
    changed = {"password": OTHER, "current_password": PASSWORD}
    assert (await bob.put("/account/password", json=changed)).status_code == 200
    assert (await signs_in(browser, northlight.bob.email, OTHER)).status_code == 200
    assert (await signs_in(browser, northlight.bob.email, PASSWORD)).status_code == 422
    assert (await changes_told(northlight, northlight.bob))[0] == "password changed"


async def test_a_password_is_removed_and_codes_by_mail_stay(
    visit: Visit, browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    bob = await visit(northlight, northlight.bob)
    assert (await bob.put("/account/password/removal")).status_code == 409
    await with_password(bob)
    assert (await bob.put("/account/password/removal")).status_code == 200
    assert (await signs_in(browser, northlight.bob.email)).status_code == 422
    assert (await browser.post("/sign-in", json={"email": northlight.bob.email})).is_success
    assert (await changes_told(northlight, northlight.bob))[0] == "password removed"


@pytest.mark.asvs("6.2.10")
async def test_a_password_stays_good_however_old_it_is(
    visit: Visit, browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    await with_password(await visit(northlight, northlight.bob))
    async with northlight.db.transaction(NOBODY, writes=True) as tx:
        await tx.connection.execute("UPDATE password SET set_at = now() - interval '20 years'")
    entered = await signs_in(browser, northlight.bob.email)
    assert entered.json()["home"] == f"/w/{northlight.slug}"
    session = await browser.get("/session", headers=cookie_of(entered, SESSION_COOKIE))
    assert session.status_code == 200


@pytest.mark.asvs("6.4.3")
async def test_who_forgot_a_password_sets_another_after_a_code_and_their_second_factor(
    visit: Visit, browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    bob = await visit(northlight, northlight.bob)
    await with_password(bob)
    app, _ = await with_app(bob)
    held = await proved_by_code(browser, northlight, northlight.bob)
    new = {"password": OTHER}
    assert (await browser.put("/account/password", json=new, headers=held)).status_code == 401
    code = {"code": shown(app, 1)}
    entered = await browser.post("/sign-in/second-step", json=code, headers=held)
    async with Visitor(base_url=browser.base_url) as back:
        take(back, entered)
        assert (await back.put("/account/password/removal")).status_code == 200
        assert (await back.put("/account/password", json=new)).status_code == 200
    await waits_no_longer(northlight)
    answer = await signs_in(browser, northlight.bob.email, OTHER)
    assert answer.json() == {"factors": ["totp"]}
    assert (await signs_in(browser, northlight.bob.email)).status_code == 422


@pytest.mark.asvs("7.4.3")
@pytest.mark.parametrize("path", ["", "/removal"])
async def test_all_other_sessions_end_with_the_change_if_one_likes(
    visit: Visit, northlight: Consultancy, path: str
) -> None:
    here, *others = [await visit(northlight, northlight.bob) for _ in range(3)]
    await with_password(here)
    changed = {"end_others": True}
    changed |= {} if path else {"password": OTHER, "current_password": PASSWORD}
    assert (await here.put(f"/account/password{path}", json=changed)).status_code == 200
    assert [(await one.get("/session")).status_code for one in others] == [401, 401]
    assert (await here.get("/session")).status_code == 200


@pytest.mark.asvs("7.2.4", "7.5.1")
async def test_the_password_page_and_its_deeds_want_a_fresh_proof_which_a_password_is(
    visit: Visit, northlight: Consultancy
) -> None:
    bob = await visit(northlight, northlight.bob)
    await with_password(bob)
    await grows_old(northlight, bob.headers["cookie"])
    page = await bob.page("/account/password")
    assert page.headers["location"] == "/account/confirmation?next=/account/password"
    for path in ("/account/password", "/account/password/removal"):
        refused = await bob.put(path, json={"password": OTHER})
        assert refused.json()["type"] == "urn:cocreate:prove"
    assert "Or your password" in (await bob.page("/account/confirmation")).text
    wrong = await bob.post("/account/confirmation/password", json={"password": OTHER})
    assert wrong.status_code == 422
    old = bob.headers["cookie"]
    take(bob, await bob.post("/account/confirmation/password", json={"password": PASSWORD}))
    assert bob.headers["cookie"] != old
    assert (await bob.page("/account/password")).status_code == 200


@pytest.mark.asvs("6.3.4", "7.5.1")
async def test_a_password_does_not_confirm_where_a_second_factor_is_set_up(
    visit: Visit, northlight: Consultancy
) -> None:
    bob = await visit(northlight, northlight.bob)
    await with_password(bob)
    await with_app(bob)
    answer = await bob.post("/account/confirmation/password", json={"password": PASSWORD})
    assert answer.status_code == 409


@pytest.mark.asvs("6.3.4")
async def test_with_a_second_factor_a_password_alone_is_not_enough(
    visit: Visit, browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    bob = await visit(northlight, northlight.bob)
    await with_password(bob)
    app, _ = await with_app(bob)
    form = {"email": northlight.bob.email, "password": PASSWORD, "next": "/account"}
    proved = await browser.post("/sign-in/password", data=form, headers=BROWSER)
    assert proved.headers["location"] == "/sign-in/second-step?next=/account"
    held = cookie_of(proved, REQUEST_COOKIE)
    assert SESSION_COOKIE + "=" not in str(proved.headers)
    step = {"code": shown(app, 1), "next": "/account"}
    answer = await browser.post("/sign-in/second-step", data=step, headers=BROWSER | held)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    [latest, *_] = (await bob.json("/account"))["sessions"]
    assert latest["factor"] == "password" and latest["second_factor"] == "totp"


@pytest.mark.asvs("2.4.1", "6.3.1")
async def test_guessing_is_slowed_down_for_the_account_known_or_not_and_its_owner_gets_in_by_code(
    visit: Visit, browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    await with_password(await visit(northlight, northlight.bob))
    for email in (northlight.bob.email, f"nobody@{northlight.slug}.example"):
        answers = [await signs_in(browser, email, f"guess number {n}") for n in range(8)]
        assert [answer.status_code for answer in answers][:5] == [422] * 5
        [refused, *_] = [answer for answer in answers if answer.status_code == 429]
        assert "Try again in" in refused.json()["detail"]
    await waits_for_long(northlight)
    right = await signs_in(browser, northlight.bob.email)
    assert right.status_code == 429
    form = {"email": northlight.bob.email, "password": "a guess"}
    page = await browser.post("/sign-in/password", data=form, headers=BROWSER)
    assert page.status_code == 429
    assert "Try again in" in page.text and "code by mail" in page.text

    asked = await browser.post("/sign-in", json={"email": northlight.bob.email})
    code = {"code": await code_for(northlight, northlight.bob)}
    entered = await browser.post(
        "/sign-in/code", json=code, headers=cookie_of(asked, REQUEST_COOKIE)
    )
    assert entered.status_code == 200

    await waits_no_longer(northlight)
    assert (await signs_in(browser, northlight.bob.email)).status_code == 200
    assert (await signs_in(browser, northlight.bob.email, OTHER)).status_code == 422


@pytest.mark.asvs("6.3.1")
async def test_stuffing_many_accounts_of_a_workspace_opens_none_and_tells_nothing(
    visit: Visit, browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    """So many failures that the workspace waits: a right password is answered as a wrong one."""
    await with_password(await visit(northlight, northlight.bob))
    wrong = (await signs_in(browser, northlight.bob.email, OTHER)).json()
    await waits_in(northlight)
    held_back = await signs_in(browser, northlight.bob.email)
    assert (held_back.status_code, held_back.json()) == (422, wrong)
    await waits_no_longer(northlight)
    assert (await signs_in(browser, northlight.bob.email)).status_code == 200


async def test_password_sign_ins_use_up_none_of_the_codes_that_one_may_ask_for(
    visit: Visit, browser: httpx.AsyncClient, northlight: Consultancy
) -> None:
    await with_password(await visit(northlight, northlight.bob))
    for _ in range(11):
        assert (await signs_in(browser, northlight.bob.email)).status_code == 200
    await browser.post("/sign-in", json={"email": northlight.bob.email})
    assert await code_for(northlight, northlight.bob)


@pytest.mark.asvs("16.2.5")
async def test_no_password_is_in_the_database_a_page_or_a_log(
    visit: Visit, browser: httpx.AsyncClient, northlight: Consultancy, capfd, caplog
) -> None:
    marked = "marked zebra umbrella"
    bob = await visit(northlight, northlight.bob)
    token = bob.headers.pop("x-csrf-token")
    pages = [
        await bob.submit("/account/password", password=marked, current_password=marked),
        await bob.submit("/account/password", password=marked, csrf_token=token),
        await bob.submit("/account/password", password=marked, current_password=f"{marked}!"),
        await bob.submit(
            "/account/password",
            password=f"{marked}?",
            current_password=f"{marked}!",
            csrf_token=token,
        ),
        await browser.post(
            "/sign-in/password", data={"email": "x", "password": marked}, headers=BROWSER
        ),
        await browser.post("/sign-in/password", data={"password": marked}, headers=BROWSER),
    ]
    await grows_old(northlight, bob.headers["cookie"])
    pages.append(await bob.submit("/account/password", password=marked, csrf_token=token))
    assert {page.status_code for page in pages} == {303, 403, 422}
    assert not [page for page in pages if "zebra" in page.text]
    said = capfd.readouterr()
    assert "zebra" not in said.out + said.err + caplog.text
    async with northlight.db.transaction(NOBODY) as tx:
        assert await tx.connection.fetchval("SELECT count(*) FROM password")
        for table in ("password", "sign_in_request", "attempt", "identity"):
            rows = await tx.connection.fetch(f'SELECT t::text FROM "{table}" t')
            assert not [row for row in rows if "zebra" in row["t"]]


async def waits_in(world: Consultancy) -> None:
    """The workspace waits, as it does after many failures in it."""
    subject = Subject("workspace", "password", str(world.tenant))
    for _ in range(FREE["workspace"] + 10):
        async with world.db.transaction(NOBODY, writes=True) as tx:
            await count_failure(tx, subject)
