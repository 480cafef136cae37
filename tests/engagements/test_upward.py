"""The upward sentence: proposed by who can read the note, answered by who said it."""

from uuid import UUID

import pytest

from engagements.commercial import service as agreements
from engagements.commercial.queries import agreement_page
from engagements.portal.queries import portal_page
from engagements.portal.service import publish_update, withdraw
from engagements.upward import queries, service
from engagements.upward.queries import ProposalRow
from engagements.upward.service import Approval, WordsDraft
from measured import accepts, acts, agreed, finding, proposed, reads
from noting import audience_set, begun, draft, joins, leaves, read, readable, rows, write
from tenancy.database.context import Context
from tenancy.errors import Invalid, NotFound, Refused
from tenancy.mail.service import outbox
from world import Consultancy, EngagementWorld, engagement

SAID = "He was smiling, and I said nothing."
BODY = f"Coffee room. {SAID} He called the huddle my hobby."
SOFT = "I still go quiet with senior colleagues."
ROLE = "Clinical director, theatres"


@pytest.fixture
async def work(northlight: Consultancy) -> EngagementWorld:
    """Bob's and Ann's engagement with Pat, agreed, its portal open to Sam."""
    opened = await engagement(northlight)
    await joins(northlight, northlight.ann, opened)
    await agreed(northlight, opened.engagement)
    await acts(
        northlight, northlight.bob, publish_update, opened.engagement, finding(open_portal=True)
    )
    return opened


@pytest.fixture
async def note(northlight: Consultancy, work: EngagementWorld) -> UUID:
    """Pat's reflection, for Bob."""
    facts = {"audience": "named", "reader_ids": [northlight.bob.id], "kind": "reflection"}
    return await begun(northlight, work, northlight.pat, body=BODY, **facts)


async def takes_part(world: Consultancy, person, work: EngagementWorld) -> None:
    """Somebody of the team takes part instead."""
    await leaves(world, person, work)
    await joins(world, person, work, "participant")


def words(text: str = SAID, **facts) -> WordsDraft:
    return WordsDraft(words=text, said_by=ROLE, **facts)


async def asked(world: Consultancy, note: UUID, text: str = SAID) -> UUID:
    """Bob proposes words of a note."""
    return (await acts(world, world.bob, service.propose, note, words(text))).id


async def approves(world: Consultancy, proposal: UUID, text: str = SAID) -> None:
    approval = Approval(words=text, said_by=ROLE)
    await acts(world, world.pat, service.approve, proposal, approval)


async def seen(world: Consultancy, person, proposal: UUID) -> ProposalRow | None:
    try:
        return await reads(world, person, queries.proposal_row, proposal)
    except NotFound:
        return None


async def quoted(world: Consultancy, work: EngagementWorld) -> list[tuple[str, str]]:
    named = {"surface": "portal", "today": finding().figures_to}
    shown = await reads(world, world.sam, portal_page, work.engagement, **named)
    return [(quote.text, quote.said_by) for quote in shown.quotes]


async def trail(owner_url: str, world: Consultancy) -> list[str]:
    select = "SELECT verb FROM audit_entry WHERE tenant_id = $1 ORDER BY id"
    return [row["verb"] for row in await rows(owner_url, select, world.tenant)]


@pytest.mark.asvs("2.3.1")
async def test_nothing_is_shown_before_the_speaker_has_approved(northlight, work, note):
    proposal = await asked(northlight, note)
    assert await quoted(northlight, work) == []
    await approves(northlight, proposal)
    assert await quoted(northlight, work) == [(SAID, ROLE)]


async def test_only_the_softened_text_is_published(northlight, work, note, owner_url):
    proposal = await asked(northlight, note)
    await approves(northlight, proposal, SOFT)
    assert await quoted(northlight, work) == [(SOFT, ROLE)]
    select = "SELECT p::text AS row FROM publication p WHERE tenant_id = $1"
    published = [row["row"] for row in await rows(owner_url, select, northlight.tenant)]
    assert any(SOFT in row for row in published)
    assert not [row for row in published if SAID in row or str(note) in row or str(proposal) in row]
    sources = "SELECT * FROM publication_source WHERE tenant_id = $1 AND kind = 'note'"
    assert await rows(owner_url, sources, northlight.tenant) == []


async def test_a_proposal_is_read_by_its_two_people_alone(northlight, work, note):
    proposal = await asked(northlight, note)
    cast = (northlight.alice, northlight.bob, northlight.ann, northlight.pat, northlight.sam)
    readers = {person.name for person in cast if await seen(northlight, person, proposal)}
    assert readers == {"Bob Hartley", "Pat Okafor"}
    context = await northlight.context(northlight.sam, "portal")
    async with northlight.db.transaction(context) as tx:
        assert await tx.connection.fetch("SELECT * FROM proposal") == []


