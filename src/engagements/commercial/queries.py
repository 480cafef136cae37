"""Reading agreements: all versions of one engagement with their answers, and what is in force."""

from datetime import datetime
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Table, bindparam, func, or_, select

from engagements.commercial.models import Agreement, Consent
from engagements.commercial.rules import RULE_OF, Party, Rules, Signed, must_go, party_of
from engagements.commercial.standing import is_open, waits_for_me
from engagements.people import FORMER, Person, setting_of
from engagements.portal.models import Publication
from engagements.portfolio.models import Engagement
from tenancy.database.nesting import fields, gathered
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, tenant
from tenancy.errors import NotFound
from tenancy.workspaces.models import Member

_agreement = cast(Table, Agreement.__table__).c
_consent = cast(Table, Consent.__table__).c
_engagement = cast(Table, Engagement.__table__).c
_member = cast(Table, Member.__table__).c
_proposer = cast(Table, Member.__table__).alias("proposer").c
_publication = cast(Table, Publication.__table__).c

_wanted = bindparam("engagement", type_=_engagement.id.type)


class Answered(Struct, frozen=True):
    """Somebody's answer to a version, as far as the reader may know of it."""

    member_id: UUID
    name: str
    title: str
    party: str
    answer: str
    answered_at: datetime


class Version(Struct, frozen=True):
    """A page of rules, and who answered it."""

    id: UUID
    engagement_id: UUID
    number: int
    purpose: str
    themes: bool
    quotes: bool
    attendance: bool
    safety_exceptions: list[str]
    state: str
    proposed_by_id: UUID
    proposed_by: str
    proposed_at: datetime
    in_force_at: datetime | None
    ended_at: datetime | None
    answers: list[Answered]

    @property
    def rules(self) -> Rules:
        return Rules(self.themes, self.quotes, self.attendance)

    @property
    def accepted(self) -> list[Answered]:
        return [one for one in self.answers if one.answer == "accepted"]

    def answer_of(self, member: UUID | None) -> str:
        """What somebody answered; empty while they have not."""
        return next((one.answer for one in self.answers if one.member_id == member), "")


class InForce(Struct, frozen=True):
    """The version that counts."""

    id: UUID
    themes: bool
    quotes: bool
    attendance: bool

    @property
    def rules(self) -> Rules:
        return Rules(self.themes, self.quotes, self.attendance)


class Place(Struct, frozen=True):
    engagement_id: UUID


class Told(Struct, frozen=True):
    """Something published that was said in confidence."""

    id: UUID
    kind: str
    label: str
    published_by_id: UUID
    published_at: datetime


class _Heading(Struct, frozen=True):
    title: str
    client: str


class AgreementPage(Struct, frozen=True):
    """The agreement of one engagement, for somebody on it."""

    engagement_id: UUID
    engagement: str
    client: str
    member_id: UUID | None
    party: Party | None
    """For which party the reader answers; None for those who only read."""
    on_team: bool
    in_force: Version | None
    proposed: Version | None
    earlier: list[Version]
    to_withdraw: list[Told]
    """What the proposed version would take down, of what the reader may know."""
    unanswered: list[Person]
    """For the team: who has not answered the newest version that asks for an answer."""

    @property
    def open_version(self) -> Version | None:
        """The version that waits for answers, else the one in force."""
        return self.proposed or self.in_force


class AgreementWaiting(Struct, frozen=True):
    """An engagement whose agreement the reader may open; `asked` when it waits for them."""

    engagement_id: UUID
    engagement: str
    client: str
    asked: bool


def _answers() -> ColumnElement[object]:
    return (
        select(
            gathered(
                fields(
                    member_id=_consent.member_id,
                    name=func.coalesce(_member.name, FORMER),
                    title=func.coalesce(_member.title, ""),
                    party=_consent.party,
                    answer=_consent.answer,
                    answered_at=_consent.answered_at,
                ),
                _consent.answered_at,
                _consent.id,
            )
        )
        .select_from(
            _consent.id.table.outerjoin(
                _member.id.table,
                (_member.tenant_id == tenant) & (_member.id == _consent.member_id),
            )
        )
        .where(_consent.tenant_id == tenant, _consent.agreement_id == _agreement.id)
        .scalar_subquery()
    )


