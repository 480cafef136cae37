"""The three-way agreement: accepted by each party, held by the database, ended at once."""

import asyncio
from uuid import UUID

import asyncpg
import pytest

from engagements.commercial import queries, service
from engagements.commercial.queries import AgreementPage
from engagements.portal.queries import portal_page
from engagements.portal.service import preview_update, publish_update
from engagements.sessions.service import Register, SessionDraft, hold, plan_session
from measured import accepts, acts, agreed, finding, proposed, reads, terms
from noting import joins, leaves, rows
from tenancy.database.context import Context
from tenancy.errors import Invalid, NotFound, Refused
from tenancy.mail.service import outbox
from world import Consultancy, EngagementWorld, engagement

QUOTE = {"quote_1": "I just said it.", "said_by_1": "Ward manager", "permission_1": True}
THEMES = {"themes": "Worries are raised earlier.\nThe late list is still quiet."}
EVERYTHING = {**QUOTE, **THEMES, "with_attendance": True}


@pytest.fixture
async def opened(northlight: Consultancy) -> EngagementWorld:
    """Bob's engagement with Pat and Sam, and one session that Pat came to and Sam did not."""
    made = await engagement(northlight)
    draft = SessionDraft(
        kind="coaching",
        starts_on=finding().figures_to,
        starts_at="09:30",
        attendee_ids=[northlight.pat.id, northlight.sam.id],
    )
    session = await acts(northlight, northlight.bob, plan_session, made.engagement, draft)
    register = Register(came_ids=[northlight.pat.id])
    await acts(northlight, northlight.bob, hold, session.id, register)
    return made


@pytest.fixture
def work(opened: EngagementWorld) -> UUID:
    return opened.engagement


async def page(world: Consultancy, person, work: UUID) -> AgreementPage:
    surface = "portal" if person.role in ("sponsor", "delegate") else "workspace"
    return await reads(world, person, queries.agreement_page, work, surface=surface)


async def publish(world: Consultancy, work: UUID, **facts):
    return await acts(world, world.bob, publish_update, work, finding(**facts))


async def ends(world: Consultancy, person, version: UUID) -> None:
    surface = "portal" if person.role == "sponsor" else "workspace"
    await acts(world, person, service.end, version, surface=surface)


async def told(world: Consultancy, work: UUID) -> list[str]:
    """The kinds that a sponsor can read now."""
    async with world.db.transaction(await world.context(world.sam, "portal")) as tx:
        found = await tx.connection.fetch(
            "SELECT kind FROM publication WHERE engagement_id = $1 ORDER BY kind", work
        )
    return [row["kind"] for row in found]


async def letters(world: Consultancy, letter: str = "agreement_proposed") -> list[tuple[str, str]]:
    async with world.db.transaction(Context(surface="job", tenant=world.tenant)) as tx:
        return sorted(
            (mail.to_name.split()[0], mail.facts["path"])
            for mail in await outbox(tx)
            if mail.letter == letter
        )


async def trail(owner_url: str, world: Consultancy) -> list[str]:
    select = "SELECT verb FROM audit_entry WHERE tenant_id = $1 ORDER BY id"
    return [row["verb"] for row in await rows(owner_url, select, world.tenant)]


async def test_it_comes_into_force_once_each_party_has_accepted_it(northlight, work):
    version = await proposed(northlight, work)
    for person in (northlight.pat, northlight.sam):
        assert (await page(northlight, northlight.bob, work)).in_force is None
        await accepts(northlight, person, version)
    shown = await page(northlight, northlight.pat, work)
    assert shown.in_force.id == version
    assert shown.proposed is None
    assert [one.name for one in shown.in_force.accepted] == [
        "Bob Hartley",
        "Pat Okafor",
        "Sam Whitfield",
    ]


async def test_everybody_else_is_told_when_it_counts_and_when_it_ends(northlight, work):
    version = await agreed(northlight, work)
    workspace = f"/w/{northlight.slug}/engagements/{work}/agreement"
    assert await letters(northlight, "agreement_in_force") == [
        ("Bob", workspace),
        ("Pat", workspace),
    ]

    await acts(northlight, northlight.pat, service.end, version)

    assert await letters(northlight, "agreement_ended") == [
        ("Bob", workspace),
        ("Sam", f"/portal/{northlight.slug}/{work}/agreement"),
    ]


async def test_safety_exceptions_are_always_named(northlight, work):
    await proposed(northlight, work)
    shown = (await page(northlight, northlight.pat, work)).proposed
    assert shown.safety_exceptions == [
        "A risk of serious harm to somebody",
        "Illegal activity",
        "A court order",
    ]
    await proposed(northlight, work, safety_exceptions="Theft\n\n Fire ")
    assert (await page(northlight, northlight.pat, work)).proposed.safety_exceptions == [
        "Theft",
        "Fire",
    ]