async def test_nobody_but_the_speaker_answers(northlight, work, note):
    proposal = await asked(northlight, note)
    approval = Approval(words=SAID, said_by=ROLE)
    for person in (northlight.bob, northlight.ann, northlight.alice, northlight.sam):
        with pytest.raises(NotFound):
            await acts(northlight, person, service.approve, proposal, approval)
        with pytest.raises(NotFound):
            await acts(northlight, person, service.refuse, proposal)
    assert (await seen(northlight, northlight.pat, proposal)).state == "proposed"


async def test_the_database_lets_nobody_but_the_speaker_approve(northlight, work, note):
    proposal = await asked(northlight, note)
    update = "UPDATE proposal SET state = 'approved' WHERE id = $1"
    with pytest.raises(NotFound):
        async with northlight.transaction(northlight.bob) as tx:
            await tx.connection.execute(update, proposal)
    insert = (
        "INSERT INTO publication (tenant_id, id, engagement_id, published_by_id, kind, content,"
        " figures_to, state, published_at) VALUES ($1, gen_random_uuid(), $2, $3, $4, '{}', now(),"
        " 'withdrawn', now())"
    )
    for person, by, kind in (
        (northlight.bob, northlight.pat, "quote"),
        (northlight.pat, northlight.pat, "themes"),
        (northlight.pat, northlight.bob, "quote"),
    ):
        with pytest.raises(NotFound):
            async with northlight.transaction(person) as tx:
                await tx.connection.execute(insert, northlight.tenant, work.engagement, by.id, kind)


async def test_the_words_have_to_stand_in_a_note_that_the_proposer_can_read(northlight, work, note):
    with pytest.raises(Invalid, match="as they stand in the note"):
        await asked(northlight, note, "He was rude, and I said nothing.")
    with pytest.raises(NotFound):
        await acts(northlight, northlight.ann, service.propose, note, words())
    private = await begun(northlight, work, northlight.pat, body=BODY)
    with pytest.raises(NotFound):
        await asked(northlight, private)


async def test_of_a_note_of_the_team_the_proposer_says_whose_words_they_are(northlight, work):
    note = await begun(northlight, work, northlight.bob, body=BODY, audience="team")
    for chosen in (None, northlight.bob.id, northlight.sam.id):
        with pytest.raises(Invalid, match="Choose the person of this engagement"):
            await acts(northlight, northlight.ann, service.propose, note, words(speaker_id=chosen))
    named = words(speaker_id=northlight.pat.id)
    proposal = await acts(northlight, northlight.ann, service.propose, note, named)
    assert (await seen(northlight, northlight.ann, proposal.id)).has_note
    assert not (await seen(northlight, northlight.pat, proposal.id)).has_note
    await approves(northlight, proposal.id)
    assert await quoted(northlight, work) == [(SAID, ROLE)]
    assert await readable(northlight, note, northlight.pat) is None


async def test_the_words_of_a_participants_note_are_its_authors(northlight, work, note):
    with pytest.raises(Invalid, match="These are the words of Pat Okafor"):
        draft = words(speaker_id=northlight.bob.id)
        await acts(northlight, northlight.bob, service.propose, note, draft)


async def test_a_participant_proposes_own_words_and_they_are_approved_by_that(northlight, work):
    note = await begun(northlight, work, northlight.pat, body=BODY)
    proposal = await acts(northlight, northlight.pat, service.propose, note, words())
    assert proposal.state == "approved"
    assert await quoted(northlight, work) == [(SAID, ROLE)]
    assert await readable(northlight, note, northlight.bob) is None


async def test_what_the_coach_wrote_down_for_a_participant_can_be_their_own_words(northlight, work):
    facts = {"audience": "named", "reader_ids": [northlight.pat.id]}
    note = await begun(northlight, work, northlight.bob, body=BODY, **facts)
    proposal = await acts(northlight, northlight.pat, service.propose, note, words())
    assert (proposal.state, proposal.speaker_id) == ("approved", northlight.pat.id)


async def test_a_participant_proposes_nobody_elses_words(northlight, work):
    facts = {"audience": "named", "reader_ids": [northlight.pat.id], "kind": "reflection"}
    await takes_part(northlight, northlight.ann, work)
    note = await begun(northlight, work, northlight.ann, body=BODY, **facts)
    with pytest.raises(Refused, match="nobody else's"):
        await acts(northlight, northlight.pat, service.propose, note, words())


