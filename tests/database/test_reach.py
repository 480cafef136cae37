"""Reach: what each member may touch follows from members and assignments, after every verb."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import nullcontext
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conftest import copied
from tenancy.database.context import Context, Role
from tenancy.database.pool import Database
from tenancy.database.prepare import app_url
from tenancy.errors import NotFound, Refused
from tenancy.identity.sessions import who_is
from tenancy.ids import new_id
from tenancy.workspaces import reach
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.leaving import depart, readmit
from tenancy.workspaces.roles import change_role
from tenancy.workspaces.service import admit, assign, release
from tenancy.workspaces.suspending import reinstate, suspend
from world import Consultancy, EngagementWorld, Person, consultancy, engagement, signed_in_token

RELATIONS = ("team", "participant", "sponsor", "delegate")
ROLES: tuple[Role, ...] = ("consultant", "associate", "participant", "sponsor", "delegate")
WITHIN = {"team": "team", "participant": "coached", "sponsor": "sponsored", "delegate": "sponsored"}


def today() -> date:
    return datetime.now(UTC).date()


def job(world: Consultancy) -> Context:
    return Context(surface="job", tenant=world.tenant)


async def reach_of(world: Consultancy, member: UUID) -> dict[str, Any] | None:
    """The member's row as it stands, each array in order; None when there is none."""
    async with world.db.transaction(job(world)) as tx:
        row = await tx.connection.fetchrow(
            "SELECT role, team, coached, sponsored, organisations FROM reach"
            " WHERE tenant_id = $1 AND member_id = $2",
            world.tenant,
            member,
        )
    return (
        None
        if row is None
        else {"role": row["role"]}
        | {name: sorted(row[name]) for name in ("team", "coached", "sponsored", "organisations")}
    )


async def place(
    world: Consultancy, member: UUID, work: EngagementWorld, relation: str, **dates: date | None
) -> UUID:
    async with world.db.transaction(job(world), writes=True) as tx:
        made = await assign(
            tx,
            member=member,
            engagement=work.engagement,
            organisation=work.organisation,
            relation=relation,
            **dates,
        )
    return made.id


async def end(world: Consultancy, assignment: UUID) -> None:
    async with world.db.transaction(job(world), writes=True) as tx:
        await release(tx, assignment)


async def leave(world: Consultancy, member: UUID) -> None:
    """The owner takes the member out."""
    async with world.transaction(world.alice) as tx:
        await depart(tx, member)


async def come_back(world: Consultancy, member: UUID) -> None:
    async with world.transaction(world.alice) as tx:
        await readmit(tx, member)


class Span(NamedTuple):
    assignment: UUID
    starts_on: date
    ends_on: date | None

    @property
    def counts(self) -> bool:
        return self.starts_on <= today() and (self.ends_on is None or self.ends_on >= today())


class Oracle:
    """What every member should reach, by the words of the specification."""

    def __init__(self, works: list[EngagementWorld]) -> None:
        self.works = works
        self.roles: dict[UUID, str] = {}
        self.gone: set[UUID] = set()
        self.suspended: set[UUID] = set()
        self.places: dict[tuple[UUID, int, str], Span] = {}

    def leaves(self, member: UUID) -> None:
        self.gone.add(member)
        self.suspended.discard(member)
        yesterday = today() - timedelta(days=1)
        for key, span in self.places.items():
            if key[0] == member and (span.ends_on is None or span.ends_on > yesterday):
                self.places[key] = span._replace(ends_on=yesterday)

    def reach_of(self, member: UUID) -> dict[str, Any] | None:
        if member in self.gone | self.suspended:
            return None
        row: dict[str, Any] = {"role": self.roles[member]}
        row |= {name: set() for name in ("team", "coached", "sponsored", "organisations")}
        for (who, number, relation), span in self.places.items():
            if who == member and span.counts:
                row[WITHIN[relation]].add(self.works[number].engagement)
                row["organisations"].add(self.works[number].organisation)
        return {name: sorted(value) if name != "role" else value for name, value in row.items()}


