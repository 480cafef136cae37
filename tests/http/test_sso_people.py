"""Whom a workspace's provider signs in: shown to owners and to oneself, and taken away again."""

import asyncio
from typing import Any

import httpx
import pytest

from providing import Provider
from served import Visit, Visitor
from signing import cookie_of, csrf
from tenancy.database.context import Context
from tenancy.errors import NotFound
from tenancy.mail.service import outbox
from tenancy.sso import people
from tenancy.sso.queries import connected_people
from tenancy.workspaces import service as workspaces
from vouching import (  # noqa: F401 - fixtures among them
    as_at_first,
    browser,
    connected,
    idp,
    is_in,
    lying,
    session_with,
    signed_in_with,
    site,
)
from world import Consultancy, Person

# ruff: noqa: F811 - fixtures are named where they are used


@pytest.fixture
async def bob(visit: Visit, northlight: Consultancy, idp: Provider) -> Visitor:
    """Bob, in the session in which the provider signed him in for the first time."""
    idp.knows("bob-7f3a", email="b@trust.example")
    await connected(northlight, idp.issuer)
    browser = await visit(northlight, northlight.bob)
    answer = await signed_in_with(browser, northlight, "bob-7f3a")
    browser.headers.update(cookie_of(answer, "__Host-cocreate"))
    return browser


def at(world: Consultancy, path: str = "") -> str:
    return f"/w/{world.slug}/settings/sso{path}"


async def listed(owner: Visitor, world: Consultancy) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await owner.json(at(world)))["people"]
    return found


async def disconnects(owner: Visitor, world: Consultancy) -> httpx.Response:
    [one] = await listed(owner, world)
    return await owner.submit(at(world, f"/people/{one['id']}/disconnection"), **csrf(owner))


async def test_an_owner_sees_whom_the_provider_signs_in_and_since_when(
    visit: Visit, browser: httpx.AsyncClient, northlight: Consultancy, idp: Provider, bob: Visitor
) -> None:
    alice = await visit(northlight, northlight.alice)
    [first] = await listed(alice, northlight)
    assert (first["name"], first["issuer"]) == (northlight.bob.name, idp.issuer)
    await signed_in_with(browser, northlight, "bob-7f3a")
    [then] = await listed(alice, northlight)
    assert then["connected_at"] == first["connected_at"]
    assert then["last_used_at"] > first["last_used_at"]
    page = await alice.page(at(northlight))
    assert first["subject"] in page.text
    assert "is not your provider now" not in page.text


async def test_one_who_was_connected_with_an_earlier_provider_is_listed_as_that(
    visit: Visit, northlight: Consultancy, lying, bob: Visitor
) -> None:
    alice = await visit(northlight, northlight.alice)
    await connected(northlight, lying.issuer)
    assert "is not your provider now" in (await alice.page(at(northlight))).text


async def test_whoever_is_disconnected_is_signed_out_and_signed_in_no_more(
    visit: Visit, browser: httpx.AsyncClient, northlight: Consultancy, bob: Visitor
) -> None:
    own = await visit(northlight, northlight.bob)
    alice = await visit(northlight, northlight.alice)
    assert (await bob.get("/session")).status_code == 200
    done = await disconnects(alice, northlight)
    assert done.headers["location"] == at(northlight)
    assert await listed(alice, northlight) == []
    assert (await bob.get("/session")).status_code == 401
    assert (await own.get("/session")).status_code == 200, "it began with a code"
    answer = await signed_in_with(browser, northlight, "bob-7f3a")
    assert (answer.status_code, is_in(answer)) == (403, False)


async def test_they_are_told_by_mail_and_it_is_in_the_trail(
    visit: Visit, northlight: Consultancy, idp: Provider, bob: Visitor
) -> None:
    await disconnects(await visit(northlight, northlight.alice), northlight)
    context = Context(surface="job", tenant=northlight.tenant)
    async with northlight.db.transaction(context) as tx:
        [letter] = [one for one in await outbox(tx) if one.letter == "single_sign_on_disconnected"]
        verb = await tx.connection.fetchval("SELECT verb FROM audit_entry ORDER BY number DESC")
    assert letter.to_address == northlight.bob.email
    assert letter.facts["sender"] == northlight.alice.name
    assert letter.facts["provider"] == "127.0.0.1"
    assert verb == "single sign-on disconnected"


async def test_they_can_be_connected_again_as_at_first(
    visit: Visit, browser: httpx.AsyncClient, northlight: Consultancy, bob: Visitor
) -> None:
    alice = await visit(northlight, northlight.alice)
    await disconnects(alice, northlight)
    again = await signed_in_with(await visit(northlight, northlight.bob), northlight, "bob-7f3a")
    assert is_in(again)
    assert is_in(await signed_in_with(browser, northlight, "bob-7f3a"))
    assert [one["name"] for one in await listed(alice, northlight)] == [northlight.bob.name]


