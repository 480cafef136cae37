"""Support looks into a workspace with an owner's consent, for a time, and reads nothing written."""

from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import httpx
import pytest
import pytest_asyncio

from frontend.operations import routines
from noting import begun, job, rows
from served import Visit, Visitor
from signing import code_for, cookie_of
from tenancy.audit.verification import verify
from tenancy.database.context import Context
from tenancy.database.pool import Database
from tenancy.files.store import Files
from tenancy.mail.service import Letter, outbox
from tenancy.settings import Settings
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.leaving import depart
from tenancy.workspaces.service import admit
from tenancy.workspaces.suspending import suspend
from vouching import session_with
from world import OPERATOR, Consultancy, EngagementWorld, Person, engagement

REASON = "A letter did not come."
OPERATING = Person("An operator", OPERATOR, UUID(int=0), "owner")


def where(world: Consultancy) -> str:
    return f"/w/{world.slug}/settings/support"


async def lets_in(world: Consultancy, visit: Visit, **facts: str) -> Visitor:
    """Alice, who has just let the operator in."""
    alice = await visit(world, world.alice)
    draft = {"operator": OPERATOR, "hours": "1", "reason": REASON} | facts
    answer = await alice.submit(where(world), **draft)
    assert answer.status_code == 303, answer.text
    return alice


async def consent_of(alice: Visitor, world: Consultancy) -> str:
    return str((await alice.json(where(world)))["consents"][0]["id"])


async def letters(world: Consultancy) -> list[Letter]:
    async with world.db.transaction(Context(surface="job", tenant=world.tenant)) as tx:
        return await outbox(tx)


async def asked(browser: httpx.AsyncClient) -> httpx.Response:
    return await browser.post("/sign-in", json={"email": OPERATOR})


@pytest_asyncio.fixture
async def browser(site: str) -> AsyncIterator[Visitor]:
    async with Visitor(base_url=site) as client:
        yield client


async def signs_in(browser: Visitor, world: Consultancy) -> httpx.Response:
    """The operator, with the code that came by mail."""
    asking = cookie_of(await asked(browser), "__Host-cocreate-asked")
    code = {"code": await code_for(world, OPERATING)}
    answer = await browser.post("/sign-in/code", json=code, headers=asking)
    browser.headers.update(cookie_of(answer, "__Host-cocreate"))
    return answer


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await engagement(northlight, title="Speaking up in theatres")


async def test_nobody_lets_an_operator_in_and_they_get_no_code(
    northlight: Consultancy, browser: Visitor, visit: Visit, owner_url: str
) -> None:
    await rows(owner_url, "UPDATE support_pass SET until = now() WHERE until > now()")

    unknown = await browser.post("/sign-in", json={"email": "nobody@nowhere.example"})
    answer = await asked(browser)

    assert answer.json() == unknown.json()
    assert not [letter for letter in await letters(northlight) if letter.to_address == OPERATOR]
    assert (await browser.get("/support")).status_code == 401


async def test_an_operator_who_was_let_in_is_shown_the_workspace(
    northlight: Consultancy, work: EngagementWorld, browser: Visitor, visit: Visit
) -> None:
    note = await begun(northlight, work)
    await lets_in(northlight, visit)

    entered = await signs_in(browser, northlight)
    assert entered.json()["home"] == "/support"
    assert northlight.slug in [
        place["slug"] for place in (await browser.json("/support"))["places"]
    ]
    shown = (await browser.json(f"/support/{northlight.slug}"))["shown"]
    assert ("Bob Hartley", "consultant") in [
        (member["name"], member["role"]) for member in shown["members"]
    ]
    assert shown["engagements"] == [{"title": "Speaking up in theatres", "state": "running"}]
    assert shown["mails"][0]["state"] == "waiting"
    assert [key["number"] for key in shown["keys"]] == [1]
    trail = await browser.json(f"/support/{northlight.slug}/trail")
    assert "note begun" in [entry["verb"] for entry in trail["shown"]["entries"]]

    for path in ("/support", f"/support/{northlight.slug}", f"/support/{northlight.slug}/trail"):
        page = await browser.page(path)
        assert page.status_code == 200
        assert str(note) not in page.text
        assert "Theatre teams that speak up early" not in page.text


async def test_a_browser_that_signs_an_operator_in_is_led_to_support(
    northlight: Consultancy, browser: Visitor, visit: Visit
) -> None:
    await lets_in(northlight, visit)
    asking = cookie_of(await asked(browser), "__Host-cocreate-asked")
    headers = {"accept": "text/html", "sec-fetch-site": "same-origin", **asking}

    answer = await browser.post(
        "/sign-in/code", data={"code": await code_for(northlight, OPERATING)}, headers=headers
    )

    assert (answer.status_code, answer.headers["location"]) == (303, "/support")