async def test_it_needs_an_agreement_with_quotes_that_the_speaker_accepted(northlight, work, note):
    await agreed(northlight, work.engagement, quotes=False)
    with pytest.raises(Refused, match="does not say that people’s words are shown"):
        await asked(northlight, note)
    await takes_part(northlight, northlight.ann, work)
    version = await proposed(northlight, work.engagement)
    await accepts(northlight, northlight.sam, version)
    await acts(northlight, northlight.pat, agreements.answer, version, "refused")
    await accepts(northlight, northlight.ann, version)
    with pytest.raises(Refused, match="Pat Okafor has not accepted the agreement in force"):
        await asked(northlight, note)


async def test_what_was_proposed_before_is_measured_by_what_is_agreed_now(northlight, work, note):
    proposal = await asked(northlight, note)
    await agreed(northlight, work.engagement, quotes=False)
    with pytest.raises(Refused):
        await approves(northlight, proposal)
    assert await quoted(northlight, work) == []


async def test_a_participant_who_takes_back_their_acceptance_takes_their_words_along(
    northlight, work, note
):
    await approves(northlight, await asked(northlight, note))
    page = await reads(northlight, northlight.pat, agreement_page, work.engagement)
    await acts(northlight, northlight.pat, agreements.answer, page.in_force.id, "refused")
    assert await quoted(northlight, work) == []
    with pytest.raises(Refused, match="Pat Okafor has not accepted the agreement in force"):
        await asked(northlight, note)


async def test_words_of_who_answers_as_a_sponsor_alone_go_with_a_version_without_them(northlight):
    work = await engagement(northlight)
    await joins(northlight, northlight.pat, work, "sponsor")
    await joins(northlight, northlight.ann, work, "participant")
    facts = {"audience": "named", "reader_ids": [northlight.bob.id], "kind": "reflection"}
    note = await begun(northlight, work, northlight.pat, body=BODY, **facts)
    first = await proposed(northlight, work.engagement)
    await accepts(northlight, northlight.ann, first)
    await acts(northlight, northlight.pat, agreements.answer, first, "accepted", surface="portal")
    opening = finding(open_portal=True)
    await acts(northlight, northlight.bob, publish_update, work.engagement, opening)
    await approves(northlight, await asked(northlight, note))
    assert await quoted(northlight, work) == [(SAID, ROLE)]

    second = await proposed(northlight, work.engagement)
    for person in (northlight.ann, northlight.sam):
        await accepts(northlight, person, second)
    assert await quoted(northlight, work) == []


async def test_a_new_version_keeps_the_words_of_those_who_accept_it_too(northlight, work, note):
    await approves(northlight, await asked(northlight, note))
    await takes_part(northlight, northlight.ann, work)
    for pat_too in (True, False):
        version = await proposed(northlight, work.engagement)
        if pat_too:
            await accepts(northlight, northlight.pat, version)
        await acts(northlight, northlight.ann, agreements.answer, version, "accepted")
        await accepts(northlight, northlight.sam, version)
        assert await quoted(northlight, work) == ([(SAID, ROLE)] if pat_too else [])


async def test_a_refusal_leaves_no_trace_for_the_sponsor(northlight, work, note, owner_url):
    proposal = await asked(northlight, note)
    context = await northlight.context(northlight.sam, "portal")
    tables = ("publication", "publication_source", "proposal", "note", "mail", "audit_entry")

    async def rows_of_sam() -> list[list[str]]:
        async with northlight.db.transaction(context) as tx:
            return [
                [str(row) for row in await tx.connection.fetch(f'SELECT t::text FROM "{table}" t')]
                for table in tables
            ]

    before = await rows_of_sam()
    await acts(northlight, northlight.pat, service.refuse, proposal)
    assert await rows_of_sam() == before
    row = await seen(northlight, northlight.bob, proposal)
    assert (row.state, row.approved, row.shown) == ("refused", "", False)


async def test_what_was_answered_stays_answered(northlight, work, note):
    proposal = await asked(northlight, note)
    await acts(northlight, northlight.pat, service.refuse, proposal)
    with pytest.raises(Refused, match="This was refused already"):
        await approves(northlight, proposal)
    with pytest.raises(Refused, match="This was refused already"):
        await acts(northlight, northlight.pat, service.refuse, proposal)
    with pytest.raises(Refused, match="nothing to take back"):
        await acts(northlight, northlight.pat, service.take_back, proposal)


async def test_consent_can_be_withdrawn_and_the_words_are_gone_at_once(
    northlight, work, note, owner_url
):
    proposal = await asked(northlight, note)
    await approves(northlight, proposal, SOFT)
    await acts(northlight, northlight.pat, service.take_back, proposal)
    assert await quoted(northlight, work) == []
    assert (await trail(owner_url, northlight))[-2:] == ["quote withdrawn", "consent withdrawn"]
    select = "SELECT t::text AS row FROM audit_entry t WHERE tenant_id = $1"
    entries = await rows(owner_url, select, northlight.tenant)
    assert not [row for row in entries if SOFT in row["row"] or SAID in row["row"]]


