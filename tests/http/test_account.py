"""One's own account: sessions, confirming that it is oneself, workspaces, second factors asked."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from frontend.access import REQUEST_COOKIE, SESSION_COOKIE
from proving import changed
from served import Visit, Visitor
from signing import code_for, cookie_of, csrf
from tenancy.database.context import Context
from tenancy.workspaces import service as workspaces
from world import Consultancy

RULES = "settings/sign-in"


def at(world: Consultancy, path: str = "") -> str:
    return f"/w/{world.slug}/{path}".rstrip("/")


def under(browser: Visitor, answer: httpx.Response) -> None:
    """Take the session's new cookie, as a browser does."""
    browser.headers.update(cookie_of(answer, SESSION_COOKIE))


@pytest.mark.asvs("7.5.2")
async def test_somebody_sees_where_they_are_signed_in(
    visit: Visit, northlight: Consultancy
) -> None:
    first = await visit(northlight, northlight.bob)
    await visit(northlight, northlight.bob)
    await visit(northlight, northlight.ann)
    found = (await first.json("/account"))["sessions"]
    assert [one["workspace"] for one in found] == ["Northlight", "Northlight"]
    assert [one["here"] for one in found].count(True) == 1
    assert "Where you are signed in" in (await first.page("/account")).text


@pytest.mark.asvs("7.5.2")
async def test_one_session_is_ended_from_another(visit: Visit, northlight: Consultancy) -> None:
    here, there = [await visit(northlight, northlight.bob) for _ in range(2)]
    [other] = [one for one in (await here.json("/account"))["sessions"] if not one["here"]]
    answer = await here.submit(f"/account/sessions/{other['id']}/end", **csrf(here))
    assert (answer.status_code, answer.headers["location"]) == (303, "/account")
    assert (await there.get("/session")).status_code == 401
    assert (await here.get("/session")).status_code == 200


@pytest.mark.asvs("7.5.2")
async def test_all_other_sessions_are_ended_at_once(visit: Visit, northlight: Consultancy) -> None:
    here, *others = [await visit(northlight, northlight.bob) for _ in range(3)]
    assert (await here.put("/account/sessions/others/end")).status_code == 200
    assert [(await one.get("/session")).status_code for one in others] == [401, 401]
    assert len((await here.json("/account"))["sessions"]) == 1


async def test_nobody_ends_a_session_of_somebody_else(
    visit: Visit, northlight: Consultancy
) -> None:
    bob = await visit(northlight, northlight.bob)
    alice = await visit(northlight, northlight.alice)
    [session] = (await bob.json("/account"))["sessions"]
    await alice.put(f"/account/sessions/{session['id']}/end")
    assert (await bob.get("/session")).status_code == 200


@pytest.mark.asvs("7.5.2")
async def test_ending_a_session_wants_a_fresh_proof(
    stale, visit: Visit, northlight: Consultancy
) -> None:
    """Whoever holds a browser that was left open does not put its person out of theirs."""
    found, own = await stale(northlight.bob), await visit(northlight, northlight.bob)
    [other] = [one for one in (await found.json("/account"))["sessions"] if not one["here"]]
    for path in (f"/account/sessions/{other['id']}/end", "/account/sessions/others/end"):
        answer = await found.submit(path, **csrf(found))
        assert answer.headers["location"] == "/account/confirmation?next=/account"
        assert (await found.put(path)).json()["type"] == "urn:cocreate:prove"
    assert (await own.get("/session")).status_code == 200


