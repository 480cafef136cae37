"""What an owner says of the workspace's provider: kept, tested, switched on, asked of people."""

import httpx
import pytest

from providing import CLIENT, SECRET, Liar, Provider
from served import Visit, Visitor
from signing import csrf
from tenancy.workspaces.break_glass import has_break_glass_owner
from vouching import (  # noqa: F401 - fixtures among them
    Gone,
    as_at_first,
    connected,
    gone,
    has_passkeys,
    idp,
    lying,
    session_with,
    site,
)
from world import Consultancy

# ruff: noqa: F811 - fixtures are named where they are used


def at(world: Consultancy, path: str = "") -> str:
    return f"/w/{world.slug}/settings/sso{path}"


def said(issuer: str, **others: str) -> dict[str, str]:
    return {"issuer": issuer, "client_id": CLIENT, "client_secret": SECRET, **others}


async def there_and_back(browser: Visitor, world: Consultancy, subject: str) -> None:
    """Press the button, sign in at the provider, and come back."""
    answer = await browser.post(at(world, "/test"))
    assert answer.status_code == 200, answer.text
    cookie = answer.headers["set-cookie"].split(";")[0]
    going = Gone(browser, answer.json()["address"], {"cookie": cookie})
    back = await going.back(await going.vouched(subject))
    assert back.headers["location"] == at(world)


async def test_a_provider_is_set_up_tested_and_switched_on(
    visit: Visit, northlight: Consultancy, idp: Provider
) -> None:
    idp.knows("alice there", name="A. Adeyemi", email="a@trust.example", amr=["pwd", "mfa"])
    alice = await visit(northlight, northlight.alice)
    page = await alice.page(at(northlight))
    assert "/sign-in/callback" in page.text and "Microsoft Entra ID" in page.text
    done = await alice.submit(
        at(northlight), **said(idp.issuer, domains="Trust.nhs.uk, @x.example"), **csrf(alice)
    )
    assert done.headers["location"] == at(northlight)
    early = await alice.submit(at(northlight, "/state"), on="true", **csrf(alice))
    assert (early.status_code, "Test the connection first" in early.text) == (409, True)

    await there_and_back(alice, northlight, "alice there")
    shown = await alice.json(at(northlight))
    assert shown["state"] == "tested"
    assert shown["domains"] == [
        {"domain": "trust.nhs.uk", "confirmed": False},
        {"domain": "x.example", "confirmed": False},
    ]
    heard = shown["heard"]
    assert (heard["issuer"], heard["email"]) == (idp.issuer, "a@trust.example")
    assert (heard["email_verified"], heard["amr"]) == (False, ["pwd", "mfa"])
    assert "A. Adeyemi" in (await alice.page(at(northlight))).text
    assert (await alice.get("/session")).json()["email"] == northlight.alice.email

    await alice.submit(at(northlight, "/state"), on="true", **csrf(alice))
    assert (await alice.json(at(northlight)))["state"] == "on"
    off = await alice.put(at(northlight, "/state"), json={"on": False})
    assert off.json()["state"] == "tested"


async def test_the_secret_is_sealed_and_never_shown(
    visit: Visit, northlight: Consultancy, idp: Provider
) -> None:
    alice = await visit(northlight, northlight.alice)
    await alice.submit(at(northlight), **said(idp.issuer), **csrf(alice))
    assert SECRET not in (await alice.page(at(northlight))).text
    assert SECRET not in (await alice.get(at(northlight))).text
    wrong = await alice.submit(at(northlight), **said("nonsense"), **csrf(alice))
    assert (wrong.status_code, "odd+signs" in wrong.text) == (422, False)
    token = alice.headers.pop("x-csrf-token")
    foreign = await alice.submit(at(northlight), **said("a b"), csrf_token="x")
    alice.headers["x-csrf-token"] = token
    assert (foreign.status_code, "odd+signs" in foreign.text) == (403, False)
    async with northlight.transaction(northlight.alice) as tx:
        rows = await tx.connection.fetch("SELECT s::text FROM sso_connection s")
    assert rows and "odd+signs" not in str(rows)
    kept = await alice.submit(
        at(northlight), **said(idp.issuer, client_secret="", domains="x.example"), **csrf(alice)
    )
    assert kept.status_code == 303


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("issuer", "http://login.example"),
        ("issuer", "https://login.example/?a=b"),
        ("issuer", "https://user@login.example/"),
        ("issuer", "nonsense"),
        ("client_secret", ""),
        ("domains", "no domain"),
        ("domains", "localhost"),
    ],
)
async def test_what_does_not_fit_is_said_beside_its_field(
    visit: Visit, northlight: Consultancy, field: str, value: str
) -> None:
    alice = await visit(northlight, northlight.alice)
    answer = await alice.put(at(northlight), json=said("https://login.example") | {field: value})
    assert (answer.status_code, [*answer.json()["errors"]]) == (422, [field])


async def test_another_provider_has_to_be_tested_and_its_domains_confirmed_anew(
    visit: Visit, northlight: Consultancy, idp: Provider, lying: Liar
) -> None:
    await connected(northlight, idp.issuer, domains="trust.example")
    alice = await visit(northlight, northlight.alice)
    assert (await alice.json(at(northlight)))["domains"][0]["confirmed"]
    answer = await alice.put(at(northlight), json=said(lying.issuer, domains="trust.example"))
    assert (answer.json()["state"], answer.json()["heard"]) == ("draft", None)
    back = await alice.put(at(northlight), json=said(idp.issuer, domains="trust.example"))
    assert not back.json()["domains"][0]["confirmed"]


