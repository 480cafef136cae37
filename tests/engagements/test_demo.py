"""The demo: told once, through the services, and whole on whatever day it is told."""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest
import pytest_asyncio
from msgspec.structs import replace

from conftest import copied
from engagements.actions.queries import actions_by_state
from engagements.clients.queries import client_list
from engagements.commercial.queries import agreement_page
from engagements.demo import harbour, kelder, northmoor, prospects, story, tidewater
from engagements.demo.calendar import ZONE, Calendar
from engagements.demo.cast import WORKSPACES
from engagements.demo.script import unwrapped
from engagements.measures.queries import indicators, standings
from engagements.members.invitation_queries import open_invitations
from engagements.members.queries import members
from engagements.notes.patient_identifiers import found_in
from engagements.notes.queries import my_reflections, notes_of_engagement
from engagements.portal.queries import PortalPage, portal_page, portals, publications
from engagements.portfolio.queries import engagement_list, engagement_page
from engagements.retention.queries import going_after, holds_of, periods_of
from engagements.search.matching import sought_in
from engagements.search.queries import find
from engagements.sessions import queries as sessions
from engagements.support.queries import consents, overview
from engagements.trail.queries import all_entries
from engagements.upward.queries import proposed_by_me, waiting_for_me
from tenancy.audit.verification import verify
from tenancy.database.context import Surface
from tenancy.database.pool import NOBODY, Database
from tenancy.database.prepare import app_url
from tenancy.errors import NotFound, Refused
from tenancy.files.store import Files
from tenancy.identity import tokens
from tenancy.identity.queries import place_of
from tenancy.ids import new_id
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.reach import context_of, differences
from tenancy.workspaces.service import today_in

TODAY = today_in(ZONE)


async def every_entry(tx):
    return [entry async for entry in all_entries(tx)]


EVERY_DAY = [Calendar(date(2026, 1, 1) + timedelta(days=days)) for days in range(800)]
PARTS = (
    *(northmoor.CLIENT, northmoor.WORK, harbour.CLIENT, harbour.WORK),
    *(prospects.FENWICK, prospects.FENWICK_WORK, prospects.ST_BRANNOCS),
    *(kelder.CLIENT, kelder.WORK, tidewater.CLIENT, tidewater.WORK),
)
TEXT = msgspec.json.encode(PARTS).decode()


@dataclass
class Demo:
    """The told demo. `left` are the workspaces that a first, failed telling left behind."""

    db: Database
    keyring: Keyring
    files: Files
    told: bool
    left: list[str]

    async def context(self, key: str, surface: Surface = "workspace"):
        (person,) = [one for one in story.people() if one.key == key]
        slug = "tidewater" if key == "tess" else "northlight"
        place = await self.db.look_up(place_of, slug=slug)
        job = replace(NOBODY, surface="job", tenant=place.tenant)
        async with self.db.transaction(job) as tx:
            sql = "SELECT id, role FROM member WHERE email = $1"
            member = await tx.connection.fetchrow(sql, person.email)
            assert member is not None, f"{person.email} is no member"
            assert member["role"] == person.role
            return replace(await context_of(tx, member["id"]), surface=surface)

    async def reads(self, key: str, query, *facts, surface: Surface = "workspace", **named):
        async with self.db.transaction(await self.context(key, surface)) as tx:
            if hasattr(query, "sql"):
                return await tx.all(query, **named)
            return await query(tx, *facts, **named)

    async def clients(self, key: str):
        first = {"sought": "", "after_name": "", "after_id": UUID(int=0), "limit": 50}
        return await self.reads(key, client_list, **first)

    async def engagement(self, title: str):
        listed = await self.reads("ros", engagement_list)
        (found,) = [one.id for one in listed if one.title == title]
        return found

    async def working_together(self):
        return await self.engagement("Working Together")

    async def seen_by_helen(self) -> PortalPage:
        work = await self.working_together()
        return await self.reads("helen", portal_page, work, surface="portal", today=TODAY)