@pytest_asyncio.fixture
async def works(northlight: Consultancy) -> list[EngagementWorld]:
    return [
        await engagement(northlight, title=title, with_participant=False, with_sponsor=False)
        for title in ("Theatres", "Wards", "Board")
    ]


days = st.none() | st.integers(-2, 2).map(lambda days: today() + timedelta(days=days))
deeds = st.one_of(
    st.tuples(st.just("admit"), st.sampled_from(ROLES)),
    st.tuples(
        st.just("assign"),
        st.integers(0, 4),
        st.integers(0, 2),
        st.sampled_from(RELATIONS),
        days,
        days,
    ),
    st.tuples(st.just("release"), st.integers(0, 9)),
    st.tuples(st.just("leave"), st.integers(0, 4)),
    st.tuples(st.just("come back"), st.integers(0, 4)),
    st.tuples(st.just("suspend"), st.integers(0, 4)),
    st.tuples(st.just("reinstate"), st.integers(0, 4)),
    st.tuples(st.just("change role"), st.integers(0, 4), st.sampled_from(ROLES)),
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(deeds, min_size=3, max_size=12))
async def test_reach_is_what_members_and_assignments_say_after_every_verb(
    northlight: Consultancy, works: list[EngagementWorld], story: list[tuple[Any, ...]]
) -> None:
    oracle = Oracle(works)
    members = [await newcomer(northlight, oracle, "consultant")]
    for verb, *facts in story:
        if verb == "admit":
            members.append(await newcomer(northlight, oracle, facts[0]))
        elif verb == "assign":
            await assigned(northlight, oracle, members[facts[0] % len(members)], *facts[1:])
        elif verb == "release" and oracle.places:
            await released(northlight, oracle, facts[0])
        elif verb == "leave":
            leaver = members[facts[0] % len(members)]
            await leave(northlight, leaver)
            oracle.leaves(leaver)
        elif verb == "come back":
            comer = members[facts[0] % len(members)]
            await come_back(northlight, comer)
            oracle.gone.discard(comer)
        elif verb in ("suspend", "reinstate", "change role"):
            await changed(northlight, oracle, verb, members[facts[0] % len(members)], *facts[1:])
        for member in members:
            assert await reach_of(northlight, member) == oracle.reach_of(member)


async def changed(world: Consultancy, oracle: Oracle, verb: str, member: UUID, *role: Role) -> None:
    """An owner suspends, reinstates, or gives another role; nobody does so with who has left."""
    deed = {"suspend": suspend, "reinstate": reinstate, "change role": change_role}[verb]
    refused = pytest.raises(NotFound) if member in oracle.gone else nullcontext()
    with refused:
        async with world.transaction(world.alice) as tx:
            await deed(tx, member, *role)
    if member in oracle.gone:
        return
    if verb == "change role":
        oracle.roles[member] = role[0]
    elif verb == "suspend":
        oracle.suspended.add(member)
    else:
        oracle.suspended.discard(member)


async def newcomer(world: Consultancy, oracle: Oracle, role: Role) -> UUID:
    async with world.db.transaction(job(world), writes=True) as tx:
        member = await admit(tx, name="Noor", email=f"{new_id().hex}@noor.example", role=role)
    oracle.roles[member.id] = role
    return member.id


async def assigned(
    world: Consultancy,
    oracle: Oracle,
    member: UUID,
    number: int,
    relation: str,
    starts_on: date | None,
    ends_on: date | None,
) -> None:
    if member in oracle.gone | oracle.suspended:
        with pytest.raises(Refused, match=r"has left this workspace|access is paused"):
            await place(world, member, oracle.works[number], relation)
        return
    id = await place(
        world, member, oracle.works[number], relation, starts_on=starts_on, ends_on=ends_on
    )
    before = oracle.places.get((member, number, relation))
    begun = before.starts_on if before else starts_on or today()
    oracle.places[member, number, relation] = Span(id, begun, ends_on)


