"""Who is on an engagement: bringing people in, writing to them, and releasing them."""

from uuid import UUID

import pytest

from engagements.clients import queries as clients
from engagements.clients import service as client_service
from engagements.clients.service import ContactDraft, OrganisationDraft
from engagements.portfolio import people, queries
from engagements.portfolio.people import PersonDraft, Relation
from engagements.portfolio.people_queries import OnEngagement, colleagues
from tenancy.database.context import Context
from tenancy.errors import Invalid, NotFound, Refused
from tenancy.mail.service import Letter, outbox
from tenancy.workspaces.reach import differences
from world import Consultancy, EngagementWorld, Person, engagement


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    """Bob's engagement, with nobody of the client on it yet."""
    return await engagement(northlight, with_participant=False, with_sponsor=False)


async def contact(
    world: Consultancy, work: EngagementWorld, name: str = "Iona Reid", email: str | None = None
) -> UUID:
    draft = ContactDraft(name=name, email=email, post="Ward manager")
    async with world.transaction(world.bob) as tx:
        return (await client_service.add_contact(tx, work.organisation, draft)).id


async def bring_in(
    world: Consultancy, work: EngagementWorld, relation: Relation, by: Person | None = None, **who
) -> UUID:
    draft = PersonDraft(relation=relation, **who)
    async with world.transaction(by or world.bob) as tx:
        return (await people.add_person(tx, work.engagement, draft, home="/w/northlight")).id


async def on_it(world: Consultancy, work: EngagementWorld) -> list[OnEngagement]:
    async with world.transaction(world.bob) as tx:
        return (await tx.one(queries.engagement_page, engagement=work.engagement)).people


async def letters(world: Consultancy) -> list[Letter]:
    async with world.db.transaction(Context(surface="job", tenant=world.tenant)) as tx:
        return await outbox(tx)


# The client's people


async def test_a_contact_becomes_a_participant_and_a_member(
    northlight: Consultancy, work: EngagementWorld
):
    iona = await contact(northlight, work, email=f"iona@{northlight.slug}.example")
    await bring_in(northlight, work, "participant", contact_id=iona)
    assert [(person.name, person.relation) for person in await on_it(northlight, work)] == [
        ("Iona Reid", "participant"),
        ("Bob Hartley", "team"),
    ]
    async with northlight.transaction(northlight.bob) as tx:
        [found] = (await tx.one(clients.client_page, organisation=work.organisation)).contacts
    assert found.member_id == (await on_it(northlight, work))[0].member_id
    assert await differences(northlight.db) == []


async def test_a_participant_is_written_to(northlight: Consultancy, work: EngagementWorld):
    iona = await contact(northlight, work, email=f"iona@{northlight.slug}.example")
    await bring_in(northlight, work, "participant", contact_id=iona)
    [letter] = await letters(northlight)
    assert (letter.letter, letter.to_name) == ("added_to_engagement", "Iona Reid")
    assert letter.facts == {
        "engagement": "Working together",
        "client": "Ashbourne Trust",
        "relation": "participant",
        "inviter": "Bob Hartley",
        "path": "/w/northlight",
    }


@pytest.mark.parametrize("relation", ["sponsor", "delegate"])
async def test_a_sponsor_hears_nothing_before_there_is_something_to_read(
    northlight: Consultancy, work: EngagementWorld, relation: Relation
):
    iona = await contact(northlight, work, email=f"iona@{northlight.slug}.example")
    await bring_in(northlight, work, relation, contact_id=iona)
    assert await letters(northlight) == []


async def test_a_contact_without_an_address_cannot_be_brought_in_yet(
    northlight: Consultancy, work: EngagementWorld
):
    iona = await contact(northlight, work)
    with pytest.raises(Invalid, match="Iona Reid has no e-mail address yet"):
        await bring_in(northlight, work, "participant", contact_id=iona)


async def test_a_contact_of_another_client_is_refused(
    northlight: Consultancy, work: EngagementWorld
):
    async with northlight.transaction(northlight.bob) as tx:
        other = await client_service.add_organisation(
            tx, OrganisationDraft(name="Bexley Trust", kind="acute trust")
        )
        stranger = await client_service.add_contact(tx, other.id, ContactDraft(name="Lee Chan"))
    with pytest.raises(Invalid, match="a contact at Ashbourne Trust"):
        await bring_in(northlight, work, "participant", contact_id=stranger.id)


async def test_a_colleagues_address_does_not_make_them_a_participant(
    northlight: Consultancy, work: EngagementWorld
):
    ann = await contact(northlight, work, name="Ann Lowe", email=northlight.ann.email)
    with pytest.raises(Invalid, match="works for the consultancy"):
        await bring_in(northlight, work, "participant", contact_id=ann)


