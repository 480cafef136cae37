"""What is in the sample, and what an owner has done so far of their own."""

from datetime import datetime
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, and_, bindparam, exists, func, join, select

from engagements.clients.models import Organisation
from engagements.notes.models import Attachment, Note
from engagements.portfolio.models import Engagement
from engagements.retention.models import LegalHold
from tenancy.database.nesting import gathered
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, me, tenant
from tenancy.workspaces.models import Assignment, Member

_organisation = cast(Table, Organisation.__table__).c
_engagement = cast(Table, Engagement.__table__).c
_note = cast(Table, Note.__table__).c
_attachment = cast(Table, Attachment.__table__).c
_hold = cast(Table, LegalHold.__table__).c
_assignment = cast(Table, Assignment.__table__).c
_member = cast(Table, Member.__table__).c

_work = join(
    Engagement.__table__,
    Organisation.__table__,
    and_(_organisation.tenant_id == tenant, _organisation.id == _engagement.organisation_id),
)
_own = (
    select(_engagement.id)
    .select_from(_work)
    .where(_engagement.tenant_id == tenant, ~_organisation.sample)
)


_works = bindparam("works", type_=_member.engagement_ids.type)


class SampleClient(Struct, frozen=True):
    id: UUID
    name: str
    put_in_at: datetime
    engagements: list[UUID]
    """The one that was told, and any that was opened since."""


class Sample(Struct, frozen=True):
    """The sample, and how many notes were written in it since it was put in."""

    client: SampleClient
    notes: int


class Row(Struct, frozen=True):
    id: UUID


class StoredObject(Struct, frozen=True):
    name: str


class Begun(Struct, frozen=True):
    """Which of the first steps are done, outside the sample."""

    client: bool
    engagement_id: UUID | None
    note: bool


sample_client = Read(
    select(
        _organisation.id,
        _organisation.name,
        _organisation.created_at,
        select(gathered(_engagement.id, _engagement.id))
        .where(_engagement.tenant_id == tenant, _engagement.organisation_id == _organisation.id)
        .correlate(_organisation.id.table)
        .scalar_subquery(),
    ).where(_organisation.tenant_id == tenant, _organisation.sample),
    SampleClient,
)

_begun = Read(
    select(
        exists().where(_organisation.tenant_id == tenant, ~_organisation.sample),
        _own.order_by(_engagement.id).limit(1).scalar_subquery(),
        exists().where(
            _note.tenant_id == tenant, _note.author_id == me, _note.engagement_id.in_(_own)
        ),
    ),
    Begun,
)

holds = Read(
    select(_hold.id).where(
        _hold.tenant_id == tenant,
        _hold.lifted_at.is_(None),
        _hold.engagement_id.is_(None) | (_hold.engagement_id == func.any(_works)),
    ),
    Row,
)
"""What keeps everything, or something of these engagements."""

people = Read(
    select(_member.id)
    .where(
        _member.tenant_id == tenant,
        ~_member.sample,
        _member.id.in_(
            select(_assignment.member_id).where(
                _assignment.tenant_id == tenant, _assignment.engagement_id == func.any(_works)
            )
        ),
    )
    .order_by(_member.id),
    Row,
)
"""Real people with a place on these engagements."""

objects = Read(
    select(_attachment.object_name).where(
        _attachment.tenant_id == tenant, _attachment.engagement_id == func.any(_works)
    ),
    StoredObject,
)
"""What lies in the store for these engagements; in custody."""

_notes_since = Read(
    select(func.count()).where(
        _note.tenant_id == tenant,
        _note.engagement_id == func.any(_works),
        # All that was told has the moment of its one transaction.
        _note.created_at > bindparam("put_in_at"),
    ),
    int,
)


_anybodys_note = Read(
    select(exists().where(_note.tenant_id == tenant, _note.engagement_id != func.all(_works))),
    bool,
)


async def first_steps(tx: Transaction, sample: SampleClient | None) -> Begun | None:
    """What a new owner has done of them; None once somebody of the workspace has begun to write."""
    steps = await tx.one(_begun)
    if steps.engagement_id is None:
        return steps
    if steps.note:
        return None
    async with tx.acting("custody"):
        written = await tx.one(_anybodys_note, works=sample.engagements if sample else [])
    return None if written else steps


async def sample_of(tx: Transaction) -> Sample | None:
    """The sample of the workspace, if it is still there, as an owner sees it."""
    client = await tx.maybe(sample_client)
    return None if client is None else Sample(client, await notes_since(tx, client))


async def notes_since(tx: Transaction, client: SampleClient) -> int:
    """How many notes real people wrote in it, without reading one."""
    async with tx.acting("custody"):
        return await tx.one(_notes_since, works=client.engagements, put_in_at=client.put_in_at)