async def released(world: Consultancy, oracle: Oracle, which: int) -> None:
    key = list(oracle.places)[which % len(oracle.places)]
    span = oracle.places[key]
    await end(world, span.assignment)
    oracle.places[key] = span._replace(ends_on=today() - timedelta(days=1))


async def test_an_ended_place_gives_no_reach_and_is_taken_up_again(
    northlight: Consultancy, works: list[EngagementWorld]
) -> None:
    first = await place(northlight, northlight.ann.id, works[0], "team")
    await end(northlight, first)
    assert (await northlight.context(northlight.ann)).team == ()

    again = await place(northlight, northlight.ann.id, works[0], "team")

    assert again == first
    assert (await northlight.context(northlight.ann)).team == (works[0].engagement,)


async def test_two_places_given_at_once_are_both_reached(
    northlight: Consultancy, works: list[EngagementWorld], owner_url: str
) -> None:
    first, second, _ = works
    async with northlight.db.transaction(job(northlight), writes=True) as tx:
        await assign(
            tx,
            member=northlight.ann.id,
            engagement=first.engagement,
            organisation=first.organisation,
            relation="team",
        )
        other = asyncio.create_task(place(northlight, northlight.ann.id, second, "team"))
        await until_somebody_waits(owner_url)
    await other

    reached = (await northlight.context(northlight.ann)).team
    assert sorted(reached) == sorted([first.engagement, second.engagement])


async def until_somebody_waits(owner_url: str) -> None:
    """Until one transaction waits for another one's lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
    connection = await asyncpg.connect(owner_url)
    async with asyncio.timeout(10):
        while not await connection.fetchval(waiting):  # noqa: ASYNC110 - a lock is no event
            await asyncio.sleep(0.01)
    await connection.close()


async def test_a_member_of_two_workspaces_reaches_in_each_only_what_is_there(
    northlight: Consultancy, elsewhere: Consultancy, works: list[EngagementWorld]
) -> None:
    async with elsewhere.db.transaction(job(elsewhere), writes=True) as tx:
        twin = await admit(
            tx, name=northlight.ann.name, email=northlight.ann.email, role="associate"
        )
    await place(northlight, northlight.ann.id, works[0], "team")

    there = await reach_of(elsewhere, twin.id)
    assert there == {
        "role": "associate",
        "team": [],
        "coached": [],
        "sponsored": [],
        "organisations": [],
    }


@pytest.mark.asvs("8.4.1")
async def test_the_owner_of_one_workspace_is_nobody_in_another(
    northlight: Consultancy, elsewhere: Consultancy
) -> None:
    async with northlight.db.transaction(job(northlight)) as tx:
        reached = await tx.connection.fetch(
            "SELECT reach.tenant_id FROM reach JOIN identity ON identity.id = identity_id"
            " WHERE email = $1",
            northlight.alice.email,
        )

    assert [row["tenant_id"] for row in reached] == [northlight.tenant]
    assert await reach_of(elsewhere, northlight.alice.id) is None


@pytest.mark.asvs("7.4.2")
async def test_somebody_who_leaves_is_signed_out_at_once(northlight: Consultancy) -> None:
    token = await signed_in_token(northlight, northlight.ann)
    assert await who_is(northlight.db, token) is not None

    await leave(northlight, northlight.ann.id)

    assert await who_is(northlight.db, token) is None


@pytest_asyncio.fixture(scope="module")
async def own_url(template_url: str) -> str:
    """A database where every workspace is a test's own: comparing goes through all of them."""
    return await copied(template_url, "reach")


@pytest_asyncio.fixture
async def alone(own_url: str, keyring: Keyring) -> AsyncIterator[Consultancy]:
    database = Database(app_url(own_url, "app-password"), keyring, size=2)
    await database.open()
    yield await consultancy(database, keyring)
    await database.close()


async def by_hand(world: Consultancy, own_url: str, statement: str, *values: Any) -> None:
    connection = await asyncpg.connect(own_url)
    await connection.execute(statement, world.tenant, *values)
    await connection.close()