async def test_it_is_asked_of_people_only_when_an_owner_could_come_in_without_it(
    visit: Visit, northlight: Consultancy, idp: Provider
) -> None:
    alice = await visit(northlight, northlight.alice)
    await connected(northlight, idp.issuer)
    there = at(northlight, "/requirement")
    refused = await alice.submit(there, sso_for="staff", **csrf(alice))
    assert (refused.status_code, "two passkeys" in refused.text) == (409, True)
    for number, enough in ((1, False), (1, True)):
        await has_passkeys(northlight, northlight.alice, number)
        async with northlight.transaction(northlight.alice) as tx:
            assert await has_break_glass_owner(tx, northlight.tenant) is enough
    shut_out = await alice.submit(there, sso_for="staff", **csrf(alice))
    assert (shut_out.status_code, "shut yourself out" in shut_out.text) == (409, True)
    async with northlight.transaction(northlight.alice) as tx:
        await tx.connection.execute(
            "UPDATE sign_in_session SET factor = 'passkey' WHERE tenant_id = $1", northlight.tenant
        )
    assert (await alice.submit(there, sso_for="staff", **csrf(alice))).status_code == 303
    await alice.put(at(northlight, "/state"), json={"on": False})
    assert (await alice.get("/session")).status_code == 200
    async with northlight.transaction(northlight.alice) as tx:
        asked = await tx.connection.fetchval(
            "SELECT sso_for FROM workspace WHERE id = $1", northlight.tenant
        )
    assert asked == "nobody", "what is switched off is asked of nobody"


async def test_only_an_owner_who_proved_themselves_just_now_sees_or_changes_it(
    visit: Visit, northlight: Consultancy, idp: Provider
) -> None:
    bob = await visit(northlight, northlight.bob)
    assert (await bob.get(at(northlight))).status_code == 404
    assert (await bob.put(at(northlight), json=said(idp.issuer))).status_code == 404
    assert (await bob.post(at(northlight, "/test"))).status_code == 404
    alice = await visit(northlight, northlight.alice)
    async with northlight.transaction(northlight.alice) as tx:
        await tx.connection.execute("UPDATE sign_in_session SET proved_at = now() - interval '1h'")
    assert (await alice.get(at(northlight))).status_code == 403
    assert (await alice.put(at(northlight, "/requirement"), json={})).status_code == 403


async def test_a_test_signs_nobody_in_and_is_noted_only_for_the_owner_who_made_it(
    visit: Visit, northlight: Consultancy, idp: Provider
) -> None:
    idp.knows("tester", email="t@trust.example")
    await connected(northlight, idp.issuer, on=False)
    alice = await visit(northlight, northlight.alice)
    answer = await alice.post(at(northlight, "/test"))
    cookie = answer.headers["set-cookie"].split(";")[0]
    bob = await visit(northlight, northlight.bob)
    going = Gone(bob, answer.json()["address"], {"cookie": cookie})
    back = await going.back(await going.vouched("tester"))
    assert back.status_code == 403
    assert "set-cookie" not in back.headers
    assert (await alice.json(at(northlight)))["state"] == "draft"


async def test_what_is_done_about_it_is_in_the_trail(
    northlight: Consultancy, idp: Provider, visit: Visit
) -> None:
    idp.knows("trailed")
    await connected(northlight, idp.issuer, domains="trust.example")
    bob = await visit(northlight, northlight.bob)
    going = await gone(bob, northlight)
    await going.back(await going.vouched("trailed"))
    async with northlight.transaction(northlight.alice) as tx:
        rows = await tx.connection.fetch(
            "SELECT verb FROM audit_entry WHERE verb LIKE 'single sign-on%' ORDER BY id"
        )
    assert [row["verb"].removeprefix("single sign-on ") for row in rows] == [
        "set up",
        "tested",
        "switched on",
        "domain confirmed",
        "connected",
    ]


@pytest.mark.parametrize("by", ["switching it off", "naming another client"])
async def test_a_provider_that_counts_no_more_keeps_nobody_signed_in(
    visit: Visit, northlight: Consultancy, idp: Provider, site: str, by: str
) -> None:
    await connected(northlight, idp.issuer)
    bobs = [await session_with(northlight, northlight.bob, factor=one) for one in ("oidc", "code")]
    owner = await session_with(northlight, northlight.alice, factor="oidc", fresh=True)
    for browser in (*bobs, owner):
        browser.base_url = httpx.URL(site)
        browser.headers["x-csrf-token"] = (await browser.json("/session"))["csrf_token"]
    if by == "switching it off":
        answer = await owner.put(at(northlight, "/state"), json={"on": False})
    else:
        answer = await owner.put(at(northlight), json=said(idp.issuer) | {"client_id": "another"})
    assert answer.status_code == 200, answer.text
    went_on = [(await browser.get("/session")).status_code for browser in (*bobs, owner)]
    assert went_on == [401, 200, 200]
