"""The first client and the first engagement in one go, so that the first note is near."""

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from engagements.clients.models import Kind
from engagements.clients.service import OrganisationDraft, add_organisation
from engagements.inputs import Line, Paragraph
from engagements.portfolio.service import EngagementDraft, open_engagement
from tenancy.database.pool import Transaction

USUALLY = timedelta(days=364)
"""How long an engagement is when nobody has said so: a year, to be changed on its page."""


class FirstWorkDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    client: Annotated[Line, Meta(title="the client's name")]
    kind: Annotated[Kind, Meta(title="the kind of organisation")]
    title: Annotated[Line, Meta(title="the name that the client's people will see")]
    purpose: Annotated[Paragraph, Meta(title="what this work is for")]


class FirstWork(Struct, frozen=True):
    client_id: UUID
    engagement_id: UUID


async def begin_work(tx: Transaction, on: date, draft: FirstWorkDraft) -> FirstWork:
    """Add a client and open an engagement with it that runs from today; the member leads it.

    Args:
        on: today, where the workspace is.

    Raises:
        Refused: somebody other than an owner or a consultant asks.
    """
    client = await add_organisation(
        tx, OrganisationDraft(name=draft.client, kind=draft.kind, stage="client")
    )
    engagement = await open_engagement(
        tx,
        EngagementDraft(
            organisation_id=client.id,
            title=draft.title,
            purpose=draft.purpose,
            state="running",
            starts_on=on,
            ends_on=on + USUALLY,
        ),
    )
    return FirstWork(client.id, engagement.id)