async def workspaces(db: Database) -> list[str]:
    return [slug for slug in WORKSPACES if await db.look_up(place_of, slug=slug)]


@pytest_asyncio.fixture(scope="session")
async def demo(template_url: str, keyring: Keyring, files: Files) -> AsyncIterator[Demo]:
    """A database of its own, because the demo's workspaces have fixed names."""
    url = await copied(template_url, "demo")
    db = Database(app_url(url, "app-password"), keyring)
    await db.open()
    with pytest.raises(Refused, match="has not begun yet"):
        await story.tell(db, keyring, files, today=TODAY + timedelta(days=400))
    left = await workspaces(db)
    yield Demo(db, keyring, files, await story.tell(db, keyring, files), left)
    await db.close()


async def test_a_telling_that_breaks_off_leaves_nothing_behind(demo):
    assert demo.left == []
    assert demo.told


async def test_telling_it_twice_changes_nothing(demo):
    assert not await story.tell(demo.db, demo.keyring, demo.files)
    assert len(await demo.clients("ros")) == 5


async def test_everybody_who_is_named_can_sign_in_in_that_role(demo):
    for person in story.people():
        assert (await demo.context(person.key)).role == person.role


async def test_there_are_five_clients_each_at_a_stage_of_its_own(demo):
    stages = {client.name: client.stage for client in await demo.clients("ros")}
    assert stages == {
        "Northmoor Vale NHS Foundation Trust": "client",
        "Harbour Community Health NHS Trust": "client",
        "Fenwick & Dale Integrated Care Board": "conversation",
        "St Brannoc's Hospice": "enquiry",
        "Kelder Valley Ambulance Service NHS Trust": "former",
    }
    states = {one.title: one.state for one in await demo.reads("ros", engagement_list)}
    assert states == {"Working Together": "running", "Closer": "running"} | {
        "Good Neighbours": "proposed",
        "Same Radio": "closed",
    }


async def test_what_is_kept_of_finished_work_counts_down_and_a_hold_is_in_force(demo):
    periods = await demo.reads("ros", periods_of)
    going = await demo.reads("ros", going_after, TODAY, periods)
    assert [(line.engagement, line.key, line.count, line.held) for line in going] == [
        ("Same Radio", "private", 2, False),
        ("Working Together", "private", 1, True),
    ]
    assert TODAY < going[0].due_on < TODAY + timedelta(days=30)
    (hold,) = await demo.reads("ros", holds_of)
    assert hold.engagement == "Working Together"


async def test_one_engagement_is_fourteen_months_old_and_delivers(demo):
    (page,) = await demo.reads("ros", engagement_page, engagement=await demo.working_together())
    assert (TODAY - page.starts_on).days // 30 == 14
    assert [phase.state for phase in page.phases] == ["passed"] * 3 + ["running", "planned"]
    assert len(page.milestones) == 8
    assert {objective.domain for objective in page.objectives} == {
        "Psychological safety",
        "Collective leadership",
        "Teamworking",
        "Partnership",
    }
    assert [element.code for element in page.brief.focus] == ["PS1", "CL3", "TW4"]
    assert {(person.name, person.relation) for person in page.people} >= {
        ("Imran Qureshi", "team"),
        ("Maya Osei", "participant"),
        ("Helen Marsh", "sponsor"),
    }


async def test_sessions_were_held_and_the_next_are_planned(demo):
    work = await demo.working_together()
    held = [
        row
        for row in await demo.reads("ros", sessions.past, engagement=work)
        if row.state == "held"
    ]
    assert len(held) >= 16
    ahead = await demo.reads("ros", sessions.upcoming, engagement=work)
    assert [row.title for row in ahead][:2] == [
        "Coaching session",
        "Before the board: what we can and cannot say",
    ]