@pytest.mark.asvs("8.2.1")
async def test_an_operator_opens_nothing_else(
    northlight: Consultancy, work: EngagementWorld, browser: Visitor, visit: Visit
) -> None:
    await lets_in(northlight, visit)
    await signs_in(browser, northlight)

    base = f"/w/{northlight.slug}"
    for path in (base, f"{base}/settings/trail", f"{base}/engagements/{work.engagement}"):
        assert (await browser.get(path)).status_code == 401


async def test_what_a_workspaces_provider_says_of_an_operator_opens_no_support(
    northlight: Consultancy, elsewhere: Consultancy, site: str, visit: Visit
) -> None:
    await lets_in(northlight, visit)
    async with elsewhere.db.transaction(job(elsewhere), writes=True) as tx:
        colleague = await admit(tx, name="An operator", email=OPERATOR, role="consultant")
    member = Person("An operator", OPERATOR, colleague.id, "consultant")
    for factor, opens in (("oidc", False), ("code", True)):
        browser = await session_with(elsewhere, member, factor=factor)
        browser.base_url = httpx.URL(site)
        assert (await browser.get("/session")).status_code == 200
        for path in ("/support", f"/support/{northlight.slug}"):
            assert ((await browser.get(path)).status_code == 200) == opens, (factor, path)
    async with elsewhere.transaction(elsewhere.alice) as tx:
        await depart(tx, colleague.id)


async def test_a_workspace_that_let_nobody_in_is_not_there(
    northlight: Consultancy, elsewhere: Consultancy, browser: Visitor, visit: Visit
) -> None:
    await lets_in(northlight, visit)
    await signs_in(browser, northlight)

    for path in (f"/support/{elsewhere.slug}", f"/support/{elsewhere.slug}/trail"):
        assert (await browser.get(path)).status_code == 404
    assert (await browser.get("/support/there-is-none")).status_code == 404


@pytest.mark.parametrize("path", ["", "/trail"])
async def test_once_its_time_is_over_the_next_request_finds_nothing(
    northlight: Consultancy, browser: Visitor, visit: Visit, owner_url: str, path: str
) -> None:
    await lets_in(northlight, visit)
    await signs_in(browser, northlight)
    address = f"/support/{northlight.slug}{path}"
    assert (await browser.get(address)).status_code == 200

    await _run_out(owner_url, northlight)

    assert (await browser.get(address)).status_code == 404


async def test_once_an_owner_has_ended_it_the_next_request_finds_nothing(
    northlight: Consultancy, browser: Visitor, visit: Visit
) -> None:
    alice = await lets_in(northlight, visit)
    await signs_in(browser, northlight)
    assert (await browser.get(f"/support/{northlight.slug}")).status_code == 200

    ending = f"{where(northlight)}/{await consent_of(alice, northlight)}/ending"
    assert (await alice.submit(ending)).status_code == 303
    assert (await alice.submit(ending)).status_code == 303

    assert (await browser.get(f"/support/{northlight.slug}")).status_code == 404
    ended = [letter for letter in await letters(northlight) if letter.letter == "support_ended"]
    assert [letter.to_address for letter in ended] == [northlight.alice.email]


async def test_who_signs_out_is_signed_out(
    northlight: Consultancy, browser: Visitor, visit: Visit
) -> None:
    await lets_in(northlight, visit)
    await signs_in(browser, northlight)

    assert (await browser.post("/support/sign-out")).status_code == 403
    token = {"x-csrf-token": (await browser.json("/support"))["csrf_token"]}
    answer = await browser.post("/support/sign-out", headers=token)

    assert answer.json() == {"signed_out": True}

    assert (await browser.get("/support")).status_code == 401


async def test_owners_and_the_operator_are_written_to(
    northlight: Consultancy, visit: Visit
) -> None:
    await lets_in(northlight, visit)

    sent = {letter.letter: letter for letter in await letters(northlight)}
    assert sent["support_opened"].to_address == northlight.alice.email
    assert sent["support_let_in"].to_address == OPERATOR
    assert sent["support_opened"].facts["reason"] == REASON