@pytest.mark.asvs("7.2.4")
async def test_what_needs_a_fresh_proof_leads_to_confirming_and_back(
    stale, northlight: Consultancy
) -> None:
    alice = await stale(northlight.alice)
    answer = await alice.page(at(northlight, RULES))
    confirming = f"/account/confirmation?next={at(northlight, RULES)}"
    assert (answer.status_code, answer.headers["location"]) == (303, confirming)
    program = await alice.get(at(northlight, RULES))
    assert (program.status_code, program.json()["type"]) == (403, "urn:cocreate:prove")

    asked = await alice.submit("/account/confirmation/code", **csrf(alice))
    old = alice.headers["cookie"]
    alice.headers["cookie"] = f"{old}; {cookie_of(asked, REQUEST_COOKIE)['cookie']}"
    confirmed = await alice.submit(
        "/account/confirmation",
        code=await code_for(northlight, northlight.alice),
        next=at(northlight, RULES),
        **csrf(alice),
    )
    assert confirmed.headers["location"] == at(northlight, RULES)
    under(alice, confirmed)
    assert (await alice.page(at(northlight, RULES))).status_code == 200
    alice.headers["cookie"] = old
    assert (await alice.get("/session")).status_code == 401


@pytest.mark.asvs("6.6.2")
async def test_a_code_that_was_sent_to_somebody_else_confirms_nothing(
    stale, visit: Visit, northlight: Consultancy
) -> None:
    alice = await stale(northlight.alice)
    asked = await alice.post("/sign-in", json={"email": northlight.bob.email})
    alice.headers["cookie"] += f"; {cookie_of(asked, REQUEST_COOKIE)['cookie']}"
    answer = await alice.post(
        "/account/confirmation", json={"code": await code_for(northlight, northlight.bob)}
    )
    assert answer.status_code == 422
    assert (await alice.get(at(northlight, RULES))).status_code == 403


async def test_confirming_with_a_wrong_code_says_so_and_keeps_the_way_back(
    stale, northlight: Consultancy
) -> None:
    alice = await stale(northlight.alice)
    asked = await alice.submit("/account/confirmation/code", **csrf(alice))
    alice.headers["cookie"] += f"; {cookie_of(asked, REQUEST_COOKIE)['cookie']}"
    answer = await alice.submit(
        "/account/confirmation", code="0000-0000", next="/account", **csrf(alice)
    )
    assert answer.status_code == 422
    assert "That is not the code we sent" in answer.text
    assert 'name="next" value="/account"' in answer.text


@pytest.mark.asvs("7.2.4")
async def test_somebody_of_two_workspaces_goes_from_one_to_the_other_under_a_new_token(
    visit: Visit, northlight: Consultancy, elsewhere: Consultancy
) -> None:
    owner = await elsewhere.context(elsewhere.alice)
    async with elsewhere.db.transaction(owner, writes=True) as tx:
        await workspaces.admit(
            tx, name="Bob Hartley", email=northlight.bob.email, role="consultant"
        )
    bob = await visit(northlight, northlight.bob)
    names = {one["slug"] for one in (await bob.json("/account"))["workspaces"]}
    assert names == {northlight.slug, elsewhere.slug}
    old = bob.headers["cookie"]
    answer = await bob.submit("/account/workspace", workspace=elsewhere.slug, **csrf(bob))
    assert answer.headers["location"] == at(elsewhere)
    under(bob, answer)
    assert (await bob.json("/session"))["workspace"] == elsewhere.slug
    assert (await bob.page(at(northlight))).status_code == 404
    bob.headers["cookie"] = old
    assert (await bob.get("/session")).status_code == 401


async def test_nobody_switches_to_a_workspace_that_is_not_theirs(
    visit: Visit, northlight: Consultancy, elsewhere: Consultancy
) -> None:
    bob = await visit(northlight, northlight.bob)
    answers = [
        await bob.post("/account/workspace", json={"workspace": slug})
        for slug in (elsewhere.slug, "there-is-no-such")
    ]
    assert [answer.status_code for answer in answers] == [404, 404]
    assert answers[0].json() == answers[1].json()
    assert (await bob.get("/session")).status_code == 200


