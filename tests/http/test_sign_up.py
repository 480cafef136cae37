"""Signing up a workspace, over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import asyncpg
import httpx
import msgspec
import pytest
import pytest_asyncio

from engagements.founding import service as founding
from engagements.founding.service import Mailing
from frontend.letters.writing import writer
from frontend.operations import routines
from signing_up import browser_at, code_for, form, kept, own_network
from tenancy.database.pool import Database
from tenancy.identity.queries import place_of
from tenancy.mail.service import Letter
from tenancy.settings import Settings
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.reach import differences

PAGE = {"accept": "text/html", "sec-fetch-site": "same-origin"}


@pytest_asyncio.fixture
async def browser(site: str) -> AsyncIterator[httpx.AsyncClient]:
    async with browser_at(site) as client:
        yield client


@pytest_asyncio.fixture
async def superuser(owner_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(owner_url)
    yield connection
    await connection.close()


async def founded(browser: httpx.AsyncClient, db: Database, keyring: Keyring, typed: dict):
    """The answer to the right code."""
    asked = await browser.post("/sign-up", json=typed)
    assert asked.status_code == 200, asked.text
    code = await code_for(db, keyring, typed["email"])
    return await browser.post("/sign-up/code", json={"code": code}, headers=kept(asked))


async def test_a_workspace_is_founded_with_the_code_from_the_mail(browser, db, keyring) -> None:
    typed = form()
    answer = await founded(browser, db, keyring, typed)
    home = f"/w/{typed['slug']}"
    assert answer.json()["home"] == home
    session = (await browser.get("/session", headers=kept(answer))).json()
    assert (session["name"], session["role"]) == ("Anna Weiss", "owner")
    place = await db.look_up(place_of, slug=typed["slug"])
    assert (place.name, place.time_zone) == (typed["consultancy"], "Europe/Vienna")
    page = await browser.get(home, headers=kept(answer) | {"accept": "text/html"})
    assert page.status_code == 200
    assert [line for line in await differences(db) if typed["slug"] in line] == []


async def test_nothing_is_there_before_the_code_is_typed(browser, db, superuser) -> None:
    typed = form()
    await browser.post("/sign-up", json=typed)
    assert await db.look_up(place_of, slug=typed["slug"]) is None
    known = await superuser.fetchval("SELECT 1 FROM identity WHERE email = $1", typed["email"])
    assert known is None


async def test_as_forms_without_javascript_it_is_the_same(browser, db, keyring) -> None:
    typed = form(slug="")
    asked = await browser.post("/sign-up", data=typed, headers=PAGE)
    assert (asked.status_code, asked.headers["location"]) == (303, "/sign-up/code")
    code = await code_for(db, keyring, typed["email"])
    answer = await browser.post(
        "/sign-up/code", data={"code": code.lower()}, headers=PAGE | kept(asked)
    )
    proposed = typed["consultancy"].lower().replace(" ", "-")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/w/{proposed}")


async def test_to_look_round_puts_a_finished_engagement_in(browser, db, keyring) -> None:
    typed = form(begin="look")
    answer = await founded(browser, db, keyring, typed)
    listed = await browser.get(f"/w/{typed['slug']}/engagements", headers=kept(answer))
    (engagement,) = listed.json()["engagements"]
    assert (engagement["state"], engagement["lead"]) == ("closed", "Anna Weiss")


async def test_what_was_typed_is_kept_beside_a_sentence_for_each_field(browser) -> None:
    wrong = form(name="", email="not-an-address", slug="No Good!", time_zone="Mars/Olympus")
    answer = await browser.post("/sign-up", data=wrong, headers=PAGE)
    assert answer.status_code == 422
    for kept_there in ("not-an-address", wrong["consultancy"], "No Good!"):
        assert kept_there in answer.text
    problem = await browser.post("/sign-up", json=wrong)
    assert problem.json()["errors"].keys() == {"name", "email"}
    problem = await browser.post("/sign-up", json=form(slug="No Good!", time_zone="Mars/Olympus"))
    assert problem.json()["errors"].keys() == {"slug", "time_zone"}


@pytest.mark.parametrize("slug", ["admin", "sign-up", "api", "nhs"])
async def test_reserved_addresses_are_refused(browser, slug: str) -> None:
    answer = await browser.post("/sign-up", json=form(slug=slug))
    assert "kept for Cocreate itself" in answer.json()["errors"]["slug"]


async def test_a_taken_address_is_said_when_the_form_is_sent(browser, northlight) -> None:
    answer = await browser.post("/sign-up", json=form(slug=northlight.slug.upper()))
    assert "is taken already" in answer.json()["errors"]["slug"]


async def test_of_two_who_take_the_same_address_the_later_gets_the_form_again(
    browser, site, db, keyring
) -> None:
    first, second = form(), form(consultancy="The Others")
    second["slug"] = first["slug"]
    async with browser_at(site) as other:
        asked = await other.post("/sign-up", data=second, headers=PAGE)
        assert (await founded(browser, db, keyring, first)).status_code == 200
        code = {"code": await code_for(db, keyring, second["email"])}
        again = await other.post("/sign-up/code", data=code, headers=PAGE | kept(asked))
        program = await other.post("/sign-up/code", json=code, headers=kept(asked))
    assert again.status_code == 422
    for kept_there in ("The Others", second["email"], "is taken already", 'action="/sign-up"'):
        assert kept_there in again.text
    assert "is taken already" in program.json()["errors"]["slug"]


@pytest.mark.asvs("2.3.4")
async def test_two_who_type_their_codes_at_once_for_one_address_found_it_once(
    browser, site, db, keyring, superuser
) -> None:
    typed = [form(), form()]
    typed[1]["slug"] = typed[0]["slug"]
    async with browser_at(site) as other:
        asked = [
            await one.post("/sign-up", json=what)
            for one, what in zip((browser, other), typed, strict=True)
        ]
        codes = [await code_for(db, keyring, what["email"]) for what in typed]
        answers = await asyncio.gather(
            *(
                one.post("/sign-up/code", json={"code": code}, headers=kept(answer))
                for one, code, answer in zip((browser, other), codes, asked, strict=True)
            )
        )
    assert sorted(answer.status_code for answer in answers) == [200, 422]
    there = "SELECT count(*) FROM workspace WHERE slug = $1"
    assert await superuser.fetchval(there, typed[0]["slug"]) == 1
    emails = [what["email"] for what in typed]
    sql = "SELECT count(*) FROM identity WHERE email = ANY($1)"
    assert await superuser.fetchval(sql, emails) == 1


@pytest.mark.asvs("6.4.1")
async def test_a_double_click_founds_once_and_leads_to_the_workspace(
    browser, db, keyring, superuser
) -> None:
    typed = form()
    asked = await browser.post("/sign-up", data=typed, headers=PAGE)
    code = {"code": await code_for(db, keyring, typed["email"])}
    both = await asyncio.gather(
        *(browser.post("/sign-up/code", data=code, headers=PAGE | kept(asked)) for _ in range(2))
    )
    assert {(one.status_code, one.headers["location"]) for one in both} == {
        (303, f"/w/{typed['slug']}")
    }
    owners = (
        "SELECT count(*) FROM member JOIN workspace w ON w.id = tenant_id"
        " WHERE w.name = $1 AND role = 'owner'"
    )
    assert await superuser.fetchval(owners, typed["consultancy"]) == 1
    sessions = (
        "SELECT count(*) FROM sign_in_session"
        " JOIN workspace w ON w.id = tenant_id WHERE w.slug = $1"
    )
    assert await superuser.fetchval(sessions, typed["slug"]) == 1


@pytest.mark.asvs("6.6.2")
async def test_a_code_works_only_in_the_browser_that_filled_in_the_form(
    browser, site, db, keyring
) -> None:
    typed = form()
    await browser.post("/sign-up", json=typed)
    code = {"code": await code_for(db, keyring, typed["email"])}
    async with browser_at(site) as scanner:
        asked = await scanner.post("/sign-up", json=form())
        for cookies in ({}, kept(asked)):
            answer = await scanner.post("/sign-up/code", json=code, headers=cookies)
            assert answer.status_code == 422
    assert await db.look_up(place_of, slug=typed["slug"]) is None


@pytest.mark.asvs("6.6.2")
async def test_in_two_tabs_the_later_form_is_the_one_whose_code_works(browser, db, keyring) -> None:
    first, second = form(), form()
    earlier = await browser.post("/sign-up", json=first)
    later = await browser.post("/sign-up", json=second)
    code = {"code": await code_for(db, keyring, first["email"])}
    wrong = await browser.post("/sign-up/code", json=code, headers=kept(later))
    assert "not the code we sent" in wrong.json()["errors"]["code"]
    right = await browser.post("/sign-up/code", json=code, headers=kept(earlier))
    assert right.json()["workspace"] == first["slug"]


@pytest.mark.asvs("6.6.3")
async def test_after_five_wrong_tries_the_right_code_fails_too(browser, db, keyring) -> None:
    typed = form()
    asked = await browser.post("/sign-up", json=typed)
    for _ in range(5):
        wrong = await browser.post("/sign-up/code", json={"code": "00000000"}, headers=kept(asked))
        assert wrong.status_code == 422
    code = {"code": (await founding.letters(db, keyring))[0].facts["code"]}
    right = await browser.post("/sign-up/code", json=code, headers=kept(asked))
    assert "no longer works" in right.json()["errors"]["code"]
    assert await db.look_up(place_of, slug=typed["slug"]) is None


@pytest.mark.asvs("6.4.1", "6.5.5")
async def test_a_code_works_for_ten_minutes(browser, db, keyring, superuser) -> None:
    typed = form()
    asked = await browser.post("/sign-up", json=typed)
    code = {"code": await code_for(db, keyring, typed["email"])}
    await _let_pass(superuser, timedelta(minutes=10))
    answer = await browser.post("/sign-up/code", json=code, headers=kept(asked))
    assert "no longer works" in answer.json()["errors"]["code"]


async def test_when_the_master_key_was_replaced_one_begins_again(
    browser, db, keyring, superuser
) -> None:
    typed = form()
    asked = await browser.post("/sign-up", json=typed)
    code = {"code": await code_for(db, keyring, typed["email"])}
    row = "SELECT id FROM sign_up ORDER BY id DESC LIMIT 1"
    id = await superuser.fetchval(row)
    other = Keyring(bytes(32)).seal(b"{}", belongs_to=b"sign-up form" + id.bytes)
    await superuser.execute("UPDATE sign_up SET sealed = $1 WHERE id = $2", other, id)
    answer = await browser.post("/sign-up/code", json=code, headers=kept(asked))
    assert answer.status_code == 422


async def test_every_address_gets_the_same_answer(browser, northlight) -> None:
    known = await browser.post("/sign-up", json=form(email=northlight.bob.email))
    unknown = await browser.post("/sign-up", json=form())
    assert (known.status_code, known.json()) == (unknown.status_code, unknown.json())
    assert set(known.headers) == set(unknown.headers)


async def test_a_member_elsewhere_founds_another_workspace_with_the_same_address(
    browser, db, keyring, northlight, superuser
) -> None:
    typed = form(email=northlight.bob.email)
    answer = await founded(browser, db, keyring, typed)
    assert answer.json()["workspace"] == typed["slug"]
    places = "SELECT count(*) FROM reach JOIN identity i ON i.id = identity_id WHERE i.email = $1"
    assert await superuser.fetchval(places, northlight.bob.email) == 2


async def test_somebody_who_is_signed_in_sends_the_form_with_their_sessions_token(
    visit, northlight
) -> None:
    bob = await visit(northlight, northlight.bob)
    bob.headers.update(own_network())
    token = bob.headers.pop("x-csrf-token")
    typed = form(email=northlight.bob.email)
    assert 'name="csrf_token"' in (await bob.page("/sign-up")).text
    assert (await bob.submit("/sign-up", **typed)).status_code == 403
    assert (await bob.submit("/sign-up", **typed, csrf_token=token)).status_code == 303


@pytest.mark.asvs("2.3.2", "2.4.1")
async def test_a_network_address_signs_up_five_times_an_hour(site, superuser) -> None:
    async with browser_at(site) as crowd:
        answers = [await crowd.post("/sign-up", json=form()) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]


@pytest.mark.asvs("2.3.2", "2.4.1")
async def test_an_address_is_mailed_three_codes_an_hour_and_the_answer_stays_the_same(
    site, db, keyring
) -> None:
    email = form()["email"]
    for _ in range(5):
        async with browser_at(site) as another:
            answer = await another.post("/sign-up", json=form(email=email))
            assert answer.status_code == 200
    mailed = [one for one in await founding.letters(db, keyring) if one.to_address == email]
    assert len(mailed) == 3


async def test_of_many_who_sign_up_at_the_same_moment_no_more_are_let_or_mailed(
    site, db, keyring
) -> None:
    email = form()["email"]
    async with browser_at(site) as crowd:
        asking = [crowd.post("/sign-up", json=form(email=email)) for _ in range(20)]
        statuses = sorted(answer.status_code for answer in await asyncio.gather(*asking))
    assert statuses == [200] * 5 + [429] * 15
    mailed = [one for one in await founding.letters(db, keyring) if one.to_address == email]
    assert len(mailed) == 3


async def test_another_site_cannot_sign_anybody_up(browser) -> None:
    headers = {"sec-fetch-site": "cross-site"}
    for path, body in (("/sign-up", form()), ("/sign-up/code", {"code": "00000000"})):
        answer = await browser.post(path, json=body, headers=headers)
        assert answer.status_code == 403


async def test_neither_a_name_nor_an_address_is_in_clear_in_the_database(
    browser, db, keyring, superuser
) -> None:
    typed = form()
    asked = await browser.post("/sign-up", json=typed)
    row = "SELECT s::text FROM sign_up s ORDER BY id DESC LIMIT 1"
    text = await superuser.fetchval(row)
    told = [typed["email"], typed["consultancy"], typed["slug"], "Anna", "10.0.0."]
    hexed = [each.encode().hex() for each in told]
    assert [each for each in (*told, *hexed) if each in text] == []

    code = {"code": await code_for(db, keyring, typed["email"])}
    await browser.post("/sign-up/code", json=code, headers=kept(asked))
    left = "SELECT sealed, sealed_code FROM sign_up ORDER BY id DESC LIMIT 1"
    assert set(await superuser.fetchrow(left)) == {None}


async def test_the_letter_carries_nothing_that_a_stranger_typed(browser, db, keyring) -> None:
    typed = form(name="Win a prize at evil.example", consultancy="Buy now")
    await browser.post("/sign-up", json=typed)
    letter = next(
        one for one in await founding.letters(db, keyring) if one.to_address == typed["email"]
    )
    written = writer("https://cocreate.example")(letter)
    everything = f"{letter.to_name} {written.subject} {written.text} {written.html}"
    assert letter.facts["code"] in written.subject
    assert "evil" not in everything
    assert "Buy now" not in everything


async def test_the_code_is_mailed_once_and_then_erased(browser, db, keyring, superuser) -> None:
    await browser.post("/sign-up", json=form())
    id = await superuser.fetchval("SELECT id FROM sign_up ORDER BY id DESC LIMIT 1")
    payload, sent = msgspec.json.encode(Mailing(sign_up=id)), []

    async def send(letter: Letter) -> bool:
        sent.append(letter)
        return True

    queued = "SELECT count(*) FROM pgqueuer WHERE entrypoint = $1 AND payload = $2"
    assert await superuser.fetchval(queued, founding.MAIL_CODE, payload) == 1
    for _ in range(2):
        await founding.mail_code(db, keyring, send, payload)
    assert [letter.letter for letter in sent] == ["sign_up_code"]


async def test_sign_ups_are_forgotten_after_an_hour(
    browser, db, files, keyring, superuser, tmp_path: Path
) -> None:
    await browser.post("/sign-up", json=form())
    id = await superuser.fetchval("SELECT id FROM sign_up ORDER BY id DESC LIMIT 1")
    settings = Settings(data=tmp_path, public_url="http://127.0.0.1", demo=False)
    scheduled = routines(settings, db, files, keyring).scheduled
    [hourly] = [deed for (_, name), deed in scheduled.items() if name == "forget what is over"]
    there = "SELECT count(*) FROM sign_up WHERE id = $1"

    await hourly()
    assert await superuser.fetchval(there, id) == 1
    await _let_pass(superuser, timedelta(hours=1))
    await hourly()
    assert await superuser.fetchval(there, id) == 0


async def test_the_demos_outbox_shows_the_letter(browser) -> None:
    typed = form()
    await browser.post("/sign-up", json=typed)
    mails = (await browser.get("/demo/outbox")).json()["mails"]
    assert typed["email"] in {mail["to"] for mail in mails}


async def test_the_first_page_and_the_one_to_sign_in_lead_there(browser) -> None:
    for path in ("/", "/sign-in"):
        page = await browser.get(path, headers={"accept": "text/html"})
        assert 'href="/sign-up"' in page.text


async def _let_pass(superuser: asyncpg.Connection, time: timedelta) -> None:
    """As if the newest sign-up had been made earlier."""
    await superuser.execute(
        "UPDATE sign_up SET created_at = created_at - $1::interval,"
        " expires_at = expires_at - $1::interval"
        " WHERE id = (SELECT id FROM sign_up ORDER BY id DESC LIMIT 1)",
        time,
    )
