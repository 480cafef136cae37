"""Reading what support was let into and looked at, and what it is shown: never what was written."""

from datetime import datetime
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, func, select

from engagements.portfolio.models import Engagement
from tenancy.audit.models import AuditEntry
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, tenant
from tenancy.identity.models import SignInSession
from tenancy.mail.models import Mail
from tenancy.support.models import SupportAccess
from tenancy.workspaces.models import DataKey, Member

_access = cast(Table, SupportAccess.__table__).c
_entry = cast(Table, AuditEntry.__table__).c
_engagement = cast(Table, Engagement.__table__).c
_key = cast(Table, DataKey.__table__).c
_mail = cast(Table, Mail.__table__).c
_member = cast(Table, Member.__table__).c
_session = cast(Table, SignInSession.__table__).c


class Look(Struct, frozen=True):
    """What support opened, and when."""

    access_id: UUID
    verb: str
    at: datetime


class Consent(Struct, frozen=True):
    """That an operator was let in."""

    id: UUID
    operator: str
    reason: str
    given_by: str
    given_at: datetime
    until: datetime
    ended_at: datetime | None
    over: bool
    """Whether it opens nothing any more."""


class MemberSeen(Struct, frozen=True):
    name: str
    email: str
    role: str
    left: bool
    last_here: datetime | None
    """When they were signed in last, as far as it is kept."""


class EngagementSeen(Struct, frozen=True):
    title: str
    state: str


class MailsSeen(Struct, frozen=True):
    """How many letters are in a state, and when the newest of them was posted."""

    state: str
    count: int
    newest: datetime


class KeySeen(Struct, frozen=True):
    number: int
    made_at: datetime
    master_id: str


class Overview(Struct, frozen=True):
    """What support is shown: who and how many, and not a word of what was written."""

    members: list[MemberSeen]
    engagements: list[EngagementSeen]
    mails: list[MailsSeen]
    keys: list[KeySeen]


consents = Read(
    select(
        _access.id,
        _access.operator,
        _access.reason,
        _member.name,
        _access.created_at,
        _access.until,
        _access.ended_at,
        _access.ended_at.is_not(None) | (_access.until <= func.now()),
    )
    .join(_member.id.table, (_member.tenant_id == tenant) & (_member.id == _access.given_by_id))
    .where(_access.tenant_id == tenant)
    .order_by(_access.created_at.desc(), _access.id.desc()),
    Consent,
)
"""The newest first."""
looks = Read(
    select(_entry.object_id, _entry.verb, _entry.created_at)
    .where(
        _entry.tenant_id == tenant,
        _entry.object_kind == "support_access",
        _entry.verb.startswith("support looked at "),
    )
    .order_by(_entry.number),
    Look,
)
_last_here = (
    select(func.max(_session.last_used_at))
    .where(_session.tenant_id == tenant, _session.identity_id == _member.identity_id)
    .scalar_subquery()
)
_members = Read(
    select(_member.name, _member.email, _member.role, _member.left_on.is_not(None), _last_here)
    .where(_member.tenant_id == tenant)
    .order_by(_member.left_on.is_not(None), _member.name, _member.id),
    MemberSeen,
)
_engagements = Read(
    select(_engagement.title, _engagement.state)
    .where(_engagement.tenant_id == tenant)
    .order_by(_engagement.title, _engagement.id),
    EngagementSeen,
)
_mails = Read(
    select(_mail.state, func.count(), func.max(_mail.created_at))
    .where(_mail.tenant_id == tenant)
    .group_by(_mail.state)
    .order_by(_mail.state),
    MailsSeen,
)
_keys = Read(
    select(_key.number, _key.created_at, _key.master_id)
    .where(_key.tenant_id == tenant)
    .order_by(_key.number),
    KeySeen,
)


async def overview(tx: Transaction) -> Overview:
    """What support is shown of a workspace, on the surface `support`.

    There it reads no key, so that nothing sealed can be opened; that there are keys is the system's
    to say.
    """
    members = await tx.all(_members)
    engagements, mails = await tx.all(_engagements), await tx.all(_mails)
    async with tx.acting("job"):
        keys = await tx.all(_keys)
    return Overview(members, engagements, mails, keys)
