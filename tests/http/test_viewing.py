"""What an owner sees who looks at what somebody of a client sees: by the owner's own rights."""

import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from canaries import MARKER
from crowding import Crowd
from engagements.actions.service import ActionDraft, agree
from engagements.portal.service import publish_update
from engagements.sessions.service import SessionDraft, plan_session
from estate import Estate
from measured import acts, agreed, finding
from noting import SECRET, a_team, begun, joins, leaves, rows
from served import Visit, Visitor
from sponsored import TOKEN
from tenancy.workspaces.service import admit
from world import Consultancy, EngagementWorld, Person

FORM = re.compile(r"<form[^>]*action=\"([^\"]+)\"")


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await a_team(northlight)


def as_seen(world: Consultancy, person: Person, work: UUID | None = None) -> str:
    page = f"/w/{world.slug}/settings/members/{person.id}/view"
    return f"{page}/{work}" if work else page


async def published(world: Consultancy, work: EngagementWorld, **facts: Any) -> None:
    draft = finding(open_portal=True, **facts)
    await acts(world, world.bob, publish_update, work.engagement, draft)


async def promised(world: Consultancy, work: EngagementWorld, owner: Person, shown: Any) -> None:
    text = f"{owner.name} will do what {shown} sees"
    draft = ActionDraft(text=text, owner_id=owner.id, shown_to=shown)
    await acts(world, world.bob, agree, work.engagement, draft)


async def planned(world: Consultancy, work: EngagementWorld, *who: Person, days: int = 7) -> None:
    draft = SessionDraft(
        kind="review",
        starts_on=datetime.now(UTC).date() + timedelta(days=days),
        starts_at="14:30",
        attendee_ids=[person.id for person in who],
    )
    await acts(world, world.bob, plan_session, work.engagement, draft)


