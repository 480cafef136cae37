"""What the page of a member says they see is what the database answers them, for each role.

In a rich world everybody's claims are compared to the rows that they find with SQL of their own.
"""

from collections.abc import Iterable
from typing import Any, get_args
from uuid import UUID

import pytest

from canaries import CAST, Actor
from engagements.commercial import service as agreements
from engagements.members.page_queries import page_of
from engagements.members.words import (
    _SEES,
    _SEES_EVERYWHERE,
    _SEES_NOT,
    Claim,
    HeldPlace,
    Sight,
    What,
    claims,
    sight,
)
from estate import Estate
from tenancy.database.context import ROLES, Role, Surface
from tenancy.database.pool import Transaction
from tenancy.errors import Refused

MEMBERS = [actor for actor in CAST if actor.role and actor.workspace == "north"]
SPONSORS = ("sponsor", "delegate")
BY_KEY = {actor.key: actor for actor in MEMBERS}


async def made(estate: Estate, actor: Actor) -> list[Claim]:
    """What the product claims of somebody, from the facts that an owner reads."""
    north = estate.worlds["north"]
    async with north.transaction(north.alice) as tx:
        member = (await page_of(tx, estate.people[actor.key].id)).member
    return claims(
        member.role, [HeldPlace(place.engagement, place.relation) for place in member.places]
    )


def of(found: Iterable[Claim], what: What) -> set[str]:
    """The engagements of which they see a kind of thing."""
    return {title for claim in found if claim.what == what and claim.sees for title in claim.of}


def everywhere(found: Iterable[Claim], what: What) -> bool:
    return any(claim.what == what and claim.everywhere for claim in found)


def denied(found: Iterable[Claim], what: What) -> bool:
    return any(claim.what == what and not claim.sees for claim in found)


async def titles(estate: Estate) -> set[str]:
    north = estate.worlds["north"]
    async with north.transaction(north.alice) as tx:
        return {row["title"] for row in await tx.connection.fetch("SELECT title FROM engagement")}


async def answered(
    estate: Estate, actor: Actor, statement: str, *values: Any, surface: Surface = "workspace"
) -> list[Any]:
    """What somebody finds with SQL of their own."""
    north = estate.worlds["north"]
    async with north.transaction(estate.people[actor.key], surface) as tx:
        return [row[0] for row in await tx.connection.fetch(statement, *values)]


async def named(estate: Estate, ids: Iterable[UUID]) -> set[str]:
    """The titles of engagements, which the owner knows."""
    north = estate.worlds["north"]
    async with north.transaction(north.alice) as tx:
        sql = "SELECT title FROM engagement WHERE id = ANY($1)"
        return {row["title"] for row in await tx.connection.fetch(sql, [*ids])}


@pytest.mark.parametrize("key", BY_KEY)
async def test_the_record_is_seen_of_what_is_claimed_and_of_nothing_else(
    estate: Estate, key: str
) -> None:
    actor = BY_KEY[key]
    found = await made(estate, actor)
    claimed = await titles(estate) if everywhere(found, "record") else of(found, "record")
    for kept_by_the_team in (
        "SELECT engagement_id FROM brief",
        "SELECT engagement_id FROM indicator",
        "SELECT engagement_id FROM action WHERE shown_to = 'team'",
    ):
        seen = await named(estate, await answered(estate, actor, kept_by_the_team))
        assert seen <= claimed, kept_by_the_team
    briefs = await answered(estate, actor, "SELECT engagement_id FROM brief")
    assert await named(estate, briefs) == claimed
    outlines = await answered(estate, actor, "SELECT id FROM engagement")
    assert await named(estate, outlines) == claimed | of(found, "coaching")
    if denied(found, "engagements") and actor.role not in SPONSORS:
        assert outlines == []


@pytest.mark.parametrize("key", BY_KEY)
async def test_notes_for_a_team_are_read_by_whom_it_is_claimed_of(estate: Estate, key: str) -> None:
    actor = BY_KEY[key]
    found = await made(estate, actor)
    seen = await answered(estate, actor, "SELECT engagement_id FROM note WHERE audience = 'team'")
    claimed = of(found, "team notes")
    assert await named(estate, seen) <= claimed
    if claimed:
        assert seen
    else:
        assert (
            denied(found, "team notes")
            or denied(found, "own notes")
            or actor.role
            not in (
                "owner",
                "consultant",
                "associate",
            )
        )


@pytest.mark.parametrize("key", BY_KEY)
async def test_nobody_reads_a_note_that_another_keeps_or_that_does_not_name_them(
    estate: Estate, key: str
) -> None:
    actor, me = BY_KEY[key], estate.people[key].id
    found = await made(estate, actor)
    assert denied(found, "private notes") or denied(found, "own notes")
    for surface in ("workspace", "portal"):
        strange = await answered(
            estate,
            actor,
            "SELECT id FROM note WHERE author_id <> $1 AND audience <> 'team'"
            " AND NOT $1 = ANY(readers)",
            me,
            surface=surface,
        )
        assert strange == []