async def test_a_sign_in_that_waits_for_a_second_factor_comes_to_nothing(
    visit: Visit, browser: httpx.AsyncClient, northlight: Consultancy, bob: Visitor
) -> None:
    async with northlight.transaction(northlight.alice) as tx:
        await tx.connection.execute(
            "UPDATE identity SET factors = '{totp}' WHERE email = $1", northlight.bob.email
        )
    answer = await signed_in_with(browser, northlight, "bob-7f3a")
    waiting = cookie_of(answer, "__Host-cocreate-asked")
    there = "/sign-in/second-step"
    assert (await browser.get(there, headers=waiting)).json()["factors"] == ["totp"]
    await disconnects(await visit(northlight, northlight.alice), northlight)
    assert (await browser.get(there, headers=waiting)).json().get("factors", []) == []


async def test_whoever_is_being_signed_in_at_that_moment_is_signed_out_too(
    visit: Visit, site: str, northlight: Consultancy, bob: Visitor
) -> None:
    alice = await visit(northlight, northlight.alice)
    async with httpx.AsyncClient(base_url=site) as one, httpx.AsyncClient(base_url=site) as other:
        answers = await asyncio.gather(
            signed_in_with(one, northlight, "bob-7f3a"),
            disconnects(alice, northlight),
            signed_in_with(other, northlight, "bob-7f3a"),
        )
        for browser, answer in ((one, answers[0]), (other, answers[2])):
            if is_in(answer):
                browser.headers.update(cookie_of(answer, "__Host-cocreate"))
            assert (await browser.get("/session")).status_code == 401


async def test_only_an_owner_who_proved_themselves_just_now_disconnects_anybody(
    visit: Visit, northlight: Consultancy, elsewhere: Consultancy, bob: Visitor
) -> None:
    alice = await visit(northlight, northlight.alice)
    [one] = await listed(alice, northlight)
    there = f"/people/{one['id']}/disconnection"
    ann = await visit(northlight, northlight.ann)
    assert (await ann.put(at(northlight, there))).status_code == 404
    stranger = await visit(elsewhere, elsewhere.alice)
    assert (await stranger.put(at(elsewhere, there))).status_code == 404
    assert (await stranger.put(at(northlight, there))).status_code == 404
    async with northlight.transaction(northlight.alice) as tx:
        await tx.connection.execute("UPDATE sign_in_session SET proved_at = now() - interval '1h'")
    assert (await alice.put(at(northlight, there))).status_code == 403
    async with northlight.transaction(northlight.alice) as tx:
        assert [person.id.hex for person in await tx.all(connected_people)] == [
            one["id"].replace("-", "")
        ]


async def test_no_service_disconnects_for_anybody_but_an_owner(
    northlight: Consultancy, bob: Visitor
) -> None:
    async with northlight.transaction(northlight.alice) as tx:
        [one] = await tx.all(connected_people)
    with pytest.raises(NotFound):
        async with northlight.transaction(northlight.ann) as tx:
            await people.disconnect(tx, one.id, sender="Ann", workspace="Northlight")


async def test_ones_account_shows_which_workspaces_it_opens(
    visit: Visit, site: str, northlight: Consultancy, elsewhere: Consultancy, idp: Provider, bob
) -> None:
    async with elsewhere.transaction(elsewhere.alice) as tx:
        await workspaces.admit(tx, name="B", email=northlight.bob.email, role="consultant")
    own = await visit(northlight, northlight.bob)
    [shown] = (await own.json("/account"))["connections"]
    assert (shown["workspace"], shown["issuer"]) == ("Northlight", idp.issuer)
    page = await own.page("/account")
    assert "signs you in to Northlight" in page.text
    ann = await visit(northlight, northlight.ann)
    assert (await ann.json("/account"))["connections"] == []
    move = await own.post("/account/workspace", json={"workspace": elsewhere.slug})
    own.headers.update(cookie_of(move, "__Host-cocreate"))
    assert [one["workspace"] for one in (await own.json("/account"))["connections"]] == [
        "Northlight"
    ]


async def test_a_session_of_a_provider_shows_that_workspace_alone(
    site: str, northlight: Consultancy, elsewhere: Consultancy, idp: Provider, bob: Visitor
) -> None:
    async with elsewhere.transaction(elsewhere.alice) as tx:
        there = await workspaces.admit(tx, name="B", email=northlight.bob.email, role="consultant")
    other = Person("B", northlight.bob.email, there.id, "consultant")
    async with await session_with(elsewhere, other) as bound:
        bound.base_url = site
        assert (await bound.json("/account"))["connections"] == []
    assert len((await bob.json("/account"))["connections"]) == 1
