"""Records are kept for as long as was promised, destroyed when that time has come, and held."""

import asyncio
from calendar import monthrange
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct

from engagements.actions.service import ActionDraft, agree
from engagements.notes.attachments import AttachmentsDraft, attach
from engagements.portal.service import publish_update
from engagements.portfolio.service import StateChange, change_state
from engagements.retention import queries, service
from engagements.retention.classes import CLASSES
from engagements.retention.destroying import BATCH, destroy_due, destroy_due_everywhere, due_in
from engagements.retention.models import LegalHold
from engagements.retention.service import HoldDraft, PeriodsDraft
from engagements.upward import service as upward
from engagements.upward.service import Approval, WordsDraft
from inviting import invited_to
from measured import acts, agreed, finding, reads
from noting import a_team, begun, joins, leaves, raw_note, readable, rows
from tenancy.audit.service import record_of
from tenancy.audit.verification import verify
from tenancy.errors import Conflict, Invalid, NotFound
from tenancy.files.jobs import DESTROY, destroy
from tenancy.files.kinds import Upload
from tenancy.files.store import Files
from tenancy.ids import new_id
from tenancy.support.service import SupportDraft, end, let_in
from tenancy.workspaces.invitations import revoke
from tenancy.workspaces.queries import Tenant
from world import Consultancy, EngagementWorld, Person, engagement

TODAY = datetime.now(UTC).date()
PERIODS = {each.key: each.months for each in CLASSES}
WORDS = "He was smiling, and I said nothing."
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF\n"


