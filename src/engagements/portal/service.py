"""Publishing to sponsors, taking back what was published, and opening the portal."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from msgspec.structs import replace
from sqlalchemy import update

from engagements.inputs import Line, Paragraph
from engagements.measures.queries import all_series, domain_scores
from engagements.people import Setting, setting_for_team
from engagements.portal.freeze import (
    Frozen,
    FrozenDomains,
    FrozenMeasure,
    FrozenQuote,
    FrozenUpdate,
    frozen_domains,
    frozen_measure,
)
from engagements.portal.models import Publication, PublicationSource
from engagements.portal.page import (
    PortalPage,
    PublishedDomains,
    PublishedMeasure,
    PublishedUpdate,
    composed,
)
from engagements.portal.queries import MOST_QUOTES, portal_row
from engagements.portfolio.entities import Engagements
from engagements.portfolio.models import Engagement
from tenancy.audit import service as audit
from tenancy.database.entities import Entities
from tenancy.database.pool import Transaction
from tenancy.errors import Invalid, Refused
from tenancy.ids import new_id
from tenancy.mail.service import post

Words = Annotated[str, Meta(max_length=600)]
Speaker = Annotated[str, Meta(max_length=120)]

AGREED = "Tick this once they have agreed to these words."
EMPTY_PORTAL = "Publish an update first: a sponsor should never arrive at an empty page."


class UpdateDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    """A finding for the sponsors, with its evidence and at most three people's words.

    The quotes are flat, so that a form and a JSON body say them alike.
    """

    headline: Annotated[Line, Meta(title="the finding, as a sentence")]
    summary: Annotated[Paragraph, Meta(title="what it means")]
    figures_to: Annotated[date, Meta(title="the last day of the figures")]
    indicator_id: Annotated[UUID | None, Meta(title="the chart behind the headline")] = None
    with_domains: Annotated[bool, Meta(title="the domains")] = False
    quote_1: Annotated[Words, Meta(title="the first person's words")] = ""
    said_by_1: Annotated[Speaker, Meta(title="who said it")] = ""
    permission_1: Annotated[bool, Meta(title="their permission")] = False
    quote_2: Annotated[Words, Meta(title="the second person's words")] = ""
    said_by_2: Annotated[Speaker, Meta(title="who said it")] = ""
    permission_2: Annotated[bool, Meta(title="their permission")] = False
    quote_3: Annotated[Words, Meta(title="the third person's words")] = ""
    said_by_3: Annotated[Speaker, Meta(title="who said it")] = ""
    permission_3: Annotated[bool, Meta(title="their permission")] = False
    open_portal: Annotated[bool, Meta(title="opening the portal")] = False


class Part(Struct):
    """A frozen content, and the rows that it was made from."""

    kind: str
    content: Frozen
    source_kind: str = ""
    sources: Sequence[UUID] = ()


class Publications(Entities[Publication]):
    model = Publication


class PublicationSources(Entities[PublicationSource]):
    model = PublicationSource


async def publish_update(
    tx: Transaction, engagement_id: UUID, draft: UpdateDraft, *, at: datetime | None = None
) -> Publication:
    """Freeze a finding with its evidence for the sponsors; the publication of the finding.

    Args:
        at: when it was published, for what is entered later; else now.

    Raises:
        NotFound: no such engagement within reach.
        Refused: the member is not on its team, or the portal cannot be opened yet.
        Invalid: there is no evidence of the kind that was asked for, or no permission for a quote.
    """
    setting = await setting_for_team(tx, engagement_id)
    at = at or datetime.now(UTC)
    parts = await _frozen(tx, setting, draft)
    finding, *others = await _publish(tx, engagement_id, draft, parts, at)
    await audit.record(tx, "update published", finding)
    for other in others:
        await audit.record(tx, f"{other.kind} published", other)
    if draft.open_portal:
        engagement = await Engagements(tx).find(engagement_id)
        if engagement.portal_opened_at is None:
            await _open(tx, engagement, setting, draft.headline, at)
    return finding


async def preview_update(
    tx: Transaction, engagement_id: UUID, draft: UpdateDraft, *, today: date
) -> PortalPage:
    """The sponsor's page as it would be, with nothing published.

    Raises:
        As `publish_update`.
    """
    setting = await setting_for_team(tx, engagement_id)
    parts = await _frozen(tx, setting, draft)
    row = await tx.one(portal_row, engagement=engagement_id, today=today)
    new_quotes: list[FrozenQuote] = []
    finding = PublishedUpdate(
        new_id(), FrozenUpdate(draft.headline, draft.summary), draft.figures_to, datetime.now(UTC)
    )
    for part in parts:
        match part.content:
            case FrozenDomains() as domains:
                row = replace(row, domains=PublishedDomains(domains, draft.figures_to))
            case FrozenMeasure() as measure:
                row = replace(row, measure=PublishedMeasure(measure, draft.figures_to))
            case FrozenQuote() as quote:
                new_quotes.append(quote)
    row = replace(row, quotes=[*new_quotes, *row.quotes][:MOST_QUOTES])
    return composed(row, finding, today)


async def withdraw(tx: Transaction, publication_id: UUID) -> Publication:
    """Take a publication down at once; with a finding, everything that was published with it.

    Raises:
        NotFound: no such publication that the member may change.
        Refused: it was withdrawn already.
    """
    publication = await Publications(tx).find(publication_id)
    if publication.state == "withdrawn":
        raise Refused("This was withdrawn already, and no sponsor sees it.")
    taken_down = Publication.id == publication.id
    if publication.kind == "update":
        taken_down = Publication.published_at == publication.published_at
    await tx.session.execute(
        update(Publication)
        .where(
            Publication.tenant_id == tx.context.tenant,
            Publication.engagement_id == publication.engagement_id,
            Publication.state == "published",
            taken_down,
        )
        .values(state="withdrawn", withdrawn_at=datetime.now(UTC))
    )
    await audit.record(tx, f"{publication.kind} withdrawn", publication)
    return publication


async def open_portal(tx: Transaction, engagement_id: UUID) -> Engagement:
    """Let the sponsors in, and write to them.

    Raises:
        NotFound: no such engagement that the member may change.
        Refused: the member is not on its team, it is open already, nothing is published, or
            nobody is there to read it.
    """
    setting = await setting_for_team(tx, engagement_id)
    engagement = await Engagements(tx).find(engagement_id)
    if engagement.portal_opened_at is not None:
        raise Refused(f"The portal of “{setting.engagement}” is open already.")
    row = await tx.one(portal_row, engagement=engagement_id, today=datetime.now(UTC).date())
    if row.update is None:
        raise Refused(EMPTY_PORTAL)
    await _open(tx, engagement, setting, row.update.content.headline, datetime.now(UTC))
    return engagement


async def _open(
    tx: Transaction, engagement: Engagement, setting: Setting, headline: str, at: datetime
) -> None:
    readers = [
        person for person in setting.people if {"sponsor", "delegate"} & set(person.relations)
    ]
    if not any("sponsor" in person.relations for person in readers):
        raise Refused(
            "Add a sponsor to this engagement first: so far nobody would read its portal."
        )
    engagement.portal_opened_at = at
    await audit.record(tx, "portal opened", engagement)
    sender = setting.person(tx.context.member)
    for reader in readers:
        await post(
            tx,
            "portal_opened",
            to_name=reader.name,
            to_address=reader.email,
            workspace=setting.workspace,
            engagement=setting.engagement,
            client=engagement.client,
            sender=sender.name if sender else setting.workspace,
            headline=headline,
            path=f"/portal/{setting.slug}/{setting.engagement_id}",
        )


async def _frozen(tx: Transaction, setting: Setting, draft: UpdateDraft) -> list[Part]:
    """What the draft asks for, the finding first.

    Raises:
        Invalid: something of it cannot be shown.
    """
    errors: dict[str, str] = {}
    if draft.figures_to > datetime.now(UTC).date():
        errors["figures_to"] = "Choose a day that has passed: no figures reach into the future."
    parts = [Part("update", FrozenUpdate(draft.headline, draft.summary))]
    try:
        parts += await _evidence(tx, setting.engagement_id, draft)
    except Invalid as failure:
        errors |= failure.fields
    parts += [Part("quote", quote) for quote in _quotes(draft, errors)]
    if errors:
        raise Invalid(errors)
    return parts


async def _evidence(tx: Transaction, engagement_id: UUID, draft: UpdateDraft) -> list[Part]:
    parts: list[Part] = []
    if draft.with_domains:
        scores = await tx.all(domain_scores, engagement=engagement_id)
        domains = frozen_domains(scores, draft.figures_to)
        if domains is None:
            raise Invalid({"with_domains": "No domain was surveyed by that day. Leave them out."})
        used = [score.id for domain in scores for score in domain.until(draft.figures_to).scores]
        parts.append(Part("domains", domains, "domain scores", used))
    if draft.indicator_id is not None:
        every = await tx.all(all_series, engagement=engagement_id)
        series = next((one for one in every if one.id == draft.indicator_id), None)
        if series is None:
            raise Invalid({"indicator_id": "Choose an indicator of this engagement."})
        measure = frozen_measure(series, draft.figures_to)
        if measure is None:
            raise Invalid({"indicator_id": f"“{series.title}” has no figure up to that day."})
        parts.append(Part("measure", measure, "indicator", [series.id]))
    return parts


def _quotes(draft: UpdateDraft, errors: dict[str, str]) -> list[FrozenQuote]:
    """The quotes of a draft; what is wrong with them goes to `errors`."""
    quotes: list[FrozenQuote] = []
    for n in range(1, MOST_QUOTES + 1):
        text, said_by = getattr(draft, f"quote_{n}"), getattr(draft, f"said_by_{n}")
        if not text:
            continue
        if not said_by:
            errors[f"said_by_{n}"] = "Say whose words these are, by role: “Ward manager, medicine”."
        if not getattr(draft, f"permission_{n}"):
            errors[f"permission_{n}"] = AGREED
        quotes.append(FrozenQuote(text, said_by))
    return quotes


async def _publish(
    tx: Transaction,
    engagement_id: UUID,
    draft: UpdateDraft,
    parts: Sequence[Part],
    at: datetime,
) -> list[Publication]:
    common: dict[str, Any] = {
        "engagement_id": engagement_id,
        "published_by_id": tx.context.member,
        "figures_to": draft.figures_to,
        "published_at": at,
    }
    rows = [
        {"id": new_id(), "kind": part.kind, "content": msgspec.to_builtins(part.content), **common}
        for part in parts
    ]
    published = await Publications(tx).add_all(rows)
    await PublicationSources(tx).add_all(
        [
            {
                "publication_id": row["id"],
                "engagement_id": engagement_id,
                "kind": part.source_kind,
                "source_id": source,
            }
            for row, part in zip(rows, parts, strict=True)
            for source in part.sources
        ]
    )
    return published
