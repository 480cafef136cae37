"""One member over HTTP: their role, their name, their places, and pausing their access."""

import asyncio
from datetime import date
from typing import Any

import pytest

from engagements.notes.people import people_of_notes
from engagements.people import setting_of
from engagements.portfolio.people_queries import colleagues
from engagements.sessions.service import SessionDraft, change_session, plan_session
from measured import acts
from noting import SECRET, a_team, begun, job, readable, rows
from served import Visit
from tenancy.mail.service import Letter, outbox
from tenancy.workspaces import service as workspaces
from world import Consultancy, EngagementWorld, Person, engagement, token_of

MEMBERS = "settings/members"


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    """Bob leads it, Ann is on its team, Pat takes part, Sam sponsors it."""
    return await a_team(northlight)


def at(world: Consultancy, path: str = "") -> str:
    return f"/w/{world.slug}/{path}".rstrip("/")


def of(world: Consultancy, person: Person, what: str = "") -> str:
    return at(world, f"{MEMBERS}/{person.id}/{what}")


async def letters(world: Consultancy, to: Person, letter: str) -> list[Letter]:
    async with world.db.transaction(job(world)) as tx:
        every = await outbox(tx)
    return [mail for mail in every if (mail.to_address, mail.letter) == (to.email, letter)]


async def trail(owner_url: str, world: Consultancy, person: Person) -> list[str]:
    """What owners did with somebody, in order."""
    found = await rows(
        owner_url,
        "SELECT verb FROM audit_entry WHERE tenant_id = $1 AND object_id = $2"
        " AND verb <> 'member admitted' ORDER BY id",
        world.tenant,
        person.id,
    )
    return [row["verb"] for row in found]


async def second_owner(world: Consultancy) -> Person:
    async with world.db.transaction(job(world), writes=True) as tx:
        email = f"olu@{world.slug}.example"
        member = await workspaces.admit(tx, name="Olu Bright", email=email, role="owner")
    return Person("Olu Bright", email, member.id, "owner")


# The page of a member