async def test_an_owner_reads_the_portal_as_its_sponsor_does(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    await agreed(northlight, work.engagement)
    await published(northlight, work)
    await planned(northlight, work, northlight.sam)
    alice, sam = await visit(northlight, northlight.alice), await visit(northlight, northlight.sam)
    seen = await alice.json(as_seen(northlight, northlight.sam, work.engagement))
    assert seen["shown"] == await sam.json(f"/portal/{northlight.slug}/{work.engagement}")
    assert seen["shown"]["next_session"]["lead"] == "Bob Hartley"
    page = (await alice.page(as_seen(northlight, northlight.sam, work.engagement))).text
    assert "You see what Sam Whitfield sees" in page
    assert "Nothing you do here is theirs." in page
    assert finding().headline in page


async def test_there_is_nothing_to_do_on_what_is_looked_at(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    await published(northlight, work)
    await promised(northlight, work, northlight.pat, "participant")
    alice = await visit(northlight, northlight.alice)
    for path in (
        as_seen(northlight, northlight.sam),
        as_seen(northlight, northlight.sam, work.engagement),
        as_seen(northlight, northlight.pat),
    ):
        page = await alice.page(path)
        assert page.status_code == 200
        assert FORM.findall(page.text) == ["/sign-out"], path


async def test_a_sponsor_who_has_nothing_to_read_yet_is_shown_as_such(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    alice = await visit(northlight, northlight.alice)
    page = await alice.page(as_seen(northlight, northlight.sam))
    assert "There is nothing to read yet" in page.text
    await acts(northlight, northlight.bob, publish_update, work.engagement, finding())
    closed = await alice.page(as_seen(northlight, northlight.sam, work.engagement))
    assert closed.status_code == 404


async def test_a_participant_is_shown_with_what_is_shown_to_them_and_none_of_their_notes(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    world = northlight
    await begun(world, work, world.pat, kind="reflection")
    await begun(world, work, world.pat, audience="named", reader_ids=[world.bob.id])
    for owner, shown in ((world.pat, "participant"), (world.bob, "participant")):
        await promised(world, work, owner, shown)
    await planned(world, work, world.pat)
    await planned(world, work, world.sam, days=8)
    alice = await visit(world, world.alice)
    seen = await alice.json(as_seen(world, world.pat))
    assert [one["title"] for one in seen["coaching"]] == ["Working together"]
    assert seen["coaching"][0]["purpose"] == "Theatre teams that speak up early."
    assert [one["text"] for one in seen["actions"]] == ["Pat Okafor will do what participant sees"]
    assert len(seen["upcoming"]) == 1
    page = (await alice.page(as_seen(world, world.pat))).text
    assert "Pat’s reflections are not shown here: they are Pat’s." in page
    assert SECRET not in page + str(seen)


async def test_what_a_participant_finds_at_home_is_what_is_shown_but_for_what_they_wrote(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    world = northlight
    await promised(world, work, world.pat, "participant")
    await promised(world, work, world.ann, "sponsor")
    await planned(world, work, world.pat, world.sam)
    await planned(world, work, world.pat, days=-3)
    alice, pat = await visit(world, world.alice), await visit(world, world.pat)
    seen, home = await alice.json(as_seen(world, world.pat)), await pat.json(f"/w/{world.slug}")
    for part in ("upcoming", "past", "agreements"):
        assert seen[part] == home[part]
    assert seen["actions"] == home["actions"] + home["done"]
    assert [one["title"] for one in seen["coaching"]] == [
        one["engagement"] for one in home["coaching"]
    ]


async def test_who_works_here_who_left_and_who_is_paused_is_not_looked_at(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    await published(northlight, work)
    alice = await visit(northlight, northlight.alice)
    for person in (northlight.bob, northlight.ann, northlight.alice):
        assert (await alice.page(as_seen(northlight, person))).status_code == 404
    settings_of = f"/w/{northlight.slug}/settings/members"
    await alice.put(f"{settings_of}/{northlight.sam.id}/suspension")
    await alice.put(f"{settings_of}/{northlight.pat.id}/departure")
    for path in (
        as_seen(northlight, northlight.sam),
        as_seen(northlight, northlight.sam, work.engagement),
        as_seen(northlight, northlight.pat),
    ):
        assert (await alice.page(path)).status_code == 404


async def test_what_somebody_had_a_place_on_once_is_not_shown_any_more(
    visit: Visit, northlight: Consultancy, work: EngagementWorld
):
    await published(northlight, work)
    await promised(northlight, work, northlight.pat, "participant")
    await planned(northlight, work, northlight.pat, northlight.sam)
    for person in (northlight.pat, northlight.sam):
        await leaves(northlight, person, work)
    alice = await visit(northlight, northlight.alice)
    seen = await alice.json(as_seen(northlight, northlight.pat))
    assert [seen[part] for part in ("coaching", "upcoming", "actions", "agreements")] == [[]] * 4
    assert (await alice.json(as_seen(northlight, northlight.sam)))["portals"] == []
    gone = await alice.page(as_seen(northlight, northlight.sam, work.engagement))
    assert gone.status_code == 404


# Nothing private, whatever there is


async def everything_seen(crowd: Crowd, estate: Estate) -> AsyncIterator[tuple[str, str]]:
    """All that the owner is shown of each person of a client, by address."""
    north = estate.worlds["north"]
    for key in ("pat", "rae", "quinn", "sam", "del", "sid", "quy"):
        paths = [as_seen(north, estate.people[key])]
        for work in ("ours", "theirs"):
            for name in ("engagement", "engagement before its portal opens"):
                [engagement] = estate.things(name, work)
                paths.append(as_seen(north, estate.people[key], engagement.path["id"]))
        for path in paths:
            for accept in ("text/html", "application/json"):
                answer = await crowd.look("alice", path, accept)
                if answer.status_code == 200:
                    yield f"{key}: {path} as {accept}", answer.text


async def test_no_note_of_anybody_appears_and_looking_leaves_no_reading(
    crowd: Crowd, estate: Estate, owner_url: str
) -> None:
    readings = "SELECT note_id, reader_id, last_at FROM note_reading"
    before = await rows(owner_url, readings)
    met: set[str] = set()
    count = 0
    async for where, text in everything_seen(crowd, estate):
        kinds = {estate.aviary.planted[m.lower()].kind for m in MARKER.findall(text)}
        assert not {kind for kind in kinds if kind.startswith(("note", "file", "kept copy"))}, where
        assert not kinds & {"proposal", "presenting issue", "action for the team"}, where
        met |= kinds
        count += 1
    assert met >= {"publication", "session", "action for participants", "action for sponsors"}
    assert count >= 20
    assert await rows(owner_url, readings) == before


# Whatever is published, promised and planned


DEEDS = ("update", "quote", "session", "theirs", "promise", "by pat", "ann goes", "pat goes")
deeds = st.sets(st.sampled_from(DEEDS), min_size=1).map(
    lambda chosen: sorted(chosen, key=DEEDS.index)
)


@settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(story=deeds, role=st.sampled_from(("sponsor", "delegate")))
async def test_what_an_owner_sees_of_a_sponsors_page_is_what_the_sponsor_sees(
    visit: Visit, northlight: Consultancy, story: list[str], role: Any
) -> None:
    world = northlight
    work = await a_team(world)
    await agreed(world, work.engagement)
    await published(world, work)
    reader = await newcomer(world, work, role)
    for deed in story:
        await done(world, work, deed, reader)
    alice, browser = await visit(world, world.alice), await visit(world, reader)
    seen = await alice.json(as_seen(world, reader, work.engagement))
    own = await browser.json(f"/portal/{world.slug}/{work.engagement}")
    assert seen["shown"] == own
    listed = await alice.json(as_seen(world, reader))
    portal = await browser.json(f"/portal/{world.slug}/")
    assert {part: listed[part] for part in portal} == portal
    await the_pages_say_the_same(alice, browser, world, reader, work)


async def the_pages_say_the_same(
    alice: Visitor, browser: Visitor, world: Consultancy, reader: Person, work: EngagementWorld
) -> None:
    """From its finding on, the page is the same for both."""
    seen = (await alice.page(as_seen(world, reader, work.engagement))).text
    own = (await browser.page(f"/portal/{world.slug}/{work.engagement}")).text

    def from_the_finding(text: str) -> bytes:
        _, _, found = text.partition('<section class="hero">')
        page = found.partition("</main>")[0].partition('<div class="block close aside-link">')[0]
        return TOKEN.sub(rb"", page.strip().encode())

    assert from_the_finding(seen) == from_the_finding(own)


async def newcomer(world: Consultancy, work: EngagementWorld, role: Any) -> Person:
    email = f"{role}-{work.engagement.hex}@trust.example"
    async with world.transaction(world.alice) as tx:
        member = await admit(tx, name="Noor Aziz", email=email, role=role)
    person = Person("Noor Aziz", email, member.id, role)
    await joins(world, person, work, role)
    return person


async def done(world: Consultancy, work: EngagementWorld, deed: str, reader: Person) -> None:
    if deed == "update":
        draft = finding(headline="A newer finding")
        await acts(world, world.bob, publish_update, work.engagement, draft)
    elif deed == "quote":
        facts = {"quote_1": "I just said it.", "said_by_1": "Porter", "permission_1": True}
        await acts(world, world.bob, publish_update, work.engagement, finding(**facts))
    elif deed == "session":
        await planned(world, work, reader)
    elif deed == "theirs":
        await planned(world, work, world.sam, days=3)
    elif deed == "promise":
        await promised(world, work, world.ann, "sponsor")
    elif deed == "by pat":
        await promised(world, work, world.pat, "sponsor")
    else:
        person = world.ann if deed == "ann goes" else world.pat
        await leaves(world, person, work)
