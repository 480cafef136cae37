"""Publishing to sponsors, taking back what was published, and opening the portal."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import msgspec
from msgspec.structs import replace

from engagements.commercial.queries import InForce
from engagements.people import Person, Setting, setting_for_team
from engagements.portal.drafting import Part, UpdateDraft, agreement_in_force, frozen_parts
from engagements.portal.entities import Publications, PublicationSources, take_down
from engagements.portal.freeze import (
    FrozenAttendance,
    FrozenDomains,
    FrozenMeasure,
    FrozenQuote,
    FrozenThemes,
    FrozenUpdate,
)
from engagements.portal.models import ALLOWED_BY, Publication
from engagements.portal.page import (
    PortalPage,
    PublishedAttendance,
    PublishedDomains,
    PublishedMeasure,
    PublishedThemes,
    PublishedUpdate,
    composed,
)
from engagements.portal.queries import MOST_QUOTES, portal_row
from engagements.portfolio.entities import Engagements
from engagements.portfolio.invited import Invited, invited
from engagements.portfolio.models import Engagement
from tenancy.audit import service as audit
from tenancy.database.pool import Transaction
from tenancy.errors import Refused
from tenancy.ids import new_id
from tenancy.mail.service import post
from tenancy.workspaces.invitations import mark_sent
from tenancy.workspaces.offers import join_path

EMPTY_PORTAL = "Publish an update first: a sponsor should never arrive at an empty page."


async def publish_update(
    tx: Transaction, engagement_id: UUID, draft: UpdateDraft, *, at: datetime | None = None
) -> Publication:
    """Freeze a finding with its evidence for the sponsors; the publication of the finding.

    Args:
        at: when it was published, for what is entered later; else now.

    Raises:
        NotFound: no such engagement within reach.
        Refused: the member is not on its team, or the portal cannot be opened yet.
        Invalid: there is no evidence of the kind that was asked for, no permission for a quote, or
            no agreement in force that allows it.
    """
    setting = await setting_for_team(tx, engagement_id)
    at = at or datetime.now(UTC)
    agreement = await agreement_in_force(tx, engagement_id)
    parts = await frozen_parts(tx, setting, draft, agreement)
    finding, *others = await _publish(tx, engagement_id, draft, parts, agreement=agreement, at=at)
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
    agreement = await agreement_in_force(tx, engagement_id)
    parts = await frozen_parts(tx, setting, draft, agreement)
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
            case FrozenThemes() as themes:
                row = replace(row, themes=PublishedThemes(themes, finding.published_at))
            case FrozenAttendance() as counts:
                row = replace(row, attendance=PublishedAttendance(counts, draft.figures_to))
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
    together = [publication]
    if publication.kind == "update":
        together = [
            *await Publications(tx).list(
                tenant_id=tx.context.tenant,
                engagement_id=publication.engagement_id,
                published_at=publication.published_at,
                state="published",
            )
        ]
    await take_down(tx, together)
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
    guests = [
        guest
        for guest in await tx.all(invited, engagement=engagement.id)
        if guest.relation in ("sponsor", "delegate")
    ]
    relations = {relation for person in readers for relation in person.relations}
    if "sponsor" not in relations | {guest.relation for guest in guests}:
        raise Refused(
            "Add a sponsor to this engagement first: so far nobody would read its portal."
        )
    engagement.portal_opened_at = at
    await audit.record(tx, "portal opened", engagement)
    path = f"/portal/{setting.slug}/{setting.engagement_id}"
    for reader in readers:
        await _write_to(tx, engagement, setting, headline, reader, path=path)
    for guest in guests:
        # They are led through their invitation: until they accept it, the portal is not theirs.
        await mark_sent(tx, guest.id)
        path = join_path(setting.slug, guest.id)
        await _write_to(tx, engagement, setting, headline, guest, path=path)


async def _write_to(
    tx: Transaction,
    engagement: Engagement,
    setting: Setting,
    headline: str,
    reader: Person | Invited,
    *,
    path: str,
) -> None:
    sender = setting.person(tx.context.member)
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
        path=path,
    )


async def _publish(
    tx: Transaction,
    engagement_id: UUID,
    draft: UpdateDraft,
    parts: Sequence[Part],
    *,
    agreement: InForce | None,
    at: datetime,
) -> list[Publication]:
    common: dict[str, Any] = {
        "engagement_id": engagement_id,
        "published_by_id": tx.context.member,
        "figures_to": draft.figures_to,
        "published_at": at,
    }
    rows = [
        {
            "id": new_id(),
            "kind": part.kind,
            "content": msgspec.to_builtins(part.content),
            **_allowed_by(part.kind, agreement),
            **common,
        }
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


def _allowed_by(kind: str, agreement: InForce | None) -> dict[str, UUID | None]:
    """The agreement that a part names, of those that need one; each row has the same columns."""
    allowed: dict[str, UUID | None] = dict.fromkeys(ALLOWED_BY.values())
    if kind in ALLOWED_BY and agreement is not None:
        allowed[ALLOWED_BY[kind]] = agreement.id
    return allowed