async def test_the_list_has_each_place_with_its_part_and_since_when(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    alice = await visit(northlight, northlight.alice)
    found = {one["name"]: one for one in (await alice.json(at(northlight, MEMBERS)))["members"]}
    [bobs], [pats] = found["Bob Hartley"]["places"], found["Pat Okafor"]["places"]
    assert (bobs["engagement"], bobs["relation"], bobs["leads"]) == (
        "Working together",
        "team",
        True,
    )
    assert (pats["relation"], pats["leads"]) == ("participant", False)
    assert bobs["starts_on"] and pats["client"] == "Ashbourne Trust"
    page = await alice.page(at(northlight, MEMBERS))
    assert "Working together: leads the team, since" in page.text
    assert of(northlight, northlight.bob) in page.text


async def test_a_member_has_a_page_that_says_what_they_see_and_what_not(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    await begun(northlight, work, northlight.bob)
    alice = await visit(northlight, northlight.alice)
    page = await alice.page(of(northlight, northlight.bob))
    for words in (
        "What Bob Hartley sees",
        "Bob Hartley sees every client, with units and contacts.",
        "They see the record of “Working together”: the plan, people, sessions",
        "They read what is written for the team of “Working together”.",
        "They read no note that another keeps for themselves",
        "Hand over the lead",
    ):
        assert words in page.text, words
    assert SECRET not in page.text
    sam = await alice.json(of(northlight, northlight.sam))
    assert sam["sight"]["sees"][0].startswith("Sam Whitfield reads what is published of")
    assert sam["sight"]["sees_not"] == [
        "Sam Whitfield reads no note, whoever wrote it and whomever it is for."
    ]


@pytest.mark.parametrize("key", ["bob", "ann", "pat"])
async def test_nobody_but_an_owner_does_anything_with_members(
    visit: Visit, northlight: Consultancy, work: EngagementWorld, key: str
):
    browser = await visit(northlight, getattr(northlight, key))
    for what in ("", "edit", "role", "places/new", "view", f"view/{work.engagement}"):
        assert (await browser.page(of(northlight, northlight.sam, what))).status_code == 404
    for what, body in (
        ("role", {"role": "owner"}),
        ("suspension", {}),
        ("reinstatement", {}),
        ("", {"name": "Mallory"}),
    ):
        answer = await browser.put(of(northlight, northlight.sam, what), json=body)
        assert answer.status_code == 404, what


# Name and title


async def test_an_owner_changes_a_name_and_title_for_everybody_here(
    visit: Visit, northlight: Consultancy, work: EngagementWorld, owner_url: str
):
    alice = await visit(northlight, northlight.alice)
    form = await alice.page(of(northlight, northlight.pat, "edit"))
    assert 'value="Pat Okafor"' in form.text
    fields = {"name": " Pat Okafor-Reid ", "title": "Medical director"}
    done = await alice.submit(of(northlight, northlight.pat), **fields)
    assert done.headers["location"] == of(northlight, northlight.pat)
    people = at(northlight, f"engagements/{work.engagement}/people")
    bob = await visit(northlight, northlight.bob)
    page = await bob.page(people)
    assert "Pat Okafor-Reid" in page.text and "Medical director" in page.text
    assert await trail(owner_url, northlight, northlight.pat) == ["member renamed"]


async def test_a_name_that_is_missing_is_asked_for_and_what_was_typed_is_kept(
    visit: Visit, northlight: Consultancy
):
    alice = await visit(northlight, northlight.alice)
    answer = await alice.submit(
        of(northlight, northlight.pat), name=" ", title="Head of everything"
    )
    assert answer.status_code == 422
    assert 'value="Head of everything"' in answer.text


# Roles


@pytest.mark.parametrize(
    ("key", "role"),
    [
        ("bob", "owner"),
        ("bob", "associate"),
        ("ann", "consultant"),
        ("pat", "sponsor"),
        ("sam", "delegate"),
        ("sam", "participant"),
    ],
)
async def test_a_role_changes_within_a_side_whatever_the_places(
    visit: Visit, northlight: Consultancy, work: EngagementWorld, key: str, role: str
):
    alice, person = await visit(northlight, northlight.alice), getattr(northlight, key)
    done = await alice.submit(of(northlight, person, "role"), role=role)
    assert (done.status_code, done.headers["location"]) == (303, of(northlight, person))
    assert (await alice.json(of(northlight, person)))["member"]["role"] == role
    [mail] = await letters(northlight, person, "role_changed")
    assert (mail.facts["before"], mail.facts["role"]) == (person.role, role)


async def test_nobody_goes_over_to_the_other_side_with_places_that_do_not_fit(
    visit: Visit, northlight: Consultancy, work: EngagementWorld, owner_url: str
):
    alice = await visit(northlight, northlight.alice)
    refused = await alice.submit(of(northlight, northlight.ann, "role"), role="participant")
    assert refused.status_code == 409
    assert "Ann Lowe has a place on “Working together”, which a participant cannot have." in (
        refused.text
    )
    assert "End it first." in refused.text
    other = await alice.put(of(northlight, northlight.pat, "role"), json={"role": "consultant"})
    assert other.status_code == 409
    assert (await alice.json(of(northlight, northlight.ann)))["member"]["role"] == "associate"
    assert await trail(owner_url, northlight, northlight.ann) == []
    assert await letters(northlight, northlight.ann, "role_changed") == []

    [place] = (await alice.json(of(northlight, northlight.ann)))["member"]["places"]
    await alice.put(of(northlight, northlight.ann, f"places/{place['assignment_id']}/release"))
    done = await alice.put(of(northlight, northlight.ann, "role"), json={"role": "participant"})
    assert done.status_code == 200
    assert await trail(owner_url, northlight, northlight.ann) == ["role changed"]


async def test_a_demotion_holds_at_the_next_click_without_signing_in_anew(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    olu = await second_owner(northlight)
    demoted, alice = await visit(northlight, olu), await visit(northlight, northlight.alice)
    engaged = at(northlight, f"engagements/{work.engagement}")
    assert (await demoted.page(engaged)).status_code == 200
    await alice.put(of(northlight, olu, "role"), json={"role": "associate"})
    assert (await demoted.page(at(northlight))).status_code == 200
    for path in (engaged, at(northlight, MEMBERS), of(northlight, northlight.bob)):
        assert (await demoted.page(path)).status_code == 404
    back = await demoted.put(of(northlight, olu, "role"), json={"role": "owner"})
    assert back.status_code == 404


async def test_an_owner_who_gives_up_their_own_role_is_led_home(
    visit: Visit, northlight: Consultancy
):
    olu = await second_owner(northlight)
    browser = await visit(northlight, olu)
    done = await browser.submit(of(northlight, olu, "role"), role="consultant")
    assert (done.status_code, done.headers["location"]) == (303, at(northlight))
    assert await letters(northlight, olu, "role_changed") == []


async def test_the_last_owner_stays_one(visit: Visit, northlight: Consultancy):
    alice = await visit(northlight, northlight.alice)
    refused = await alice.submit(of(northlight, northlight.alice, "role"), role="consultant")
    assert refused.status_code == 409
    assert "You are the last owner of this workspace, which is never without one." in refused.text


async def test_two_owners_who_demote_each_other_at_once_leave_one(
    visit: Visit, northlight: Consultancy
):
    olu = await second_owner(northlight)
    first, second = await visit(northlight, northlight.alice), await visit(northlight, olu)
    body = {"role": "consultant"}
    answers = await asyncio.gather(
        first.put(of(northlight, olu, "role"), json=body),
        second.put(of(northlight, northlight.alice, "role"), json=body),
    )
    assert sorted(answer.status_code for answer in answers) == [200, 404]


# Pausing access


@pytest.mark.asvs("7.4.2", "7.4.5")
async def test_a_paused_access_ends_at_once_on_every_device_and_says_so(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    bob, alice = await visit(northlight, northlight.bob), await visit(northlight, northlight.alice)
    done = await alice.submit(of(northlight, northlight.bob, "suspension"))
    assert done.headers["location"] == of(northlight, northlight.bob)
    for path in ("/session", at(northlight), at(northlight, f"engagements/{work.engagement}")):
        answer = await bob.get(path)
        assert answer.status_code == 401
        assert answer.json()["type"] == "urn:cocreate:left"
        assert answer.json()["detail"] == "Your access to Northlight is paused."
    page = await bob.page(at(northlight))
    assert page.status_code == 401
    assert "Nothing of yours was changed." in page.text and 'href="/waiting"' in page.text
    assert len(await letters(northlight, northlight.bob, "access_paused")) == 1


async def test_words_in_a_form_come_back_to_whose_access_is_paused(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    ann, alice = await visit(northlight, northlight.ann), await visit(northlight, northlight.alice)
    await alice.put(of(northlight, northlight.ann, "suspension"))
    written = {"body": "A line that nobody should lose.", "audience": "me"}
    answer = await ann.submit(at(northlight, f"engagements/{work.engagement}/notes"), **written)
    assert answer.status_code == 401
    assert "A line that nobody should lose." in answer.text
    assert "Your access to Northlight is paused." in answer.text


async def test_no_code_is_sent_to_whose_access_is_paused(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    alice = await visit(northlight, northlight.alice)
    await alice.put(of(northlight, northlight.pat, "suspension"))
    asked = await alice.post("/sign-in", data={"email": northlight.pat.email})
    assert asked.status_code < 400
    assert await letters(northlight, northlight.pat, "sign_in_code") == []


async def test_everything_is_there_again_when_access_is_given_back(
    visit: Visit, northlight: Consultancy, work: EngagementWorld, owner_url: str
):
    own, shared = [
        await begun(northlight, work, northlight.bob, audience=a) for a in ("me", "team")
    ]
    alice = await visit(northlight, northlight.alice)
    await alice.put(of(northlight, northlight.bob, "suspension"))
    assert await readable(northlight, shared, northlight.ann) is not None
    done = await alice.submit(of(northlight, northlight.bob, "reinstatement"))
    assert done.status_code == 303
    bob = await visit(northlight, northlight.bob)
    for note in (own, shared):
        assert (await bob.page(at(northlight, f"notes/{note}"))).status_code == 200
    found = (await alice.json(of(northlight, northlight.bob)))["member"]
    assert [place["leads"] for place in found["places"]] == [True]
    assert await trail(owner_url, northlight, northlight.bob) == [
        "member suspended",
        "member reinstated",
    ]
    assert len(await letters(northlight, northlight.bob, "access_restored")) == 1


async def test_a_second_click_pauses_and_restores_once(
    visit: Visit, northlight: Consultancy, owner_url: str
):
    alice = await visit(northlight, northlight.alice)
    for what in ("suspension", "reinstatement"):
        both = [alice.submit(of(northlight, northlight.ann, what)) for _ in range(2)]
        assert [answer.status_code for answer in await asyncio.gather(*both)] == [303, 303]
    assert await trail(owner_url, northlight, northlight.ann) == [
        "member suspended",
        "member reinstated",
    ]


async def test_in_another_workspace_nothing_is_paused(
    visit: Visit, northlight: Consultancy, elsewhere: Consultancy
):
    async with elsewhere.transaction(elsewhere.alice) as tx:
        there = await workspaces.admit(
            tx, name="Ann Lowe", email=northlight.ann.email, role="associate"
        )
    token = await token_of(elsewhere.db, elsewhere.tenant, there.id)
    alice = await visit(northlight, northlight.alice)
    await alice.put(of(northlight, northlight.ann, "suspension"))
    answer = await alice.get("/session", headers={"cookie": f"__Host-cocreate={token}"})
    assert (answer.status_code, answer.json()["workspace"]) == (200, elsewhere.slug)


async def test_the_last_owner_who_can_open_the_workspace_is_neither_paused_nor_leaves(
    visit: Visit, northlight: Consultancy
):
    alice = await visit(northlight, northlight.alice)
    for path in (of(northlight, northlight.alice, "suspension"), at(northlight, "settings/leave")):
        assert "last owner" in (await alice.submit(path)).text
    olu = await second_owner(northlight)
    own = await alice.submit(of(northlight, northlight.alice, "suspension"))
    assert "You cannot pause your own access." in own.text
    await alice.put(of(northlight, olu, "suspension"))
    for path, body in (
        (at(northlight, "settings/leave"), {}),
        (of(northlight, northlight.alice, "role"), {"role": "consultant"}),
    ):
        refused = await alice.put(path, json=body)
        assert refused.status_code == 409
        assert "last owner" in refused.json()["detail"]


async def test_who_is_paused_shows_as_such_and_is_given_nothing_anew(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    other = await engagement(northlight, title="Closer", with_participant=False, with_sponsor=False)
    alice, bob = await visit(northlight, northlight.alice), await visit(northlight, northlight.bob)
    await alice.put(of(northlight, northlight.ann, "suspension"))
    assert "access paused" in (await alice.page(at(northlight, MEMBERS))).text
    people = at(northlight, f"engagements/{work.engagement}/people")
    assert "access paused" in (await bob.page(people)).text
    assert "Access is paused since" in (await alice.page(of(northlight, northlight.ann))).text
    assert (
        "they open nothing until it is back"
        in ((await alice.json(of(northlight, northlight.ann)))["sight"]["sees_not"][0])
    )

    anew = {"engagement_id": str(other.engagement)}
    for answer in (
        await alice.post(of(northlight, northlight.ann, "places"), json=anew),
        await bob.post(
            at(northlight, f"engagements/{other.engagement}/people"),
            json={"relation": "team", "member_id": str(northlight.ann.id)},
        ),
        await bob.post(
            at(northlight, f"engagements/{work.engagement}/actions"),
            json={"text": "Ask first", "owner_id": str(northlight.ann.id)},
        ),
    ):
        assert answer.status_code in (409, 422), answer.text
    async with northlight.transaction(northlight.bob) as tx:
        named = [one.name for one in (await people_of_notes(tx, work.engagement)).present]
        setting = await setting_of(tx, work.engagement)
        assert "Ann Lowe" not in [*named, *(one.name for one in setting.people)]
        assert northlight.ann.id not in [one.id for one in await tx.all(colleagues)]


async def test_a_note_that_names_them_goes_on_naming_them_and_a_new_one_does_not(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    alice, bob = await visit(northlight, northlight.alice), await visit(northlight, northlight.bob)
    note = await begun(
        northlight, work, northlight.bob, audience="named", reader_ids=[northlight.ann.id]
    )
    await alice.put(of(northlight, northlight.ann, "suspension"))
    form = await bob.page(at(northlight, f"notes/{note}/edit"))
    assert f'value="{northlight.ann.id}"' in form.text
    body: dict[str, Any] = {
        "body": "And one more thing.",
        "audience": "named",
        "reader_ids": [str(northlight.ann.id)],
        "engagement_id": str(work.engagement),
    }
    saved = await bob.put(at(northlight, f"notes/{note}"), json=body | {"version": 1})
    assert saved.status_code == 200
    new = await bob.post(at(northlight, f"engagements/{work.engagement}/notes"), json=body)
    assert new.status_code == 422
    await alice.put(of(northlight, northlight.ann, "reinstatement"))
    assert await readable(northlight, note, northlight.ann) is not None


async def test_a_session_that_is_moved_meanwhile_still_expects_them_and_writes_them_nothing(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    alice = await visit(northlight, northlight.alice)
    draft = SessionDraft(
        kind="coaching",
        starts_on=date(2099, 6, 8),
        starts_at="14:30",
        attendee_ids=[northlight.pat.id, northlight.sam.id],
    )
    planned = await acts(northlight, northlight.bob, plan_session, work.engagement, draft)
    await alice.put(of(northlight, northlight.pat, "suspension"))
    moved = SessionDraft(
        kind="coaching",
        starts_on=date(2099, 6, 9),
        starts_at="14:30",
        attendee_ids=[northlight.sam.id],
    )
    changed = await acts(northlight, northlight.bob, change_session, planned.id, moved)
    assert set(changed.attendee_ids) == {northlight.pat.id, northlight.sam.id}
    assert await letters(northlight, northlight.pat, "session_changed") == []
    assert await letters(northlight, northlight.pat, "session_cancelled") == []
    assert len(await letters(northlight, northlight.sam, "session_changed")) == 1


async def test_a_participant_whose_lead_is_paused_writes_for_themselves(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    alice, pat = await visit(northlight, northlight.alice), await visit(northlight, northlight.pat)
    await alice.put(of(northlight, northlight.bob, "suspension"))
    place = at(northlight, f"engagements/{work.engagement}/reflections")
    form = await pat.page(f"{place}/new")
    assert "You and Bob Hartley" not in form.text and "Only you, for now" in form.text
    refused = await pat.submit(place, body="It was quiet today.", audience="named")
    assert refused.status_code == 422
    assert "It was quiet today." in refused.text
    assert "Keep it to yourself for now" in refused.text
    kept = await pat.submit(place, body="It was quiet today.", audience="me")
    assert kept.status_code == 303
    [writing] = (await pat.json(at(northlight, "writing")))["places"]
    assert (writing["audience"], writing["lead_id"]) == ("me", None)


async def test_who_shares_an_engagement_still_reads_the_name_of_whose_access_is_paused(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    alice, pat = await visit(northlight, northlight.alice), await visit(northlight, northlight.pat)
    await alice.put(of(northlight, northlight.bob, "suspension"))
    [coaching] = (await pat.json(at(northlight)))["coaching"]
    assert coaching["lead"] == "Bob Hartley"


# Places


async def test_an_owner_gives_a_colleague_a_place_and_ends_it_from_their_page(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    other = await engagement(northlight, title="Closer", with_participant=False, with_sponsor=False)
    alice, ann = await visit(northlight, northlight.alice), await visit(northlight, northlight.ann)
    form = await alice.page(of(northlight, northlight.ann, "places/new"))
    assert "Closer, Ashbourne Trust" in form.text and ">Working together," not in form.text
    given = await alice.submit(
        of(northlight, northlight.ann, "places"), engagement_id=str(other.engagement)
    )
    assert given.headers["location"] == of(northlight, northlight.ann)
    opened = at(northlight, f"engagements/{other.engagement}")
    assert (await ann.page(opened)).status_code == 200
    places = (await alice.json(of(northlight, northlight.ann)))["member"]["places"]
    [place] = [one for one in places if one["engagement"] == "Closer"]
    ended = await alice.submit(
        of(northlight, northlight.ann, f"places/{place['assignment_id']}/release")
    )
    assert ended.headers["location"] == of(northlight, northlight.ann)
    assert (await ann.page(opened)).status_code == 404


async def test_somebody_of_a_client_gets_a_place_as_the_contact_that_they_are(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    alice = await visit(northlight, northlight.alice)
    places = of(northlight, northlight.pat, "places")
    chosen = {"engagement_id": str(work.engagement)}
    nothing = await alice.submit(places, **chosen)
    assert nothing.status_code == 422
    assert "Choose a part that Pat Okafor can have." in nothing.text
    done = await alice.post(places, json=chosen | {"relation": "sponsor"})
    assert done.status_code == 201
    found = (await alice.json(of(northlight, northlight.pat)))["member"]["places"]
    assert {one["relation"] for one in found} == {"participant", "sponsor"}
    other = await engagement(northlight, title="Closer", with_participant=False, with_sponsor=False)
    strange = await alice.post(
        places, json={"engagement_id": str(other.engagement), "relation": "sponsor"}
    )
    assert strange.status_code == 422
    assert "Choose an engagement that Pat Okafor can join." in strange.text


async def test_a_place_that_opens_nothing_is_said_to(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    alice = await visit(northlight, northlight.alice)
    await alice.put(of(northlight, northlight.sam, "role"), json={"role": "participant"})
    found = (await alice.json(of(northlight, northlight.sam)))["sight"]
    assert (
        "They open nothing by the place on “Working together”, which is not for a participant."
        in found["sees_not"]
    )


async def test_the_place_of_who_leads_is_ended_only_once_it_was_handed_over(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    alice = await visit(northlight, northlight.alice)
    [place] = (await alice.json(of(northlight, northlight.bob)))["member"]["places"]
    refused = await alice.submit(
        of(northlight, northlight.bob, f"places/{place['assignment_id']}/release")
    )
    assert refused.status_code == 409
    assert "Hand it over first" in refused.text
    strange = of(northlight, northlight.ann, f"places/{place['assignment_id']}/release")
    assert (await alice.put(strange)).status_code == 404


# Handing over


async def test_the_page_says_before_the_deed_what_does_not_move(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    for facts in ({}, {}, {"audience": "named", "reader_ids": [northlight.pat.id]}):
        await begun(northlight, work, northlight.bob, **facts)
    lead = at(northlight, f"engagements/{work.engagement}/lead")
    bob, alice = await visit(northlight, northlight.bob), await visit(northlight, northlight.alice)
    own, owners = (await bob.page(lead)).text, (await alice.page(lead)).text
    assert "2 notes that you kept private stay yours. Nobody else reads them." in own
    assert "2 notes that Bob Hartley kept private stay theirs." in owners
    assert "One note for people whom Bob Hartley named stays with them." in owners
    assert SECRET not in own + owners


async def test_an_engagement_is_handed_to_somebody_new_and_the_former_lead_leaves_with_it(
    visit: Visit, northlight: Consultancy
):
    work = await engagement(northlight)
    bob, ann = await visit(northlight, northlight.bob), await visit(northlight, northlight.ann)
    lead = at(northlight, f"engagements/{work.engagement}/lead")
    done = await bob.submit(
        lead, member_id=str(northlight.ann.id), former_lead="leaves", with_actions="true"
    )
    assert (done.status_code, done.headers["location"]) == (303, at(northlight, "engagements"))
    opened = at(northlight, f"engagements/{work.engagement}")
    assert (await bob.page(opened)).status_code == 404
    assert "led by Ann Lowe" in (await ann.page(opened)).text


async def test_what_was_chosen_is_kept_when_nobody_was(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    bob = await visit(northlight, northlight.bob)
    lead = at(northlight, f"engagements/{work.engagement}/lead")
    answer = await bob.submit(lead, former_lead="leaves")
    assert answer.status_code == 422
    checked = answer.text.partition('value="leaves"')[2].partition(">")[0]
    assert "checked" in checked
