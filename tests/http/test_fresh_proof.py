"""What lets people in or out, or takes words away, wants a proof of the last ten minutes."""

import re
from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs, urlsplit

import pytest

from inviting import contact_at, invited_to
from matrix import FRESH, LISTED, ROLES_OF
from proving import confirmed
from served import Visitor
from signing import csrf
from tenancy.ids import new_id
from world import Consultancy, EngagementWorld, Person, engagement

Stale = Callable[[Person], Awaitable[Visitor]]
PARAMETER = re.compile(r"\{\w+:(\w+)\}")
PASTED = "Iona Reid <iona@trust.example>\nnew.matron@trust.example"


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await engagement(northlight)


def at(world: Consultancy, path: str = "") -> str:
    return f"/w/{world.slug}/{path}".rstrip("/")


def asked_at(browser: Visitor, page: str) -> dict[str, str]:
    """What a browser says of where it asks from."""
    return {
        "accept": "text/html",
        "referer": f"{browser.base_url}".rstrip("/") + page,
        "sec-fetch-site": "same-origin",
    }


def leads_to(location: str) -> str:
    """Where confirming leads on to."""
    assert location.startswith("/account/confirmation?")
    [wanted] = parse_qs(urlsplit(location).query)["next"]
    return wanted


async def test_whatever_is_on_the_list_asks_who_proved_themselves_too_long_ago(
    stale: Stale, northlight: Consultancy
) -> None:
    browsers = [await stale(one) for one in (northlight.alice, northlight.sam)]
    for name in FRESH:
        method, _, path = name.partition(" ")
        kept_out = "owner" not in ROLES_OF[LISTED[name]]
        address = path.replace("{slug:str}", northlight.slug)
        address = PARAMETER.sub(lambda _: str(new_id()), address)
        answer = await browsers[kept_out].request(
            "POST" if method == "DO" else "GET", address, headers={"accept": "application/json"}
        )
        found = (answer.status_code, answer.json()["type"])
        assert found == (403, "urn:cocreate:prove"), name


async def test_what_only_shows_is_read_without_one(
    stale: Stale, northlight: Consultancy, work: EngagementWorld
) -> None:
    alice = await stale(northlight.alice)
    for path in (
        "settings/members",
        f"settings/members/{northlight.bob.id}",
        "settings/invitations",
        "settings/trail",
        f"engagements/{work.engagement}/people",
    ):
        assert (await alice.page(at(northlight, path))).status_code == 200


async def test_an_invitation_to_the_wrong_address_is_taken_back_without_one(
    stale: Stale, northlight: Consultancy, work: EngagementWorld
) -> None:
    invitation = await invited_to(northlight, work)
    bob = await stale(northlight.bob)
    answer = await bob.put(at(northlight, f"settings/invitations/{invitation}/revocation"))
    assert answer.status_code == 200


async def test_a_form_is_not_filled_in_in_vain(
    stale: Stale, northlight: Consultancy, work: EngagementWorld
) -> None:
    contact = await contact_at(northlight, work)
    people = at(northlight, f"engagements/{work.engagement}/people")
    bob = await stale(northlight.bob)
    asked = await bob.page(f"{people}/new?part=participant")
    assert leads_to(asked.headers["location"]) == f"{people}/new?part=participant"
    done = await confirmed(northlight, bob, northlight.bob, f"{people}/new?part=participant")
    assert done.headers["location"] == f"{people}/new?part=participant"
    assert (await bob.page(done.headers["location"])).status_code == 200
    answer = await bob.submit(people, contact_id=str(contact), relation="participant", **csrf(bob))
    assert answer.headers["location"] == people


async def test_a_button_leads_back_to_the_page_on_which_it_stands(
    stale: Stale, northlight: Consultancy
) -> None:
    alice = await stale(northlight.alice)
    member = at(northlight, f"settings/members/{northlight.bob.id}")
    asked = await alice.post(
        f"{member}/suspension", data=csrf(alice), headers=asked_at(alice, member)
    )
    assert leads_to(asked.headers["location"]) == member
    assert (await alice.json(member))["member"]["suspended_at"] is None
    await confirmed(northlight, alice, northlight.alice, member)
    assert (await alice.submit(f"{member}/suspension", **csrf(alice))).status_code == 303
    assert (await alice.json(member))["member"]["suspended_at"] is not None


