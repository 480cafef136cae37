"""Inviting over HTTP: the page of open invitations, many at once, and an engagement's people."""

from uuid import UUID

import pytest

from inviting import contact_at, invited_to, later, letters
from noting import joins
from served import Visit, Visitor
from signing import csrf
from world import Consultancy, EngagementWorld, engagement


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await engagement(northlight, with_participant=False, with_sponsor=False)


@pytest.fixture
async def bob(visit: Visit, northlight: Consultancy) -> Visitor:
    return await visit(northlight, northlight.bob)


@pytest.fixture
async def alice(visit: Visit, northlight: Consultancy) -> Visitor:
    return await visit(northlight, northlight.alice)


def at(world: Consultancy, path: str = "") -> str:
    return f"/w/{world.slug}/settings/invitations{path}"


def people(world: Consultancy, work: EngagementWorld, path: str = "") -> str:
    return f"/w/{world.slug}/engagements/{work.engagement}/{path or 'people'}"


async def names(browser: Visitor, world: Consultancy) -> list[str]:
    return [one["name"] for one in (await browser.json(at(world)))["invitations"]]


# The page of open invitations


async def test_owners_and_consultants_see_what_is_open(
    alice: Visitor, bob: Visitor, northlight: Consultancy, work: EngagementWorld
) -> None:
    assert "Nothing is open" in (await bob.page(at(northlight))).text
    await invited_to(northlight, work)
    await invited_to(northlight, work, "sponsor", name="Sid Kemp")
    for browser in (alice, bob):
        text = (await browser.page(at(northlight))).text
        for words in (
            "2 people have an invitation to answer",
            "Iona Reid",
            "not accepted yet",
            "Working together",
            "waits, not written to yet",
            "Expires on",
        ):
            assert words in text, words
    assert ">Invitations</a>" in (await alice.page(at(northlight))).text


async def test_nobody_else_has_it(visit: Visit, northlight: Consultancy) -> None:
    for person in (northlight.ann, northlight.pat):
        browser = await visit(northlight, person)
        for path in ("", "/new"):
            assert (await browser.page(at(northlight, path))).status_code == 404
        body = {"role": "participant", "addresses": "x@y.example"}
        assert (await browser.post(at(northlight), json=body)).status_code == 404


async def test_one_is_sent_again_not_sooner_than_after_ten_minutes(
    bob: Visitor, northlight: Consultancy, work: EngagementWorld
) -> None:
    invitation = await invited_to(northlight, work)
    renewal = at(northlight, f"/{invitation}/renewal")
    answer = await bob.submit(renewal, **csrf(bob))
    assert answer.status_code == 409
    assert "less than ten minutes ago" in answer.text
    await later(northlight, invitation, minutes=11)
    answer = await bob.submit(renewal, **csrf(bob))
    assert answer.headers["location"] == at(northlight)
    assert len(await letters(northlight)) == 2


async def test_one_is_taken_back(
    bob: Visitor, northlight: Consultancy, work: EngagementWorld
) -> None:
    invitation = await invited_to(northlight, work)
    answer = await bob.submit(at(northlight, f"/{invitation}/revocation"), **csrf(bob))
    assert answer.headers["location"] == at(northlight)
    assert await names(bob, northlight) == []
    again = await bob.submit(at(northlight, f"/{invitation}/revocation"), **csrf(bob))
    assert again.status_code == 409


async def test_another_workspaces_invitation_is_not_there(
    visit: Visit, northlight: Consultancy, elsewhere: Consultancy, work: EngagementWorld
) -> None:
    invitation = await invited_to(northlight, work)
    charlie = await visit(elsewhere, elsewhere.alice)
    for deed in ("renewal", "revocation"):
        answer = await charlie.put(at(elsewhere, f"/{invitation}/{deed}"))
        assert answer.status_code == 404


# Many at once


LIST = "Iona Reid <iona@trust.example>\nlee.chan@trust.example\nTheatre list"


async def test_what_was_understood_is_shown_line_by_line_before_anything_is_sent(
    bob: Visitor, northlight: Consultancy, work: EngagementWorld
) -> None:
    typed = {"role": "participant", "engagement_ids": [str(work.engagement)], "addresses": LIST}
    answer = await bob.submit(at(northlight, "/preview"), **typed, **csrf(bob))
    assert answer.status_code == 200
    for words in (
        "2 people can be invited",
        "iona@trust.example: will be invited",
        "Lee Chan",
        "There is no address here that a mail could reach.",
        "Invite 2 people",
        "Iona Reid &lt;iona@trust.example&gt;",
    ):
        assert words in answer.text, words
    assert await letters(northlight) == []
    sent = await bob.submit(at(northlight), **typed, **csrf(bob))
    assert sent.headers["location"] == at(northlight)
    assert await names(bob, northlight) == ["Iona Reid", "Lee Chan"]


