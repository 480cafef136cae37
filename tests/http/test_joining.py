"""Joining a workspace by the link of an invitation, over HTTP."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import httpx
import pytest

from frontend.access import REQUEST_COOKIE, SESSION_COOKIE
from inviting import invited_to, later, letters
from noting import joins, leaves
from served import Visit, Visitor
from signing import cookie_of, csrf
from tenancy.database.context import Context
from tenancy.ids import new_id
from tenancy.workspaces import invitations
from tenancy.workspaces.invitations import Guest, Offer, invite
from tenancy.workspaces.service import admit
from world import Consultancy, EngagementWorld, Person, engagement, token_of

BROWSER = {"accept": "text/html", "sec-fetch-site": "same-origin"}
Browser = httpx.AsyncClient


@pytest.fixture
async def browser(site: str) -> AsyncIterator[Browser]:
    async with Visitor(base_url=site) as visitor:
        yield visitor


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await engagement(northlight, with_participant=False, with_sponsor=False)


@pytest.fixture
async def invitation(northlight: Consultancy, work: EngagementWorld) -> UUID:
    return await invited_to(northlight, work)


def at(world: Consultancy, invitation: UUID, path: str = "") -> str:
    return f"/join/{world.slug}/{invitation}{path}"


def iona(world: Consultancy) -> str:
    return f"iona@{world.slug}.example"


async def code_of(world: Consultancy) -> str:
    codes = [mail for mail in await letters(world, iona(world)) if mail.letter == "sign_in_code"]
    return codes[0].facts["code"]


async def ask(browser: Browser, world: Consultancy, invitation: UUID) -> dict[str, str]:
    """Ask for a code; the cookie of the browser that did."""
    asked = await browser.post(at(world, invitation, "/code"), json={})
    assert asked.json() == {"sent": True, "minutes": 10}
    return cookie_of(asked, REQUEST_COOKIE)


async def accept(
    browser: Browser, world: Consultancy, invitation: UUID, cookie: dict[str, str], code: str = ""
) -> httpx.Response:
    typed = {"code": code or await code_of(world)}
    return await browser.post(at(world, invitation, "/acceptance"), json=typed, headers=cookie)


async def members(world: Consultancy, address: str) -> int:
    async with world.db.transaction(Context(surface="job", tenant=world.tenant)) as tx:
        count: int = await tx.connection.fetchval(
            "SELECT count(*) FROM member WHERE tenant_id = $1 AND email = $2",
            world.tenant,
            address,
        )
    return count


# The page


async def test_the_page_says_who_invites_in_which_role_and_what_others_will_read(
    browser: Visitor, northlight: Consultancy, invitation: UUID
) -> None:
    page = (await browser.page(at(northlight, invitation))).text
    for words in (
        "Bob Hartley invites you to Northlight",
        "As somebody who takes part",
        "What you write for yourself is read by you alone. Nobody at Northlight can open it.",
        "Your sponsor never reads a note.",
        "Send me a code",
    ):
        assert words in page, words


async def test_who_opens_the_link_learns_no_more_than_the_mail_said(
    browser: Visitor, visit: Visit, northlight: Consultancy, invitation: UUID
) -> None:
    stranger = await visit(northlight, northlight.pat)
    for one in (browser, stranger):
        for path in ("", "/code"):
            for accepts in ("text/html", "application/json"):
                answer = await one.get(
                    at(northlight, invitation, path), headers={"accept": accepts}
                )
                assert answer.status_code == 200
                for secret in ("Iona", "iona@", "Ward manager", "Working together", "Ashbourne"):
                    assert secret not in answer.text


async def test_what_a_sponsor_and_a_delegate_and_a_colleague_are_told_is_their_own(
    browser: Visitor, northlight: Consultancy, work: EngagementWorld
) -> None:
    told = {}
    for role, name in (("sponsor", "Sid"), ("delegate", "Del")):
        invitation = await invited_to(northlight, work, role, name=f"{name} Kemp")
        found = await browser.json(at(northlight, invitation))
        told[role] = found["read_by_others"]
    async with northlight.transaction(northlight.alice) as tx:
        colleague = await invite(tx, Guest("cora@x.example", "Cora Kemp"), role="consultant")
    assert "You write no notes" in told["sponsor"][0]
    assert "decide nothing" in told["delegate"][0]
    assert (await browser.json(at(northlight, colleague.id)))["read_by_others"] == []


async def test_an_unknown_invitation_is_not_there(
    browser: Visitor, northlight: Consultancy, elsewhere: Consultancy, invitation: UUID
) -> None:
    for path in (
        at(northlight, new_id()),
        at(elsewhere, invitation),
        f"/join/nowhere-at-all/{invitation}",
    ):
        assert (await browser.page(path)).status_code == 404
        assert (await browser.page(f"{path}/code")).status_code == 404
        assert (await browser.post(f"{path}/code", json={})).status_code == 404
        assert (await browser.post(path, json={})).status_code in (404, 409)
        tried = await browser.post(f"{path}/acceptance", json={"code": "AAAA-AAAA"})
        assert tried.status_code == 404


async def test_opening_the_link_changes_nothing(
    browser: Visitor, northlight: Consultancy, invitation: UUID
) -> None:
    for path in ("", "/code"):
        await browser.page(at(northlight, invitation, path))
    assert await members(northlight, iona(northlight)) == 0
    assert [mail.letter for mail in await letters(northlight, iona(northlight))] == ["invitation"]


# Proving the mailbox


async def test_the_code_accepts_and_goes_in(
    browser: Browser, northlight: Consultancy, invitation: UUID
) -> None:
    cookie = await ask(browser, northlight, invitation)
    answer = await accept(browser, northlight, invitation, cookie)
    assert answer.json()["home"] == f"/w/{northlight.slug}"
    session = await browser.get("/session", headers=cookie_of(answer, SESSION_COOKIE))
    assert (session.json()["name"], session.json()["role"]) == ("Iona Reid", "participant")


async def test_as_a_form_without_javascript_too(
    browser: Browser, northlight: Consultancy, invitation: UUID
) -> None:
    asked = await browser.post(at(northlight, invitation, "/code"), data={}, headers=BROWSER)
    assert asked.headers["location"] == at(northlight, invitation, "/code")
    answer = await browser.post(
        at(northlight, invitation, "/acceptance"),
        data={"code": (await code_of(northlight)).lower()},
        headers={**BROWSER, **cookie_of(asked, REQUEST_COOKIE)},
    )
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/w/{northlight.slug}"


async def test_the_mail_with_the_code_leads_back_to_the_invitation(
    browser: Browser, northlight: Consultancy, invitation: UUID
) -> None:
    await ask(browser, northlight, invitation)
    [code, _] = await letters(northlight, iona(northlight))
    assert code.facts["path"].startswith(at(northlight, invitation, "/code?request="))


@pytest.mark.asvs("6.4.1", "6.6.2")
async def test_a_code_works_only_in_the_browser_that_asked_for_it(
    browser: Browser, northlight: Consultancy, invitation: UUID
) -> None:
    await ask(browser, northlight, invitation)
    code = await code_of(northlight)
    other = await browser.post("/sign-in", json={"email": northlight.bob.email})
    for cookie in ({}, cookie_of(other, REQUEST_COOKIE)):
        answer = await accept(browser, northlight, invitation, cookie, code)
        assert answer.status_code == 422
    assert await members(northlight, iona(northlight)) == 0


async def test_the_code_of_one_mailbox_does_not_accept_what_was_sent_to_another(
    browser: Browser, northlight: Consultancy, work: EngagementWorld, invitation: UUID
) -> None:
    other = await invited_to(northlight, work, name="Lee Chan")
    cookie = await ask(browser, northlight, invitation)
    answer = await accept(browser, northlight, other, cookie)
    assert answer.status_code == 422
    assert await members(northlight, f"lee@{northlight.slug}.example") == 0


@pytest.mark.asvs("6.6.3")
async def test_after_five_wrong_tries_the_right_code_fails_too(
    browser: Browser, northlight: Consultancy, invitation: UUID
) -> None:
    cookie = await ask(browser, northlight, invitation)
    for _ in range(5):
        wrong = await accept(browser, northlight, invitation, cookie, "0000-0000")
        assert wrong.status_code == 422
    right = await accept(browser, northlight, invitation, cookie)
    assert "no longer works" in right.json()["errors"]["code"]
    assert await members(northlight, iona(northlight)) == 0


async def test_a_wrong_code_shows_the_form_again(
    browser: Browser, northlight: Consultancy, invitation: UUID
) -> None:
    cookie = await ask(browser, northlight, invitation)
    answer = await browser.post(
        at(northlight, invitation, "/acceptance"),
        data={"code": "0000-0000"},
        headers={**BROWSER, **cookie},
    )
    assert answer.status_code == 422
    assert "That is not the code we sent" in answer.text
    assert "Accept and go in" in answer.text


@pytest.mark.asvs("6.3.4")
async def test_who_has_a_second_factor_still_proves_it_before_they_are_in(
    browser: Browser, northlight: Consultancy, elsewhere: Consultancy, invitation: UUID
) -> None:
    async with elsewhere.transaction(elsewhere.alice) as tx:
        await admit(tx, name="Iona", email=iona(northlight), role="participant")
        await tx.connection.execute(
            "UPDATE identity SET factors = '{totp}' WHERE email = $1", iona(northlight)
        )
    cookie = await ask(browser, northlight, invitation)
    answer = await accept(browser, northlight, invitation, cookie)
    assert answer.json() == {"factors": ["totp"]}
    assert SESSION_COOKIE + "=" not in str(answer.headers.get_list("set-cookie"))
    assert await members(northlight, iona(northlight)) == 1


async def test_another_site_cannot_accept_or_ask(
    browser: Browser, northlight: Consultancy, invitation: UUID
) -> None:
    for path in ("", "/code", "/acceptance"):
        answer = await browser.post(
            at(northlight, invitation, path),
            data={"code": "AAAA-AAAA"},
            headers={"sec-fetch-site": "cross-site"},
        )
        assert answer.status_code == 403


# Signed in already


@pytest.fixture
async def known(
    visit: Visit, site: str, northlight: Consultancy, elsewhere: Consultancy, invitation: UUID
) -> AsyncIterator[Visitor]:
    """Iona, who is a member elsewhere with the same address, and signed in there."""
    async with elsewhere.transaction(elsewhere.alice) as tx:
        there = await admit(tx, name="Iona Reid", email=iona(northlight), role="participant")
    token = await token_of(elsewhere.db, elsewhere.tenant, there.id)
    async with Visitor(base_url=site, headers={"cookie": f"__Host-cocreate={token}"}) as visitor:
        visitor.headers["x-csrf-token"] = (await visitor.json("/session"))["csrf_token"]
        yield visitor


async def test_one_press_accepts_and_goes_on_in_the_new_workspace(
    known: Visitor, northlight: Consultancy, invitation: UUID
) -> None:
    page = (await known.page(at(northlight, invitation))).text
    assert "Accept the invitation" in page and "“Working together”" in page
    answer = await known.submit(at(northlight, invitation), **csrf(known))
    assert answer.headers["location"] == f"/w/{northlight.slug}"
    session = await known.get("/session", headers=cookie_of(answer, SESSION_COOKIE))
    assert session.json()["workspace"] == northlight.slug


@pytest.mark.asvs("2.3.4")
async def test_a_hundred_presses_make_one_member_and_no_failure_of_ours(
    known: Visitor, northlight: Consultancy, invitation: UUID
) -> None:
    path = at(northlight, invitation)
    presses = [known.post(path, json={}, timeout=300) for _ in range(100)]
    statuses = {answer.status_code for answer in await asyncio.gather(*presses)}
    assert 200 in statuses
    assert statuses <= {200, 401, 404, 409}
    assert await members(northlight, iona(northlight)) == 1


async def test_somebody_else_who_is_signed_in_does_not_accept_it(
    visit: Visit, northlight: Consultancy, invitation: UUID
) -> None:
    pat = await visit(northlight, northlight.pat)
    assert "which is another address" in (await pat.page(at(northlight, invitation))).text
    answer = await pat.submit(at(northlight, invitation), **csrf(pat))
    assert answer.status_code == 409
    assert "This invitation is for another address." in answer.text
    assert await members(northlight, iona(northlight)) == 0


async def test_without_signing_in_a_press_is_not_enough(
    browser: Browser, northlight: Consultancy, invitation: UUID
) -> None:
    answer = await browser.post(at(northlight, invitation), data={}, headers=BROWSER)
    assert answer.status_code == 409
    assert "Ask for a code first" in answer.text
    assert await members(northlight, iona(northlight)) == 0


# What cannot be accepted any more


async def closed(browser: Visitor, world: Consultancy, invitation: UUID, sentence: str) -> None:
    page = await browser.page(at(world, invitation))
    assert page.status_code == 200
    assert sentence in page.text and "Send me a code" not in page.text
    assert (await browser.page(at(world, invitation, "/code"))).status_code == 200
    asked = await browser.post(at(world, invitation, "/code"), json={})
    assert (asked.status_code, asked.json()["detail"]) == (409, sentence)


@pytest.mark.asvs("6.4.1")
async def test_an_expired_invitation_says_so(
    browser: Visitor, northlight: Consultancy, invitation: UUID
) -> None:
    await later(northlight, invitation, days=15)
    sentence = "This invitation has expired. Ask Bob Hartley for a new one."
    await closed(browser, northlight, invitation, sentence)


async def test_one_that_was_taken_back_says_so(
    browser: Visitor, northlight: Consultancy, invitation: UUID
) -> None:
    async with northlight.transaction(northlight.bob) as tx:
        await invitations.revoke(tx, invitation)
    sentence = "Northlight has taken this invitation back."
    await closed(browser, northlight, invitation, sentence)


async def test_one_whose_inviter_may_not_invite_any_more_says_whom_to_ask(
    browser: Visitor, northlight: Consultancy, work: EngagementWorld
) -> None:
    async with northlight.transaction(northlight.alice) as tx:
        cora = await admit(
            tx, name="Cora Kemp", email=f"cora@{northlight.slug}.example", role="consultant"
        )
    person = Person("Cora Kemp", cora.email, cora.id, "consultant")
    await joins(northlight, person, work)
    async with northlight.transaction(person) as tx:
        offer = Offer(work.engagement, work.organisation, "participant")
        made = await invite(tx, Guest(iona(northlight), "Iona"), role="participant", offers=[offer])
    await leaves(northlight, person, work)
    sentence = (
        "Cora Kemp, who invited you, can no longer do so. Ask Northlight for a new invitation."
    )
    await closed(browser, northlight, made.id, sentence)


@pytest.mark.asvs("6.4.1")
async def test_one_that_was_accepted_leads_to_signing_in(
    browser: Visitor, northlight: Consultancy, invitation: UUID
) -> None:
    cookie = await ask(browser, northlight, invitation)
    await accept(browser, northlight, invitation, cookie)
    page = (await browser.page(at(northlight, invitation))).text
    assert "This invitation was accepted already" in page and 'href="/sign-in"' in page
