"""Proving oneself with a passkey over HTTP: to sign in, as a second step, to confirm."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes

from authenticator import Authenticator
from frontend.access import SESSION_COOKIE
from registering import Came, add
from served import Visitor
from signing import code_for, cookie_of, csrf
from tenancy.database.context import Context
from tenancy.database.pool import NOBODY, Database
from tenancy.identity.codes import token_hash
from tenancy.identity.limits import FREE
from tenancy.mail.service import outbox
from tenancy.workspaces import service as workspaces
from tenancy.workspaces.leaving import depart
from world import Consultancy, Person

KIND = "That passkey did not work here. Try again, or choose another way."
BROWSER = {"accept": "text/html", "sec-fetch-site": "same-origin"}


class Stranger(httpx.AsyncClient):
    """A browser in which nobody is signed in. It keeps cookies that are for https, as browsers do
    at localhost."""

    async def post(self, *args, **options) -> httpx.Response:
        answer = await super().post(*args, **options)
        for line in answer.headers.get_list("set-cookie"):
            name, _, value = line.split(";")[0].partition("=")
            kept = dict(p.split("=", 1) for p in self.headers.get("cookie", "").split("; ") if p)
            kept[name] = "" if "max-age=0" in line.lower() else value
            self.headers["cookie"] = "; ".join(f"{n}={v}" for n, v in kept.items() if v)
        return answer

    async def options(self, way: str = "/sign-in/passkey") -> dict:  # type: ignore[override]
        answer = await self.post(f"{way}/options")
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def sends(self, credential: str, way: str = "/sign-in/passkey") -> httpx.Response:
        return await self.post(way, json={"credential": credential})

    async def signs_in(self, device: Authenticator, **changed) -> httpx.Response:
        return await self.sends(device.sign(await self.options(), **changed))


@pytest.fixture(autouse=True)
async def nobody_failed(db: Database) -> None:
    """All tests come from one address."""
    async with db.transaction(NOBODY, writes=True) as tx:
        await tx.connection.execute("DELETE FROM attempt")


@pytest.fixture
async def stranger(named_site: str):
    async with Stranger(base_url=named_site) as browser:
        yield browser


@pytest.fixture
async def another(named_site: str):
    async with Stranger(base_url=named_site) as browser:
        yield browser


@pytest.fixture
async def bob(came: Came, northlight: Consultancy, phone: Authenticator) -> Visitor:
    """Bob, who has set up his phone."""
    browser = await came(northlight.bob)
    await add(browser, phone)
    return browser


async def mails(world: Consultancy, person: Person, letter: str) -> list[dict]:
    async with world.db.transaction(Context(surface="job", tenant=world.tenant)) as tx:
        found = [mail for mail in await outbox(tx) if mail.to_address == person.email]
    return [mail.facts for mail in found if mail.letter == letter]


async def test_a_passkey_signs_in_without_an_address_and_counts_as_two_factors(
    bob: Visitor, phone: Authenticator, stranger: Stranger, northlight: Consultancy
) -> None:
    asked = await stranger.options()
    assert (asked["rpId"], asked["allowCredentials"]) == ("localhost", [])
    assert asked["userVerification"] == "required"
    answer = await stranger.sends(phone.sign(asked))
    assert answer.json()["home"] == f"/w/{northlight.slug}"
    session = (await stranger.get("/session")).json()
    assert session["email"] == northlight.bob.email
    here = next(s for s in (await stranger.get("/account")).json()["sessions"] if s["here"])
    assert (here["factor"], here["second_factor"]) == ("passkey", "passkey")
    assert (await stranger.get("/account/passkeys")).json()["passkeys"][0]["last_used_at"]


async def test_it_needs_no_second_step_where_the_workspace_asks_for_two_factors(
    bob: Visitor, phone: Authenticator, stranger: Stranger, northlight: Consultancy
) -> None:
    owner = await northlight.context(northlight.alice)
    async with northlight.db.transaction(owner, writes=True) as tx:
        await workspaces.require_second_factor(tx, "everybody")
    home = (await stranger.signs_in(phone)).json()["home"]
    assert (await stranger.get(home)).status_code == 200


async def test_a_form_signs_in_and_goes_where_somebody_wanted(
    bob: Visitor, phone: Authenticator, stranger: Stranger
) -> None:
    credential = phone.sign(await stranger.options())
    fields = {"credential": credential, "next": "/account"}
    answer = await stranger.post("/sign-in/passkey", data=fields, headers=BROWSER)
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")


@pytest.mark.asvs("3.7.2")
@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/\\evil.example"])
async def test_it_never_leads_to_another_site(
    bob: Visitor, phone: Authenticator, stranger: Stranger, northlight: Consultancy, wanted: str
) -> None:
    fields = {"credential": phone.sign(await stranger.options()), "next": wanted}
    answer = await stranger.post("/sign-in/passkey", data=fields, headers=BROWSER)
    assert answer.headers["location"] == f"/w/{northlight.slug}"


async def test_what_is_refused_shows_the_page_again_and_keeps_the_way_on(
    bob: Visitor, phone: Authenticator, stranger: Stranger
) -> None:
    credential = phone.sign(await stranger.options(), verified=False)
    fields = {"credential": credential, "next": "/account"}
    answer = await stranger.post("/sign-in/passkey", data=fields, headers=BROWSER)
    assert answer.status_code == 422
    assert KIND in answer.text
    assert answer.text.count('name="next" value="/account"') == 2
    assert credential not in answer.text


@pytest.mark.asvs("7.2.4")
async def test_signing_in_makes_a_new_token_and_ends_the_request(
    bob: Visitor, phone: Authenticator, stranger: Stranger
) -> None:
    stranger.headers["cookie"] = f"{SESSION_COOKIE}=chosen-by-somebody"
    token = cookie_of(await stranger.signs_in(phone), SESSION_COOKIE)["cookie"].partition("=")[2]
    assert len(base64url_to_bytes(token)) == 32
    assert f"{SESSION_COOKIE}={token}" in stranger.headers["cookie"].split("; ")
    assert "chosen-by-somebody" not in stranger.headers["cookie"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"origin": "https://localhost.evil.example"},
        {"origin": "http://localhost"},
        {"host": "evil.example"},
        {"challenge": "A" * 43},
        {"kind": "webauthn.create"},
        {"verified": False},
        {"credential": bytes(32)},
        {"handle": bytes(16)},
        {"key": ec.generate_private_key(ec.SECP256R1())},
    ],
    ids=lambda wrong: next(iter(wrong)),
)
async def test_whatever_does_not_fit_is_refused_with_one_sentence(
    bob: Visitor, phone: Authenticator, stranger: Stranger, wrong: dict
) -> None:
    answer = await stranger.signs_in(phone, **wrong)
    assert (answer.status_code, answer.json()["detail"]) == (422, KIND)
    assert "set-cookie" not in answer.headers
    assert (await stranger.signs_in(phone)).status_code == 200


@pytest.mark.parametrize("nonsense", ["x", "{}", "[" * 9000, '{"id": "a", "rawId": "a"}'])
async def test_what_is_no_passkey_is_refused_with_it_too(stranger: Stranger, nonsense: str) -> None:
    answer = await stranger.sends(nonsense)
    assert (answer.status_code, answer.json()["detail"]) == (422, KIND)


async def test_a_signature_is_good_once(
    bob: Visitor, phone: Authenticator, stranger: Stranger, another: Stranger
) -> None:
    await stranger.options()
    cookie = stranger.headers["cookie"]
    credential = phone.sign(await stranger.options())
    assert (await stranger.sends(credential)).status_code == 200
    another.headers["cookie"] = cookie
    assert (await another.sends(credential)).status_code == 422


async def test_of_many_at_the_same_moment_one_is_let_in(
    bob: Visitor, phone: Authenticator, stranger: Stranger
) -> None:
    credential = phone.sign(await stranger.options())
    sent = [stranger.sends(credential) for _ in range(12)]
    statuses = [answer.status_code for answer in await asyncio.gather(*sent)]
    assert sorted(statuses) == [200, *[422] * 11]


async def test_many_ask_at_the_same_moment_while_the_old_challenges_are_forgotten(
    stranger: Stranger, owner_url: str
) -> None:
    superuser = await asyncpg.connect(owner_url)
    for _ in range(10):
        await stranger.options()
    await superuser.execute("UPDATE passkey_challenge SET expires_at = now() - interval '1 hour'")
    asked = [stranger.post("/sign-in/passkey/options") for _ in range(20)]
    assert {answer.status_code for answer in await asyncio.gather(*asked)} == {200}
    left = await superuser.fetchval(
        "SELECT count(*) FROM passkey_challenge WHERE expires_at < now()"
    )
    await superuser.close()
    assert left == 0


async def test_a_wrong_signature_spends_the_challenge_too(
    bob: Visitor, phone: Authenticator, stranger: Stranger
) -> None:
    asked = await stranger.options()
    assert (await stranger.sends(phone.sign(asked, verified=False))).status_code == 422
    assert (await stranger.sends(phone.sign(asked))).status_code == 422


async def test_two_tabs_of_one_browser_do_not_disturb_each_other(
    bob: Visitor, phone: Authenticator, stranger: Stranger
) -> None:
    first, _second = await stranger.options(), await stranger.options()
    assert (await stranger.sends(phone.sign(first))).status_code == 200


async def test_a_challenge_of_another_browser_signs_nobody_in(
    bob: Visitor, phone: Authenticator, stranger: Stranger, another: Stranger
) -> None:
    await another.options()
    assert (await another.sends(phone.sign(await stranger.options()))).status_code == 422
    async with Stranger(base_url=str(stranger.base_url)) as without:
        assert (await without.sends(phone.sign(await stranger.options()))).status_code == 422


async def test_a_challenge_for_one_purpose_serves_no_other(
    bob: Visitor, phone: Authenticator, stranger: Stranger
) -> None:
    confirming = (await bob.post("/account/confirmation/passkey/options")).json()
    assert (await stranger.sends(phone.sign(confirming))).status_code == 422
    answer = await bob.post(
        "/account/confirmation/passkey",
        json={"credential": phone.sign(await stranger.options())},
    )
    assert answer.status_code == 422


async def test_a_passkey_that_was_removed_opens_nothing(
    bob: Visitor, phone: Authenticator, stranger: Stranger
) -> None:
    [passkey] = (await bob.json("/account/passkeys"))["passkeys"]
    asked = await stranger.options()
    await bob.put(f"/account/passkeys/{passkey['id']}/removal")
    answer = await stranger.sends(phone.sign(asked))
    assert (answer.status_code, answer.json()["detail"]) == (422, KIND)


async def test_a_count_that_goes_back_shows_a_copy_which_is_let_in_nowhere_and_mailed(
    bob: Visitor, phone: Authenticator, stranger: Stranger, northlight: Consultancy
) -> None:
    assert (await stranger.signs_in(phone)).status_code == 200
    phone.count -= 1
    stranger.headers.pop("cookie")
    answer = await stranger.signs_in(phone)
    assert (answer.status_code, answer.json()["detail"]) == (422, KIND)
    [facts] = await mails(northlight, northlight.bob, "passkey_copied")
    assert facts["passkey"] == "Phone"


async def test_an_authenticator_that_does_not_count_signs_in_again_and_again(
    came: Came, named_site: str, stranger: Stranger, northlight: Consultancy
) -> None:
    cloud = Authenticator(named_site, counts=False)
    ann = await came(northlight.ann)
    await add(ann, cloud)
    assert (await ann.json("/account/passkeys"))["passkeys"][0]["backed_up"] is True
    for _ in range(2):
        stranger.headers.pop("cookie", None)
        assert (await stranger.signs_in(cloud)).status_code == 200
    assert await mails(northlight, northlight.ann, "passkey_copied") == []


async def test_who_has_left_the_workspace_is_not_let_in(
    bob: Visitor, phone: Authenticator, stranger: Stranger, northlight: Consultancy
) -> None:
    async with northlight.transaction(northlight.alice) as tx:
        await depart(tx, northlight.bob.id)
    answer = await stranger.signs_in(phone)
    assert (answer.status_code, answer.json()["detail"]) == (422, KIND)


async def test_somebody_of_two_workspaces_comes_to_the_one_that_they_used_last(
    bob: Visitor,
    phone: Authenticator,
    stranger: Stranger,
    northlight: Consultancy,
    elsewhere: Consultancy,
) -> None:
    async with elsewhere.transaction(elsewhere.alice) as tx:
        await workspaces.admit(
            tx, name="Bob Hartley", email=northlight.bob.email, role="consultant"
        )
    assert (await stranger.signs_in(phone)).json()["workspace"] == northlight.slug
    headers = {"x-csrf-token": (await stranger.get("/session")).json()["csrf_token"]}
    answer = await stranger.post(
        "/account/workspace", json={"workspace": elsewhere.slug}, headers=headers
    )
    assert answer.status_code == 200
    stranger.headers.pop("cookie")
    assert (await stranger.signs_in(phone)).json()["workspace"] == elsewhere.slug


async def test_who_was_never_signed_in_comes_to_their_first_workspace(
    bob: Visitor,
    phone: Authenticator,
    stranger: Stranger,
    northlight: Consultancy,
    elsewhere: Consultancy,
) -> None:
    async with elsewhere.transaction(elsewhere.alice) as tx:
        await workspaces.admit(
            tx, name="Bob Hartley", email=northlight.bob.email, role="consultant"
        )
    async with northlight.db.transaction(NOBODY, writes=True) as tx:
        await tx.connection.execute(
            "UPDATE sign_in_session SET identity_id = (SELECT id FROM identity WHERE email = $1)"
            " WHERE identity_id = (SELECT id FROM identity WHERE email = $2)",
            northlight.alice.email,
            northlight.bob.email,
        )
    assert (await stranger.signs_in(phone)).json()["workspace"] == northlight.slug


@pytest.mark.asvs("6.3.1")
async def test_an_address_that_fails_often_waits_and_its_codes_stay_open(
    bob: Visitor, phone: Authenticator, stranger: Stranger, northlight: Consultancy
) -> None:
    for _ in range(FREE["address"] + 4):
        await stranger.sends("x")
    answer = await stranger.signs_in(phone)
    assert answer.status_code == 429
    assert "Try again in" in answer.json()["detail"]
    assert (await stranger.post("/sign-in", json={"email": northlight.bob.email})).is_success


async def second_step(stranger: Stranger, world: Consultancy, person: Person) -> None:
    await stranger.post("/sign-in", json={"email": person.email})
    code = await code_for(world, person)
    answer = await stranger.post("/sign-in/code", json={"code": code})
    assert answer.json() == {"factors": ["passkey"]}


STEP = "/sign-in/second-step/passkey"


async def test_a_passkey_is_the_second_step_after_a_code(
    bob: Visitor, phone: Authenticator, stranger: Stranger, northlight: Consultancy
) -> None:
    await second_step(stranger, northlight, northlight.bob)
    asked = await stranger.options(STEP)
    assert len(asked["allowCredentials"]) == 1
    assert (await stranger.sends(phone.sign(asked), STEP)).status_code == 200
    here = next(s for s in (await stranger.get("/account")).json()["sessions"] if s["here"])
    assert (here["factor"], here["second_factor"]) == ("code", "passkey")


async def test_a_second_step_is_taken_by_the_same_person_in_the_same_browser(
    bob: Visitor,
    came: Came,
    phone: Authenticator,
    named_site: str,
    stranger: Stranger,
    another: Stranger,
    northlight: Consultancy,
) -> None:
    alices = Authenticator(named_site)
    await add(await came(northlight.alice), alices)
    await second_step(stranger, northlight, northlight.bob)
    await second_step(another, northlight, northlight.alice)
    asked = await stranger.options(STEP)
    assert (await another.sends(phone.sign(asked), STEP)).status_code == 422
    foreign = {**await stranger.options(STEP), "allowCredentials": []}
    assert (await stranger.sends(alices.sign(foreign), STEP)).status_code == 422


@pytest.mark.asvs("2.3.1")
async def test_without_a_first_factor_there_is_no_second_step(
    bob: Visitor, phone: Authenticator, stranger: Stranger, northlight: Consultancy
) -> None:
    await stranger.post("/sign-in", json={"email": northlight.bob.email})
    refused = await stranger.post(f"{STEP}/options")
    assert (refused.status_code, refused.json()["title"]) == (409, "That cannot be done now")
    assert (await stranger.sends(phone.sign(await stranger.options()), STEP)).status_code == 422


async def test_a_second_step_has_five_tries(
    bob: Visitor, phone: Authenticator, stranger: Stranger, northlight: Consultancy
) -> None:
    await second_step(stranger, northlight, northlight.bob)
    asked = await stranger.options(STEP)
    for _ in range(6):
        await stranger.sends("x", STEP)
    assert (await stranger.sends(phone.sign(asked), STEP)).status_code == 422
    assert (await stranger.post(f"{STEP}/options")).status_code == 409


@pytest.fixture
async def stale(bob: Visitor, northlight: Consultancy) -> Visitor:
    """Bob, who proved himself half an hour ago."""
    async with northlight.db.transaction(NOBODY, writes=True) as tx:
        await tx.connection.execute(
            "UPDATE sign_in_session SET proved_at = $1, second_factor = NULL WHERE token_hash = $2",
            datetime.now(UTC) - timedelta(minutes=30),
            token_hash(bob.headers["cookie"].partition("=")[2]),
        )
    return bob


CONFIRM = "/account/confirmation/passkey"


async def test_a_passkey_confirms_and_the_session_goes_on_under_a_new_token(
    stale: Visitor, phone: Authenticator
) -> None:
    assert (await stale.get("/account/passkeys")).status_code == 403
    assert "Confirm with a passkey" in (await stale.page("/account/confirmation")).text
    asked = (await stale.post(f"{CONFIRM}/options")).json()
    answer = await stale.submit(
        CONFIRM, credential=phone.sign(asked), next="/account/passkeys", **csrf(stale)
    )
    assert (answer.status_code, answer.headers["location"]) == (303, "/account/passkeys")
    old = stale.headers["cookie"]
    stale.headers.update(cookie_of(answer, SESSION_COOKIE))
    assert (await stale.get("/account/passkeys")).status_code == 200
    here = (await stale.json("/account"))["sessions"][0]
    assert here["second_factor"] == "passkey"
    stale.headers["cookie"] = old
    assert (await stale.get("/session")).status_code == 401


async def test_somebody_elses_passkey_confirms_nothing(
    stale: Visitor, came: Came, named_site: str, northlight: Consultancy
) -> None:
    alices = Authenticator(named_site)
    await add(await came(northlight.alice), alices)
    asked = (await stale.post(f"{CONFIRM}/options")).json() | {"allowCredentials": []}
    answer = await stale.submit(
        CONFIRM, credential=alices.sign(asked), next="/account/passkeys", **csrf(stale)
    )
    assert answer.status_code == 422
    assert KIND in answer.text
    assert 'name="next" value="/account/passkeys"' in answer.text
    assert (await stale.get("/account/passkeys")).status_code == 403


async def test_a_confirmation_of_another_session_confirms_nothing(
    stale: Visitor, came: Came, phone: Authenticator, northlight: Consultancy
) -> None:
    other = await came(northlight.bob)
    asked = (await other.post(f"{CONFIRM}/options")).json()
    answer = await stale.post(CONFIRM, json={"credential": phone.sign(asked)})
    assert answer.status_code == 422


async def test_without_javascript_the_page_says_what_else_there_is(stranger: Stranger) -> None:
    page = (await stranger.get("/sign-in", headers=BROWSER)).text
    assert "A passkey needs JavaScript" in page
    assert "A code by mail works everywhere." in page
    assert 'autocomplete="username webauthn"' in page
