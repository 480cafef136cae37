"""Clients: organisations, their units and contacts, and who may read and change them."""

import asyncio
from uuid import UUID

import pytest

from engagements.clients import queries, service
from engagements.clients.queries import ClientPage
from engagements.clients.service import ContactDraft, OrganisationDraft, UnitDraft
from engagements.portfolio.people import PersonDraft, add_person
from tenancy.errors import Invalid, NotFound, Refused
from world import Consultancy, Person, engagement

FIRST_PAGE = {"after_name": "", "after_id": UUID(int=0), "limit": 50}


def trust(name: str = "Ashbourne Trust", **facts) -> OrganisationDraft:
    return OrganisationDraft(name=name, kind="acute trust", **facts)


async def added(world: Consultancy, draft: OrganisationDraft | None = None) -> UUID:
    async with world.transaction(world.bob) as tx:
        return (await service.add_organisation(tx, draft or trust())).id


async def unit(world: Consultancy, client: UUID, name: str, below: UUID | None = None) -> UUID:
    async with world.transaction(world.bob) as tx:
        return (await service.add_unit(tx, client, UnitDraft(name=name, parent_id=below))).id


async def contact(world: Consultancy, client: UUID, name: str, **facts) -> UUID:
    async with world.transaction(world.bob) as tx:
        return (await service.add_contact(tx, client, ContactDraft(name=name, **facts))).id


async def page(world: Consultancy, client: UUID, reader: Person | None = None) -> ClientPage:
    async with world.transaction(reader or world.bob) as tx:
        return await tx.one(queries.client_page, organisation=client)


async def names(world: Consultancy, reader: Person, sought: str = "") -> list[str]:
    async with world.transaction(reader) as tx:
        rows = await tx.all(queries.client_list, sought=sought, **FIRST_PAGE)
    return [row.name for row in rows]


# Organisations


async def test_a_consultant_adds_a_client(northlight: Consultancy):
    draft = trust(ods_code=" rxz ", stage="enquiry", enquiry="Morale is poor.")
    found = await page(northlight, await added(northlight, draft))
    assert (found.name, found.kind, found.stage) == ("Ashbourne Trust", "acute trust", "enquiry")
    assert (found.ods_code, found.enquiry) == ("RXZ", "Morale is poor.")


async def test_a_client_without_a_code_is_welcome(northlight: Consultancy):
    assert (await page(northlight, await added(northlight))).ods_code is None


@pytest.mark.parametrize("code", ["R1", "RX-Z", "ABCDEFGHIJK", "RÉZ"])
async def test_a_code_of_the_wrong_form_is_refused_with_an_example(
    northlight: Consultancy, code: str
):
    with pytest.raises(Invalid) as refusal:
        await added(northlight, trust(ods_code=code))
    assert "such as" in refusal.value.fields["ods_code"]


async def test_a_client_is_changed(northlight: Consultancy):
    client = await added(northlight)
    async with northlight.transaction(northlight.bob) as tx:
        await service.change_organisation(tx, client, trust("Ashbourne NHS Trust", stage="client"))
    found = await page(northlight, client)
    assert (found.name, found.stage) == ("Ashbourne NHS Trust", "client")


async def test_a_participant_cannot_add_a_client(northlight: Consultancy):
    with pytest.raises(Refused, match="Owners and consultants"):
        async with northlight.transaction(northlight.pat) as tx:
            await service.add_organisation(tx, trust())


async def test_a_participant_reads_no_clients(northlight: Consultancy):
    opened = await engagement(northlight)
    with pytest.raises(NotFound):
        await page(northlight, opened.organisation, northlight.pat)


async def test_no_client_is_read_on_the_portal(northlight: Consultancy):
    opened = await engagement(northlight)
    async with northlight.transaction(northlight.bob, "portal") as tx:
        assert await tx.maybe(queries.client_page, organisation=opened.organisation) is None


async def test_an_associate_reads_only_the_clients_of_their_engagements(northlight: Consultancy):
    await added(northlight, trust("Elsewhere Trust"))
    opened = await engagement(northlight)
    async with northlight.transaction(northlight.bob) as tx:
        ann = PersonDraft(relation="team", member_id=northlight.ann.id)
        await add_person(tx, opened.engagement, ann, home="/w/northlight")
    assert await names(northlight, northlight.ann) == ["Ashbourne Trust"]


