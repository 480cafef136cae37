"""What could identify a patient is pointed out on the server too, and its writer decides."""

import pytest

from noting import a_team, begun, draft, read, readable, rows, write
from tenancy.errors import Invalid
from tenancy.ids import new_id
from world import Consultancy, EngagementWorld

NUMBER = "She asked about bed 4, 943 476 5919."


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    return await a_team(northlight)


async def decisions(owner_url: str, world: Consultancy) -> int:
    said = "SELECT count(*) FROM audit_entry WHERE tenant_id = $1 AND verb LIKE 'kept what looked%'"
    [row] = await rows(owner_url, said, world.tenant)
    count: int = row[0]
    return count


@pytest.mark.parametrize("autosaved", [True, False])
async def test_a_text_with_an_nhs_number_is_not_kept_before_its_writer_decided(
    northlight: Consultancy, work: EngagementWorld, autosaved: bool
) -> None:
    id = new_id()

    with pytest.raises(Invalid, match="943 476 5919"):
        text = draft(work, body=NUMBER, autosaved=autosaved)
        await write(northlight, northlight.bob, id, text)

    assert await readable(northlight, id, northlight.bob) is None


async def test_the_writer_decides_and_the_trail_says_so_without_the_text(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    id = await begun(northlight, work, body=NUMBER, identifiers_kept=True)

    assert (await read(northlight, id, northlight.bob)).body == NUMBER
    assert await decisions(owner_url, northlight) == 1
    trail = "SELECT * FROM audit_entry WHERE tenant_id = $1"
    assert "943" not in str(
        [row["verb"] for row in await rows(owner_url, trail, northlight.tenant)]
    )


async def test_a_text_without_any_leaves_no_decision(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    await begun(northlight, work, identifiers_kept=True)

    assert await decisions(owner_url, northlight) == 0


async def test_what_stands_in_the_note_already_is_not_asked_about_again(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    id = await begun(northlight, work, body=NUMBER, identifiers_kept=True)

    more = draft(work, body=f"{NUMBER} And then about bed 5.", version=1)
    await write(northlight, northlight.bob, id, more)

    assert (await read(northlight, id, northlight.bob)).version == 2
    assert await decisions(owner_url, northlight) == 1


async def test_only_what_is_new_in_a_note_is_pointed_out(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    id = await begun(northlight, work, body=NUMBER, identifiers_kept=True)

    with pytest.raises(Invalid) as refused:
        more = draft(work, body=f"{NUMBER} Bed 5 is 401 023 2137.", version=1)
        await write(northlight, northlight.bob, id, more)

    assert "401 023 2137" in refused.value.fields["identifiers"]
    assert "943" not in refused.value.fields["identifiers"]


async def test_a_decision_about_a_draft_is_on_the_trail_once(
    northlight: Consultancy, work: EngagementWorld, owner_url: str
) -> None:
    text = {"body": NUMBER, "identifiers_kept": True}
    id = await begun(northlight, work, **text, autosaved=True)
    await write(northlight, northlight.bob, id, draft(work, **text, version=1))

    assert await decisions(owner_url, northlight) == 1