@pytest.mark.parametrize("key", BY_KEY)
async def test_ones_own_notes_are_read_where_it_is_claimed(estate: Estate, key: str) -> None:
    actor, me = BY_KEY[key], estate.people[key].id
    found = await made(estate, actor)
    seen = await answered(
        estate,
        actor,
        "SELECT engagement_id FROM note WHERE author_id = $1 OR $1 = ANY(readers)",
        me,
    )
    assert await named(estate, seen) <= of(found, "own notes")
    if denied(found, "own notes"):
        every = [
            await answered(estate, actor, "SELECT id FROM note", surface=surface)
            for surface in ("workspace", "portal")
        ]
        assert every == [[], []]


@pytest.mark.parametrize("key", BY_KEY)
async def test_a_participant_sees_sessions_and_actions_that_are_theirs_and_no_others(
    estate: Estate, key: str
) -> None:
    actor, me = BY_KEY[key], estate.people[key].id
    if actor.role != "participant":
        return
    found = await made(estate, actor)
    sessions = await answered(estate, actor, "SELECT engagement_id FROM session")
    actions = await answered(estate, actor, "SELECT engagement_id FROM action")
    assert await named(estate, [*sessions, *actions]) <= of(found, "coaching")
    assert bool(sessions and actions) == bool(of(found, "coaching"))
    for others in (
        "SELECT id FROM session WHERE NOT $1 = ANY(attendee_ids)",
        "SELECT id FROM action WHERE owner_id <> $1 OR shown_to = 'team'",
        "SELECT id FROM indicator WHERE $1::uuid IS NOT NULL",
        "SELECT id FROM publication WHERE published_by_id <> $1",
    ):
        assert await answered(estate, actor, others, me) == [], others


@pytest.mark.parametrize("key", BY_KEY)
async def test_a_portal_is_read_by_whom_it_is_claimed_of(estate: Estate, key: str) -> None:
    actor, me = BY_KEY[key], estate.people[key].id
    if actor.role not in SPONSORS:
        return
    found = await made(estate, actor)
    seen = await answered(estate, actor, "SELECT engagement_id FROM publication", surface="portal")
    assert await named(estate, seen) == of(found, "portal")
    for hidden in (
        "SELECT id FROM publication WHERE state <> 'published' AND $1::uuid IS NOT NULL",
        "SELECT id FROM action WHERE shown_to <> 'sponsor' AND $1::uuid IS NOT NULL",
        "SELECT id FROM session WHERE NOT $1 = ANY(attendee_ids)",
    ):
        assert await answered(estate, actor, hidden, me, surface="portal") == [], hidden


@pytest.mark.parametrize("key", BY_KEY)
async def test_clients_and_the_trail_are_seen_by_whom_it_is_claimed_of(
    estate: Estate, key: str
) -> None:
    actor, north = BY_KEY[key], estate.worlds["north"]
    found = await made(estate, actor)
    clients = set(await answered(estate, actor, "SELECT id FROM organisation"))
    async with north.transaction(north.alice) as tx:
        every = {row["id"] for row in await tx.connection.fetch("SELECT id FROM organisation")}
        sql = "SELECT organisation_id FROM engagement WHERE title = ANY($1)"
        rows = await tx.connection.fetch(sql, [*of(found, "clients")])
    own = {row["organisation_id"] for row in rows}
    assert clients == (every if everywhere(found, "clients") else own)
    trail = await answered(estate, actor, "SELECT id FROM audit_entry")
    assert bool(trail) == any(claim.what == "settings" for claim in found)


async def test_who_stands_in_for_a_sponsor_answers_nothing(estate: Estate) -> None:
    found = await made(estate, BY_KEY["del"])
    assert denied(found, "answers") and not denied(await made(estate, BY_KEY["sam"]), "answers")
    north, [version] = estate.worlds["north"], estate.things("agreement", "ours")
    tx: Transaction
    async with north.transaction(estate.people["del"], "portal") as tx:
        with pytest.raises(Refused):
            await agreements.answer(tx, version.path["id"], "accepted")


# The words themselves


def said(role: Role, *places: tuple[str, str], away: str = "") -> Sight:
    held = [HeldPlace(engagement, relation) for engagement, relation in places]
    return sight("Bob Hartley", role, held, away)


def test_the_first_sentence_of_each_has_the_name_and_no_other() -> None:
    for role in ROLES:
        for places in ((), (("Harbour", "team"),), (("Harbour", role),)):
            found = said(role, *places)
            for sentences in filter(None, (found.sees, found.sees_not)):
                assert sentences[0].startswith("Bob Hartley ")
                assert all(text.startswith("They ") for text in sentences[1:])


def test_places_are_named_once_each_as_they_are_said() -> None:
    places = [("Harbour", "team"), ("Theatres", "team"), ("Wards", "team"), ("Wards", "team")]
    found = said("associate", *places)
    assert found.sees[0] == (
        "Bob Hartley sees the clients of “Harbour”, “Theatres” and “Wards”, with their units and "
        "contacts."
    )


def test_who_has_no_place_opens_no_engagement() -> None:
    for role in ("consultant", "associate", "participant", "sponsor", "delegate"):
        assert said(role).sees_not[0] == (
            "Bob Hartley opens no engagement, as they have no place on one."
        )


def test_who_left_or_is_paused_sees_nothing() -> None:
    for away, words in (("left", "has left"), ("paused", "access is paused")):
        found = said("owner", ("Harbour", "team"), away=away)
        assert found.sees == []
        assert words in found.sees_not[0]


def test_each_kind_of_claim_has_its_words() -> None:
    assert {*_SEES, *_SEES_EVERYWHERE, *_SEES_NOT} == {*get_args(What)}
