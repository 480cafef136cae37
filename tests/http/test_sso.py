"""Signing in with a workspace's own provider: a certified implementation over real HTTP."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from engagements.tables import metadata
from noting import rows
from providing import Liar, Provider
from served import Visit, Visitor
from signing import code_for, cookie_of, csrf
from tenancy.database.context import Context
from tenancy.errors import NotFound, Refused
from tenancy.identity.sessions import ABSOLUTE
from tenancy.mail.service import outbox
from tenancy.sso import service
from tenancy.workspaces import service as workspaces
from vouching import (  # noqa: F401 - fixtures among them
    PAGE,
    as_at_first,
    browser,
    connected,
    gone,
    has_passkeys,
    idp,
    is_in,
    lying,
    place,
    session_with,
    signed_in_with,
    site,
)
from world import Consultancy, Person

# ruff: noqa: F811 - fixtures are named where they are used


@pytest.fixture
async def domain(northlight: Consultancy) -> str:
    """The domain of everybody's address in Northlight."""
    return northlight.bob.email.partition("@")[2]


async def who(browser: httpx.AsyncClient, answer: httpx.Response) -> dict[str, str]:
    session = await browser.get("/session", headers=cookie_of(answer, "__Host-cocreate"))
    return session.json()


async def with_factors(world: Consultancy, person: Person, *factors: str) -> None:
    async with world.db.transaction(Context(surface="job", tenant=world.tenant), writes=True) as tx:
        await tx.connection.execute(
            "UPDATE identity SET factors = $1 WHERE email = $2", list(factors), person.email
        )


async def asked_of(world: Consultancy, whom: service.SsoFor) -> None:
    await has_passkeys(world, world.alice, 2)
    async with world.transaction(world.alice) as tx:
        await service.ask_of(tx, whom)


async def test_somebody_proves_once_who_they_are_and_from_then_on_the_provider_is_enough(
    browser: httpx.AsyncClient, northlight: Consultancy, idp: Provider
) -> None:
    idp.knows("bob at the trust", name="B. Hartley", email="b.hartley@trust.example")
    await connected(northlight, idp.issuer)
    first = await signed_in_with(browser, northlight, "bob at the trust")
    assert (first.status_code, is_in(first)) == (403, False)
    assert "One more step, once" in first.text

    asked = await browser.post("/sign-in", json={"email": northlight.bob.email, "way": "code"})
    code = {"code": await code_for(northlight, northlight.bob)}
    proved = await browser.post(
        "/sign-in/code", json=code, headers=cookie_of(asked, "__Host-cocreate-asked")
    )
    browser.headers.update(cookie_of(proved, "__Host-cocreate"))
    browser.headers["x-csrf-token"] = proved.json()["csrf_token"]
    joined = await signed_in_with(browser, northlight, "bob at the trust")
    assert joined.headers["location"] == f"/w/{northlight.slug}"
    assert (await browser.get("/session")).status_code == 401, "the session before has ended"

    async with Visitor(base_url=browser.base_url) as another:
        again = await signed_in_with(another, northlight, "bob at the trust")
        assert (await who(another, again))["email"] == northlight.bob.email


async def test_who_is_connected_is_told_by_mail(
    visit: Visit, northlight: Consultancy, idp: Provider
) -> None:
    idp.knows("told", email="b@trust.example")
    await connected(northlight, idp.issuer)
    await signed_in_with(await visit(northlight, northlight.bob), northlight, "told")
    context = Context(surface="job", tenant=northlight.tenant)
    async with northlight.db.transaction(context) as tx:
        [letter] = [one for one in await outbox(tx) if one.letter == "single_sign_on_connected"]
    assert letter.to_address == northlight.bob.email
    assert letter.facts["account"] == "b@trust.example"