def after(start: date, months: int) -> date:
    """As a calendar counts: a month after the 31st is the last day of a shorter month."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def place(world: Consultancy) -> Tenant:
    return Tenant(world.tenant, world.slug, "Europe/London")


async def closes(world: Consultancy, work: EngagementWorld) -> None:
    await acts(world, world.bob, change_state, work.engagement, StateChange(state="closed"))


async def due(world: Consultancy, on: date, kind: str = "note") -> set[UUID]:
    found = await due_in(world.db, place(world), on)
    return {record.object_id for record in found if record.object_kind == kind}


async def there(owner_url: str, world: Consultancy, table: str) -> set[UUID]:
    statement = f'SELECT id FROM "{table}" WHERE tenant_id = $1'
    return {row["id"] for row in await rows(owner_url, statement, world.tenant)}


async def kept(world: Consultancy, reader: Person, note: UUID) -> queries.Kept:
    async with world.db.transaction(await world.context(reader)) as tx:
        return await tx.one(queries.kept_note, id=note)


def periods(**facts: int) -> PeriodsDraft:
    return PeriodsDraft(**(PERIODS | facts))


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await a_team(northlight)


async def test_while_the_work_goes_on_nothing_of_it_is_due(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    await begun(northlight, work)

    assert await due(northlight, after(TODAY, 1200)) == set()


@pytest.mark.parametrize(
    ("key", "facts"),
    [
        ("private", {"audience": "me"}),
        ("shared", {"audience": "team"}),
        ("shared", {"audience": "named", "kind": "session"}),
        ("supervision", {"audience": "me", "kind": "supervision"}),
    ],
)
async def test_a_note_is_due_its_months_after_the_work_was_closed(
    northlight: Consultancy, work: EngagementWorld, key: str, facts: dict
) -> None:
    if facts["audience"] == "named":
        facts = facts | {"reader_ids": [northlight.ann.id]}
    note = await begun(northlight, work, **facts)
    await closes(northlight, work)
    last = after(TODAY, PERIODS[key])

    assert await due(northlight, last - timedelta(days=1)) == set()
    assert await due(northlight, last) == {note}


async def test_a_reflection_has_months_of_its_own(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    facts = {"kind": "reflection", "audience": "named", "reader_ids": [northlight.bob.id]}
    note = await begun(northlight, work, northlight.pat, **facts)
    await closes(northlight, work)

    assert await due(northlight, after(TODAY, PERIODS["reflection"])) == {note}


async def test_work_that_is_taken_up_again_counts_down_no_more(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    await begun(northlight, work)
    await closes(northlight, work)
    await acts(
        northlight, northlight.bob, change_state, work.engagement, StateChange(state="running")
    )

    assert await due(northlight, after(TODAY, 1200)) == set()


async def test_a_note_that_was_written_on_later_is_kept_for_longer(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    note = await begun(northlight, work)
    await closes(northlight, work)
    await rows(
        owner_url,
        "UPDATE engagement SET closed_on = $2 WHERE tenant_id = $1",
        northlight.tenant,
        TODAY - timedelta(days=300),
    )

    assert await due(northlight, after(TODAY, 12) - timedelta(days=1)) == set()
    assert await due(northlight, after(TODAY, 12)) == {note}


async def test_the_private_notes_of_someone_who_left_count_from_that_day(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    private = await begun(northlight, work, northlight.ann, body="For me.")
    shared = await begun(northlight, work, northlight.ann, audience="team")
    await leaves(northlight, northlight.ann, work)

    assert await due(northlight, after(TODAY, 12)) == {private}
    assert shared not in await due(northlight, after(TODAY, 1200))


async def test_someone_who_left_and_came_back_keeps_their_private_notes(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    await begun(northlight, work, northlight.ann)
    await leaves(northlight, northlight.ann, work)
    await joins(northlight, northlight.ann, work)

    assert await due(northlight, after(TODAY, 1200)) == set()


@pytest.fixture
async def rich(northlight: Consultancy, work: EngagementWorld, files: Files) -> UUID:
    """Pat's reflection with a file, read by Bob; words of it are approved and published."""
    facts = {"kind": "reflection", "audience": "named", "reader_ids": [northlight.bob.id]}
    note = await begun(northlight, work, northlight.pat, body=f"Coffee room. {WORDS}", **facts)
    await agreed(northlight, work.engagement)
    await acts(
        northlight, northlight.bob, publish_update, work.engagement, finding(open_portal=True)
    )
    pat = await northlight.context(northlight.pat)
    await attach(northlight.db, files, pat, note, AttachmentsDraft(files=[Upload("plan.pdf", PDF)]))
    proposal = await acts(
        northlight,
        northlight.bob,
        upward.propose,
        note,
        WordsDraft(words=WORDS, said_by="Clinical director"),
    )
    await acts(
        northlight,
        northlight.pat,
        upward.approve,
        proposal.id,
        Approval(words=WORDS, said_by="Clinical director"),
    )
    await closes(northlight, work)
    return note


async def test_a_note_goes_with_everything_that_hangs_on_it(
    northlight: Consultancy, rich: UUID, owner_url: str
) -> None:
    await destroy_due(northlight.db, place(northlight), after(TODAY, 12))

    for table in ("note", "note_revision", "note_reading", "attachment", "proposal"):
        assert await there(owner_url, northlight, table) == set(), table
    assert await readable(northlight, rich, northlight.pat) is None


async def test_the_files_of_a_destroyed_note_go_from_the_store(
    northlight: Consultancy, rich: UUID, owner_url: str, files: Files, files_folder: Path
) -> None:
    [name] = await rows(
        owner_url, "SELECT object_name FROM attachment WHERE tenant_id = $1", northlight.tenant
    )
    stored = files_folder / name["object_name"]
    assert stored.exists()

    await destroy_due(northlight.db, place(northlight), after(TODAY, 12))
    for asked in await rows(
        owner_url, "SELECT payload FROM pgqueuer WHERE entrypoint = $1", DESTROY
    ):
        await destroy(files, asked["payload"])

    assert not stored.exists()


async def test_what_was_published_stands_longer_than_the_note_it_came_from(
    northlight: Consultancy, rich: UUID, owner_url: str
) -> None:
    published = await there(owner_url, northlight, "publication")

    await destroy_due(northlight.db, place(northlight), after(TODAY, 83))

    assert await there(owner_url, northlight, "publication") == published
    assert len(published) == 2