async def test_there_are_notes_of_every_audience_and_each_reader_finds_their_own(demo):
    work = await demo.working_together()
    seen = {key: await demo.reads(key, notes_of_engagement, work) for key in ("ros", "imran")}
    every = [note for notes in seen.values() for note in notes]
    assert {note.audience for note in every} == {"me", "named", "team"}
    assert {note.kind for note in every} == {"working", "session", "reflection"}
    assert all(note.own for note in every if note.audience == "me")
    written = await demo.reads("maya", my_reflections)
    assert {note.audience for note in written} == {"me", "named", "team"}
    for_ros = [note for note in written if note.readers == ["Ros Hartley"]]
    assert {note.id for note in for_ros} <= {note.id for note in seen["ros"]}
    assert not {note.id for note in for_ros} & {note.id for note in seen["imran"]}


async def test_notes_stand_in_the_order_in_which_they_were_written(demo):
    notes = await demo.reads("ros", notes_of_engagement, await demo.working_together())
    assert [note.written_at for note in notes] == sorted(
        (note.written_at for note in notes), reverse=True
    )


async def test_promises_are_open_done_dropped_and_one_is_late(demo):
    found = await demo.reads("ros", actions_by_state, await demo.working_together(), TODAY)
    assert [row.owner for row in found.open if row.late] == ["Maya Osei"]
    assert found.done
    assert found.dropped
    every = [*found.open, *found.done, *found.dropped]
    assert {row.shown_to for row in every} == {"team", "participant", "sponsor"}
    assert {row.kind for row in every} == {"action", "commitment"}


async def test_the_domains_were_surveyed_twice_and_say_no_more_than_they_may(demo):
    found = await demo.reads("ros", standings, await demo.working_together())
    assert {one.code: one.change.word for one in found} == {
        "PS": "improving",
        "CL": "improving",
        "TW": "no clear change",
        "PA": "improving",
    }
    assert all(one.start.measured_on < one.now.measured_on for one in found)
    teamworking = next(one.change for one in found if one.code == "TW")
    assert teamworking.difference < 0 < teamworking.upper


async def test_each_indicator_has_the_verdict_that_its_story_tells(demo):
    found = await demo.reads("ros", indicators, await demo.working_together())
    assert [(one.variation, one.assurance) for one in found] == [
        ("improvement_high", None),
        ("common_cause", "inconsistent"),
        ("concern_high", None),
    ]
    (early,) = await demo.reads("imran", indicators, await demo.engagement("Closer"))
    assert early.sentence == "Too early to say: 5 of 12 points"


async def test_the_words_of_the_update_are_borne_out_by_its_figures(demo):
    page = await demo.seen_by_helen()
    points = page.measure.content.chart.points
    assert page.update.content.headline.endswith("than at any point in three years")
    assert len(points) == 36
    assert points[-1].value == max(point.value for point in points)
    assert [point.value for point in points].count(points[-1].value) == 1
    assert "Three of the four domains are higher" in page.update.content.summary
    words = [domain.change.word for domain in page.domains.content.domains]
    assert words.count("improving") == 3
    late = (await demo.reads("ros", indicators, await demo.working_together()))[2]
    assert "last eight months" in page.update.content.summary
    assert late.sentence.startswith("Getting worse: the last 8 months are above the average")


async def test_the_portal_is_open_to_the_chief_executive(demo):
    page = await demo.seen_by_helen()
    assert page.measure.content.sentence.startswith("Improving: ")
    assert [quote.said_by for quote in page.quotes] == [
        "Ward manager, medicine",
        "Consultant anaesthetist, theatres",
        "Clinical director, theatres",
    ]
    assert len(page.themes.content.sentences) == 4
    assert {row.kind for row in page.attendance.content.sessions} >= {"coaching", "workshop"}
    assert page.next_session.title.startswith("Before the board")
    assert [action.owner for action in page.actions if action.late] == ["Maya Osei"]
    assert page.opened_at.date() < TODAY - timedelta(days=100)
    listed = await demo.reads("ros", publications, engagement=page.id)
    assert [row.kind for row in listed].count("update") == 2


async def test_what_may_be_told_is_agreed_in_its_second_version(demo):
    work = await demo.working_together()
    for key, surface in (("ros", "workspace"), ("maya", "workspace"), ("helen", "portal")):
        page = await demo.reads(key, agreement_page, work, surface=surface)
        assert (page.in_force.number, page.proposed) == (2, None)
        assert {one.name for one in page.in_force.accepted} >= {"Maya Osei", "Helen Marsh"}
        assert [one.state for one in page.earlier] == ["replaced"]