async def test_a_program_is_told_who_was_invited_and_which_lines_were_left_out(
    bob: Visitor, northlight: Consultancy, work: EngagementWorld
) -> None:
    body = {"role": "participant", "engagement_ids": [str(work.engagement)], "addresses": LIST}
    answer = await bob.post(at(northlight), json=body)
    assert answer.status_code == 201
    assert [one["email"] for one in answer.json()["invited"]] == [
        "iona@trust.example",
        "lee.chan@trust.example",
    ]
    assert [one["text"] for one in answer.json()["left_out"]] == ["Theatre list"]


async def test_lines_that_cannot_be_used_keep_what_was_typed(
    bob: Visitor, northlight: Consultancy, work: EngagementWorld
) -> None:
    typed = {"role": "participant", "engagement_ids": [str(work.engagement)], "addresses": "Pat"}
    answer = await bob.submit(at(northlight), **typed, **csrf(bob))
    assert answer.status_code == 422
    assert "Nobody can be invited by these lines." in answer.text
    assert ">\nPat</textarea>" in answer.text
    assert f'value="{work.engagement}" id="f-engagement_ids" checked' in answer.text


async def test_a_consultant_is_offered_no_role_that_is_not_theirs_to_give(
    alice: Visitor, bob: Visitor, northlight: Consultancy, work: EngagementWorld
) -> None:
    assert (await bob.json(at(northlight, "/new")))["roles"] == [
        "participant",
        "sponsor",
        "delegate",
    ]
    assert "consultant" in (await alice.json(at(northlight, "/new")))["roles"]
    body = {"role": "consultant", "addresses": "cora@x.example"}
    refused = await bob.post(at(northlight), json=body)
    assert (refused.status_code, await letters(northlight)) == (409, [])


async def test_an_owner_invites_a_colleague(alice: Visitor, northlight: Consultancy) -> None:
    body = {"role": "consultant", "addresses": "Cora Kemp <cora@x.example>"}
    assert (await alice.post(at(northlight), json=body)).status_code == 201
    [letter] = await letters(northlight, "cora@x.example")
    assert letter.facts["role"] == "consultant"


# From an engagement


async def test_a_contact_who_is_no_member_is_invited_and_stands_among_its_people(
    bob: Visitor, northlight: Consultancy, work: EngagementWorld
) -> None:
    iona = await contact_at(northlight, work)
    brought = await bob.post(
        people(northlight, work), json={"contact_id": str(iona), "relation": "participant"}
    )
    assert brought.status_code == 201
    assert brought.json()["assignment_id"] is None
    text = (await bob.page(people(northlight, work))).text
    for words in ("Iona Reid", "not accepted yet", "Send again", "Take it back"):
        assert words in text, words


async def test_an_associate_sends_it_again_and_takes_it_back_from_there(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
) -> None:
    await joins(northlight, northlight.ann, work)
    ann = await visit(northlight, northlight.ann)
    invitation = await invited_to(northlight, work, by=northlight.ann)
    await later(northlight, invitation, minutes=11)
    for deed in ("renewal", "revocation"):
        path = people(northlight, work, f"invitations/{invitation}/{deed}")
        answer = await ann.submit(path, **csrf(ann))
        assert answer.headers["location"] == people(northlight, work)
    assert "Iona Reid" not in (await ann.page(people(northlight, work))).text


async def test_an_invitation_is_found_on_its_own_engagement_alone(
    bob: Visitor, northlight: Consultancy, work: EngagementWorld
) -> None:
    other = await engagement(northlight, with_participant=False, with_sponsor=False)
    invitation: UUID = await invited_to(northlight, work)
    for deed in ("renewal", "revocation"):
        path = people(northlight, other, f"invitations/{invitation}/{deed}")
        assert (await bob.put(path)).status_code == 404


async def test_the_portals_page_names_a_sponsor_who_is_invited(
    bob: Visitor, northlight: Consultancy, work: EngagementWorld
) -> None:
    await invited_to(northlight, work, "sponsor", name="Sid Kemp")
    found = await bob.json(people(northlight, work, "publications"))
    assert found["sponsors"] == ["Sid Kemp (invited)"]