async def test_another_consultancy_neither_reads_nor_changes_a_client(
    northlight: Consultancy, elsewhere: Consultancy
):
    client = await added(northlight)
    assert await names(elsewhere, elsewhere.alice) == []
    with pytest.raises(NotFound):
        async with elsewhere.transaction(elsewhere.alice) as tx:
            await service.change_organisation(tx, client, trust("Taken over"))
    assert (await page(northlight, client)).name == "Ashbourne Trust"


# The list


async def test_clients_are_listed_by_name_whatever_its_case(northlight: Consultancy):
    for name in ("Wye Valley", "ashford care", "Bexley"):
        await added(northlight, trust(name))
    assert await names(northlight, northlight.bob) == ["ashford care", "Bexley", "Wye Valley"]


@pytest.mark.parametrize("sought", ["VALLEY", "e v", "rlq"])
async def test_a_client_is_found_by_part_of_its_name_or_by_its_code(
    northlight: Consultancy, sought: str
):
    await added(northlight, trust("Wye Valley", ods_code="RLQ"))
    await added(northlight, trust("Bexley"))
    assert await names(northlight, northlight.bob, sought) == ["Wye Valley"]


async def test_the_list_goes_on_after_the_last_client_shown(northlight: Consultancy):
    for name in ("Aire", "Bexley", "Calder"):
        await added(northlight, trust(name))
    async with northlight.transaction(northlight.bob) as tx:
        first = await tx.all(queries.client_list, sought="", **FIRST_PAGE | {"limit": 2})
        last = {"after_name": first[-1].name, "after_id": first[-1].id, "limit": 2}
        second = await tx.all(queries.client_list, sought="", **last)
    assert [row.name for row in first + second] == ["Aire", "Bexley", "Calder"]


async def test_the_list_counts_the_running_engagements(northlight: Consultancy):
    await engagement(northlight)
    async with northlight.transaction(northlight.bob) as tx:
        [row] = await tx.all(queries.client_list, sought="", **FIRST_PAGE)
    assert row.running == 1


# Units


async def test_units_are_shown_in_the_order_of_their_tree(northlight: Consultancy):
    client = await added(northlight)
    surgery = await unit(northlight, client, "Surgery")
    theatres = await unit(northlight, client, "Theatres", below=surgery)
    await unit(northlight, client, "Recovery", below=theatres)
    await unit(northlight, client, "Medicine")
    await unit(northlight, client, "day unit", below=surgery)
    units = (await page(northlight, client)).units
    assert [(unit.depth, unit.name) for unit in units] == [
        (0, "Medicine"),
        (0, "Surgery"),
        (1, "day unit"),
        (1, "Theatres"),
        (2, "Recovery"),
    ]


async def test_a_unit_cannot_be_part_of_another_client(northlight: Consultancy):
    other = await unit(northlight, await added(northlight, trust("Bexley")), "Surgery")
    with pytest.raises(Invalid, match="unit of this organisation"):
        await unit(northlight, await added(northlight), "Theatres", below=other)


async def test_a_unit_cannot_be_moved_below_itself(northlight: Consultancy):
    client = await added(northlight)
    surgery = await unit(northlight, client, "Surgery")
    theatres = await unit(northlight, client, "Theatres", below=surgery)
    with pytest.raises(Invalid, match="Surgery cannot be part of itself"):
        async with northlight.transaction(northlight.bob) as tx:
            draft = UnitDraft(name="Surgery", parent_id=theatres)
            await service.change_unit(tx, surgery, draft)


async def test_two_moves_at_once_make_no_circle(northlight: Consultancy):
    client = await added(northlight)
    surgery = await unit(northlight, client, "Surgery")
    theatres = await unit(northlight, client, "Theatres")

    async def move(moved: UUID, name: str, below: UUID) -> None:
        async with northlight.transaction(northlight.bob) as tx:
            await service.change_unit(tx, moved, UnitDraft(name=name, parent_id=below))

    results = await asyncio.gather(
        move(surgery, "Surgery", theatres),
        move(theatres, "Theatres", surgery),
        return_exceptions=True,
    )
    assert sorted(type(result).__name__ for result in results) == ["Invalid", "NoneType"]
    assert len((await page(northlight, client)).units) == 2


async def test_a_unit_with_units_below_it_stays(northlight: Consultancy):
    client = await added(northlight)
    surgery = await unit(northlight, client, "Surgery")
    await unit(northlight, client, "Theatres", below=surgery)
    with pytest.raises(Refused, match="Surgery has units below it"):
        async with northlight.transaction(northlight.bob) as tx:
            await service.remove_unit(tx, surgery)