async def test_a_refusal_does_not_count_and_can_be_thought_over(northlight, work):
    version = await proposed(northlight, work)
    await accepts(northlight, northlight.sam, version)
    await acts(northlight, northlight.pat, service.answer, version, "refused")
    assert (await page(northlight, northlight.pat, work)).in_force is None
    await accepts(northlight, northlight.pat, version)
    assert (await page(northlight, northlight.pat, work)).in_force.id == version


async def test_who_refused_is_known_to_the_team_and_to_nobody_else(northlight, work):
    version = await proposed(northlight, work)
    await acts(northlight, northlight.pat, service.answer, version, "refused")
    seen = {}
    for person in (northlight.bob, northlight.pat, northlight.sam):
        answers = (await page(northlight, person, work)).proposed.answers
        seen[person.name] = [one.answer for one in answers]
    assert seen == {
        "Bob Hartley": ["accepted", "refused"],
        "Pat Okafor": ["accepted", "refused"],
        "Sam Whitfield": ["accepted"],
    }


async def test_a_delegate_reads_and_decides_nothing(northlight, opened):
    work = opened.engagement
    version = await proposed(northlight, work)
    await joins(northlight, northlight.ann, opened, "delegate")
    async with northlight.db.transaction(await northlight.context(northlight.ann, "portal")) as tx:
        shown = await queries.agreement_page(tx, work)
    assert (shown.party, shown.proposed.id) == (None, version)
    for deed, *facts in ((service.answer, version, "accepted"), (service.end, version)):
        with pytest.raises(Refused, match="You can read it"):
            await acts(northlight, northlight.ann, deed, *facts, surface="portal")


async def test_only_the_team_proposes_and_others_find_nothing(northlight, elsewhere, work):
    version = await proposed(northlight, work)
    for person, failure in ((northlight.alice, Refused), (northlight.pat, Refused)):
        with pytest.raises(failure):
            await acts(northlight, person, service.propose, work, terms())
    with pytest.raises(NotFound):
        await acts(northlight, northlight.ann, service.answer, version, "accepted")
    with pytest.raises(NotFound):
        await acts(elsewhere, elsewhere.alice, service.end, version)
    with pytest.raises(Refused):
        await acts(northlight, northlight.alice, service.answer, version, "accepted")


async def test_letters_go_to_those_who_have_to_answer_and_again_to_those_who_have_not(
    northlight, work
):
    version = await proposed(northlight, work)
    pat = ("Pat", f"/w/{northlight.slug}/engagements/{work}/agreement")
    sam = ("Sam", f"/portal/{northlight.slug}/{work}/agreement")
    assert await letters(northlight) == [pat, sam]
    await accepts(northlight, northlight.pat, version)
    assert await acts(northlight, northlight.bob, service.remind, work) == 1
    assert await letters(northlight) == [pat, sam, sam]
    await accepts(northlight, northlight.sam, version)
    with pytest.raises(Refused, match="Everybody who was asked"):
        await acts(northlight, northlight.bob, service.remind, work)


async def test_a_version_that_waits_is_replaced_by_a_newer_one(northlight, work):
    first = await proposed(northlight, work)
    second = await proposed(northlight, work)
    shown = await page(northlight, northlight.bob, work)
    assert (shown.proposed.id, shown.proposed.number) == (second, 2)
    with pytest.raises(Refused, match="This version was replaced"):
        await accepts(northlight, northlight.pat, first)


async def test_without_an_agreement_nothing_said_in_confidence_is_published(northlight, work):
    with pytest.raises(Invalid) as refused:
        await publish(northlight, work, **EVERYTHING)
    assert set(refused.value.fields) == {"themes", "quote_1", "with_attendance"}
    await publish(northlight, work)
    assert await told(northlight, work) == ["update"]


@pytest.mark.parametrize(
    ("rule", "facts", "field"),
    [
        ("themes", THEMES, "themes"),
        ("quotes", QUOTE, "quote_1"),
        ("attendance", {"with_attendance": True}, "with_attendance"),
    ],
)
async def test_each_rule_is_enforced_when_publishing_and_previewing(
    northlight, work, rule, facts, field
):
    await agreed(northlight, work, **{rule: False})
    for deed, named in ((publish_update, {}), (preview_update, {"today": finding().figures_to})):
        with pytest.raises(Invalid) as refused:
            await acts(northlight, northlight.bob, deed, work, finding(**facts), **named)
        assert list(refused.value.fields) == [field]
        assert "Propose another version" in refused.value.fields[field]
    assert await told(northlight, work) == []


async def test_themes_and_attendance_are_shown_to_the_sponsor_without_names(northlight, work):
    await agreed(northlight, work)
    await publish(northlight, work, open_portal=True, **EVERYTHING)
    today = finding().figures_to
    shown = await reads(
        northlight, northlight.sam, portal_page, work, surface="portal", today=today
    )
    assert shown.themes.content.sentences == THEMES["themes"].splitlines()
    (counted,) = shown.attendance.content.sessions
    assert (counted.kind, counted.held, counted.cancelled) == ("coaching", 1, 0)
    assert (counted.came, counted.expected) == (1, 2)
    assert str(northlight.pat.id) not in str(shown.attendance)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"themes": "Pat is tired."}, "Leave names out"),
        ({"themes": "\n".join(["One."] * 6)}, "5 sentences or fewer"),
        ({"themes": "x" * 241}, "240 characters or fewer"),
        ({"with_attendance": True, "figures_to": finding().figures_to.replace(year=2025)},
         "No session was held"),
    ],
)  # fmt: skip
async def test_what_cannot_be_told_is_refused_with_the_remedy(northlight, work, facts, words):
    await agreed(northlight, work)
    with pytest.raises(Invalid, match=words):
        await publish(northlight, work, **facts)


