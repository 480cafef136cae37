"""Authenticator apps and recovery codes: setting up, the second step, confirming, over HTTP."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pyotp
import pytest

from frontend.access import REQUEST_COOKIE, SESSION_COOKIE
from proving import (
    BROWSER,
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
from signing import cookie_of, csrf
from tenancy.database.pool import NOBODY
from tenancy.identity.codes import token_hash
from tenancy.workspaces import service as workspaces
from world import Consultancy

STEP = "/sign-in/second-step"


@pytest.fixture
async def client(site: str):
    async with Visitor(base_url=site) as client:
        yield client


@pytest.fixture
async def bob(visit: Visit, northlight: Consultancy) -> Visitor:
    return await visit(northlight, northlight.bob)


async def aged(world: Consultancy, browser: Visitor, **values: object) -> None:
    token = browser.headers["cookie"].partition("=")[2]
    columns = ", ".join(f"{name} = ${n}" for n, name in enumerate(values, 2))
    async with world.db.transaction(NOBODY, writes=True) as tx:
        await tx.connection.execute(
            f"UPDATE sign_in_session SET {columns} WHERE token_hash = $1",
            token_hash(token),
            *values.values(),
        )


async def test_an_app_is_set_up_by_its_picture_or_its_secret_and_its_first_code(
    bob: Visitor, northlight: Consultancy
) -> None:
    await bob.submit("/account/authenticator", name="My phone", **csrf(bob))
    page = (await bob.page("/account/authenticator")).text
    begun = (await bob.json("/account/authenticator"))["begun"]
    assert "<svg" in page and begun["qr"]["path"] in page
    assert " ".join(begun["secret"]) in page
    assert {len(group) for group in begun["secret"]} == {4}
    app = pyotp.TOTP("".join(begun["secret"]))
    assert len(app.byte_secret()) == 20
    answer = await bob.submit("/account/authenticator/confirmation", code=shown(app), **csrf(bob))
    assert answer.status_code == 200
    assert "Keep these recovery codes" in answer.text
    assert answer.text.count("<code>") == 10
    bob.headers.update(cookie_of(answer, SESSION_COOKIE))
    account = await bob.json("/account")
    assert account["factors"] == ["totp"]
    assert [one["name"] for one in account["apps"]] == ["My phone"]
    assert account["recovery_codes"] == 10
    assert await changes_told(northlight, northlight.bob) == ["authenticator added"]


async def test_an_app_whose_first_code_is_wrong_proves_nothing(
    bob: Visitor, client: httpx.AsyncClient, northlight: Consultancy
) -> None:
    await bob.put("/account/authenticator", json={"name": "My phone"})
    refused = await bob.submit("/account/authenticator/confirmation", code="000000", **csrf(bob))
    assert refused.status_code == 422
    assert "newest one" in refused.text and "<svg" in refused.text
    assert (await bob.json("/account"))["factors"] == []


async def test_an_app_that_was_begun_long_ago_is_begun_again(
    bob: Visitor, northlight: Consultancy
) -> None:
    await bob.put("/account/authenticator", json={"name": "My phone"})
    begun = (await bob.json("/account/authenticator"))["begun"]
    async with northlight.db.transaction(NOBODY, writes=True) as tx:
        await tx.connection.execute(
            "UPDATE authenticator SET created_at = now() - interval '16 minutes'"
            " WHERE confirmed_at IS NULL"
        )
    code = shown(pyotp.TOTP("".join(begun["secret"])))
    answer = await bob.post("/account/authenticator/confirmation", json={"code": code})
    assert answer.status_code == 409
    assert (await bob.json("/account/authenticator"))["begun"] is None


async def test_a_secret_is_shown_only_until_the_app_is_confirmed(bob: Visitor) -> None:
    app, _ = await with_app(bob)
    page = (await bob.page("/account/authenticator")).text
    assert '<svg class="qr"' not in page
    assert app.secret[:4] not in page


async def test_setting_an_app_up_proves_it_in_a_workspace_that_asks_for_a_second_factor(
    bob: Visitor, northlight: Consultancy
) -> None:
    owner = await northlight.context(northlight.alice)
    async with northlight.db.transaction(owner, writes=True) as tx:
        await workspaces.require_second_factor(tx, "staff")
    home = f"/w/{northlight.slug}"
    assert (await bob.page(home)).headers["location"] == "/account/second-factor"
    page = await bob.page("/account/second-factor")
    assert 'href="/account/authenticator"' in page.text
    old = bob.headers["cookie"]
    await with_app(bob)
    assert bob.headers["cookie"] != old
    assert (await bob.page(home)).status_code == 200


async def test_the_second_step_takes_the_apps_code_and_leads_on(
    bob: Visitor, client: httpx.AsyncClient, northlight: Consultancy
) -> None:
    app, _ = await with_app(bob)
    held = await proved_by_code(client, northlight, northlight.bob)
    page = await client.get(f"{STEP}?next=/account", headers=BROWSER | held)
    assert "The code that your app shows" in page.text
    step = {"code": f"{shown(app, 1)[:3]} {shown(app, 1)[3:]}", "next": "/account"}
    answer = await client.post(STEP, data=step, headers=BROWSER | held)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    session = await client.get("/session", headers=cookie_of(answer, SESSION_COOKIE))
    assert session.json()["name"] == "Bob Hartley"
    again = await client.post(STEP, json={"code": shown(app, 1)}, headers=held)
    assert again.status_code == 422


@pytest.mark.asvs("6.5.1")
async def test_a_code_is_taken_once_and_none_before_it(
    bob: Visitor, client: httpx.AsyncClient, northlight: Consultancy
) -> None:
    app, _ = await with_app(bob)
    held = await proved_by_code(client, northlight, northlight.bob)
    taken = shown(app, 1)
    assert (await client.post(STEP, json={"code": taken}, headers=held)).status_code == 200
    held = await proved_by_code(client, northlight, northlight.bob)
    for used in (taken, shown(app)):
        answer = await client.post(STEP, json={"code": used}, headers=held)
        assert answer.status_code == 422


@pytest.mark.asvs("6.5.5")
@pytest.mark.parametrize(("steps", "status"), [(-3, 422), (-1, 200), (0, 200), (1, 200), (3, 422)])
async def test_a_clock_may_be_half_a_minute_off_and_not_more(
    bob: Visitor, client: httpx.AsyncClient, northlight: Consultancy, steps: int, status: int
) -> None:
    app, _ = await with_app(bob)
    async with northlight.db.transaction(NOBODY, writes=True) as tx:
        await tx.connection.execute("UPDATE authenticator SET last_step = 0")
    held = await proved_by_code(client, northlight, northlight.bob)
    into = datetime.now(UTC).timestamp() % app.interval
    await asyncio.sleep(app.interval - into if into > 20 else 0)
    answer = await client.post(STEP, json={"code": shown(app, steps)}, headers=held)
    assert answer.status_code == status


@pytest.mark.asvs("6.6.2")
async def test_a_second_step_goes_on_only_in_the_browser_of_the_first(
    bob: Visitor, client: httpx.AsyncClient, northlight: Consultancy
) -> None:
    app, _ = await with_app(bob)
    await proved_by_code(client, northlight, northlight.bob)
    asked = await client.post("/sign-in", json={"email": northlight.ann.email})
    for other in ({}, cookie_of(asked, REQUEST_COOKIE)):
        answer = await client.post(STEP, json={"code": shown(app, 1)}, headers=other)
        assert answer.status_code == 422
        assert "Begin it again" in answer.json()["errors"]["code"]
        page = await client.get(STEP, headers=BROWSER | other)
        assert "No sign-in waits" in page.text


@pytest.mark.asvs("6.6.3")
async def test_after_five_wrong_codes_the_sign_in_is_begun_again(
    bob: Visitor, client: httpx.AsyncClient, northlight: Consultancy
) -> None:
    app, _ = await with_app(bob)
    held = await proved_by_code(client, northlight, northlight.bob)
    for _ in range(5):
        wrong = await client.post(STEP, data={"code": "000000"}, headers=BROWSER | held)
        assert wrong.status_code == 422
        await waits_no_longer(northlight)
    assert "No sign-in waits" in wrong.text
    right = await client.post(STEP, json={"code": shown(app, 1)}, headers=held)
    assert right.status_code == 422
    held = await proved_by_code(client, northlight, northlight.bob)
    right = await client.post(STEP, json={"code": shown(app, 1)}, headers=held)
    assert right.status_code == 200


@pytest.mark.asvs("6.3.1", "6.6.3")
async def test_guessing_codes_is_slowed_down_whatever_sign_in_they_are_typed_into(
    bob: Visitor, client: httpx.AsyncClient, northlight: Consultancy
) -> None:
    app, _ = await with_app(bob)
    for guesses in (4, 1):
        held = await proved_by_code(client, northlight, northlight.bob)
        for guess in range(guesses):
            wrong = await client.post(STEP, json={"code": f"00000{guess}"}, headers=held)
            assert wrong.status_code == 422
    await waits_for_long(northlight)
    right = await client.post(STEP, json={"code": shown(app, 1)}, headers=held)
    assert right.status_code == 429
    await waits_no_longer(northlight)
    right = await client.post(STEP, json={"code": shown(app, 1)}, headers=held)
    assert right.status_code == 200


@pytest.mark.asvs("6.4.4", "6.5.1")
async def test_a_recovery_code_stands_in_once_and_its_use_is_told(
    bob: Visitor, client: httpx.AsyncClient, northlight: Consultancy
) -> None:
    _, codes = await with_app(bob)
    held = await proved_by_code(client, northlight, northlight.bob)
    typed = codes[3].lower().replace("-", " ")
    entered = await client.post(STEP, json={"code": typed}, headers=held)
    assert entered.status_code == 200
    assert (await bob.json("/account"))["recovery_codes"] == 9
    assert (await changes_told(northlight, northlight.bob))[0] == "recovery code used"
    held = await proved_by_code(client, northlight, northlight.bob)
    assert (await client.post(STEP, json={"code": typed}, headers=held)).status_code == 422


async def test_somebody_elses_recovery_code_is_worth_nothing(
    visit: Visit, bob: Visitor, client: httpx.AsyncClient, northlight: Consultancy
) -> None:
    await with_app(bob)
    _, codes = await with_app(await visit(northlight, northlight.ann))
    held = await proved_by_code(client, northlight, northlight.bob)
    assert (await client.post(STEP, json={"code": codes[0]}, headers=held)).status_code == 422


@pytest.mark.asvs("6.5.2", "6.5.4")
async def test_new_recovery_codes_end_the_earlier_ones(
    bob: Visitor, client: httpx.AsyncClient, northlight: Consultancy
) -> None:
    assert (await bob.post("/account/recovery-codes", json={})).status_code == 409
    _, earlier = await with_app(bob)
    page = await bob.submit("/account/recovery-codes", **csrf(bob))
    assert page.text.count("<code>") == 10
    renewed = (await bob.post("/account/recovery-codes", json={})).json()["recovery_codes"]
    assert len({*renewed, *earlier}) == 20
    assert {len(code.replace("-", "")) for code in renewed} == {24}
    held = await proved_by_code(client, northlight, northlight.bob)
    assert (await client.post(STEP, json={"code": earlier[0]}, headers=held)).status_code == 422
    assert (await client.post(STEP, json={"code": renewed[0]}, headers=held)).status_code == 200


async def test_a_second_app_brings_no_new_recovery_codes_and_the_last_to_go_ends_them(
    bob: Visitor, northlight: Consultancy
) -> None:
    await with_app(bob)
    _, more = await with_app(bob, "Spare phone")
    assert more == []
    apps = (await bob.json("/account/authenticator"))["apps"]
    for left, app in ((["totp"], apps[0]), ([], apps[1])):
        answer = await bob.put(f"/account/authenticators/{app['id']}/removal")
        assert answer.status_code == 200
        assert (await bob.json("/account"))["factors"] == left
    assert (await bob.json("/account"))["recovery_codes"] == 0
    assert (await changes_told(northlight, northlight.bob))[0] == "authenticator removed"


async def test_nobody_removes_an_app_of_somebody_else(
    visit: Visit, bob: Visitor, northlight: Consultancy
) -> None:
    await with_app(bob)
    [app] = (await bob.json("/account/authenticator"))["apps"]
    alice = await visit(northlight, northlight.alice)
    answer = await alice.put(f"/account/authenticators/{app['id']}/removal")
    assert answer.status_code == 404
    assert (await bob.json("/account"))["factors"] == ["totp"]


@pytest.mark.asvs("7.5.1")
async def test_all_that_sets_up_or_removes_a_second_factor_wants_a_fresh_proof(
    bob: Visitor, northlight: Consultancy
) -> None:
    await with_app(bob)
    [app] = (await bob.json("/account/authenticator"))["apps"]
    await aged(northlight, bob, proved_at=datetime.now(UTC) - timedelta(minutes=30))
    for path, body in {
        "/account/authenticator": {"name": "Another"},
        "/account/authenticator/confirmation": {"code": "000000"},
        f"/account/authenticators/{app['id']}/removal": {},
        "/account/recovery-codes": {},
    }.items():
        answer = await bob.post(path, json=body)
        assert (answer.status_code, answer.json()["type"]) == (403, "urn:cocreate:prove"), path
    page = await bob.page("/account/authenticator")
    assert page.headers["location"] == "/account/confirmation?next=/account/authenticator"


@pytest.mark.asvs("6.4.4", "7.2.4")
@pytest.mark.parametrize("way", ["totp", "recovery"])
async def test_confirming_takes_a_second_factor_under_a_new_token_and_no_code_by_mail(
    bob: Visitor, northlight: Consultancy, way: str
) -> None:
    app, codes = await with_app(bob)
    await aged(northlight, bob, proved_at=datetime.now(UTC) - timedelta(minutes=30))
    page = (await bob.page("/account/confirmation?next=/account/password")).text
    assert "The code that your app shows" in page
    assert (await bob.post("/account/confirmation/code", json={})).status_code == 409
    wrong = await bob.submit("/account/confirmation/second-factor", code="000000", **csrf(bob))
    assert wrong.status_code == 422
    old = dict(bob.headers)
    typed = {"code": shown(app, 1) if way == "totp" else codes[0]}
    take(bob, await bob.post("/account/confirmation/second-factor", json=typed))
    assert (await bob.page("/account/password")).status_code == 200
    assert (await bob.json("/account"))["sessions"][0]["second_factor"] == way
    bob.headers["cookie"] = old["cookie"]
    assert (await bob.get("/session")).status_code == 401


@pytest.mark.asvs("6.5.2", "16.2.5")
async def test_no_secret_or_code_is_in_the_database_in_clear_or_in_a_log(
    bob: Visitor, northlight: Consultancy, capfd, caplog
) -> None:
    await with_password(bob)
    app, codes = await with_app(bob)
    said = capfd.readouterr()
    for secret in (
        app.secret,
        app.byte_secret().hex(),
        *codes,
        *(c.replace("-", "") for c in codes),
    ):
        assert secret not in said.out + said.err + caplog.text
        async with northlight.db.transaction(NOBODY) as tx:
            for table in ("authenticator", "recovery_code", "attempt", "identity"):
                rows = await tx.connection.fetch(f'SELECT t::text FROM "{table}" t')
                assert not [row for row in rows if secret in row["t"]], table


async def test_a_secret_that_is_moved_to_another_person_does_not_open(
    visit: Visit, bob: Visitor, client: httpx.AsyncClient, northlight: Consultancy
) -> None:
    app, _ = await with_app(bob)
    ann = await visit(northlight, northlight.ann)
    await with_app(ann)
    async with northlight.db.transaction(NOBODY, writes=True) as tx:
        await tx.connection.execute(
            "UPDATE authenticator a SET wrapped = b.wrapped FROM authenticator b,"
            " identity i, identity j WHERE a.identity_id = i.id AND b.identity_id = j.id"
            " AND i.email = $1 AND j.email = $2",
            northlight.ann.email,
            northlight.bob.email,
        )
    held = await proved_by_code(client, northlight, northlight.ann)
    answer = await client.post(STEP, json={"code": shown(app, 1)}, headers=held)
    assert answer.status_code == 503