async def test_the_same_part_is_given_once(northlight: Consultancy, work: EngagementWorld):
    iona = await contact(northlight, work, email=f"iona@{northlight.slug}.example")
    await bring_in(northlight, work, "participant", contact_id=iona)
    with pytest.raises(Refused, match="Iona Reid has that part"):
        await bring_in(northlight, work, "participant", contact_id=iona)


async def test_somebody_must_be_chosen(northlight: Consultancy, work: EngagementWorld):
    with pytest.raises(Invalid) as refusal:
        await bring_in(northlight, work, "participant")
    assert "contact_id" in refusal.value.fields


async def test_a_participant_brings_nobody_in(northlight: Consultancy):
    work = await engagement(northlight)
    iona = await contact(northlight, work, email=f"iona@{northlight.slug}.example")
    with pytest.raises(NotFound):
        await bring_in(northlight, work, "participant", by=northlight.pat, contact_id=iona)


# The team


async def test_a_colleague_joins_the_team_and_reads_its_brief(
    northlight: Consultancy, work: EngagementWorld
):
    await bring_in(northlight, work, "team", member_id=northlight.ann.id)
    async with northlight.transaction(northlight.ann) as tx:
        found = await tx.one(queries.engagement_page, engagement=work.engagement)
    assert found.brief is not None


async def test_an_owner_who_is_not_on_the_team_adds_to_it(
    northlight: Consultancy, work: EngagementWorld
):
    await bring_in(northlight, work, "team", by=northlight.alice, member_id=northlight.ann.id)
    assert "Ann Lowe" in [person.name for person in await on_it(northlight, work)]


async def test_an_associate_does_not_choose_the_team(
    northlight: Consultancy, work: EngagementWorld
):
    await bring_in(northlight, work, "team", member_id=northlight.ann.id)
    with pytest.raises(Refused, match="Owners and consultants choose the team"):
        await bring_in(northlight, work, "team", by=northlight.ann, member_id=northlight.alice.id)


async def test_nobody_of_the_client_joins_the_team(northlight: Consultancy, work: EngagementWorld):
    with pytest.raises(Invalid, match="works for the consultancy"):
        await bring_in(northlight, work, "team", member_id=northlight.pat.id)


async def test_another_consultancys_people_cannot_join_the_team(
    northlight: Consultancy, elsewhere: Consultancy, work: EngagementWorld
):
    with pytest.raises(Invalid):
        await bring_in(northlight, work, "team", member_id=elsewhere.bob.id)


async def test_colleagues_to_choose_from_are_those_of_the_consultancy(northlight: Consultancy):
    async with northlight.transaction(northlight.bob) as tx:
        found = await tx.all(colleagues)
    assert [person.name for person in found] == ["Alice Adeyemi", "Ann Lowe", "Bob Hartley"]


# Releasing


async def test_a_released_colleague_loses_access_at_once(
    northlight: Consultancy, work: EngagementWorld
):
    place = await bring_in(northlight, work, "team", member_id=northlight.ann.id)
    async with northlight.transaction(northlight.bob) as tx:
        await people.release_person(tx, work.engagement, place)
    async with northlight.transaction(northlight.ann) as tx:
        assert await tx.maybe(queries.engagement_page, engagement=work.engagement) is None
    assert await differences(northlight.db) == []


async def test_a_released_person_can_come_back(northlight: Consultancy, work: EngagementWorld):
    for _ in range(2):
        place = await bring_in(northlight, work, "team", member_id=northlight.ann.id)
        async with northlight.transaction(northlight.bob) as tx:
            await people.release_person(tx, work.engagement, place)
    await bring_in(northlight, work, "team", member_id=northlight.ann.id)
    names = [person.name for person in await on_it(northlight, work)]
    assert names == ["Ann Lowe", "Bob Hartley"]


async def test_the_lead_stays_on_the_team(northlight: Consultancy, work: EngagementWorld):
    [bob] = await on_it(northlight, work)
    with pytest.raises(Refused, match="Bob Hartley leads"):
        async with northlight.transaction(northlight.alice) as tx:
            await people.release_person(tx, work.engagement, bob.assignment_id)


async def test_a_place_is_released_on_its_own_engagement(
    northlight: Consultancy, work: EngagementWorld
):
    other = await engagement(northlight, with_participant=False, with_sponsor=False)
    place = await bring_in(northlight, other, "team", member_id=northlight.ann.id)
    with pytest.raises(NotFound):
        async with northlight.transaction(northlight.bob) as tx:
            await people.release_person(tx, work.engagement, place)