async def test_a_verified_address_of_a_confirmed_domain_is_connected_at_once(
    browser: httpx.AsyncClient, northlight: Consultancy, domain: str, idp: Provider
) -> None:
    idp.knows("known", email=northlight.bob.email.upper(), email_verified=True)
    await connected(northlight, idp.issuer, domains=domain)
    answer = await signed_in_with(browser, northlight, "known")
    assert (await who(browser, answer))["email"] == northlight.bob.email


@pytest.mark.asvs("6.8.1")
async def test_an_address_lets_nobody_in_by_itself(
    browser: httpx.AsyncClient,
    northlight: Consultancy,
    elsewhere: Consultancy,
    domain: str,
    idp: Provider,
    lying: Liar,
) -> None:
    """Not unless it is verified, its domain is this workspace's, and with this provider."""
    email = northlight.bob.email
    idp.knows("unverified", email=email)
    idp.knows("verified in words", email=email, email_verified="true")
    idp.knows("verified", email=email, email_verified=True)
    idp.knows("of a lower domain", email=f"bob@x.{domain}", email_verified=True)
    await connected(northlight, lying.issuer, domains=domain)
    await connected(northlight, idp.issuer)
    assert not is_in(await signed_in_with(browser, northlight, "verified")), "confirmed for another"
    await connected(northlight, idp.issuer, domains=domain)
    for subject in ("unverified", "verified in words", "of a lower domain"):
        assert not is_in(await signed_in_with(browser, northlight, subject)), subject


@pytest.mark.asvs("6.8.1")
async def test_another_workspace_cannot_capture_anybody_by_an_address(
    browser: httpx.AsyncClient,
    northlight: Consultancy,
    elsewhere: Consultancy,
    domain: str,
    idp: Provider,
    lying: Liar,
) -> None:
    """Its owner admits Bob, names his domain and has its own provider say whatever it likes."""
    async with elsewhere.transaction(elsewhere.alice) as tx:
        await workspaces.admit(tx, name="B", email=northlight.bob.email, role="consultant")
    await connected(northlight, idp.issuer, domains=domain)
    await connected(elsewhere, lying.issuer)
    with pytest.raises(Refused, match=r"has not named"):
        await service.confirm_domain(elsewhere.db, place(elsewhere), domain)
    with pytest.raises(Refused, match=r"is confirmed for"):
        await connected(elsewhere, lying.issuer, domains=domain)
    going = await gone(browser, elsewhere)
    claims = lying.claims(going.asked["nonce"], email=northlight.bob.email, email_verified=True)
    lying.token = lying.signed(claims)
    assert not is_in(await going.back())
    assert (await browser.post("/sign-in", json={"email": northlight.bob.email})).json() == {
        "sso": f"/sign-in/sso/{northlight.slug}"
    }


@pytest.mark.asvs("6.8.1")
async def test_who_somebody_is_to_a_provider_counts_in_one_workspace_only(
    visit: Visit, browser: httpx.AsyncClient, northlight, elsewhere, idp: Provider
) -> None:
    idp.knows("shared", email="bob@trust.example", email_verified=True)
    async with elsewhere.transaction(elsewhere.alice) as tx:
        await workspaces.admit(tx, name="B", email=northlight.bob.email, role="consultant")
    await connected(northlight, idp.issuer)
    await connected(elsewhere, idp.issuer)
    bob = await visit(northlight, northlight.bob)
    assert is_in(await signed_in_with(bob, northlight, "shared"))
    assert not is_in(await signed_in_with(browser, elsewhere, "shared"))


@pytest.mark.asvs("6.8.1", "10.5.2")
async def test_who_gets_an_address_after_somebody_else_is_not_them(
    browser: httpx.AsyncClient, northlight: Consultancy, domain: str, idp: Provider
) -> None:
    email = northlight.bob.email
    idp.knows("the first", email=email, email_verified=True)
    idp.knows("the successor", email=email, email_verified=True)
    await connected(northlight, idp.issuer, domains=domain)
    assert is_in(await signed_in_with(browser, northlight, "the first"))
    assert not is_in(await signed_in_with(browser, northlight, "the successor"))


