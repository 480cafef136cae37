"""Setting passkeys up, naming them and taking them away, over HTTP."""

import json
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from webauthn.helpers import base64url_to_bytes

from authenticator import Authenticator
from frontend.access import SESSION_COOKIE
from registering import LIST, OPTIONS, Came, add, options, sent
from served import Visit, Visitor
from signing import cookie_of, csrf
from tenancy.database.context import Context
from tenancy.database.pool import NOBODY
from tenancy.identity.codes import token_hash
from tenancy.ids import new_id
from tenancy.mail.service import outbox
from tenancy.workspaces.service import require_second_factor
from world import Consultancy, Person


async def factors(browser: Visitor) -> list[str]:
    return (await browser.json("/account"))["factors"]


async def letters(world: Consultancy, person: Person) -> list[tuple[str, dict]]:
    async with world.db.transaction(Context(surface="job", tenant=world.tenant)) as tx:
        return [(m.letter, m.facts) for m in await outbox(tx) if m.to_address == person.email]


async def test_a_passkey_is_added_named_and_listed(
    came: Came, phone: Authenticator, northlight: Consultancy
) -> None:
    bob = await came(northlight.bob)
    answer = await add(bob, phone, "  My phone ")
    assert (answer.status_code, answer.json()["first"]) == (201, True)
    [shown] = (await bob.json(LIST))["passkeys"]
    assert (shown["name"], shown["backed_up"], shown["last_used_at"]) == ("My phone", False, None)
    assert await factors(bob) == ["passkey"]
    [(letter, facts)] = await letters(northlight, northlight.bob)
    assert (letter, facts["passkey"], facts["added"]) == ("passkey_changed", "My phone", True)


@pytest.mark.asvs("7.2.4")
async def test_adding_one_proves_a_second_factor_under_a_new_token(
    came: Came, phone: Authenticator, northlight: Consultancy
) -> None:
    bob = await came(northlight.bob)
    old = bob.headers["cookie"]
    await add(bob, phone)
    [session] = (await bob.json("/account"))["sessions"]
    assert (session["factor"], session["second_factor"]) == ("code", "passkey")
    bob.headers["cookie"] = old
    assert (await bob.get("/session")).status_code == 401


async def test_the_first_one_brings_recovery_codes_that_are_shown_once(
    came: Came, phone: Authenticator, northlight: Consultancy
) -> None:
    bob = await came(northlight.bob)
    credential = phone.make(await options(bob))
    answer = await bob.submit(LIST, credential=credential, name="Phone", **csrf(bob))
    assert answer.status_code == 200
    assert answer.text.count("<li><code>") == 10
    bob.headers.update(cookie_of(answer, SESSION_COOKIE))
    assert "<li><code>" not in (await bob.page(LIST)).text


async def test_a_form_adds_another_too_and_says_so(
    came: Came, phone: Authenticator, northlight: Consultancy
) -> None:
    bob = await came(northlight.bob)
    await add(bob, Authenticator(phone.origin))
    credential = phone.make(await options(bob))
    answer = await bob.submit(LIST, credential=credential, name="Phone", **csrf(bob))
    assert (answer.status_code, answer.headers["location"]) == (303, LIST)
    bob.headers.update(cookie_of(answer, SESSION_COOKIE))
    bob.headers["cookie"] += f"; {cookie_of(answer, '__Host-notice')['cookie']}"
    shown = (await bob.page(LIST)).text
    assert "“Phone” was added" in shown


async def test_the_options_ask_for_a_verified_person_and_a_passkey_that_signs_in_by_itself(
    came: Came, phone: Authenticator, northlight: Consultancy
) -> None:
    bob = await came(northlight.bob)
    await add(bob, phone)
    asked = await options(bob)
    assert asked["rp"] == {"id": "localhost", "name": "Cocreate"}
    assert asked["attestation"] == "none"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    [excluded] = asked["excludeCredentials"]
    assert excluded["transports"] == ["internal"]
    assert asked["user"]["name"] == northlight.bob.email


async def test_authenticators_know_a_person_by_a_random_handle_that_stays(
    came: Came, northlight: Consultancy
) -> None:
    handles = {
        key: {(await options(await came(getattr(northlight, key))))["user"]["id"] for _ in range(2)}
        for key in ("bob", "ann")
    }
    assert all(len(found) == 1 for found in handles.values())
    assert handles["bob"] != handles["ann"]


async def test_every_challenge_is_another_of_32_bytes(came: Came, northlight: Consultancy) -> None:
    bob = await came(northlight.bob)
    seen = {(await options(bob))["challenge"] for _ in range(20)}
    assert len(seen) == 20
    assert {len(one) for one in seen} == {43}