async def differences(world: Consultancy, *, repair: bool = False) -> list[str]:
    found = await reach.differences(world.db, repair=repair)
    return [sentence for sentence in found if sentence.startswith(world.slug)]


async def test_nothing_differs_when_only_the_verbs_were_used(alone: Consultancy) -> None:
    await engagement(alone)

    assert await differences(alone) == []


async def test_nothing_differs_while_somebody_is_suspended_and_a_row_of_theirs_is_named(
    alone: Consultancy, own_url: str
) -> None:
    await engagement(alone)
    async with alone.transaction(alone.alice) as tx:
        await suspend(tx, alone.bob.id)
    assert await differences(alone) == []
    assert await reach_of(alone, alone.bob.id) is None

    await by_hand(
        alone,
        own_url,
        "INSERT INTO reach SELECT identity_id, tenant_id, id, role, '{}', '{}', '{}', '{}'"
        " FROM member WHERE tenant_id = $1 AND id = $2",
        alone.bob.id,
    )
    assert await differences(alone) == [f"{alone.slug}: the reach of member {alone.bob.id} differs"]
    await differences(alone, repair=True)
    assert await reach_of(alone, alone.bob.id) is None


def spoilt_by(column: str, value: str) -> Any:
    return pytest.param(
        f"UPDATE reach SET {column} = {value} WHERE tenant_id = $1 AND member_id = $2", id=column
    )


@pytest.mark.parametrize(
    "statement",
    [
        spoilt_by("team", "ARRAY[gen_random_uuid()]"),
        spoilt_by("coached", "ARRAY[gen_random_uuid()]"),
        spoilt_by("sponsored", "'{}'"),
        spoilt_by("organisations", "'{}'"),
        spoilt_by("role", "'owner'"),
        pytest.param("DELETE FROM reach WHERE tenant_id = $1 AND member_id = $2", id="deleted"),
        pytest.param(
            "UPDATE member SET engagement_ids = '{}' WHERE tenant_id = $1 AND id = $2", id="member"
        ),
    ],
)
async def test_a_row_changed_by_hand_is_named_and_mended(
    alone: Consultancy, own_url: str, statement: str
) -> None:
    await engagement(alone)
    before = await reach_of(alone, alone.sam.id)
    await by_hand(alone, own_url, statement, alone.sam.id)

    assert await differences(alone) == [f"{alone.slug}: the reach of member {alone.sam.id} differs"]
    await differences(alone, repair=True)

    assert await differences(alone) == []
    assert await reach_of(alone, alone.sam.id) == before


async def test_reach_of_somebody_who_is_no_member_is_named_and_taken_away(
    alone: Consultancy, own_url: str
) -> None:
    stranger = Person("Mallory", f"{new_id().hex}@mallory.example", new_id(), "owner")
    identity = new_id()
    connection = await asyncpg.connect(own_url)
    await connection.execute(
        "INSERT INTO identity (id, email, name) VALUES ($1, $2, $3)",
        identity,
        stranger.email,
        stranger.name,
    )
    await connection.close()
    await by_hand(
        alone,
        own_url,
        "INSERT INTO reach VALUES ($2, $1, $3, 'owner', '{}', '{}', '{}', '{}')",
        identity,
        stranger.id,
    )

    assert await differences(alone) == [f"{alone.slug}: identity {identity} is no member"]
    await differences(alone, repair=True)

    assert await differences(alone) == []
    assert await reach_of(alone, stranger.id) is None


async def test_a_place_whose_last_day_has_passed_is_mended_away(
    alone: Consultancy, own_url: str
) -> None:
    work = await engagement(alone)
    await by_hand(
        alone,
        own_url,
        "UPDATE assignment SET ends_on = current_date - 1 WHERE tenant_id = $1 AND member_id = $2",
        alone.sam.id,
    )
    assert (await alone.context(alone.sam, "portal")).sponsored == (work.engagement,)

    await differences(alone, repair=True)

    assert (await alone.context(alone.sam, "portal")).sponsored == ()
