"""Retention's page: owners say how long things are kept, see what goes, and hold what must stay."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from commanding import Installation, free_port
from conftest import copied
from engagements.portfolio.service import StateChange, change_state
from engagements.retention.classes import CLASSES
from frontend.operations import routines
from measured import acts
from noting import begun, rows
from served import Visit
from tenancy.database.pool import Database
from tenancy.files.store import Files
from tenancy.settings import Settings
from world import Consultancy, consultancy, engagement

PERIODS = {each.key: str(each.months) for each in CLASSES}
TODAY = datetime.now(UTC).date()


def where(world: Consultancy) -> str:
    return f"/w/{world.slug}/settings/retention"


@pytest.fixture
async def over(northlight: Consultancy, owner_url: str) -> UUID:
    """An engagement that was closed ten months ago, with two private notes."""
    work = await engagement(northlight)
    for _ in range(2):
        await begun(northlight, work)
    await acts(
        northlight, northlight.bob, change_state, work.engagement, StateChange(state="closed")
    )
    for table, column in (("engagement", "closed_on"), ("note", "written_at")):
        await rows(
            owner_url,
            f"UPDATE {table} SET {column} = now() - interval '10 months' WHERE tenant_id = $1",
            northlight.tenant,
        )
    return work.engagement


async def test_an_owner_sees_what_goes_next_and_not_a_word_of_it(
    northlight: Consultancy, over: UUID, visit: Visit
) -> None:
    alice = await visit(northlight, northlight.alice)

    page = await alice.json(where(northlight))
    [going] = page["going"]
    assert (going["key"], going["engagement"], going["count"]) == (
        "private",
        "Working together",
        2,
    )

    shown = (await alice.page(where(northlight))).text
    assert "Private notes: 2" in shown
    assert "Nothing is due tonight." in shown


async def test_a_shorter_period_asks_for_the_number_it_destroys_and_keeps_what_was_typed(
    northlight: Consultancy, over: UUID, visit: Visit
) -> None:
    alice = await visit(northlight, northlight.alice)
    shorter = PERIODS | {"private": "6", "shared": "30"}

    refused = await alice.submit(f"{where(northlight)}/periods", **shorter)
    assert refused.status_code == 422
    assert "2 of private notes" in refused.text
    assert 'value="30"' in refused.text
    assert (await alice.json(where(northlight)))["months"]["private"] == 12

    done = await alice.submit(f"{where(northlight)}/periods", **shorter, destroying="2")
    assert done.headers["location"] == where(northlight)
    shown = (await alice.page(where(northlight))).text
    assert "2 records will be destroyed tonight" in shown


@pytest.mark.parametrize(
    ("months", "sentence"),
    [("0", "at least 1"), ("241", "at most 240"), ("a year", "number"), ("", "Enter the months")],
)
async def test_months_that_cannot_be_are_named_with_the_remedy(
    northlight: Consultancy, visit: Visit, months: str, sentence: str
) -> None:
    alice = await visit(northlight, northlight.alice)

    refused = await alice.submit(f"{where(northlight)}/periods", **PERIODS | {"private": months})

    assert refused.status_code == 422
    assert sentence in refused.text
    assert 'id="f-private-error"' in refused.text


async def test_a_hold_is_placed_and_lifted(
    northlight: Consultancy, over: UUID, visit: Visit
) -> None:
    alice = await visit(northlight, northlight.alice)
    page = where(northlight)

    assert (await alice.submit(f"{page}/holds", engagement_id=str(over))).status_code == 422
    await alice.submit(f"{page}/holds", engagement_id=str(over), reason="Claim 7")
    [hold] = (await alice.json(page))["holds"]
    assert (hold["engagement"], hold["reason"]) == ("Working together", "Claim 7")
    assert "held" in (await alice.page(page)).text

    for _ in range(2):
        lifted = await alice.submit(f"{page}/holds/{hold['id']}/lifting")
        assert lifted.headers["location"] == page
    assert (await alice.json(page))["holds"] == []


async def test_everything_can_be_held(northlight: Consultancy, over: UUID, visit: Visit) -> None:
    alice = await visit(northlight, northlight.alice)

    await alice.submit(f"{where(northlight)}/holds", engagement_id="", reason="Claim 8")

    counts = (await alice.json(where(northlight)))["counts"]
    assert all(count["held"] == count["there"] for count in counts)
    assert "The whole workspace" in (await alice.page(where(northlight))).text


async def test_it_is_done_every_night(
    northlight: Consultancy, over: UUID, visit: Visit, db: Database, files: Files, tmp_path: Path
) -> None:
    alice = await visit(northlight, northlight.alice)
    shorter = PERIODS | {"private": "6", "destroying": "2"}
    await alice.submit(f"{where(northlight)}/periods", **shorter)

    settings = Settings(data=tmp_path, public_url="http://127.0.0.1", files="", demo=False)
    scheduled = routines(settings, db, files, northlight.keyring).scheduled
    [tonight] = [deed for (_, name), deed in scheduled.items() if name == "destroy what is due"]
    await tonight()

    shown = (await alice.page(where(northlight))).text
    assert "Nothing is due tonight." in shown
    assert "Destroyed so far" in shown
    assert "Private notes: 2" in shown


async def test_an_operator_sees_what_is_due_and_destroys_it(
    template_url: str, tmp_path: Path
) -> None:
    there = Installation(await copied(template_url, "retention"), tmp_path, free_port())
    there.key_file.make()
    async with there.opened() as (db, keyring):
        world = await consultancy(db, keyring)
        work = await engagement(world)
        await begun(world, work)
        await acts(world, world.bob, change_state, work.engagement, StateChange(state="closed"))
        in_a_year = TODAY + timedelta(days=366)
        previewed = await there.ran("retention", "preview", "--on", in_a_year.isoformat())
        assert previewed.said == (
            f"{world.slug}: 1 of private notes, 1 of letters due on {in_a_year}.\n"
        )
        too_early = await there.ran("retention", "run")
        assert too_early.said == f"{world.slug}: nothing is destroyed.\n"

        for table, column in (("engagement", "closed_on"), ("note", "written_at")):
            await rows(
                there.owner_url, f"UPDATE {table} SET {column} = now() - interval '13 months'"
            )
        done = await there.ran("retention", "run", "--workspace", world.slug)
        assert done.said == f"{world.slug}: 1 of private notes destroyed.\n"
        unknown = await there.ran("retention", "run", "--workspace", "nowhere")
        assert (unknown.code, unknown.complained) == (
            1,
            "cocreate: There is no workspace nowhere.\n",
        )


async def test_it_is_nobodys_but_an_owners(northlight: Consultancy, visit: Visit) -> None:
    for person in (northlight.bob, northlight.ann, northlight.pat, northlight.sam):
        browser = await visit(northlight, person)
        assert (await browser.page(where(northlight))).status_code == 404


async def test_a_note_says_on_its_page_how_long_it_is_kept(
    northlight: Consultancy, over: UUID, visit: Visit
) -> None:
    bob = await visit(northlight, northlight.bob)
    [first, _] = (await bob.json(f"/w/{northlight.slug}/engagements/{over}/notes"))["notes"]

    shown = (await bob.page(f"/w/{northlight.slug}/notes/{first['id']}")).text

    assert "This note is kept until" in shown
    assert "12 months after the work ended, and then destroyed." in shown
    assert "The law can ask for longer." in shown
    assert "When its author leaves earlier, the months count from then." in shown


async def test_an_author_is_told_a_month_before_their_notes_go_and_can_keep_a_copy(
    northlight: Consultancy, over: UUID, visit: Visit
) -> None:
    home = f"/w/{northlight.slug}/"
    bob, alice = await visit(northlight, northlight.bob), await visit(northlight, northlight.alice)
    assert (await bob.json(home))["going"] == []

    await alice.submit(
        f"{where(northlight)}/periods", **PERIODS | {"private": "10"}, destroying="2"
    )

    [going] = (await bob.json(home))["going"]
    assert (going["engagement"], going["count"]) == ("Working together", 2)
    shown = (await bob.page(home)).text
    assert "2 notes of yours are due to be destroyed" in shown
    assert f"/engagements/{over}/notes.md" in shown
    assert (await alice.json(home))["going"] == []