async def test_somebody_has_several_and_takes_one_away(
    came: Came, phone: Authenticator, named_site: str, northlight: Consultancy
) -> None:
    bob = await came(northlight.bob)
    first = (await add(bob, phone)).json()
    second = (await add(bob, Authenticator(named_site), "Key in the drawer")).json()
    assert (first["first"], second["first"]) == (True, False)
    answer = await bob.submit(f"{LIST}/{first['id']}/removal", **csrf(bob))
    assert (answer.status_code, answer.headers["location"]) == (303, LIST)
    assert [one["name"] for one in (await bob.json(LIST))["passkeys"]] == ["Key in the drawer"]
    assert await factors(bob) == ["passkey"]
    await bob.put(f"{LIST}/{second['id']}/removal")
    assert await factors(bob) == []
    told = [facts["passkey"] for _, facts in await letters(northlight, northlight.bob)]
    assert told == ["Key in the drawer", "Phone", "Key in the drawer", "Phone"]


async def test_a_passkey_gets_another_name(
    came: Came, phone: Authenticator, northlight: Consultancy
) -> None:
    bob = await came(northlight.bob)
    id = (await add(bob, phone)).json()["id"]
    assert "Phone" in (await bob.page(f"{LIST}/{id}")).text
    answer = await bob.put(f"{LIST}/{id}", json={"name": "Old phone"})
    assert answer.json()["name"] == "Old phone"
    refused = await bob.submit(f"{LIST}/{id}", name=" ", **csrf(bob))
    assert refused.status_code == 422
    assert "Enter a name for the passkey." in refused.text


async def test_nobody_sees_names_or_removes_a_passkey_of_somebody_else(
    came: Came, phone: Authenticator, northlight: Consultancy
) -> None:
    bob, alice = await came(northlight.bob), await came(northlight.alice)
    id = (await add(bob, phone)).json()["id"]
    there = [
        await alice.get(f"{LIST}/{id}"),
        await alice.put(f"{LIST}/{id}", json={"name": "Mine"}),
        await alice.put(f"{LIST}/{id}/removal"),
    ]
    missing = await alice.get(f"{LIST}/{new_id()}")
    assert {(one.status_code, one.text) for one in there} == {(404, missing.text)}
    assert (await bob.json(LIST))["passkeys"][0]["name"] == "Phone"
    assert (await alice.json(LIST))["passkeys"] == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://localhost.evil.example"},
        {"origin": "http://localhost"},
        {"origin": "http://127.0.0.1:8000"},
        {"host": "evil.example"},
        {"challenge": "A" * 43},
        {"kind": "webauthn.get"},
        {"verified": False},
    ],
    ids=str,
)
async def test_a_passkey_that_was_made_otherwise_is_not_added(
    came: Came, phone: Authenticator, northlight: Consultancy, wrong: dict
) -> None:
    bob = await came(northlight.bob)
    answer = await sent(bob, phone.make(await options(bob), **wrong))
    assert answer.status_code == 422
    assert "could not be added" in answer.json()["detail"]
    assert await factors(bob) == []


@pytest.mark.parametrize("nonsense", ["x", "{}", "[]", "[" * 9000, '{"id": 1}', '"\\ud800"'])
async def test_what_is_no_passkey_is_refused_as_one(
    came: Came, northlight: Consultancy, nonsense: str
) -> None:
    bob = await came(northlight.bob)
    assert (await sent(bob, nonsense)).status_code == 422


async def test_a_challenge_is_answered_once(
    came: Came, phone: Authenticator, northlight: Consultancy
) -> None:
    bob = await came(northlight.bob)
    asked = await options(bob)
    assert (await sent(bob, phone.make(asked))).status_code == 201
    assert (await sent(bob, phone.make(asked))).status_code == 422
    assert len((await bob.json(LIST))["passkeys"]) == 1


async def test_a_wrong_answer_spends_the_challenge_too(
    came: Came, phone: Authenticator, northlight: Consultancy
) -> None:
    bob = await came(northlight.bob)
    asked = await options(bob)
    assert (await sent(bob, phone.make(asked, verified=False))).status_code == 422
    assert (await sent(bob, phone.make(asked))).status_code == 422


async def test_a_challenge_of_another_session_adds_nothing(
    came: Came, phone: Authenticator, northlight: Consultancy
) -> None:
    here, there = await came(northlight.bob), await came(northlight.bob)
    alice = await came(northlight.alice)
    for other in (there, alice):
        assert (await sent(here, phone.make(await options(other)))).status_code == 422