async def test_a_session_of_a_provider_opens_no_other_workspace_and_shows_none(
    site: str, northlight: Consultancy, elsewhere: Consultancy
) -> None:
    async with elsewhere.transaction(elsewhere.alice) as tx:
        await workspaces.admit(tx, name="B", email=northlight.bob.email, role="consultant")
        there = await workspaces.admit(tx, name="B", email=northlight.bob.email, role="consultant")
    other = Person("B", northlight.bob.email, there.id, "consultant")
    async with (
        await session_with(northlight, northlight.bob, fresh=True) as bound,
        await session_with(elsewhere, other, factor="code") as own,
    ):
        bound.base_url = own.base_url = site
        bound.headers["x-csrf-token"] = (await bound.json("/session"))["csrf_token"]
        account = await bound.json("/account")
        assert [one["slug"] for one in account["workspaces"]] == [northlight.slug]
        assert [one["workspace"] for one in account["sessions"]] == ["Northlight"]
        refused = await bound.post("/account/workspace", json={"workspace": elsewhere.slug})
        assert refused.status_code == 409
        assert (await bound.put("/account/sessions/others/end")).status_code == 200
        assert (await own.get("/session")).status_code == 200


@pytest.mark.asvs("7.6.1")
async def test_a_session_of_a_provider_lasts_as_long_as_any_other_and_ends_here_alone(
    site: str, browser: httpx.AsyncClient, northlight: Consultancy, idp: Provider, domain: str
) -> None:
    idp.knows("lasting", email=northlight.bob.email, email_verified=True)
    await connected(northlight, idp.issuer, domains=domain)
    began = datetime.now(UTC)
    own = cookie_of(await signed_in_with(browser, northlight, "lasting"), "__Host-cocreate")
    async with northlight.db.transaction(Context(surface="public"), writes=True) as tx:
        [ends] = await tx.connection.fetch(
            "UPDATE sign_in_session SET last_used_at = now() - interval '8 days'"
            " WHERE tenant_id = $1 AND factor = 'oidc' RETURNING expires_at",
            northlight.tenant,
        )
    assert ABSOLUTE <= ends["expires_at"] - began < ABSOLUTE + timedelta(minutes=1)
    assert (await browser.get("/session", headers=own)).status_code == 401
    own = cookie_of(await signed_in_with(browser, northlight, "lasting"), "__Host-cocreate")
    async with Visitor(base_url=site, headers=own) as bob:
        bob.headers["x-csrf-token"] = (await bob.json("/session"))["csrf_token"]
        out = await bob.post("/sign-out", json={})
        assert (out.status_code, (await bob.get("/session")).status_code) == (200, 401)
    assert not [one for one in out.headers.values() if idp.issuer in one]


@pytest.mark.asvs("10.1.1")
async def test_what_a_provider_hands_out_stays_with_the_server_and_is_not_kept(
    visit: Visit, northlight: Consultancy, lying: Liar, owner_url: str
) -> None:
    await connected(northlight, lying.issuer)
    bob = await visit(northlight, northlight.bob)
    going = await gone(bob, northlight)
    lying.token = lying.signed(lying.claims(going.asked["nonce"]))
    answer = await going.back()
    assert is_in(answer)
    signature = lying.token.rpartition(".")[2]
    assert signature not in answer.text + str(answer.headers)
    for table in metadata.tables:
        kept = await rows(owner_url, f'SELECT t::text FROM "{table}" t')
        assert not [row for row in kept if signature in row["t"]], table


@pytest.mark.asvs("6.8.4", "7.6.1")
async def test_what_a_provider_says_is_no_fresh_proof(
    browser: httpx.AsyncClient, northlight: Consultancy, idp: Provider, domain: str
) -> None:
    idp.knows("alice", email=northlight.alice.email, email_verified=True, amr=["mfa"])
    await connected(northlight, idp.issuer, domains=domain, second_factor_by="told")
    answer = await signed_in_with(browser, northlight, "alice")
    browser.headers.update(cookie_of(answer, "__Host-cocreate"))
    settings = await browser.get(f"/w/{northlight.slug}/settings/sso")
    assert (settings.status_code, settings.json()["type"]) == (403, "urn:cocreate:prove")