async def test_an_owner_whose_access_is_paused_is_not_written_to(
    northlight: Consultancy, visit: Visit
) -> None:
    async with northlight.db.transaction(job(northlight), writes=True) as tx:
        email = f"olu@{northlight.slug}.example"
        olu = await admit(tx, name="Olu Bright", email=email, role="owner")
    async with northlight.transaction(northlight.alice) as tx:
        await suspend(tx, olu.id)
    alice = await lets_in(northlight, visit)
    consent = await consent_of(alice, northlight)
    await alice.submit(f"{where(northlight)}/{consent}/ending")

    sent = await letters(northlight)
    assert {letter.letter for letter in sent} >= {"support_opened", "support_ended"}
    assert email not in {letter.to_address for letter in sent}


async def test_what_support_opened_is_in_the_trail_and_on_the_owners_page(
    northlight: Consultancy, browser: Visitor, visit: Visit
) -> None:
    alice = await lets_in(northlight, visit)
    await signs_in(browser, northlight)
    await browser.get(f"/support/{northlight.slug}")
    await browser.get(f"/support/{northlight.slug}/trail")

    entries = (await alice.json(f"/w/{northlight.slug}/settings/trail"))["entries"]
    assert [entry["verb"] for entry in entries[:3]] == [
        "support looked at the trail",
        "support looked at the overview",
        "support let in",
    ]
    assert "An operator" in (await alice.page(f"/w/{northlight.slug}/settings/trail")).text
    shown = (await alice.page(where(northlight))).text
    assert "Looked at the overview" in shown
    assert REASON in shown
    assert (await verify(northlight.db, northlight.tenant)).broken is None


async def test_that_its_time_is_over_is_noted_once_and_owners_are_written_to(
    northlight: Consultancy,
    visit: Visit,
    owner_url: str,
    db: Database,
    files: Files,
    keyring: Keyring,
    tmp_path: Path,
) -> None:
    alice = await lets_in(northlight, visit)
    await _run_out(owner_url, northlight)
    settings = Settings(data=tmp_path, public_url="http://127.0.0.1")
    scheduled = routines(settings, db, files, keyring).scheduled
    [note] = [deed for (_, name), deed in scheduled.items() if name == "note that support is over"]

    await note()
    await note()

    assert (await alice.json(where(northlight)))["consents"][0]["over"] is True
    ended = [letter for letter in await letters(northlight) if letter.letter == "support_ended"]
    assert [(letter.to_address, letter.facts["early"]) for letter in ended] == [
        (northlight.alice.email, False)
    ]
    entries = (await alice.json(f"/w/{northlight.slug}/settings/trail"))["entries"]
    assert entries[0]["verb"] == "support ran out"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"operator": "mallory@nowhere.example"}, "operator"),
        ({"hours": "3"}, "hours"),
        ({"reason": ""}, "reason"),
    ],
)
async def test_what_cannot_be_let_in_is_said_with_what_was_typed(
    northlight: Consultancy, visit: Visit, facts: dict[str, str], field: str
) -> None:
    alice = await visit(northlight, northlight.alice)
    draft = {"operator": OPERATOR, "hours": "4", "reason": "A letter is missing."} | facts

    refused = await alice.submit(where(northlight), **draft)

    assert refused.status_code == 422
    assert f"{field}-error" in refused.text
    assert draft["reason"] in refused.text


async def test_nobody_but_an_owner_lets_support_in_or_ends_it(
    northlight: Consultancy, visit: Visit
) -> None:
    alice = await lets_in(northlight, visit)
    ending = f"{where(northlight)}/{await consent_of(alice, northlight)}/ending"
    for person in (northlight.bob, northlight.ann, northlight.pat, northlight.sam):
        visitor = await visit(northlight, person)
        draft = {"operator": OPERATOR, "hours": "1", "reason": REASON}
        assert (await visitor.submit(where(northlight), **draft)).status_code == 404
        assert (await visitor.submit(ending)).status_code == 404
        assert (await visitor.get("/support")).status_code == 404


async def test_whoever_runs_the_installation_no_more_is_not_let_in(
    northlight: Consultancy, visit: Visit, browser: Visitor, owner_url: str
) -> None:
    await lets_in(northlight, visit)
    await signs_in(browser, northlight)
    await rows(
        owner_url,
        "UPDATE identity SET email = 'former-' || email WHERE email = $1",
        OPERATOR,
    )

    assert (await browser.get(f"/support/{northlight.slug}")).status_code == 401


async def _run_out(owner_url: str, world: Consultancy) -> None:
    for table in ("support_access", "support_pass"):
        over = f"UPDATE {table} SET until = now() - interval '1 second' WHERE tenant_id = $1"
        await rows(owner_url, over, world.tenant)