async def test_a_challenge_is_good_for_five_minutes(
    came: Came, phone: Authenticator, northlight: Consultancy, owner_url: str
) -> None:
    bob = await came(northlight.bob)
    asked = await options(bob)
    superuser = await asyncpg.connect(owner_url)
    left = await superuser.fetchval(
        "UPDATE passkey_challenge SET expires_at = expires_at - interval '5 minutes'"
        " WHERE challenge = $1 RETURNING expires_at + interval '5 minutes' - now()",
        base64url_to_bytes(asked["challenge"]),
    )
    await superuser.close()
    assert left <= timedelta(minutes=5)
    assert (await sent(bob, phone.make(asked))).status_code == 422


async def test_a_passkey_that_is_known_is_not_added_again(
    came: Came, phone: Authenticator, northlight: Consultancy
) -> None:
    bob, alice = await came(northlight.bob), await came(northlight.alice)
    await add(bob, phone)
    asked = await options(alice)
    again = phone.make(asked, id=phone.held[0].id)
    answer = await sent(alice, again)
    assert answer.status_code == 422
    assert "known here already" in answer.json()["detail"]
    assert await factors(alice) == []


@pytest.mark.asvs("7.5.1")
async def test_setting_up_and_removing_need_a_fresh_proof(
    came: Came, phone: Authenticator, northlight: Consultancy
) -> None:
    bob = await came(northlight.bob)
    credential = phone.make(await options(bob))
    async with northlight.db.transaction(NOBODY, writes=True) as tx:
        await tx.connection.execute(
            "UPDATE sign_in_session SET proved_at = $1 WHERE token_hash = $2",
            datetime.now(UTC) - timedelta(minutes=30),
            token_hash(bob.headers["cookie"].partition("=")[2]),
        )
    answers = [
        await bob.get(LIST),
        await bob.post(OPTIONS),
        await sent(bob, credential),
        await bob.put(f"{LIST}/{new_id()}/removal"),
    ]
    assert {(one.status_code, one.json()["type"]) for one in answers} == {
        (403, "urn:cocreate:prove")
    }
    page = await bob.page(LIST)
    assert page.headers["location"] == f"/account/confirmation?next={LIST}"


@pytest.mark.asvs("7.4.3")
async def test_the_page_offers_to_end_the_other_sessions(
    came: Came, phone: Authenticator, northlight: Consultancy
) -> None:
    bob = await came(northlight.bob)
    assert "End all others" not in (await bob.page(LIST)).text
    other = await came(northlight.bob)
    await add(bob, phone)
    assert "End all others" in (await bob.page(LIST)).text
    await bob.put("/account/sessions/others/end")
    assert (await other.get("/session")).status_code == 401


async def test_who_lacked_a_second_factor_goes_on_with_the_passkey_just_added(
    came: Came, phone: Authenticator, northlight: Consultancy
) -> None:
    owner = await northlight.context(northlight.alice)
    async with northlight.db.transaction(owner, writes=True) as tx:
        await require_second_factor(tx, "staff")
    bob = await came(northlight.bob)
    home = f"/w/{northlight.slug}"
    assert (await bob.page(home)).headers["location"] == "/account/second-factor"
    asking = (await bob.page("/account/second-factor")).text
    assert asking.index("Passkeys") < asking.index("Codes by mail")
    credential = phone.make(await options(bob))
    answer = await bob.submit(LIST, credential=credential, name="Phone", **csrf(bob))
    assert "Keep these recovery codes" in answer.text
    bob.headers.update(cookie_of(answer, SESSION_COOKIE))
    assert "Nothing more is asked of you" in (await bob.page("/account/second-factor")).text
    assert (await bob.page(home)).status_code == 200


async def test_at_a_number_instead_of_a_name_there_are_no_passkeys_and_it_says_so(
    visit: Visit, northlight: Consultancy
) -> None:
    bob = await visit(northlight, northlight.bob)
    answer = await bob.post(OPTIONS)
    assert answer.status_code == 409
    assert "Passkeys need a name in the address" in answer.json()["detail"]


async def test_the_database_holds_no_private_key_and_no_address_beside_a_passkey(
    came: Came, phone: Authenticator, northlight: Consultancy
) -> None:
    bob = await came(northlight.bob)
    id = (await add(bob, phone)).json()["id"]
    async with northlight.db.transaction(NOBODY) as tx:
        row = await tx.connection.fetchval(
            "SELECT row_to_json(p)::text FROM passkey p WHERE id::text = $1", id
        )
    secret = phone.held[0].key.private_numbers().private_value.to_bytes(32, "big").hex()
    assert json.loads(row)["name"] == "Phone"
    assert secret not in row
    assert northlight.bob.email not in row