@pytest.mark.asvs("6.8.4")
@pytest.mark.parametrize(
    ("second_factor_by", "amr", "enough"),
    [
        ("person", ["pwd", "mfa"], False),
        ("told", ["pwd"], False),
        ("told", ["pwd", "mfa"], True),
        ("always", [], True),
    ],
)
async def test_a_second_factor_is_asked_here_unless_the_provider_answers_for_it(
    browser: httpx.AsyncClient,
    northlight: Consultancy,
    idp: Provider,
    domain: str,
    second_factor_by: service.SecondFactorBy,
    amr: list[str],
    enough: bool,
) -> None:
    idp.knows("two", email=northlight.bob.email, email_verified=True, amr=amr)
    await with_factors(northlight, northlight.bob, "totp")
    await connected(northlight, idp.issuer, domains=domain, second_factor_by=second_factor_by)
    answer = await signed_in_with(browser, northlight, "two")
    assert is_in(answer) is enough
    if not enough:
        assert answer.headers["location"].startswith("/sign-in/second-step")
        assert cookie_of(answer, "__Host-cocreate-asked")


@pytest.mark.asvs("7.6.2", "10.1.2", "10.2.1")
async def test_what_comes_back_counts_once_in_the_browser_that_went_with_its_own_state(
    browser: httpx.AsyncClient, northlight: Consultancy, idp: Provider, domain: str
) -> None:
    idp.knows("once", email=northlight.bob.email, email_verified=True)
    await connected(northlight, idp.issuer, domains=domain)
    mine, others = await gone(browser, northlight), await gone(browser, northlight)
    address = await mine.vouched("once")
    without = await browser.get(address, headers=PAGE)
    assert (without.status_code, is_in(without)) == (403, False)
    assert not is_in(await others.back(address)), "another browser's"
    assert not is_in(await mine.back(state="made up")), "another state"
    assert not is_in(await mine.back(state="")), "no state"
    assert is_in(await mine.back(address)), "none of that has used it up"
    again = await mine.back(address)
    assert (again.status_code, is_in(again)) == (403, False)
    assert "Begin again" in again.text


@pytest.mark.asvs("10.1.2")
async def test_a_code_that_was_used_opens_nothing_a_second_time(
    browser: httpx.AsyncClient, northlight: Consultancy, idp: Provider, domain: str
) -> None:
    idp.knows("twice", email=northlight.bob.email, email_verified=True)
    await connected(northlight, idp.issuer, domains=domain)
    first, second = await gone(browser, northlight), await gone(browser, northlight)
    address = await first.vouched("twice")
    assert is_in(await first.back(address))
    code = httpx.URL(address).params["code"]
    stolen = await second.back(code=code)
    assert (stolen.status_code, is_in(stolen)) == (403, False)


@pytest.mark.asvs("10.1.2", "10.2.1")
async def test_a_code_of_another_browser_is_refused_by_the_provider(
    browser: httpx.AsyncClient, northlight: Consultancy, idp: Provider, domain: str
) -> None:
    idp.knows("stolen", email=northlight.bob.email, email_verified=True)
    await connected(northlight, idp.issuer, domains=domain)
    victim, thief = await gone(browser, northlight), await gone(browser, northlight)
    code = httpx.URL(await victim.vouched("stolen")).params["code"]
    answer = await thief.back(code=code)
    assert (answer.status_code, is_in(answer)) == (403, False)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ("access_denied", "You were not let in there, or you turned back"),
        ("temporarily_unavailable", "busy just now"),
        ("<b>anything</b>", "Your organisation did not sign you in"),
    ],
)
async def test_what_a_provider_writes_of_an_error_is_not_shown(
    browser: httpx.AsyncClient, northlight: Consultancy, idp: Provider, error: str, said: str
) -> None:
    await connected(northlight, idp.issuer)
    going = await gone(browser, northlight)
    answer = await going.back(code="", error=error, error_description="call 0123 now")
    assert answer.status_code == 403
    assert said in answer.text
    assert "0123" not in answer.text and "anything" not in answer.text