versions = Read(
    select(
        _agreement.id,
        _agreement.engagement_id,
        _agreement.number,
        _agreement.purpose,
        _agreement.themes,
        _agreement.quotes,
        _agreement.attendance,
        _agreement.safety_exceptions,
        _agreement.state,
        _agreement.proposed_by_id,
        func.coalesce(_proposer.name, FORMER),
        _agreement.proposed_at,
        _agreement.in_force_at,
        _agreement.ended_at,
        _answers(),
    )
    .outerjoin(
        _proposer.id.table,
        (_proposer.tenant_id == tenant) & (_proposer.id == _agreement.proposed_by_id),
    )
    .where(_agreement.tenant_id == tenant, _agreement.engagement_id == _wanted)
    .order_by(_agreement.number.desc()),
    Version,
)
"""Every version of an engagement's agreement, the newest first."""

engagement_of = Read(
    select(_agreement.engagement_id).where(
        _agreement.tenant_id == tenant, _agreement.id == bindparam("id")
    ),
    Place,
)
in_force = Read(
    select(_agreement.id, _agreement.themes, _agreement.quotes, _agreement.attendance).where(
        _agreement.tenant_id == tenant,
        _agreement.engagement_id == _wanted,
        _agreement.state == "in force",
    ),
    InForce,
)
told_in_confidence = Read(
    select(
        _publication.id,
        _publication.kind,
        func.coalesce(_publication.content["text"].astext, ""),
        _publication.published_by_id,
        _publication.published_at,
    )
    .where(
        _publication.tenant_id == tenant,
        _publication.engagement_id == _wanted,
        _publication.state == "published",
        or_(*(_publication.kind == kind for kind in RULE_OF)),
    )
    .order_by(_publication.published_at.desc(), _publication.id),
    Told,
)
_heading = Read(
    select(_engagement.title, _engagement.client).where(
        _engagement.tenant_id == tenant, _engagement.id == _wanted
    ),
    _Heading,
)


agreements_to_read = Read(
    select(_engagement.id, _engagement.title, _engagement.client, waits_for_me)
    .where(_engagement.tenant_id == tenant, is_open())
    .order_by(_engagement.starts_on.desc(), _engagement.id),
    AgreementWaiting,
)
"""The engagements within reach that have an agreement, or one that was proposed."""


async def agreement_page(tx: Transaction, engagement_id: UUID) -> AgreementPage:
    """The agreement of an engagement, as its reader may know it.

    Raises:
        NotFound: no such engagement within reach; on the portal, also when nothing was proposed.
    """
    heading = await tx.one(_heading, engagement=engagement_id)
    found = await tx.all(versions, engagement=engagement_id)
    on_portal = tx.context.surface == "portal"
    if on_portal and not found:
        raise NotFound
    async with tx.acting("job"):
        setting = await setting_of(tx, engagement_id)
    person = setting.person(tx.context.member)
    on_team = engagement_id in tx.context.team and not on_portal
    standing = {version.state: version for version in found}
    proposed = standing.get("proposed")
    return AgreementPage(
        engagement_id,
        heading.title,
        heading.client,
        tx.context.member,
        party_of(person.relations if person else (), on_portal=on_portal),
        on_team,
        standing.get("in force"),
        proposed,
        [one for one in found if one.state in ("replaced", "ended")],
        await _would_go(tx, proposed, found) if proposed else [],
        _unanswered(setting.people, proposed or standing.get("in force")) if on_team else [],
    )


async def _would_go(tx: Transaction, proposed: Version, found: list[Version]) -> list[Told]:
    """What coming into force would take down. Only the team is told whose answer decides it."""
    told = await tx.all(told_in_confidence, engagement=proposed.engagement_id)
    speakers: set[UUID] = set()
    if proposed.engagement_id in tx.context.team:
        answers = [one for version in found for one in version.answers]
        speakers = {one.member_id for one in answers if one.party == "participant"}
    accepted = frozenset(one.member_id for one in proposed.accepted)
    signed = Signed(accepted, frozenset(speakers))
    return [one for one in told if must_go(proposed.rules, signed, one.kind, one.published_by_id)]


def _unanswered(people: list[Person], version: Version | None) -> list[Person]:
    """The participants and sponsors who have not answered a version."""
    if version is None:
        return []
    answered = {one.member_id for one in version.answers}
    asked = {"participant", "sponsor"}
    return [
        person
        for person in people
        if asked & set(person.relations) and person.id not in answered and not person.is_team
    ]
