"""The framework: adopting the default document, and who reads it."""

import json

import pytest

from engagements.framework import queries, service
from tenancy.errors import Conflict, NotFound
from world import Consultancy

WRITTEN = json.loads(service.DEFAULT.read_text(encoding="utf-8"))


async def test_a_new_workspace_has_four_domains_in_their_order(northlight: Consultancy):
    async with northlight.transaction(northlight.bob) as tx:
        framework = await tx.one(queries.framework)
    assert [domain.name for domain in framework.domains] == [
        "Psychological safety",
        "Collective leadership",
        "Teamworking",
        "Partnership",
    ]
    assert (framework.number, framework.state) == (1, "draft for comment")


async def test_the_adopted_document_says_what_the_file_says(northlight: Consultancy):
    async with northlight.transaction(northlight.bob) as tx:
        framework = await tx.one(queries.framework)
    assert [
        (element.code, element.name, element.more_of, element.less_of)
        for domain in framework.domains
        for element in domain.elements
    ] == [
        (element["id"], element["name"], element["more_of"], element["less_of"])
        for domain in WRITTEN["domains"]
        for element in domain["elements"]
    ]


async def test_the_document_names_its_source_and_its_limits(northlight: Consultancy):
    async with northlight.transaction(northlight.bob) as tx:
        framework = await tx.one(queries.framework)
    assert "not endorsed" in framework.attribution
    assert "not been validated" in framework.limits


async def test_domains_and_elements_can_be_chosen_from_one_version(northlight: Consultancy):
    async with northlight.transaction(northlight.bob) as tx:
        version = await tx.one(queries.newest_version)
        domains = await tx.all(queries.domains, framework_version=version.id)
        elements = await tx.all(queries.elements, framework_version=version.id)
    assert version.id == northlight.framework
    assert [domain.code for domain in domains] == ["PS", "CL", "TW", "PA"]
    assert len(elements) == 17
    assert elements[4].domain == "Collective leadership"


async def test_a_participant_reads_it(northlight: Consultancy):
    async with northlight.transaction(northlight.pat) as tx:
        assert len((await tx.one(queries.framework)).domains) == 4


async def test_a_sponsor_reads_it_on_the_portal(northlight: Consultancy):
    async with northlight.transaction(northlight.sam, "portal") as tx:
        assert len((await tx.one(queries.framework)).domains) == 4


async def test_a_participant_cannot_adopt_one(northlight: Consultancy):
    with pytest.raises(NotFound):
        async with northlight.transaction(northlight.pat) as tx:
            await service.adopt_default(tx)


async def test_each_workspace_reads_its_own(northlight: Consultancy, elsewhere: Consultancy):
    async with elsewhere.transaction(elsewhere.alice) as tx:
        found = await tx.all(queries.newest_version)
        others = await tx.all(queries.domains, framework_version=northlight.framework)
    assert [version.id for version in found] == [elsewhere.framework]
    assert others == []


async def test_adopting_twice_is_refused_and_leaves_the_first_whole(northlight: Consultancy):
    with pytest.raises(Conflict):
        async with northlight.transaction(northlight.alice) as tx:
            await service.adopt_default(tx)
    async with northlight.transaction(northlight.alice) as tx:
        assert (await tx.one(queries.framework)).id == northlight.framework