@pytest.mark.asvs("16.5.2")
async def test_a_provider_that_is_down_is_named_and_a_code_is_another_way_in(
    browser: httpx.AsyncClient, northlight: Consultancy, idp: Provider
) -> None:
    await connected(northlight, idp.issuer)
    idp.down = True
    headers = {**PAGE, "sec-fetch-site": "same-origin"}
    answer = await browser.post(f"/sign-in/sso/{northlight.slug}", data={}, headers=headers)
    assert answer.status_code == 409
    assert "127.0.0.1 answered with 503" in answer.text
    assert "Sign in with a code by mail" in answer.text


@pytest.mark.asvs("3.7.2")
async def test_the_way_there_leads_to_the_provider_alone(
    browser: httpx.AsyncClient, northlight: Consultancy, idp: Provider
) -> None:
    await connected(northlight, idp.issuer)
    there = f"/sign-in/sso/{northlight.slug}"
    assert "Go on to your organisation" in (await browser.get(there, headers=PAGE)).text
    headers = {**PAGE, "sec-fetch-site": "same-origin"}
    going = await browser.post(there, data={"next": "https://evil.example/"}, headers=headers)
    assert f'content="0; url={idp.issuer}/authorization?' in going.text.replace("&amp;", "&")
    crossed = await browser.post(there, data={}, headers={"sec-fetch-site": "cross-site"})
    assert crossed.status_code == 403


async def test_a_workspace_without_a_provider_looks_like_none(
    browser: httpx.AsyncClient, northlight: Consultancy, elsewhere: Consultancy, idp: Provider
) -> None:
    await connected(elsewhere, idp.issuer, on=False)
    slugs = (northlight.slug, elsewhere.slug, "there-is-none")
    answers = [await browser.get(f"/sign-in/sso/{slug}") for slug in slugs]
    assert [answer.status_code for answer in answers] == [404] * 3
    assert answers[0].json() == answers[1].json() == answers[2].json()


async def test_addresses_of_a_confirmed_domain_are_led_to_the_provider_known_or_not(
    browser: httpx.AsyncClient, northlight: Consultancy, domain: str, idp: Provider, lying: Liar
) -> None:
    await connected(northlight, idp.issuer, domains=domain)
    for email in (northlight.bob.email, f"nobody@{domain}", f"NOBODY@{domain.upper()}"):
        answer = await browser.post("/sign-in", data={"email": email}, headers=PAGE)
        assert answer.headers["location"] == f"/sign-in/sso/{northlight.slug}"
    wanted = {"email": northlight.bob.email, "way": "code"}
    assert (await browser.post("/sign-in", json=wanted)).json()["sent"]
    await connected(northlight, lying.issuer, on=False)
    assert (await browser.post("/sign-in", json={"email": f"nobody@{domain}"})).json()["sent"]


async def test_a_domain_that_many_share_is_confirmed_for_nobody(
    northlight: Consultancy, idp: Provider
) -> None:
    with pytest.raises(Refused, match="many organisations"):
        await connected(northlight, idp.issuer, domains="nhs.net")


async def test_a_domain_is_released_by_the_operator(
    browser: httpx.AsyncClient, northlight: Consultancy, domain: str, idp: Provider
) -> None:
    await connected(northlight, idp.issuer, domains=domain)
    [line] = await service.waiting_domains(northlight.db, [place(northlight)])
    assert line.endswith(f"{domain}, confirmed, with {idp.issuer}")
    await service.release_domain(northlight.db, place(northlight), domain)
    assert (await browser.post("/sign-in", json={"email": northlight.bob.email})).json()["sent"]
    with pytest.raises(NotFound):
        await service.release_domain(northlight.db, place(northlight), domain)


