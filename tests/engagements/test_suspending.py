"""What goes on to hold of somebody whose access is paused: their name, their words, their notes."""

from datetime import UTC, datetime

import pytest

from engagements.members.queries import departure_of
from engagements.portal.service import publish_update
from engagements.upward.queries import words_form
from engagements.upward.service import WordsDraft, propose
from measured import acts, agreed, finding, reads
from noting import a_team, begun, draft, job, write
from tenancy.errors import Invalid, NotFound, Refused
from tenancy.ids import new_id
from tenancy.mail.service import outbox
from tenancy.workspaces.leaving import depart, readmit
from tenancy.workspaces.suspending import reinstate, suspend
from world import Consultancy, EngagementWorld, Person

TODAY = datetime.now(UTC).date()
SAID = "He was smiling, and I said nothing."


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    """Bob's and Ann's engagement with Pat, agreed, its portal open to Sam."""
    opened = await a_team(northlight)
    await agreed(northlight, opened.engagement)
    await acts(
        northlight, northlight.bob, publish_update, opened.engagement, finding(open_portal=True)
    )
    return opened


async def paused(world: Consultancy, person: Person) -> None:
    await acts(world, world.alice, suspend, person.id)


async def test_their_name_is_still_kept_out_of_what_the_team_hears(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    await paused(northlight, northlight.pat)
    told = finding(themes="Pat is tired.")
    with pytest.raises(Invalid, match="Leave names out"):
        await acts(northlight, northlight.bob, publish_update, work.engagement, told)


async def test_a_speaker_is_told_of_a_sponsor_who_will_read_their_words_again(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    await paused(northlight, northlight.sam)
    note = await write(
        northlight, northlight.pat, new_id(), draft(work, SAID, kind="reflection", audience="me")
    )
    form = await reads(northlight, northlight.pat, words_form, note)
    assert form.readers == ["Sam Whitfield"]


async def test_nobody_speaks_for_a_participant_meanwhile_nor_asks_them(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    note = await write(
        northlight,
        northlight.pat,
        new_id(),
        draft(work, SAID, kind="reflection", audience="named", reader_ids=[northlight.bob.id]),
    )
    await paused(northlight, northlight.pat)
    with pytest.raises((Refused, Invalid)):
        words = WordsDraft(words=SAID, said_by="Lead", speaker_id=northlight.pat.id)
        await acts(northlight, northlight.bob, propose, note, words)
    async with northlight.db.transaction(job(northlight)) as tx:
        assert "words_proposed" not in [mail.letter for mail in await outbox(tx)]


async def test_a_membership_that_is_ended_meanwhile_comes_back_with_access(
    northlight: Consultancy, work: EngagementWorld
) -> None:
    await begun(northlight, work, northlight.ann)
    await paused(northlight, northlight.ann)
    before = await reads(northlight, northlight.alice, departure_of, northlight.ann.id, TODAY)
    assert [one.count for one in before.sealed] == [1]
    await acts(northlight, northlight.alice, depart, northlight.ann.id)
    with pytest.raises(NotFound):
        await acts(northlight, northlight.alice, reinstate, northlight.ann.id)
    await acts(northlight, northlight.alice, readmit, northlight.ann.id)
    assert (await northlight.context(northlight.ann)).role == "associate"
