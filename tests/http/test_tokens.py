"""Tokens of programs over HTTP: what they open, for how long, and what they never do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from measured import acts
from noting import SECRET, a_team, begun
from proving import changed
from served import Visit, Visitor
from signing import csrf
from tenancy.database.pool import NOBODY
from tenancy.ids import new_id
from tenancy.workspaces.invitations import Guest, invite
from tenancy.workspaces.leaving import depart
from tenancy.workspaces.service import release
from tenancy.workspaces.suspending import reinstate, suspend
from world import Consultancy, EngagementWorld, Person, engagement

TOKENS = "settings/tokens"
ALL = ["records:read", "records:write", "notes:read", "notes:write"]


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await a_team(northlight)


def at(world: Consultancy, path: str = "") -> str:
    return f"/w/{world.slug}/{path}".rstrip("/")


@pytest.fixture
def program(visit: Visit, site: str, northlight: Consultancy):
    """`await program(person, *scopes)`: a program with a token that the person just made."""

    async def made(person: Person, *scopes: str, **more: Any) -> Visitor:
        browser = await visit(northlight, person)
        draft = {"name": "A program", "scopes": list(scopes or ALL), **more}
        answer = await browser.post(at(northlight, TOKENS), json=draft)
        assert answer.status_code == 201, answer.text
        return asking(site, answer.json()["token"])

    return made


def asking(site: str, token: str) -> Visitor:
    return Visitor(base_url=site, headers={"authorization": f"Bearer {token}"})


async def released(world: Consultancy, person: Person) -> None:
    """End the one place that somebody has."""
    async with world.transaction(world.alice) as tx:
        places = await tx.connection.fetch(
            "SELECT id FROM assignment WHERE tenant_id = $1 AND member_id = $2",
            world.tenant,
            person.id,
        )
        [place] = places
        await release(tx, place["id"])


async def test_a_program_asks_with_a_token_and_needs_no_cookie_and_no_form_token(
    program, northlight: Consultancy, work: EngagementWorld
) -> None:
    asks = await program(northlight.bob, "records:read", "records:write")
    [found] = (await asks.json(at(northlight, "engagements")))["engagements"]
    assert found["title"] == "Working together"
    milestone = {"title": "First results", "due_on": "2026-12-01"}
    path = at(northlight, f"engagements/{work.engagement}/milestones")
    assert (await asks.post(path, json=milestone)).status_code == 201


async def test_a_token_is_shown_once_and_kept_as_a_hash(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
) -> None:
    bob = await visit(northlight, northlight.bob)
    page = await bob.submit(
        at(northlight, TOKENS), name="Figures", scopes="records:read", days="30", **csrf(bob)
    )
    token = page.text.partition("cocreate_")[2][:43]
    assert page.status_code == 201
    assert "It is shown this once" in page.text
    listed = await bob.page(at(northlight, TOKENS))
    assert "Figures" in listed.text
    assert token not in listed.text
    async with northlight.db.transaction(NOBODY) as tx:
        rows = await tx.connection.fetch("SELECT t::text AS row FROM api_token t")
    assert not [row for row in rows if token in row["row"]]


@pytest.mark.parametrize(
    ("scopes", "opens"),
    [
        (["records:read"], {"read record"}),
        (["records:write"], {"read record", "write record"}),
        (["notes:read"], {"read note"}),
        (["notes:write"], {"read note", "write note"}),
    ],
)
async def test_a_token_opens_what_its_scopes_say_and_names_the_one_that_is_lacking(
    program, northlight: Consultancy, work: EngagementWorld, scopes: list[str], opens: set[str]
) -> None:
    note = await begun(northlight, work, northlight.bob, audience="team")
    asks = await program(northlight.bob, *scopes)
    record = at(northlight, f"engagements/{work.engagement}")
    answers = {
        "read record": await asks.get(record),
        "write record": await asks.post(f"{record}/objectives", json={"text": "They speak up."}),
        "read note": await asks.get(at(northlight, f"notes/{note}")),
        "write note": await asks.post(
            f"{record}/notes", json={"id": str(new_id()), "body": "Seen.", "audience": "team"}
        ),
    }
    assert {name for name, one in answers.items() if one.status_code < 300} == opens
    for name, one in answers.items():
        if name not in opens:
            verb, kind = name.split()
            assert one.status_code == 403
            assert f"the scope {kind}s:{verb}" in one.json()["detail"]


async def test_no_token_reads_what_somebody_keeps_to_themselves(
    program, northlight: Consultancy, work: EngagementWorld
) -> None:
    private = await begun(northlight, work, northlight.bob, audience="me")
    asks = await program(northlight.bob)
    for path in ("", "/edit", "/versions"):
        assert (await asks.get(at(northlight, f"notes/{private}{path}"))).status_code == 404
    for path in ("", "search?q=secret", f"engagements/{work.engagement}/notes"):
        assert SECRET not in (await asks.get(at(northlight, path))).text
    own = {"id": str(new_id()), "body": "For me alone.", "audience": "me"}
    kept = await asks.post(at(northlight, f"engagements/{work.engagement}/notes"), json=own)
    assert kept.status_code == 404


async def test_without_a_scope_for_notes_no_page_holds_any(
    program, northlight: Consultancy, work: EngagementWorld
) -> None:
    await begun(northlight, work, northlight.bob, audience="team")
    whole = await program(northlight.bob)
    records = await program(northlight.bob, "records:read")
    overview = at(northlight, f"engagements/{work.engagement}/notes")
    assert SECRET in (await whole.get(overview)).text
    for path in ("", "engagements", f"engagements/{work.engagement}"):
        assert SECRET not in (await records.get(at(northlight, path))).text


async def test_a_token_for_one_engagement_sees_nothing_of_the_others(
    program, northlight: Consultancy, work: EngagementWorld
) -> None:
    other = await engagement(northlight, title="Elsewhere entirely")
    asks = await program(northlight.bob, "records:read", engagement_ids=[str(work.engagement)])
    titles = [
        one["title"] for one in (await asks.json(at(northlight, "engagements")))["engagements"]
    ]
    assert titles == ["Working together"]
    assert (await asks.get(at(northlight, f"engagements/{other.engagement}"))).status_code == 404
    assert (await asks.get(at(northlight, f"clients/{other.organisation}"))).status_code == 404
    assert (await asks.get(at(northlight, f"clients/{work.organisation}"))).status_code == 200


async def test_a_token_is_limited_only_to_engagements_that_one_works_on(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
) -> None:
    alice = await visit(northlight, northlight.alice)
    for id in (work.engagement, new_id()):
        draft = {"name": "A program", "scopes": ["notes:read"], "engagement_ids": [str(id)]}
        answer = await alice.post(at(northlight, TOKENS), json=draft)
        assert answer.status_code == 422
        assert "engagements that you work on" in answer.json()["errors"]["engagement_ids"]


async def test_a_token_opens_nothing_that_a_person_decides_themselves(
    program, northlight: Consultancy, work: EngagementWorld
) -> None:
    asks = await program(northlight.alice)
    for path in (
        *("/account", "/session", at(northlight, TOKENS), at(northlight, "settings/members")),
        *(at(northlight, "settings/sign-in"), at(northlight, "settings/retention")),
        *(at(northlight, f"engagements/{work.engagement}/agreement"), at(northlight, "writing")),
    ):
        answer = await asks.get(path)
        assert (path, answer.status_code) == (path, 403)
        assert "No token opens this" in answer.json()["detail"]


@pytest.mark.asvs("7.2.2", "7.4.1")
async def test_a_token_that_was_revoked_or_has_expired_opens_nothing(
    program, visit: Visit, site: str, northlight: Consultancy, work: EngagementWorld
) -> None:
    bob = await visit(northlight, northlight.bob)
    asks, expired = [await program(northlight.bob, "records:read") for _ in range(2)]
    listed = (await bob.json(at(northlight, TOKENS)))["tokens"]
    second, first = [one["id"] for one in listed]
    assert (await asks.get(at(northlight))).status_code == 200
    done = await bob.put(at(northlight, f"{TOKENS}/{first}/revocation"))
    assert done.status_code == 200
    async with northlight.db.transaction(NOBODY, writes=True) as tx:
        await tx.connection.execute(
            "UPDATE api_token SET expires_at = now() WHERE id = $1::text::uuid", second
        )
    for dead in (asks, expired, asking(site, "cocreate_nonsense"), asking(site, "nonsense")):
        answer = await dead.get(at(northlight))
        assert answer.status_code == 401
        assert "This token does not work" in answer.json()["detail"]
    assert (await bob.json(at(northlight, TOKENS)))["tokens"] == []


async def test_a_cookie_beside_a_token_that_does_not_work_opens_nothing(
    visit: Visit, northlight: Consultancy
) -> None:
    bob = await visit(northlight, northlight.bob)
    answer = await bob.get(at(northlight), headers={"authorization": "Bearer cocreate_wrong"})
    assert answer.status_code == 401


@pytest.mark.asvs("7.4.2")
async def test_a_token_ends_with_the_membership_of_who_made_it(
    program, northlight: Consultancy, work: EngagementWorld
) -> None:
    asks = await program(northlight.ann, "records:read")
    assert (await asks.get(at(northlight))).status_code == 200
    owner = await northlight.context(northlight.alice)
    async with northlight.db.transaction(owner, writes=True) as tx:
        await depart(tx, northlight.ann.id)
    assert (await asks.get(at(northlight))).status_code == 401


async def test_a_token_for_one_engagement_loses_its_client_with_the_place_there(
    program, northlight: Consultancy, work: EngagementWorld
) -> None:
    asks = await program(northlight.ann, "records:read", engagement_ids=[str(work.engagement)])
    client = at(northlight, f"clients/{work.organisation}")
    assert (await asks.get(client)).status_code == 200
    await released(northlight, northlight.ann)
    assert (await asks.get(client)).status_code == 404


@pytest.mark.parametrize("limited", [True, False])
async def test_tokens_end_when_their_member_goes_over_to_the_client(
    program, visit: Visit, northlight: Consultancy, work: EngagementWorld, limited: bool
) -> None:
    engagements = {"engagement_ids": [str(work.engagement)]} if limited else {}
    asks = await program(northlight.ann, "records:read", **engagements)
    await released(northlight, northlight.ann)
    assert (await asks.get(at(northlight))).status_code == 200
    alice = await visit(northlight, northlight.alice)
    address = at(northlight, f"settings/members/{northlight.ann.id}/role")
    assert (await alice.put(address, json={"role": "consultant"})).status_code == 200
    assert (await asks.get(at(northlight))).status_code == 200
    assert (await alice.put(address, json={"role": "participant"})).status_code == 200
    assert (await asks.get(at(northlight, "clients"))).status_code == 401


async def test_an_owner_sees_and_revokes_everybodys_tokens_and_others_only_their_own(
    program, visit: Visit, northlight: Consultancy, work: EngagementWorld
) -> None:
    asks = await program(northlight.bob, "records:read")
    alice, ann = [await visit(northlight, one) for one in (northlight.alice, northlight.ann)]
    rules = await alice.page(at(northlight, "settings/sign-in"))
    assert "goes on until it expires" in rules.text
    [token] = (await alice.json(at(northlight, TOKENS)))["tokens"]
    assert (token["member"], token["own"]) == ("Bob Hartley", False)
    assert (await ann.json(at(northlight, TOKENS)))["tokens"] == []
    path = at(northlight, f"{TOKENS}/{token['id']}/revocation")
    assert (await ann.put(path)).status_code == 404
    assert (await asks.get(at(northlight))).status_code == 200
    assert (await alice.put(path)).status_code == 200
    assert (await asks.get(at(northlight))).status_code == 401


@pytest.mark.asvs("8.4.1")
async def test_a_token_of_one_workspace_opens_nothing_in_another(
    program, northlight: Consultancy, elsewhere: Consultancy
) -> None:
    asks = await program(northlight.bob)
    assert (await asks.get(at(elsewhere))).status_code == 404


async def test_a_token_says_when_it_was_used_last(
    program, visit: Visit, northlight: Consultancy
) -> None:
    bob = await visit(northlight, northlight.bob)
    asks = await program(northlight.bob, "records:read")
    [before] = (await bob.json(at(northlight, TOKENS)))["tokens"]
    await asks.get(at(northlight))
    [after] = (await bob.json(at(northlight, TOKENS)))["tokens"]
    assert before["last_used_at"] is None
    used = datetime.fromisoformat(after["last_used_at"])
    assert datetime.now(UTC) - used < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        ({"name": "", "scopes": ["records:read"]}, "name"),
        ({"name": "A program", "scopes": []}, "scopes"),
        ({"name": "A program", "scopes": ["everything"]}, "scopes"),
        ({"name": "A program", "scopes": ["records:read"], "days": 0}, "days"),
        ({"name": "A program", "scopes": ["records:read"], "days": 400}, "days"),
    ],
)
async def test_a_token_that_cannot_be_made_says_why(
    visit: Visit, northlight: Consultancy, draft: dict[str, Any], field: str
) -> None:
    bob = await visit(northlight, northlight.bob)
    answer = await bob.post(at(northlight, TOKENS), json=draft)
    assert answer.status_code == 422
    assert field in "".join(answer.json()["errors"])


@pytest.mark.parametrize("key", ["pat", "sam"])
async def test_people_of_the_client_make_no_tokens(
    visit: Visit, northlight: Consultancy, work: EngagementWorld, key: str
) -> None:
    browser = await visit(northlight, getattr(northlight, key))
    answer = await browser.post(
        at(northlight, TOKENS), json={"name": "A program", "scopes": ["records:read"]}
    )
    assert answer.status_code == 404


async def test_making_a_token_needs_a_fresh_proof(visit: Visit, northlight: Consultancy) -> None:
    bob = await visit(northlight, northlight.bob)
    async with northlight.db.transaction(NOBODY, writes=True) as tx:
        await tx.connection.execute(
            "UPDATE sign_in_session SET proved_at = now() - interval '11 minutes'"
            " WHERE tenant_id = $1",
            northlight.tenant,
        )
    answer = await bob.post(
        at(northlight, TOKENS), json={"name": "A program", "scopes": ["records:read"]}
    )
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:cocreate:prove")


@pytest.mark.parametrize(
    ("rule", "proof", "lacks"),
    [
        ("sso_for", {"factor": "oidc"}, "urn:cocreate:single-sign-on"),
        ("second_factor_for", {"second_factor": "totp"}, "urn:cocreate:second-factor"),
    ],
)
async def test_a_token_is_made_by_who_satisfies_the_rules_and_outlives_later_ones(
    program, visit: Visit, northlight: Consultancy, rule: str, proof: dict[str, str], lacks: str
) -> None:
    asks = await program(northlight.bob, "records:read")
    async with northlight.transaction(northlight.alice) as tx:
        await tx.connection.execute(
            f"UPDATE workspace SET {rule} = 'staff' WHERE id = $1", northlight.tenant
        )
    bob = await visit(northlight, northlight.bob)
    for answer in (
        await bob.get(at(northlight, TOKENS)),
        await bob.post(at(northlight, TOKENS), json={"name": "One more", "scopes": ALL}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (403, lacks)
    assert (await asks.get(at(northlight, "engagements"))).status_code == 200

    alice = await visit(northlight, northlight.alice)
    await changed(northlight, alice, **proof)
    rules = await alice.page(at(northlight, "settings/sign-in"))
    assert "goes on until it expires" in rules.text
    [token] = (await alice.json(at(northlight, TOKENS)))["tokens"]
    assert (token["member"], token["own"]) == ("Bob Hartley", False)
    await alice.put(at(northlight, f"{TOKENS}/{token['id']}/revocation"))
    assert (await asks.get(at(northlight, "engagements"))).status_code == 401


async def test_while_access_is_paused_a_token_opens_nothing(
    program, northlight: Consultancy
) -> None:
    asks = await program(northlight.bob, "records:read")
    for deed, status in ((suspend, 401), (reinstate, 200)):
        await acts(northlight, northlight.alice, deed, northlight.bob.id)
        assert (await asks.get(at(northlight, "engagements"))).status_code == status


async def test_a_page_asked_for_with_a_token_that_does_not_work_is_no_sign_in_page(
    site: str, northlight: Consultancy
) -> None:
    async with Visitor(base_url=site) as client:
        answer = await client.get(
            at(northlight),
            headers={"authorization": "Basic Ym9iOnNlY3JldA==", "accept": "text/html"},
        )
    assert answer.status_code == 401
    assert "This token does not work" in answer.text


async def test_on_pages_for_anybody_a_program_is_a_stranger(
    program, northlight: Consultancy, elsewhere: Consultancy, work: EngagementWorld
) -> None:
    async with elsewhere.transaction(elsewhere.alice) as tx:
        invitation = await invite(tx, Guest(northlight.bob.email, "Bob"), role="consultant")
    asks = await program(northlight.bob)
    address = f"/join/{elsewhere.slug}/{invitation.id}"
    assert (await asks.json(address))["own"] is False
    assert (await asks.post(address)).status_code == 409
    assert "Ask for a code first" in (await asks.post(address)).json()["detail"]