@pytest.mark.asvs("7.6.1")
@pytest.mark.parametrize(
    ("whom", "shut_out"),
    [("nobody", ""), ("staff", "bob ann"), ("everybody", "bob ann pat sam")],
)
async def test_whom_it_is_asked_of_opens_nothing_without_it(
    visit: Visit,
    site: str,
    northlight: Consultancy,
    idp: Provider,
    whom: service.SsoFor,
    shut_out: str,
) -> None:
    await connected(northlight, idp.issuer)
    await asked_of(northlight, whom)
    for key in ("bob", "ann", "pat", "sam"):
        person = getattr(northlight, key)
        browser = await visit(northlight, person)
        home = (await browser.json("/session"))["home"]
        answer = await browser.page(home)
        if key in shut_out.split():
            way = f"/sign-in/sso/{northlight.slug}?next={home}"
            assert (answer.status_code, answer.headers["location"]) == (303, way)
            program = await browser.get(home, headers={"accept": "application/json"})
            assert program.json()["type"] == "urn:cocreate:single-sign-on"
        else:
            assert answer.status_code == 200
        async with await session_with(northlight, person) as vouched:
            vouched.base_url = site
            assert (await vouched.page(home)).status_code == 200


async def test_an_owner_with_a_passkey_comes_in_when_the_provider_is_down(
    site: str, northlight: Consultancy, idp: Provider
) -> None:
    await connected(northlight, idp.issuer)
    await asked_of(northlight, "everybody")
    home = f"/w/{northlight.slug}"
    for person, factor, status in (
        (northlight.alice, "passkey", 200),
        (northlight.alice, "password", 303),
        (northlight.bob, "passkey", 303),
    ):
        async with await session_with(northlight, person, factor=factor) as browser:
            browser.base_url = site
            assert (await browser.page(home)).status_code == status, (person.name, factor)


async def test_going_over_from_another_workspace_does_not_get_round_it(
    visit: Visit, northlight: Consultancy, elsewhere: Consultancy, idp: Provider
) -> None:
    async with northlight.transaction(northlight.alice) as tx:
        await workspaces.admit(tx, name="B", email=elsewhere.bob.email, role="consultant")
    await connected(northlight, idp.issuer)
    await asked_of(northlight, "staff")
    bob = await visit(elsewhere, elsewhere.bob)
    answer = await bob.submit("/account/workspace", workspace=northlight.slug, **csrf(bob))
    bob.headers.update(cookie_of(answer, "__Host-cocreate"))
    page = await bob.page(f"/w/{northlight.slug}")
    assert page.headers["location"].startswith(f"/sign-in/sso/{northlight.slug}")


async def test_what_is_being_written_is_kept_when_it_is_asked_meanwhile(
    visit: Visit, northlight: Consultancy, idp: Provider
) -> None:
    bob = await visit(northlight, northlight.bob)
    await connected(northlight, idp.issuer)
    await asked_of(northlight, "staff")
    words = {"name": "Words that took a while", "kind": "trust"}
    answer = await bob.submit(f"/w/{northlight.slug}/clients", **words, **csrf(bob))
    assert answer.status_code == 403
    assert "Words that took a while" in answer.text


@pytest.mark.asvs("7.4.2")
async def test_who_has_left_is_not_let_in_by_the_provider(
    browser: httpx.AsyncClient, visit: Visit, northlight: Consultancy, idp: Provider
) -> None:
    idp.knows("leaver", email="x@trust.example")
    await connected(northlight, idp.issuer)
    ann = await visit(northlight, northlight.ann)
    assert is_in(await signed_in_with(ann, northlight, "leaver"))
    leaving = await visit(northlight, northlight.ann)
    done = await leaving.submit(f"/w/{northlight.slug}/settings/leave", **csrf(leaving))
    assert done.status_code == 303
    answer = await signed_in_with(browser, northlight, "leaver")
    assert (answer.status_code, is_in(answer)) == (403, False)
