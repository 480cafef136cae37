"""Whatever is agreed and published, no sponsor meets what the agreement in force forbids."""

from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import Struct, field

from engagements.commercial import service as agreements
from engagements.portal.service import publish_update
from engagements.sessions.service import Register, SessionDraft, hold, plan_session
from engagements.upward import service as upward
from measured import accepts, acts, finding, proposed
from noting import begun, joins
from served import Visit, Visitor
from sponsored import everything_for
from tenancy.errors import Invalid, Refused
from tenancy.ids import new_id
from world import Consultancy, EngagementWorld, engagement

RULES = ("themes", "quotes", "attendance")
COUNTED = b"Sessions and attendance"

a_set_of_rules = st.frozensets(st.sampled_from(RULES))
a_step = st.one_of(
    st.tuples(st.just("agree"), a_set_of_rules, st.booleans()),
    st.tuples(st.just("propose"), a_set_of_rules, st.booleans()),
    st.tuples(st.just("publish"), a_set_of_rules, st.booleans()),
    st.tuples(st.just("speak"), st.just(frozenset()), st.booleans()),
    st.tuples(st.just("take back"), st.just(frozenset()), st.booleans()),
    st.tuples(st.just("end"), st.just(frozenset()), st.booleans()),
)
Step = tuple[str, frozenset[str], bool]
AT_FIRST: list[Step] = [
    ("agree", frozenset(RULES), True),
    ("publish", frozenset(RULES), True),
    ("speak", frozenset(), True),
]
"""Everything is allowed, and published."""


class Said(Struct, frozen=True):
    """What was published: the rule that it needs, its marker, and whether Pat said it."""

    rule: str
    marker: str
    by_pat: bool = False


class Oracle(Struct):
    """What the sponsor may read, by the words of the agreement alone."""

    version: UUID | None = None
    allowed: frozenset[str] = frozenset()
    pat_accepted: bool = False
    shown: list[Said] = field(default_factory=list)
    every: list[Said] = field(default_factory=list)

    def may(self, said: Said) -> bool:
        return said.rule in self.allowed and (self.pat_accepted or not said.by_pat)

    def publish(self, *said: Said) -> None:
        self.every += said
        self.shown += said

    def count(self) -> None:
        self.shown = [said for said in self.shown if self.may(said)]


class Play:
    """One world, and the steps that are taken in it."""

    def __init__(self, world: Consultancy, work: EngagementWorld, note: UUID) -> None:
        self.world, self.work, self.note = world, work.engagement, note
        self.oracle = Oracle()

    async def take(self, step: Step) -> None:
        kind, rules, yes = step
        await getattr(self, "_" + kind.replace(" ", "_"))(rules, yes)

    async def _propose(self, rules: frozenset[str], _: bool) -> UUID:
        return await proposed(self.world, self.work, **{rule: rule in rules for rule in RULES})

    async def _agree(self, rules: frozenset[str], pat_too: bool) -> None:
        version = await self._propose(rules, pat_too)
        if pat_too:
            await accepts(self.world, self.world.pat, version)
        for person in (self.world.ann, self.world.sam):
            await accepts(self.world, person, version)
        self.oracle.version, self.oracle.allowed = version, rules
        self.oracle.pat_accepted = pat_too
        self.oracle.count()

    async def _publish(self, rules: frozenset[str], _: bool) -> None:
        said = [Said(rule, new_id().hex) for rule in sorted(rules)]
        facts: dict[str, Any] = {}
        for one in said:
            facts |= {
                "themes": {"themes": f"{one.marker} is heard."},
                "quotes": {"quote_1": one.marker, "said_by_1": "Porter", "permission_1": True},
                "attendance": {"with_attendance": True},
            }[one.rule]
        try:
            await acts(self.world, self.world.bob, publish_update, self.work, finding(**facts))
        except Invalid:
            assert not all(self.oracle.may(one) for one in said)
        else:
            assert all(self.oracle.may(one) for one in said)
            self.oracle.publish(*said)

    async def _speak(self, *_: Any) -> None:
        said = Said("quotes", new_id().hex, by_pat=True)
        draft = upward.WordsDraft(words="I said nothing.", said_by=said.marker)
        try:
            await acts(self.world, self.world.pat, upward.propose, self.note, draft)
        except Refused:
            assert not self.oracle.may(said)
        else:
            assert self.oracle.may(said)
            self.oracle.publish(said)

    async def _take_back(self, *_: Any) -> None:
        if self.oracle.version is None:
            return
        await acts(self.world, self.world.pat, agreements.answer, self.oracle.version, "refused")
        self.oracle.pat_accepted = False
        self.oracle.count()

    async def _end(self, *_: Any) -> None:
        if self.oracle.version is None:
            return
        await acts(self.world, self.world.ann, agreements.end, self.oracle.version)
        self.oracle.version, self.oracle.allowed = None, frozenset()
        self.oracle.count()

    async def check(self, sam: Visitor) -> None:
        """The rows on the portal are the oracle's, and nothing else is in any answer or mail."""
        oracle = self.oracle
        context = await self.world.context(self.world.sam, "portal")
        async with self.world.db.transaction(context) as tx:
            rows = await tx.connection.fetch(
                "SELECT content::text FROM publication WHERE engagement_id = $1"
                " AND kind IN ('themes', 'quote', 'attendance')",
                self.work,
            )
        texts = " ".join(row["content"] for row in rows)
        assert len(rows) == len(oracle.shown)
        marked = [said for said in oracle.shown if said.rule != "attendance"]
        assert all(said.marker in texts for said in marked)

        everything = await everything_for(self.world, self.world.sam, sam, self.work)
        forbidden = [said.marker.encode() for said in oracle.every if said not in oracle.shown]
        for where, answer in everything.items():
            assert not [marker for marker in forbidden if marker in answer], where
        page = everything[f"/portal/{self.world.slug}/{self.work} as text/html"]
        counted = any(said.rule == "attendance" for said in oracle.shown)
        assert (COUNTED in page) == counted


async def play(world: Consultancy) -> Play:
    """Bob's engagement with Pat and Ann, a session they came to, and a portal that is open."""
    work = await engagement(world)
    await joins(world, world.ann, work, "participant")
    note = await begun(world, work, world.pat, body="I said nothing.")
    draft = SessionDraft(
        kind="workshop",
        starts_on=finding().figures_to,
        starts_at="09:30",
        attendee_ids=[world.pat.id, world.ann.id],
    )
    session = await acts(world, world.bob, plan_session, work.engagement, draft)
    await acts(world, world.bob, hold, session.id, Register(came_ids=[world.pat.id]))
    await acts(world, world.bob, publish_update, work.engagement, finding(open_portal=True))
    return Play(world, work, note)


@settings(
    max_examples=14,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(a_step, min_size=3, max_size=9))
async def test_no_sponsor_meets_what_the_agreement_in_force_forbids(
    northlight: Consultancy, visit: Visit, steps: list[Step]
) -> None:
    made = await play(northlight)
    sam = await visit(northlight, northlight.sam)
    for step in [*AT_FIRST, *steps]:
        await made.take(step)
        await made.check(sam)
