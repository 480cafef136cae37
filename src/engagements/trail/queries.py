"""Reading the trail, and which of the things that it names the reader may open."""

from collections.abc import AsyncIterator
from datetime import date, datetime, time, timedelta
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec import Struct
from sqlalchemy import (
    ARRAY,
    DateTime,
    Integer,
    Select,
    Table,
    Uuid,
    bindparam,
    func,
    select,
    union_all,
)

from engagements.actions.models import Action
from engagements.clients.models import Organisation
from engagements.measures.models import Indicator
from engagements.notes.models import Note
from engagements.portfolio.models import Engagement, Objective
from engagements.sessions.models import Session
from tenancy.audit.models import AuditEntry, AuditHead
from tenancy.database.base import TenantBase
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, tenant
from tenancy.workspaces.models import Member

_entry = cast(Table, AuditEntry.__table__).c
_head = cast(Table, AuditHead.__table__).c
_member = cast(Table, Member.__table__).c

SHOWN = 50
"""Entries of one page."""
WITH_A_PAGE: tuple[type[TenantBase], ...] = (
    Action,
    Engagement,
    Indicator,
    Note,
    Objective,
    Organisation,
    Session,
)


class Person(Struct, frozen=True):
    """Who is, or was, a member."""

    id: UUID
    name: str


class TrailEntry(Struct, frozen=True):
    """One deed, as it stands in the trail."""

    number: int
    at: datetime
    member_id: UUID | None
    who: str | None
    """None: the product itself."""
    verb: str
    object_kind: str
    object_id: UUID
    id: UUID
    hash: str
    """In hex: see `tenancy/audit/chain.py`."""


class Kept(Struct, frozen=True):
    """The newest entry that was destroyed when its time had come; 0 and zeros when none was."""

    number: int
    hash: str


class Trail(Struct, frozen=True):
    """Entries, newest first."""

    entries: list[TrailEntry]
    opens: frozenset[UUID]
    """The things among those of the entries that the reader may open."""
    older: int | None
    """The number before which there are more."""


class _Thing(Struct, frozen=True):
    id: UUID


def _entries(*rules: Any) -> Select[Any]:
    return (
        select(
            _entry.number,
            _entry.created_at,
            _entry.member_id,
            _member.name,
            _entry.verb,
            _entry.object_kind,
            _entry.object_id,
            _entry.id,
            func.encode(_entry.hash, "hex"),
        )
        .outerjoin(
            _member.id.table, (_member.tenant_id == tenant) & (_member.id == _entry.member_id)
        )
        .where(_entry.tenant_id == tenant, *rules)
    )


_before = bindparam("before", type_=Integer())
_since = bindparam("since", type_=DateTime(timezone=True))
_until = bindparam("until", type_=DateTime(timezone=True))
_on_page = (
    _before.is_(None) | (_entry.number < _before),
    _since.is_(None) | (_entry.created_at >= _since),
    _until.is_(None) | (_entry.created_at < _until),
)
_newest = Read(
    _entries(*_on_page).order_by(_entry.number.desc()).limit(SHOWN + 1),
    TrailEntry,
)
_newest_of = Read(
    _entries(*_on_page, _entry.member_id == bindparam("person"))
    .order_by(_entry.number.desc())
    .limit(SHOWN + 1),
    TrailEntry,
)
_oldest_first = Read(_entries().order_by(_entry.number), TrailEntry)
_kept = Read(
    select(_head.kept_number, func.encode(_head.kept_hash, "hex")).where(_head.tenant_id == tenant),
    Kept,
)
_people = Read(
    select(_member.id, _member.name)
    .where(_member.tenant_id == tenant)
    .order_by(_member.name, _member.id),
    Person,
)


def _of(model: type[TenantBase]) -> Select[Any]:
    table = cast(Table, model.__table__).c
    ids = bindparam("ids", type_=ARRAY(Uuid()))
    return select(table.id).where(table.tenant_id == tenant, table.id == func.any(ids))


_within_reach = Read(union_all(*(_of(model) for model in WITH_A_PAGE)), _Thing)


async def trail(
    tx: Transaction,
    *,
    time_zone: str,
    person: UUID | None = None,
    on: date | None = None,
    before: int | None = None,
) -> Trail:
    """A page of the trail.

    Args:
        time_zone: of the day `on`.
        before: only entries of a smaller number.
    """
    values: dict[str, Any] = {"before": before, "since": None, "until": None}
    if on is not None:
        zone = ZoneInfo(time_zone)
        values["since"] = datetime.combine(on, time(), zone)
        values["until"] = datetime.combine(on + timedelta(days=1), time(), zone)
    if person is None:
        found = await tx.all(_newest, **values)
    else:
        found = await tx.all(_newest_of, person=person, **values)
    entries = found[:SHOWN]
    things = await tx.all(_within_reach, ids=[entry.object_id for entry in entries])
    older = entries[-1].number if len(found) > SHOWN else None
    return Trail(entries, frozenset(thing.id for thing in things), older)


async def people(tx: Transaction) -> list[Person]:
    """Everybody who is or was a member, by name."""
    return await tx.all(_people)


async def kept(tx: Transaction) -> Kept:
    """After which entry the trail is kept."""
    return await tx.one(_kept)


def all_entries(tx: Transaction) -> AsyncIterator[TrailEntry]:
    """The whole trail that is kept, oldest first."""
    return tx.each(_oldest_first)
