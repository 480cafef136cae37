"""Proposing an agreement, answering it, and ending it.

A version comes into force once somebody of the team, of those who take part and of the sponsors has
accepted it. From then on it says what may be published; what it forbids is withdrawn in the same
transaction. Nobody may change an agreement's state: it follows from the answers, as the system's
own work.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select

from engagements.commercial import queries
from engagements.commercial.models import Agreement, Consent
from engagements.commercial.rules import (
    DEFAULT_EXCEPTIONS,
    RULE_OF,
    Party,
    Reply,
    Rules,
    Signed,
    counts,
    must_go,
    party_of,
)
from engagements.inputs import Paragraph, lines
from engagements.people import Person, Setting, setting_for_team, setting_of
from engagements.portal.entities import Publications, take_down
from engagements.portal.models import ALLOWED_BY, Publication
from engagements.portfolio.invited import write_to_waiting
from tenancy.audit import service as audit
from tenancy.database.entities import Entities
from tenancy.database.pool import Transaction
from tenancy.errors import Refused
from tenancy.mail.service import post

ONLY_READS = (
    "The team, those who take part and the sponsor decide about this agreement. You can read it."
)


class AgreementDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    """A version as it is proposed."""

    purpose: Annotated[Paragraph, Meta(title="what it is for")]
    themes: Annotated[bool, Meta(title="what the team hears")] = False
    quotes: Annotated[bool, Meta(title="people's words")] = False
    attendance: Annotated[bool, Meta(title="attendance")] = False
    safety_exceptions: Annotated[Paragraph, Meta(title="the exceptions for safety")] = "\n".join(
        DEFAULT_EXCEPTIONS
    )
    """One a line."""


class Answer(Struct, kw_only=True, forbid_unknown_fields=True):
    answer: Annotated[Reply, Meta(title="your answer")]


class Agreements(Entities[Agreement]):
    model = Agreement


class Consents(Entities[Consent]):
    model = Consent


async def propose(
    tx: Transaction, engagement_id: UUID, draft: AgreementDraft, *, at: datetime | None = None
) -> Agreement:
    """Propose a version, and write to those who have to answer it. Proposing is accepting.

    A version that was still waiting is replaced.

    Args:
        at: when it was proposed, for what is entered later; else now.

    Raises:
        NotFound: no such engagement within reach.
        Refused: the member is not on its team.
    """
    setting = await setting_for_team(tx, engagement_id)
    at = at or datetime.now(UTC)
    async with tx.acting("job"):
        before = await _locked(tx, engagement_id)
        for version in before:
            if version.state == "proposed":
                version.state, version.ended_at = "replaced", at
    version = await Agreements(tx).add(
        engagement_id=engagement_id,
        number=len(before) + 1,
        purpose=draft.purpose,
        themes=draft.themes,
        quotes=draft.quotes,
        attendance=draft.attendance,
        safety_exceptions=lines(draft.safety_exceptions),
        state="proposed",
        proposed_by_id=tx.context.member,
        proposed_at=at,
    )
    await audit.record(tx, "agreement proposed", version)
    await _keep(tx, version, "consultant", "accepted", at)
    await _write_to(tx, setting, _asked(setting), "agreement_proposed")
    # A sponsor who is invited and was not written to yet has something to answer now.
    await write_to_waiting(tx, engagement_id)
    return version


async def remind(tx: Transaction, engagement_id: UUID) -> int:
    """Write once more to those who have not answered; how many they are.

    Raises:
        NotFound: no such engagement within reach.
        Refused: the member is not on its team, or nobody is left to answer.
    """
    setting = await setting_for_team(tx, engagement_id)
    page = await queries.agreement_page(tx, engagement_id)
    if not page.unanswered:
        raise Refused("Everybody who was asked has answered.")
    await _write_to(tx, setting, page.unanswered, "agreement_proposed")
    return len(page.unanswered)


async def ask_newcomer(tx: Transaction, engagement_id: UUID, member_id: UUID) -> None:
    """Write to somebody who has just joined an engagement whose next version waits for answers.

    Raises:
        NotFound: no such engagement within reach.
    """
    setting = await setting_of(tx, engagement_id)
    waiting = await Agreements(tx).exists(
        tenant_id=tx.context.tenant, engagement_id=engagement_id, state="proposed"
    )
    if waiting:
        newcomer = [person for person in _asked(setting) if person.id == member_id]
        await _write_to(tx, setting, newcomer, "agreement_proposed")


async def answer(
    tx: Transaction, agreement_id: UUID, reply: Reply, *, at: datetime | None = None
) -> Agreement:
    """Accept or refuse a version, for oneself. Answering anew replaces the earlier answer.

    A participant who refuses what they had accepted takes their own words down with it.

    Args:
        at: when it was answered, for what is entered later; else now.

    Raises:
        NotFound: no such version within reach.
        Refused: the member decides nothing here, or the version counts no more.
    """
    engagement = (await tx.one(queries.engagement_of, id=agreement_id)).engagement_id
    party = await _party(tx, engagement)
    at = at or datetime.now(UTC)
    async with tx.acting("job"):
        every = await _locked(tx, engagement)
    version = next(one for one in every if one.id == agreement_id)
    if version.state not in ("proposed", "in force"):
        raise Refused(f"This version was {version.state}, so nobody answers it any more.")
    await _keep(tx, version, party, reply, at)
    await audit.record(tx, f"agreement {reply}", version)
    async with tx.acting("job"):
        if reply == "refused" and party == "participant":
            await take_down(tx, await _published(tx, engagement, by=tx.context.member))
        elif version.state == "proposed":
            await _settle(tx, version, every, at)
    return version


async def end(tx: Transaction, agreement_id: UUID) -> Agreement:
    """End the agreement in force at once, and withdraw all that it allowed.

    Raises:
        NotFound: no such version within reach.
        Refused: the member decides nothing here, or the version is not in force.
    """
    engagement = (await tx.one(queries.engagement_of, id=agreement_id)).engagement_id
    await _party(tx, engagement)
    async with tx.acting("job"):
        every = await _locked(tx, engagement)
        version = next(one for one in every if one.id == agreement_id)
        if version.state != "in force":
            raise Refused("This version is not in force, so there is nothing to end.")
        await take_down(tx, await _published(tx, engagement))
        version.state, version.ended_at = "ended", datetime.now(UTC)
        await audit.record(tx, "agreement ended", version)
        await _tell_the_others(tx, engagement, "agreement_ended")
    return version


async def _party(tx: Transaction, engagement_id: UUID) -> Party:
    """For which party the member answers.

    Raises:
        Refused: for none; a delegate, or an owner who is not on the team.
    """
    async with tx.acting("job"):
        person = (await setting_of(tx, engagement_id)).person(tx.context.member)
    on_portal = tx.context.surface == "portal"
    party = party_of(person.relations if person else (), on_portal=on_portal)
    if party is None:
        raise Refused(ONLY_READS)
    return party


async def _locked(tx: Transaction, engagement_id: UUID) -> Sequence[Agreement]:
    """Every version, so that two who change the agreement at once come one after the other."""
    found = await tx.session.scalars(
        select(Agreement)
        .where(Agreement.tenant_id == tx.context.tenant, Agreement.engagement_id == engagement_id)
        .order_by(Agreement.number)
        .with_for_update()
    )
    return found.all()


async def _keep(
    tx: Transaction, version: Agreement, party: Party, reply: Reply, at: datetime
) -> None:
    """Write the member's answer down, over an earlier one."""
    consents = Consents(tx)
    there = await consents.get_one_or_none(
        tenant_id=version.tenant_id,
        agreement_id=version.id,
        member_id=tx.context.member,
        party=party,
    )
    if there is not None:
        there.answer, there.answered_at = reply, at
        return
    await consents.add(
        agreement_id=version.id,
        engagement_id=version.engagement_id,
        member_id=tx.context.member,
        party=party,
        answer=reply,
        answered_at=at,
    )