async def test_what_was_agreed_and_shown_goes_together(
    northlight: Consultancy, rich: UUID, owner_url: str
) -> None:
    await destroy_due(northlight.db, place(northlight), after(TODAY, 84))

    for table in ("publication", "publication_source", "agreement", "consent"):
        assert await there(owner_url, northlight, table) == set(), table


async def test_a_publication_can_go_before_the_note_it_came_from(
    northlight: Consultancy, rich: UUID, owner_url: str
) -> None:
    await acts(northlight, northlight.alice, service.set_periods, TODAY, periods(publication=1))

    await destroy_due(northlight.db, place(northlight), after(TODAY, 1))

    assert await there(owner_url, northlight, "publication") == set()
    assert await there(owner_url, northlight, "note") == {rich}


async def test_actions_have_months_of_their_own(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    promise = ActionDraft(text="Talk to the registrar", owner_id=northlight.pat.id)
    action = await acts(northlight, northlight.bob, agree, work.engagement, promise)
    await closes(northlight, work)

    await destroy_due(northlight.db, place(northlight), after(TODAY, 23))
    assert await there(owner_url, northlight, "action") == {action.id}
    await destroy_due(northlight.db, place(northlight), after(TODAY, 24))
    assert await there(owner_url, northlight, "action") == set()


async def test_letters_go_a_year_after_they_were_sent(
    northlight: Consultancy, rich: UUID, owner_url: str
) -> None:
    assert await there(owner_url, northlight, "mail")

    await destroy_due(northlight.db, place(northlight), after(TODAY, 12))

    assert await there(owner_url, northlight, "mail") == set()


async def test_invitations_go_a_year_after_they_were_over_and_those_that_wait_stay(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    expiring = await invited_to(northlight, work, name="Iona Reid")
    taken_back = await invited_to(northlight, work, name="Lee Chan")
    waiting = await invited_to(northlight, work, "sponsor", name="Sid Kemp")
    await acts(northlight, northlight.bob, revoke, taken_back)

    await destroy_due(northlight.db, place(northlight), after(TODAY, 12))
    assert await there(owner_url, northlight, "invitation") == {expiring, waiting}
    await destroy_due(northlight.db, place(northlight), after(TODAY, 13))
    assert await there(owner_url, northlight, "invitation") == {waiting}
    assert len(await there(owner_url, northlight, "invitation_place")) == 1


async def oldest_entries(owner_url: str, world: Consultancy) -> list[UUID]:
    select = "SELECT id FROM audit_entry WHERE tenant_id = $1 ORDER BY number"
    return [row["id"] for row in await rows(owner_url, select, world.tenant)]


async def age(owner_url: str, *entries: UUID) -> None:
    """As if seven years and a month had passed since. It breaks the chain at these entries."""
    await rows(
        owner_url,
        "UPDATE audit_entry SET created_at = now() - interval '85 months' WHERE id = ANY($1)",
        list(entries),
    )


async def test_the_trail_goes_when_its_own_time_has_come(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    first, second, *later = await oldest_entries(owner_url, northlight)
    await age(owner_url, first, second)

    destroyed = await destroy_due(northlight.db, place(northlight))

    assert await oldest_entries(owner_url, northlight) == later
    assert destroyed.counts == {"trail": 2}
    verified = await verify(northlight.db, northlight.tenant)
    assert (verified.entries, verified.broken) == (len(later), None)


async def test_who_of_support_was_let_in_is_kept_as_long_as_the_trail(
    northlight: Consultancy, owner_url: str
) -> None:
    draft = SupportDraft(operator="op@cocreate.example", hours=4, reason="A letter did not come.")
    over = await acts(northlight, northlight.alice, let_in, draft, [draft.operator])
    open_still = await acts(northlight, northlight.alice, let_in, draft, [draft.operator])
    await acts(northlight, northlight.alice, end, over.id)
    await rows(
        owner_url,
        "UPDATE support_access SET ended_at = now() - interval '85 months' WHERE id = $1",
        over.id,
    )

    assert await due(northlight, TODAY, "support_access") == {over.id}
    await destroy_due(northlight.db, place(northlight))
    assert await there(owner_url, northlight, "support_access") == {open_still.id}
    assert await due(northlight, after(TODAY, 83), "support_access") == set()
    assert await due(northlight, after(TODAY, 85), "support_access") == {open_still.id}


async def test_a_long_trail_goes_from_its_beginning_batch_by_batch(
    northlight: Consultancy, owner_url: str
) -> None:
    async with northlight.transaction(northlight.bob) as tx:
        for _ in range(BATCH * 2 + 20):
            await record_of(tx, "test done", "test", new_id())
    entries = await oldest_entries(owner_url, northlight)
    await age(owner_url, *entries[:-10])

    destroyed = await destroy_due(northlight.db, place(northlight))

    assert destroyed.counts == {"trail": len(entries) - 10}
    assert (await verify(northlight.db, northlight.tenant)).broken is None


async def test_nothing_is_taken_out_of_the_middle_of_the_trail(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    first, second, third, *later = await oldest_entries(owner_url, northlight)
    await age(owner_url, first, third)

    await destroy_due(northlight.db, place(northlight))

    assert await oldest_entries(owner_url, northlight) == [second, third, *later]


async def test_no_clock_that_is_wrong_takes_the_trail_of_the_last_months(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    before = await there(owner_url, northlight, "audit_entry")

    await destroy_due(northlight.db, place(northlight), after(TODAY, 1200))

    assert await there(owner_url, northlight, "audit_entry") == before


async def test_what_was_destroyed_leaves_a_line_without_a_word_of_it(
    northlight: Consultancy, rich: UUID, owner_url: str
) -> None:
    on = after(TODAY, 12)

    await destroy_due(northlight.db, place(northlight), on)

    [left] = await rows(
        owner_url, "SELECT * FROM destruction WHERE tenant_id = $1", northlight.tenant
    )
    assert (left["record_class"], left["object_kind"], left["object_id"], left["due_on"]) == (
        "reflection",
        "note",
        rich,
        on,
    )
    [gone] = await reads(northlight, northlight.alice, queries.gone_so_far)
    assert (gone.on, gone.key, gone.count) == (TODAY, "reflection", 1)


async def test_a_second_run_on_the_same_day_finds_nothing(
    northlight: Consultancy, rich: UUID
) -> None:
    on = after(TODAY, 12)
    first = await destroy_due(northlight.db, place(northlight), on)

    again = await destroy_due(northlight.db, place(northlight), on)

    assert first.counts["reflection"] == 1
    assert again.counts == {}


async def test_two_runs_at_the_same_time_count_each_record_once(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    notes = {await begun(northlight, work) for _ in range(6)}
    await closes(northlight, work)
    on = after(TODAY, 12)

    done = await asyncio.gather(
        *(destroy_due(northlight.db, place(northlight), on) for _ in range(2))
    )

    assert sum(each.counts.get("private", 0) for each in done) == len(notes)
    assert await there(owner_url, northlight, "note") == set()


async def test_more_than_one_batch_goes_in_one_night(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    first = await begun(northlight, work)
    await copied_often(owner_url, northlight, first, BATCH + 5)
    await closes(northlight, work)

    done = await destroy_due(northlight.db, place(northlight), after(TODAY, 12))

    assert done.counts["private"] == BATCH + 6
    assert await there(owner_url, northlight, "note") == set()


async def test_what_is_held_stays_until_the_hold_is_lifted(
    northlight: Consultancy, rich: UUID, owner_url: str
) -> None:
    hold = await acts(northlight, northlight.alice, service.place_hold, HoldDraft(reason="Claim"))
    on = after(TODAY, 1200)
    assert await due(northlight, on) == set()
    await destroy_due(northlight.db, place(northlight), on)
    for table in ("note", "publication", "agreement", "mail"):
        assert await there(owner_url, northlight, table), table

    await acts(northlight, northlight.alice, service.lift_hold, hold.id)

    assert await due(northlight, on) == {rich}


async def test_a_form_that_is_sent_twice_places_one_hold(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    async def place_it(scope: UUID | None) -> LegalHold:
        draft = HoldDraft(engagement_id=scope, reason="Claim")
        return await acts(northlight, northlight.alice, service.place_hold, draft)

    for scope in (work.engagement, None):
        first, again = await place_it(scope), await place_it(scope)
        assert first.id == again.id
        at_once = await asyncio.gather(*(place_it(scope) for _ in range(4)), return_exceptions=True)
        assert {one.id for one in at_once if isinstance(one, LegalHold)} <= {first.id}
    await acts(northlight, northlight.alice, service.lift_hold, first.id)
    at_once = await asyncio.gather(*(place_it(None) for _ in range(4)), return_exceptions=True)
    refused = [one for one in at_once if not isinstance(one, LegalHold)]
    assert all(isinstance(one, Conflict) for one in refused)
    assert len(await reads(northlight, northlight.alice, queries.holds_of)) == 2


async def test_a_hold_on_one_engagement_lets_the_notes_of_another_go(
    northlight: Consultancy, rich: UUID
) -> None:
    other = await engagement(northlight, title="Another")
    note = await begun(northlight, other)
    await closes(northlight, other)
    held = HoldDraft(engagement_id=other.engagement, reason="Complaint 14")

    await acts(northlight, northlight.alice, service.place_hold, held)

    assert await due(northlight, after(TODAY, 12)) == {rich}
    assert note not in await due(northlight, after(TODAY, 1200))


async def test_only_owners_know_of_a_hold(northlight: Consultancy, work: EngagementWorld) -> None:
    await acts(northlight, northlight.alice, service.place_hold, HoldDraft(reason="Claim by Pat"))

    assert len(await reads(northlight, northlight.alice, queries.holds_of)) == 1
    for person in (northlight.bob, northlight.ann, northlight.pat):
        assert await reads(northlight, person, queries.holds_of) == []


async def test_only_owners_place_and_lift_holds(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    hold = await acts(northlight, northlight.alice, service.place_hold, HoldDraft(reason="Claim"))

    for person in (northlight.bob, northlight.pat):
        with pytest.raises(NotFound):
            await acts(northlight, person, service.place_hold, HoldDraft(reason="Mine"))
        with pytest.raises(NotFound):
            await acts(northlight, person, service.lift_hold, hold.id)


async def test_nothing_of_another_workspace_goes(
    northlight: Consultancy, elsewhere: Consultancy, work: EngagementWorld
) -> None:
    other = await engagement(elsewhere)
    note = await begun(elsewhere, other)
    await closes(elsewhere, other)

    await destroy_due(northlight.db, place(northlight), after(TODAY, 1200))

    assert await readable(elsewhere, note, elsewhere.bob)


async def test_the_nightly_work_goes_through_every_workspace(
    northlight: Consultancy, elsewhere: Consultancy, owner_url: str
) -> None:
    notes = []
    for world in (northlight, elsewhere):
        work = await engagement(world)
        notes.append((world, await begun(world, work)))
        await closes(world, work)
        for table, column in (("engagement", "closed_on"), ("note", "written_at")):
            await rows(
                owner_url,
                f"UPDATE {table} SET {column} = now() - interval '13 months' WHERE tenant_id = $1",
                world.tenant,
            )

    await destroy_due_everywhere(northlight.db)

    for world, note in notes:
        assert await readable(world, note, world.bob) is None


async def test_longer_periods_need_no_consent(northlight: Consultancy, rich: UUID) -> None:
    await acts(northlight, northlight.alice, service.set_periods, TODAY, periods(reflection=24))

    assert await due(northlight, after(TODAY, 12)) == set()
    assert await due(northlight, after(TODAY, 24)) == {rich}


async def test_a_period_that_makes_records_due_at_once_asks_how_many(
    northlight: Consultancy, rich: UUID
) -> None:
    later = after(TODAY, 6)

    with pytest.raises(Invalid) as refused:
        await acts(northlight, northlight.alice, service.set_periods, later, periods(reflection=3))
    assert "1 of reflections" in refused.value.fields["destroying"]
    assert await due(northlight, later) == set()

    agreed_to = periods(reflection=3, destroying=1)
    await acts(northlight, northlight.alice, service.set_periods, later, agreed_to)
    assert await due(northlight, later) == {rich}


async def test_the_trail_is_kept_for_a_year_at_least(northlight: Consultancy) -> None:
    with pytest.raises(Invalid) as refused:
        await acts(northlight, northlight.alice, service.set_periods, TODAY, periods(trail=11))

    assert refused.value.fields.keys() == {"trail"}


async def test_only_owners_say_how_long_things_are_kept(northlight: Consultancy) -> None:
    for person in (northlight.bob, northlight.pat):
        with pytest.raises(NotFound):
            await acts(northlight, person, service.set_periods, TODAY, periods(shared=6))


async def test_a_reader_is_told_how_long_a_note_is_kept(
    northlight: Consultancy, rich: UUID
) -> None:
    told = await kept(northlight, northlight.bob, rich)

    assert (told.key, told.months, told.until) == ("reflection", 12, after(TODAY, 12))


async def test_while_the_work_goes_on_no_day_is_named(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    note = await begun(northlight, work, audience="team")

    told = await kept(northlight, northlight.ann, note)

    assert (told.key, told.months, told.until) == ("shared", 24, None)


async def copied_often(owner_url: str, world: Consultancy, note: UUID, times: int) -> None:
    """More notes like one that is there."""
    columns = [
        row["column_name"]
        for row in await rows(
            owner_url,
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'note'"
            " AND column_name <> 'id'",
        )
    ]
    names = ", ".join(columns)
    await rows(
        owner_url,
        f"INSERT INTO note (id, {names}) SELECT gen_random_uuid(), {names}"
        " FROM note, generate_series(1, $2) WHERE id = $1",
        note,
        times,
    )


class Written(Struct, frozen=True):
    """A note of the property test, and the days that decide."""

    kind: str
    audience: str
    by_ann: bool
    of_first: bool
    """Of which of two engagements."""
    written: int
    """Days before today."""


class Course(Struct, frozen=True):
    """What happened, in days before today; None: it did not."""

    notes: list[Written]
    closed: tuple[int | None, int | None]
    ann_left: tuple[int | None, int | None]
    held: frozenset[str]
    months: dict[str, int]
    on: int
    """The day that is asked about, in days from today."""


a_note = st.builds(
    Written,
    kind=st.sampled_from(["working", "session", "supervision", "reflection"]),
    audience=st.sampled_from(["me", "named", "team"]),
    by_ann=st.booleans(),
    of_first=st.booleans(),
    written=st.integers(0, 1500),
)
some_day = st.none() | st.integers(0, 1500)
a_course = st.builds(
    Course,
    notes=st.lists(a_note, min_size=1, max_size=12),
    closed=st.tuples(some_day, some_day),
    ann_left=st.tuples(some_day, some_day),
    held=st.frozensets(st.sampled_from(["first", "second", "all"]), max_size=1),
    months=st.fixed_dictionaries(
        {key: st.integers(1, 40) for key in ("private", "shared", "reflection", "supervision")}
    ),
    on=st.integers(-400, 1500),
)


def days_ago(count: int) -> date:
    return TODAY - timedelta(days=count)


def oracle(course: Course, note: Written) -> date | None:
    """When a note is due, by the words of the promise alone."""
    at = 0 if note.of_first else 1
    kept = note.kind in ("supervision", "reflection")
    key = note.kind if kept else "private" if note.audience == "me" else "shared"
    ends = [course.closed[at]]
    if note.by_ann and (note.audience == "me" or note.kind == "supervision"):
        ends.append(course.ann_left[at])
    known = [days_ago(end) for end in ends if end is not None]
    if not known or {"all", "first" if note.of_first else "second"} & course.held:
        return None
    return after(max(min(known), days_ago(note.written)), course.months[key])


class Ground(Struct):
    """Two engagements of one world, to be made anew for every course."""

    world: Consultancy
    owner_url: str
    works: list[EngagementWorld]

    async def set(self, course: Course) -> list[UUID]:
        """The notes of a course in the order they are named, with the days as they were."""
        for table in ("note_revision", "note", "legal_hold", "retention_period", "destruction"):
            await self._say(f"DELETE FROM {table} WHERE tenant_id = $1")
        notes = [await self._written(note) for note in course.notes]
        for work, closed, left in zip(self.works, course.closed, course.ann_left, strict=True):
            await self._say(
                "UPDATE engagement SET closed_on = $3 WHERE tenant_id = $1 AND id = $2",
                work.engagement,
                None if closed is None else days_ago(closed),
            )
            await self._say(
                "UPDATE assignment SET ends_on = $4"
                " WHERE tenant_id = $1 AND engagement_id = $2 AND member_id = $3",
                work.engagement,
                self.world.ann.id,
                None if left is None else days_ago(left),
            )
        for scope in course.held:
            held = {"first": self.works[0], "second": self.works[1]}.get(scope)
            hold = HoldDraft(engagement_id=held.engagement if held else None, reason="Claim")
            await acts(self.world, self.world.alice, service.place_hold, hold)
        for key, months in course.months.items():
            await self._say(
                "INSERT INTO retention_period (tenant_id, id, record_class, months)"
                " VALUES ($1, gen_random_uuid(), $2, $3)",
                key,
                months,
            )
        return notes

    async def _written(self, note: Written) -> UUID:
        author = self.world.ann if note.by_ann else self.world.bob
        facts = raw_note(author, self.works[0 if note.of_first else 1]) | {
            "tenant_id": self.world.tenant,
            "id": new_id(),
            "kind": note.kind,
            "audience": "me" if note.kind == "supervision" else note.audience,
            "written_at": datetime.combine(days_ago(note.written), time(12), UTC),
        }
        marks = ", ".join(f"${at}" for at, _ in enumerate(facts, 1))
        statement = f"INSERT INTO note ({', '.join(facts)}) VALUES ({marks})"
        await rows(self.owner_url, statement, *facts.values())
        return facts["id"]

    async def _say(self, statement: str, *values) -> None:
        await rows(self.owner_url, statement, self.world.tenant, *values)


@pytest.mark.asvs("14.2.4")
async def test_what_is_destroyed_on_a_day_is_what_the_preview_said_and_the_promise_says(
    northlight: Consultancy, owner_url: str
) -> None:
    works = [await engagement(northlight, title=title) for title in ("First", "Second")]
    for work in works:
        await joins(northlight, northlight.ann, work)
    ground = Ground(northlight, owner_url, works)

    async def check(course: Course) -> None:
        notes = await ground.set(course)
        on = TODAY + timedelta(days=course.on)
        promised = {
            id
            for id, note in zip(notes, course.notes, strict=True)
            if (day := oracle(course, note)) is not None and day <= on
        }

        assert await due(northlight, on) == promised
        await destroy_due(northlight.db, place(northlight), on)
        assert await there(owner_url, northlight, "note") == {*notes} - promised

    try:
        await over_all(check)
    finally:
        # What Ann reaches was not said anew for every day that she left.
        await rows(
            owner_url,
            "UPDATE assignment SET ends_on = NULL WHERE tenant_id = $1",
            northlight.tenant,
        )


async def over_all(check: Callable[[Course], Awaitable[None]]) -> None:
    """Hypothesis chooses in a thread of its own, and the loop of the database answers."""
    loop = asyncio.get_running_loop()

    @settings(
        max_examples=60,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    @given(a_course)
    def choose(course: Course) -> None:
        asyncio.run_coroutine_threadsafe(check(course), loop).result()

    await asyncio.to_thread(choose)