async def test_a_unit_where_people_work_stays(northlight: Consultancy):
    client = await added(northlight)
    theatres = await unit(northlight, client, "Theatres")
    await contact(northlight, client, "Dr Iona Reid", unit_id=theatres)
    with pytest.raises(Refused, match="People work in Theatres"):
        async with northlight.transaction(northlight.bob) as tx:
            await service.remove_unit(tx, theatres)


async def test_an_empty_unit_is_removed(northlight: Consultancy):
    client = await added(northlight)
    theatres = await unit(northlight, client, "Theatres")
    async with northlight.transaction(northlight.bob) as tx:
        await service.remove_unit(tx, theatres)
    assert (await page(northlight, client)).units == []


async def test_another_consultancy_changes_no_unit(northlight: Consultancy, elsewhere: Consultancy):
    theatres = await unit(northlight, await added(northlight), "Theatres")
    with pytest.raises(NotFound):
        async with elsewhere.transaction(elsewhere.alice) as tx:
            await service.remove_unit(tx, theatres)


# Contacts


async def test_a_contact_is_shown_with_their_unit(northlight: Consultancy):
    client = await added(northlight)
    theatres = await unit(northlight, client, "Theatres")
    facts = {"email": "Iona.Reid@Ashbourne.example", "post": "Anaesthetist"}
    await contact(northlight, client, "Dr Iona Reid", unit_id=theatres, **facts)
    [found] = (await page(northlight, client)).contacts
    assert (found.name, found.unit, found.role_in_work) == ("Dr Iona Reid", "Theatres", "other")
    assert found.email == "iona.reid@ashbourne.example"


async def test_a_contact_cannot_work_in_another_clients_unit(northlight: Consultancy):
    other = await unit(northlight, await added(northlight, trust("Bexley")), "Surgery")
    with pytest.raises(Invalid) as refusal:
        await contact(northlight, await added(northlight), "Iona Reid", unit_id=other)
    assert "unit_id" in refusal.value.fields


async def test_a_contact_is_changed(northlight: Consultancy):
    client = await added(northlight)
    iona = await contact(northlight, client, "Iona Reid")
    async with northlight.transaction(northlight.bob) as tx:
        draft = ContactDraft(name="Dr Iona Reid", role_in_work="clinical lead")
        await service.change_contact(tx, iona, draft)
    [found] = (await page(northlight, client)).contacts
    assert (found.name, found.role_in_work) == ("Dr Iona Reid", "clinical lead")


async def test_the_address_that_a_member_signs_in_with_stays(northlight: Consultancy):
    opened = await engagement(northlight)
    [pat, _sam] = (await page(northlight, opened.organisation)).contacts
    with pytest.raises(Invalid, match="signs in as"):
        async with northlight.transaction(northlight.bob) as tx:
            draft = ContactDraft(name=pat.name, email="new@ashbourne.example")
            await service.change_contact(tx, pat.id, draft)


async def test_a_contact_who_is_a_member_stays(northlight: Consultancy):
    opened = await engagement(northlight)
    [pat, _sam] = (await page(northlight, opened.organisation)).contacts
    with pytest.raises(Refused, match="Pat Okafor takes part"):
        async with northlight.transaction(northlight.bob) as tx:
            await service.remove_contact(tx, pat.id)


async def test_a_contact_without_an_account_is_removed(northlight: Consultancy):
    client = await added(northlight)
    iona = await contact(northlight, client, "Iona Reid")
    async with northlight.transaction(northlight.bob) as tx:
        await service.remove_contact(tx, iona)
    assert (await page(northlight, client)).contacts == []


async def test_a_participant_adds_no_contacts(northlight: Consultancy):
    opened = await engagement(northlight)
    with pytest.raises(NotFound):
        async with northlight.transaction(northlight.pat) as tx:
            await service.add_contact(tx, opened.organisation, ContactDraft(name="Iona Reid"))


async def test_what_is_refused_leaves_nothing_behind(northlight: Consultancy):
    client = await added(northlight)
    with pytest.raises(Invalid):
        async with northlight.transaction(northlight.bob) as tx:
            await service.add_contact(tx, client, ContactDraft(name="Iona Reid"))
            await service.add_unit(tx, client, UnitDraft(name="Wards", parent_id=UUID(int=1)))
    assert (await page(northlight, client)).contacts == []