async def _settle(
    tx: Transaction, version: Agreement, every: Iterable[Agreement], at: datetime
) -> None:
    """Bring a version into force once all parties have accepted it, and withdraw what it forbids.

    In the order that the keys want: what is forbidden goes, the rest passes over to the new
    version, and then the old one ends.
    """
    consents = await Consents(tx).list(
        tenant_id=version.tenant_id, engagement_id=version.engagement_id
    )
    own = [one for one in consents if one.agreement_id == version.id and one.answer == "accepted"]
    if not counts(one.party for one in own):
        return
    published = await _published(tx, version.engagement_id)
    rules = Rules(version.themes, version.quotes, version.attendance)
    signed = Signed(
        frozenset(one.member_id for one in own),
        frozenset(one.member_id for one in consents if one.party != "consultant"),
    )
    forbidden = [one for one in published if must_go(rules, signed, one.kind, one.published_by_id)]
    await take_down(tx, forbidden)
    version.state, version.in_force_at = "in force", at
    await tx.session.flush()
    for publication in published:
        if publication.state == "published":
            setattr(publication, ALLOWED_BY[publication.kind], version.id)
    await tx.session.flush()
    for other in every:
        if other.state == "in force" and other is not version:
            other.state, other.ended_at = "replaced", at
            await audit.record(tx, "agreement replaced", other)
    await audit.record(tx, "agreement in force", version)
    await _tell_the_others(tx, version.engagement_id, "agreement_in_force")


async def _published(
    tx: Transaction, engagement_id: UUID, *, by: UUID | None = None
) -> list[Publication]:
    """What is published of what was said in confidence: all of it, or the words of one person."""
    wanted: dict[str, Any] = {"engagement_id": engagement_id, "state": "published"}
    if by is not None:
        wanted |= {"kind": "quote", "published_by_id": by}
    found = await Publications(tx).list(tenant_id=tx.context.tenant, **wanted)
    return [one for one in found if one.kind in RULE_OF]


def _asked(setting: Setting) -> list[Person]:
    """Those of the client who have to answer."""
    asked = {"participant", "sponsor"}
    return [
        person for person in setting.people if asked & set(person.relations) and not person.is_team
    ]


async def _tell_the_others(tx: Transaction, engagement_id: UUID, letter: str) -> None:
    """Write to everybody on the engagement but the one whose deed it was."""
    setting = await setting_of(tx, engagement_id)
    others = [person for person in setting.people if person.id != tx.context.member]
    await _write_to(tx, setting, others, letter)


async def _write_to(
    tx: Transaction, setting: Setting, people: Iterable[Person], letter: str
) -> None:
    sender = setting.person(tx.context.member)
    for person in people:
        await post(
            tx,
            letter,
            to_name=person.name,
            to_address=person.email,
            workspace=setting.workspace,
            engagement=setting.engagement,
            sender=sender.name if sender else setting.workspace,
            path=_path(setting, person),
        )


def _path(setting: Setting, person: Person) -> str:
    """Where this person reads the agreement: a sponsor on the portal, also while it is closed."""
    if person.is_team or person.is_participant:
        return f"/w/{setting.slug}/engagements/{setting.engagement_id}/agreement"
    return f"/portal/{setting.slug}/{setting.engagement_id}/agreement"