async def test_an_owner_asks_a_second_factor_of_staff_only_after_proving_their_own(
    visit: Visit, northlight: Consultancy
) -> None:
    alice = await visit(northlight, northlight.alice)
    refused = await alice.submit(at(northlight, RULES), second_factor_for="staff", **csrf(alice))
    assert refused.status_code == 409
    assert "Prove a second factor yourself first" in refused.text
    await changed(northlight, alice, second_factor="totp")
    done = await alice.submit(at(northlight, RULES), second_factor_for="staff", **csrf(alice))
    assert done.status_code == 303


@pytest.mark.parametrize(
    ("asked_of", "shut_out"),
    [("nobody", ""), ("staff", "bob ann"), ("everybody", "bob ann pat sam")],
)
async def test_whom_a_second_factor_is_asked_of_opens_nothing_without_one(
    visit: Visit, northlight: Consultancy, asked_of, shut_out: str
) -> None:
    owner = await northlight.context(northlight.alice)
    async with northlight.db.transaction(owner, writes=True) as tx:
        await workspaces.require_second_factor(tx, asked_of)
    for key in ("bob", "ann", "pat", "sam"):
        browser = await visit(northlight, getattr(northlight, key))
        home = (await browser.json("/session"))["home"]
        page = await browser.page(home)
        program = await browser.get(home, headers={"accept": "application/json"})
        if key in shut_out.split():
            assert page.headers["location"] == "/account/second-factor"
            assert program.status_code == 403
            assert program.json()["type"] == "urn:cocreate:second-factor"
            assert "asks for a second factor" in (await browser.page("/account/second-factor")).text
            await changed(northlight, browser, second_factor="totp")
        assert (await browser.page(home)).status_code == 200


async def test_only_an_owner_says_of_whom_a_second_factor_is_asked(
    visit: Visit, northlight: Consultancy
) -> None:
    bob = await visit(northlight, northlight.bob)
    await changed(northlight, bob, second_factor="totp")
    answer = await bob.put(at(northlight, RULES), json={"second_factor_for": "staff"})
    assert answer.status_code == 404


async def test_what_is_being_written_is_kept_when_a_second_factor_is_asked_meanwhile(
    visit: Visit, northlight: Consultancy
) -> None:
    bob = await visit(northlight, northlight.bob)
    owner = await northlight.context(northlight.alice)
    async with northlight.db.transaction(owner, writes=True) as tx:
        await workspaces.require_second_factor(tx, "staff")
    answer = await bob.submit(
        at(northlight, "clients"), name="Words that took a while", kind="trust", **csrf(bob)
    )
    assert answer.status_code == 403
    assert "Words that took a while" in answer.text


@pytest.mark.asvs("6.3.4")
async def test_who_has_set_up_a_second_factor_is_not_in_with_a_code_alone(
    site: str, northlight: Consultancy
) -> None:
    context = Context(surface="job", tenant=northlight.tenant)
    async with northlight.db.transaction(context, writes=True) as tx:
        await tx.connection.execute(
            "UPDATE identity SET factors = '{totp}' WHERE email = $1", northlight.bob.email
        )
    async with Visitor(base_url=site) as browser:
        asked = await browser.post("/sign-in", json={"email": northlight.bob.email})
        answer = await browser.post(
            "/sign-in/code",
            json={"code": await code_for(northlight, northlight.bob)},
            headers=cookie_of(asked, REQUEST_COOKIE),
        )
    assert answer.json() == {"factors": ["totp"]}
    assert "set-cookie" not in answer.headers


@pytest.mark.asvs("7.3.1", "7.3.2", "7.4.1")
async def test_a_session_ends_after_a_week_without_use_and_after_a_month_at_the_latest(
    visit: Visit, northlight: Consultancy
) -> None:
    now = datetime.now(UTC)
    for limit in ({"last_used_at": now - timedelta(days=8)}, {"expires_at": now}):
        bob = await visit(northlight, northlight.bob)
        assert (await bob.get("/session")).status_code == 200
        await changed(northlight, bob, **limit)
        assert (await bob.get("/session")).status_code == 401