async def test_a_change_lists_what_it_would_take_down_and_takes_it_down(
    northlight, work, owner_url
):
    await agreed(northlight, work)
    await publish(northlight, work, **EVERYTHING)
    version = await proposed(northlight, work, quotes=False, attendance=False)
    for person in (northlight.bob, northlight.sam):
        shown = await page(northlight, person, work)
        assert sorted(one.kind for one in shown.to_withdraw) == ["attendance", "quote"]
    await accepts(northlight, northlight.pat, version)
    assert await told(northlight, work) == ["attendance", "quote", "themes", "update"]
    await accepts(northlight, northlight.sam, version)
    assert await told(northlight, work) == ["themes", "update"]
    verbs = await trail(owner_url, northlight)
    assert verbs.count("quote withdrawn") == verbs.count("attendance withdrawn") == 1
    assert "themes withdrawn" not in verbs
    assert verbs[-2:] == ["agreement replaced", "agreement in force"]


@pytest.mark.parametrize("who", ["bob", "pat", "sam"])
async def test_any_party_ends_it_at_once_and_all_that_it_allowed_is_gone(
    northlight, work, owner_url, who
):
    version = await agreed(northlight, work)
    await publish(northlight, work, **EVERYTHING)
    await ends(northlight, getattr(northlight, who), version)
    assert await told(northlight, work) == ["update"]
    verbs = await trail(owner_url, northlight)
    assert [verbs.count(f"{kind} withdrawn") for kind in ("themes", "quote", "attendance")] == [
        1,
        1,
        1,
    ]
    with pytest.raises(Invalid):
        await publish(northlight, work, **THEMES)
    with pytest.raises(Refused, match="nothing to end"):
        await ends(northlight, northlight.bob, version)


async def test_who_has_left_decides_nothing(northlight, opened):
    version = await agreed(northlight, opened.engagement)
    await leaves(northlight, northlight.pat, opened)
    with pytest.raises(NotFound):
        await ends(northlight, northlight.pat, version)


INSERT = (
    "INSERT INTO publication (tenant_id, id, engagement_id, published_by_id, kind, content,"
    " figures_to, state, published_at, {column})"
    " VALUES ($1, gen_random_uuid(), $2, $3, '{kind}', '{{}}', now(), 'published', now(), $4)"
)


@pytest.mark.asvs("2.3.1")
@pytest.mark.parametrize(
    ("kind", "column"),
    [("themes", "themes_by"), ("quote", "quotes_by"), ("attendance", "attendance_by")],
)
async def test_the_database_refuses_what_no_agreement_in_force_allows(
    northlight, work, owner_url, kind, column
):
    """As the superuser, whom no policy stops."""
    rule = {"quote": "quotes"}.get(kind, kind)
    insert = INSERT.format(kind=kind, column=column)
    facts = (northlight.tenant, work, northlight.bob.id)
    waiting = await proposed(northlight, work)
    for key, failure in (
        (None, asyncpg.CheckViolationError),
        (waiting, asyncpg.ForeignKeyViolationError),
        (await agreed(northlight, work, **{rule: False}), asyncpg.ForeignKeyViolationError),
    ):
        with pytest.raises(failure):
            await rows(owner_url, insert, *facts, key)
    allowing = await agreed(northlight, work)
    await rows(owner_url, insert, *facts, allowing)
    with pytest.raises(asyncpg.ForeignKeyViolationError):
        await rows(
            owner_url, "UPDATE agreement SET state = 'ended' WHERE id = $1 RETURNING id", allowing
        )


async def test_ending_and_publishing_at_once_leave_nothing_published(northlight, work):
    version = await agreed(northlight, work)
    outcomes = await asyncio.gather(
        ends(northlight, northlight.pat, version),
        *(publish(northlight, work, **THEMES) for _ in range(4)),
        return_exceptions=True,
    )
    assert outcomes[0] is None
    assert {type(one) for one in outcomes[1:] if isinstance(one, Exception)} <= {Invalid, NotFound}
    assert "themes" not in await told(northlight, work)


@pytest.mark.asvs("2.3.4")
async def test_two_who_accept_at_once_bring_it_into_force_once(northlight, work, owner_url):
    version = await proposed(northlight, work)
    await asyncio.gather(
        accepts(northlight, northlight.pat, version), accepts(northlight, northlight.sam, version)
    )
    assert (await page(northlight, northlight.bob, work)).in_force.id == version
    assert (await trail(owner_url, northlight)).count("agreement in force") == 1