async def test_a_file_leads_back_to_the_page_that_offers_it(
    stale: Stale, northlight: Consultancy, work: EngagementWorld
) -> None:
    bob = await stale(northlight.bob)
    notes = at(northlight, f"engagements/{work.engagement}/notes")
    asked = await bob.get(f"{notes}.md", headers=asked_at(bob, f"{notes}?kind=team"))
    assert (asked.status_code, leads_to(asked.headers["location"])) == (303, f"{notes}?kind=team")
    await confirmed(northlight, bob, northlight.bob, notes)
    assert (await bob.page(f"{notes}.md")).headers["content-type"].startswith("text/markdown")


async def test_another_site_does_not_say_where_confirming_leads(
    stale: Stale, northlight: Consultancy, work: EngagementWorld
) -> None:
    bob = await stale(northlight.bob)
    export = at(northlight, f"engagements/{work.engagement}/notes.md")
    for page in ("/sign-out", "//elsewhere.example/", "/\\elsewhere.example"):
        elsewhere = asked_at(bob, page) | {"sec-fetch-site": "cross-site"}
        asked = await bob.get(export, headers=elsewhere)
        assert leads_to(asked.headers["location"]) == "/account"


async def test_where_confirming_leads_fits_into_its_form(
    stale: Stale, northlight: Consultancy, work: EngagementWorld
) -> None:
    bob = await stale(northlight.bob)
    page = at(northlight, f"engagements/{work.engagement}/people/new")
    asked = await bob.page(f"{page}?part={'x' * 300}")
    assert leads_to(asked.headers["location"]) == page


async def test_what_was_pasted_outlasts_the_proof_and_is_sent_after_another(
    stale: Stale, northlight: Consultancy, work: EngagementWorld
) -> None:
    alice = await stale(northlight.alice)
    invitations = at(northlight, "settings/invitations")
    form = {
        "role": "participant",
        "engagement_ids": str(work.engagement),
        "addresses": PASTED,
    }
    kept = await alice.submit(invitations, **form, **csrf(alice))
    assert (kept.status_code, "new.matron@trust.example" in kept.text) == (403, True)
    assert "Confirm that it is you, then send your text" in kept.text
    assert 'href="/account/confirmation' in kept.text

    shown = alice.headers["x-csrf-token"]
    await confirmed(northlight, alice, northlight.alice)
    renewed, alice.headers["x-csrf-token"] = alice.headers["x-csrf-token"], shown
    again = await alice.submit(invitations, **form, **csrf(alice))
    alice.headers["x-csrf-token"] = renewed
    assert (again.status_code, "new.matron@trust.example" in again.text) == (403, True)
    sent = await alice.submit(invitations, **form, **csrf(alice))
    assert sent.headers["location"] == invitations
    assert len((await alice.json(invitations))["invitations"]) == 2


async def test_an_address_alone_is_kept_too(stale: Stale, northlight: Consultancy) -> None:
    alice = await stale(northlight.alice)
    kept = await alice.submit(
        at(northlight, "settings/invitations"),
        role="participant",
        addresses="iona@trust.example",
        **csrf(alice),
    )
    assert "iona@trust.example" in kept.text


async def test_whoever_has_confirmed_is_told_for_how_long(
    stale: Stale, northlight: Consultancy
) -> None:
    alice = await stale(northlight.alice)
    members = at(northlight, "settings/members")
    answer = await confirmed(northlight, alice, northlight.alice, members)
    said = next(one for one in answer.headers.get_list("set-cookie") if "notice" in one)
    alice.headers["cookie"] += f"; {said.partition(';')[0]}"
    assert "for 10 minutes you are not asked again" in (await alice.page(members)).text
