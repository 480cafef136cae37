"""The upward sentence over HTTP: what a sponsor can get holds approved words and nothing else."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from engagements.portal.service import publish_update
from engagements.sessions.service import SessionDraft, plan_session
from engagements.upward import service
from engagements.upward.service import WordsDraft
from measured import acts, agreed, finding
from noting import begun
from sponsored import everything_for
from world import Consultancy, EngagementWorld, engagement

SAID = "He was smiling, and I said nothing."
SOFT = "I still go quiet with senior colleagues."
REST = "Coffee room."
ROLE = "Clinical director, theatres"


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    opened = await engagement(northlight)
    await agreed(northlight, opened.engagement)
    soon = datetime.now(ZoneInfo("Europe/London")) + timedelta(days=7)
    draft = SessionDraft(
        kind="team",
        starts_on=soon.date(),
        starts_at="09:30",
        attendee_ids=[northlight.sam.id],
    )
    await acts(northlight, northlight.bob, plan_session, opened.engagement, draft)
    update = finding(open_portal=True)
    await acts(northlight, northlight.bob, publish_update, opened.engagement, update)
    return opened


@pytest.fixture
async def note(northlight: Consultancy, work: EngagementWorld) -> UUID:
    facts = {"audience": "named", "reader_ids": [northlight.bob.id], "kind": "reflection"}
    return await begun(northlight, work, northlight.pat, body=f"{REST} {SAID}", **facts)


async def asked(world: Consultancy, note: UUID) -> UUID:
    draft = WordsDraft(words=SAID, said_by=ROLE)
    return (await acts(world, world.bob, service.propose, note, draft)).id


def at(world: Consultancy, path: str) -> str:
    return f"/w/{world.slug}/{path}"


def holding(everything: dict[str, bytes], words: str) -> list[str]:
    return [where for where, answer in everything.items() if words.encode() in answer]


async def test_nothing_a_sponsor_can_get_holds_words_that_were_not_approved(
    northlight, work, note, visit
):
    sam, pat = await visit(northlight, northlight.sam), await visit(northlight, northlight.pat)
    facts = (northlight, northlight.sam, sam, work.engagement)
    proposal = await asked(northlight, note)
    assert len(await everything_for(*facts)) > 8

    await pat.put(
        at(northlight, f"proposals/{proposal}/approval"), json={"words": SOFT, "said_by": ROLE}
    )
    everything = await everything_for(*facts)
    assert len(holding(everything, SOFT)) == 2
    for unapproved in (SAID, REST, str(note), str(proposal), str(northlight.pat.id), "Pat Okafor"):
        held = [where for where in holding(everything, unapproved) if "agreement" not in where]
        assert held == [], unapproved
    assert holding(everything, SAID) == holding(everything, str(note)) == []

    await pat.put(at(northlight, f"proposals/{proposal}/withdrawal"))
    assert holding(await everything_for(*facts), SOFT) == []


async def test_a_refusal_leaves_every_answer_to_the_sponsor_byte_for_byte_the_same(
    northlight, work, note, visit
):
    sam, pat = await visit(northlight, northlight.sam), await visit(northlight, northlight.pat)
    facts = (northlight, northlight.sam, sam, work.engagement)
    before = await everything_for(*facts)
    proposal = await asked(northlight, note)
    assert await everything_for(*facts) == before
    assert (await pat.put(at(northlight, f"proposals/{proposal}/refusal"))).status_code == 200
    assert await everything_for(*facts) == before


async def test_a_refusal_tells_the_proposer_only_that_it_was_not_agreed(
    northlight, work, note, visit
):
    bob, pat = await visit(northlight, northlight.bob), await visit(northlight, northlight.pat)
    proposal = await asked(northlight, note)
    listed = at(northlight, f"engagements/{work.engagement}/publications")
    assert "waits for an answer" in (await bob.page(listed)).text
    await pat.submit(at(northlight, f"proposals/{proposal}/refusal"))
    assert "not agreed" in (await bob.page(listed)).text
    assert "It was not agreed" in (await bob.page(at(northlight, f"proposals/{proposal}"))).text


async def test_words_are_proposed_from_the_note_without_javascript(northlight, work, note, visit):
    bob = await visit(northlight, northlight.bob)
    shown = (await bob.page(at(northlight, f"notes/{note}"))).text
    assert "Show a sentence to the sponsor" in shown
    form = await bob.submit(at(northlight, f"notes/{note}/proposals/draft"), words=SAID)
    assert form.status_code == 200
    assert SAID in form.text
    assert f'value="{northlight.pat.name}"' not in form.text
    assert "Pat Okafor reads this first" in form.text
    assert "Sam Whitfield" in form.text
    sent = await bob.submit(at(northlight, f"notes/{note}/proposals"), words=SAID, said_by=ROLE)
    page = await bob.page(sent.headers["location"])
    assert "Waiting for Pat Okafor" in page.text


async def test_words_that_do_not_stand_there_come_again_with_a_sentence(
    northlight, work, note, visit
):
    bob = await visit(northlight, northlight.bob)
    answer = await bob.submit(
        at(northlight, f"notes/{note}/proposals"), words="He was rude.", said_by=ROLE
    )
    assert answer.status_code == 422
    assert "Choose words as they stand in the note" in answer.text
    assert "He was rude." in answer.text


async def test_the_speaker_is_asked_at_home_sees_who_would_read_it_and_softens_it(
    northlight, work, note, visit
):
    pat = await visit(northlight, northlight.pat)
    proposal = await asked(northlight, note)
    home = (await pat.page(f"/w/{northlight.slug}")).text
    assert "Bob Hartley asks whether the sponsor may read this" in home
    page = (await pat.page(at(northlight, f"proposals/{proposal}"))).text
    assert SAID in page
    assert "Sam Whitfield. Exactly this sentence" in page
    approval = at(northlight, f"proposals/{proposal}/approval")
    assert (await pat.submit(approval, words="", said_by=ROLE)).status_code == 422
    assert (await pat.submit(approval, words=SOFT, said_by=ROLE)).status_code == 303
    home = (await pat.page(f"/w/{northlight.slug}")).text
    assert "Your words that the sponsor reads" in home
    assert SOFT in home


async def test_own_words_go_upward_in_one_step(northlight, work, note, visit):
    pat, sam = await visit(northlight, northlight.pat), await visit(northlight, northlight.sam)
    form = await pat.submit(at(northlight, f"notes/{note}/proposals/draft"), words=SAID)
    assert "Let the sponsor read this" in form.text
    await pat.submit(at(northlight, f"notes/{note}/proposals"), words=SAID, said_by=ROLE)
    page = (await sam.page(f"/portal/{northlight.slug}/{work.engagement}")).text
    assert SAID in page
    assert REST not in page


async def test_somebody_elses_proposal_is_not_found(northlight, work, note, visit):
    proposal = await asked(northlight, note)
    for person in (northlight.alice, northlight.ann, northlight.sam):
        browser = await visit(northlight, person)
        assert (await browser.page(at(northlight, f"proposals/{proposal}"))).status_code == 404