async def test_a_sentence_went_upward_softened_and_another_waits_for_maya(demo):
    work = await demo.working_together()
    softened = next(q for q in (await demo.seen_by_helen()).quotes if "porter" in q.text)
    (waiting,) = await demo.reads("maya", waiting_for_me)
    assert waiting.words.startswith("The new practitioner asked first")
    by_ros = await demo.reads("ros", proposed_by_me, work)
    assert {(one.state, one.shown) for one in by_ros} == {("proposed", False), ("approved", True)}
    assert softened.text == next(one.approved for one in by_ros if one.shown)
    assert await demo.reads("imran", proposed_by_me, work) == []


async def test_nothing_but_the_one_engagement_is_on_a_portal(demo):
    entries = await demo.reads("ros", portals, surface="portal")
    assert [entry.title for entry in entries] == ["Working Together"]


async def test_an_associate_reaches_her_one_engagement_only(demo):
    assert [one.title for one in await demo.reads("bethan", engagement_list)] == ["Closer"]
    assert [one.name for one in await demo.clients("bethan")] == [
        "Harbour Community Health NHS Trust"
    ]


async def test_what_a_former_colleague_wrote_for_the_team_is_still_read(demo):
    notes = await demo.reads("imran", notes_of_engagement, await demo.working_together())
    assert {note.audience for note in notes if note.author == "Huw Morgan"} == {"team"}
    (huw,) = [one for one in await demo.reads("ros", members) if one.left_on]
    assert (huw.name, huw.engagements) == ("Huw Morgan", [])
    assert huw.joined_on < huw.left_on < TODAY
    found = await demo.reads("ros", actions_by_state, await demo.working_together(), TODAY)
    assert [row.owner for row in found.open if row.owner_left] == ["Huw Morgan (left)"]


async def test_people_came_and_were_given_their_places_on_days_of_the_story(demo):
    found = await demo.reads("ros", members)
    assert {one.joined_on for one in found if one.joined_on > TODAY - timedelta(days=30)} == set()
    places = {
        (one.name, place.engagement): place.starts_on for one in found for place in one.places
    }
    began = places["Ros Hartley", "Working Together"]
    assert (TODAY - began).days // 30 == 14
    for name in ("Maya Osei", "Helen Marsh", "Imran Qureshi"):
        assert places[name, "Working Together"] == began


async def test_one_is_away_one_is_invited_one_program_asks_and_support_was_let_in_once(demo):
    (away,) = [one for one in await demo.reads("ros", members) if one.suspended_at]
    assert (away.name, away.engagements) == ("Owen Bright", ["Closer"])
    assert away.suspended_at.date() < TODAY
    invited = await demo.reads("ros", open_invitations)
    assert {one.name for one in invited} == {"Aisha Rahman", "Tom Ashworth"}
    assert {one.state for one in invited} == {"open"}
    (token,) = await demo.reads("ros", tokens.listed, new_id())
    assert (token.member, token.scopes) == ("Imran Qureshi", ["records:read"])
    context = replace(await demo.context("ros"), surface="support", member=None, role=None)
    async with demo.db.transaction(context) as tx:
        seen = await overview(tx)
    absent = {one.name for one in seen.members if one.last_here is None}
    assert absent == {"Huw Morgan", "Owen Bright"}
    (consent,) = await demo.reads("ros", consents)
    assert consent.over
    assert consent.given_at < consent.ended_at < consent.until


async def test_the_trail_tells_the_story_in_its_order_and_its_chain_is_whole(demo):
    entries = await demo.reads("ros", every_entry)
    moments = [entry.at for entry in entries]
    assert moments == sorted(moments)
    assert (TODAY - moments[0].date()).days > 600
    assert moments[-1] <= datetime.now(UTC)
    assert len({moment.date() for moment in moments}) > 100
    context = await demo.context("ros")
    assert (await verify(demo.db, context.tenant)).broken is None