async def test_who_proposed_takes_back_only_what_is_not_answered(northlight, work, note):
    first, second = await asked(northlight, note), await asked(northlight, note)
    await acts(northlight, northlight.bob, service.take_back, first)
    assert (await seen(northlight, northlight.pat, first)).state == "withdrawn"
    await approves(northlight, second)
    with pytest.raises(NotFound):
        await acts(northlight, northlight.bob, service.take_back, second)
    assert await quoted(northlight, work) == [(SAID, ROLE)]


async def test_the_team_can_take_the_sentence_down_too(northlight, work, note):
    proposal = await asked(northlight, note)
    await approves(northlight, proposal)
    async with northlight.db.transaction(await northlight.context(northlight.pat)) as tx:
        [own] = await tx.all(queries.my_quotes)
    await acts(northlight, northlight.ann, withdraw, own.publication_id)
    row = await seen(northlight, northlight.pat, proposal)
    assert (row.state, row.shown) == ("approved", False)
    await acts(northlight, northlight.pat, service.take_back, proposal)


async def test_the_note_keeps_its_audience_and_later_edits_do_not_flow_upward(
    northlight, work, note
):
    before = await read(northlight, note, northlight.pat)
    await approves(northlight, await asked(northlight, note))
    assert await read(northlight, note, northlight.pat) == before
    later = draft(work, "Never mind.", version=1, audience="me")
    await write(northlight, northlight.pat, note, later)
    await audience_set(northlight, northlight.pat, note, "me", [])
    assert await quoted(northlight, work) == [(SAID, ROLE)]


async def test_the_proposal_goes_with_its_note_and_the_sentence_stands(
    northlight, work, note, owner_url
):
    proposal = await asked(northlight, note)
    await approves(northlight, proposal, SOFT)
    custody = Context(surface="custody", tenant=northlight.tenant)
    async with northlight.db.transaction(custody, writes=True) as tx:
        for table in ("note_reading", "note_revision"):
            await tx.connection.execute(f"DELETE FROM {table} WHERE note_id = $1", note)
        await tx.connection.execute("DELETE FROM note WHERE id = $1", note)
    assert await seen(northlight, northlight.pat, proposal) is None
    assert await quoted(northlight, work) == [(SOFT, ROLE)]
    async with northlight.db.transaction(await northlight.context(northlight.pat)) as tx:
        [own] = await tx.all(queries.my_quotes)
    assert own.proposal_id is None
    await acts(northlight, northlight.pat, service.take_down_own, own.publication_id)
    assert await quoted(northlight, work) == []


async def test_nobody_takes_down_anothers_words_as_their_own(northlight, work, note):
    await approves(northlight, await asked(northlight, note))
    async with northlight.db.transaction(await northlight.context(northlight.pat)) as tx:
        [own] = await tx.all(queries.my_quotes)
    with pytest.raises(NotFound):
        await acts(northlight, northlight.bob, service.take_down_own, own.publication_id)


async def test_the_speaker_has_a_letter_without_the_words(northlight, work, note):
    proposal = await asked(northlight, note)
    async with northlight.db.transaction(Context(surface="job", tenant=northlight.tenant)) as tx:
        [letter] = [mail for mail in await outbox(tx) if mail.letter == "words_proposed"]
    assert letter.to_address == northlight.pat.email
    assert letter.facts["path"] == f"/w/{northlight.slug}/proposals/{proposal}"
    assert SAID not in str(letter.facts)


async def test_words_are_sealed_and_open_in_their_own_proposal_alone(
    northlight, work, note, owner_url
):
    await approves(northlight, await asked(northlight, note), SOFT)
    [row] = await rows(
        owner_url, "SELECT sealed, sealed_approved FROM proposal WHERE note_id = $1", note
    )
    assert SAID.encode() not in row["sealed"]
    assert SOFT.encode() not in row["sealed_approved"]


async def test_the_page_names_everybody_who_would_read_it(northlight, work, note):
    await joins(northlight, northlight.alice, work, "delegate")
    proposal = await asked(northlight, note)
    page = await reads(northlight, northlight.pat, queries.proposal_page, proposal)
    assert page.readers == ["Sam Whitfield", "Alice Adeyemi"]
    assert page.is_speaker


async def test_another_consultancy_finds_nothing(northlight, elsewhere, work, note):
    proposal = await asked(northlight, note)
    assert await seen(elsewhere, elsewhere.alice, proposal) is None
    with pytest.raises(NotFound):
        await acts(elsewhere, elsewhere.bob, service.propose, note, words())