async def test_the_other_consultancy_sees_nothing_of_the_first(demo):
    work = await demo.working_together()
    assert [one.title for one in await demo.reads("tess", engagement_list)] == ["Steady Ground"]
    assert [one.name for one in await demo.clients("tess")] == ["Lowmarsh Mental Health NHS Trust"]
    assert await demo.reads("tess", notes_of_engagement, work) == []
    for surface in ("workspace", "portal"):
        with pytest.raises(NotFound):
            await demo.reads("tess", portal_page, work, surface=surface, today=TODAY)


async def test_reach_follows_from_members_and_assignments(demo):
    found = await differences(demo.db)
    assert [line for line in found if line.startswith(("northlight:", "tidewater:"))] == []


@pytest.mark.parametrize("work", [part for part in PARTS if hasattr(part, "lead")])
def test_on_whatever_day_it_is_told_what_is_past_lies_in_the_past(work):
    for calendar in EVERY_DAY:
        for session in work.sessions:
            day = calendar.day(session.day)
            assert day.weekday() < 5
            assert (day < calendar.today) == (session.day < 0)
        for part in (*work.milestones, *work.actions):
            assert part.done is None or calendar.day(part.done) < calendar.today
        for wave in work.waves:
            measured_on = calendar.month(wave.months_ago).replace(day=10)
            assert calendar.months_away(work.starts) < measured_on < calendar.month(0)
        for note in work.notes:
            assert note.session or note.day < 0


def test_the_story_names_no_patient_and_no_real_organisation():
    assert not re.search(r"\b\d{3} ?\d{3} ?\d{4}\b", TEXT), "a number like an NHS number"
    assert not re.search(r"\b\d{1,2}/\d{1,2}/\d{2,4}\b", TEXT), "a date like a date of birth"
    organisations = {part.organisation.name for part in PARTS if hasattr(part, "organisation")}
    fictional = {"Northmoor Vale", "Harbour Community Health", "Fenwick & Dale"} | {
        "St Brannoc's",
        "Lowmarsh Mental Health",
        "Kelder Valley Ambulance Service",
    }
    for name in organisations:
        assert name.startswith(tuple(fictional))
    assert not re.search(r"Impact ?4|Bristol|London|Leeds|Manchester|Birmingham", TEXT)
    hosts = re.findall(r"(?:\w@|https://)([\w.-]+)", TEXT)
    assert hosts
    assert all(host.endswith(".example") for host in hosts)


def test_nothing_but_the_demo_and_an_accepted_invitation_speak_for_others():
    sources = Path(story.__file__).parents[2]
    speaking = [path for path in sources.rglob("*.py") if "speaking_for(" in path.read_text()]
    assert sorted(str(path.relative_to(sources)) for path in speaking) == [
        "engagements/demo/scene.py",
        "engagements/members/joining.py",
        "tenancy/database/pool.py",
        "tenancy/workspaces/accepting.py",
    ]


def test_prose_keeps_its_paragraphs_and_lists_and_loses_its_line_breaks():
    typed = """
        One thought
        over two lines:

        - an item
          that is long
        - another
        """
    assert unwrapped(typed) == "One thought over two lines:\n\n- an item that is long\n- another"


async def test_search_finds_the_story_again(demo):
    by_ros = await demo.reads("ros", find, sought_in("huddle"))
    by_maya = await demo.reads("maya", find, sought_in("huddle"))

    assert {note.audience for note in by_ros.notes} >= {"team", "me"}
    assert by_ros.actions
    assert by_ros.sessions
    assert by_maya.notes
    assert {note.audience for note in by_maya.notes} <= {"me", "named"}


async def test_no_note_of_the_story_could_identify_a_patient(demo):
    notes = await demo.reads("ros", notes_of_engagement, await demo.working_together())

    assert len(notes) > 10
    assert [found for note in notes for found in found_in(note.body)] == []
    assert found_in(TEXT.replace("@", " at ")) == []
