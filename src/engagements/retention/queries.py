"""What owners see of retention, and what a reader sees of one note's."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Date, Select, Table, bindparam, case, func, select

from engagements.portfolio.models import Engagement
from engagements.retention import due
from engagements.retention.classes import BY_KEY, CLASSES, RecordClass
from engagements.retention.models import Destruction, LegalHold, RetentionPeriod
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, me, tenant
from tenancy.workspaces.models import Member

_period = cast(Table, RetentionPeriod.__table__).c
_hold = cast(Table, LegalHold.__table__).c
_destruction = cast(Table, Destruction.__table__).c
_engagement = cast(Table, Engagement.__table__).c
_member = cast(Table, Member.__table__).c
_record = due.records().subquery("record").c

Periods = Mapping[str, int]
"""Months by the key of a class."""
SHOWN = 100
SOON = 30
"""Days before they go on which authors are told of their notes."""


class Period(Struct, frozen=True):
    """For how many months a class is kept, as an owner said."""

    key: str
    months: int


class Count(Struct, frozen=True):
    """Of one class: how many there are, how many are due and not held, and how many are held."""

    key: str
    there: int
    due: int
    soon: int
    """Due within the coming 90 days, and not held."""
    held: int

    @property
    def of(self) -> RecordClass:
        return BY_KEY[self.key]


class Going(Struct, frozen=True):
    """Records of one class and engagement that are due on the same day."""

    due_on: date
    key: str
    engagement: str
    client: str
    count: int
    held: bool

    @property
    def of(self) -> RecordClass:
        return BY_KEY[self.key]


class GoingOwn(Struct, frozen=True):
    """One's own notes of an engagement that are destroyed before long."""

    engagement_id: UUID
    engagement: str
    count: int
    first_on: date


class SealedNotes(Struct, frozen=True):
    """Notes of one class that only their author could read, who leaves.

    How many they are, and until when the last of them is kept; never what they say.
    """

    key: str
    count: int
    until: date


class Gone(Struct, frozen=True):
    """Records of one class that were destroyed on the same day."""

    on: date
    key: str
    count: int

    @property
    def of(self) -> RecordClass:
        return BY_KEY[self.key]


class Hold(Struct, frozen=True):
    """A legal hold that was not lifted."""

    id: UUID
    engagement: str | None
    """None: everything in the workspace."""
    client: str | None
    reason: str
    placed_by: str | None
    placed_at: datetime


class HoldChoice(Struct, frozen=True):
    id: UUID
    title: str
    client: str


class Kept(Struct, frozen=True):
    """How long a note within reach is kept."""

    key: str
    months: int
    closed_on: date | None
    """When its engagement ended."""
    until: date | None
    """Empty while the engagement runs."""

    @property
    def of(self) -> RecordClass:
        return BY_KEY[self.key]


_periods = Read(
    select(_period.record_class, _period.months).where(_period.tenant_id == tenant), Period
)
_on = bindparam("on", type_=Date())
_will_go = ~_record.held
_counts = Read(
    select(
        _record.record_class,
        func.count(),
        func.count().filter(_will_go & (_record.due_on <= _on)),
        func.count().filter(_will_go & (_record.due_on > _on) & (_record.due_on <= _on + 90)),
        func.count().filter(_record.held),
    ).group_by(_record.record_class),
    Count,
)
_going = Read(
    select(
        _record.due_on,
        _record.record_class,
        _engagement.title,
        _engagement.client,
        func.count(),
        _record.held,
    )
    .join(
        _engagement.id.table,
        (_engagement.tenant_id == tenant) & (_engagement.id == _record.engagement_id),
    )
    .where(_record.due_on <= _on + 365)
    .group_by(
        _record.due_on,
        _record.position,
        _record.record_class,
        _engagement.id,
        _engagement.title,
        _engagement.client,
        _record.held,
    )
    .order_by(_record.due_on, _engagement.title, _engagement.id, _record.position, _record.held)
    .limit(SHOWN),
    Going,
)
_destroyed_on = func.timezone("UTC", _destruction.destroyed_at).cast(Date)
_gone = Read(
    select(_destroyed_on, _destruction.record_class, func.count())
    .where(_destruction.tenant_id == tenant)
    .group_by(_destroyed_on, _destruction.record_class)
    .order_by(_destroyed_on.desc(), _destruction.record_class)
    .limit(SHOWN),
    Gone,
)
_holds = Read(
    select(
        _hold.id,
        _engagement.title,
        _engagement.client,
        _hold.reason,
        _member.name,
        _hold.placed_at,
    )
    .outerjoin(
        _engagement.id.table,
        (_engagement.tenant_id == tenant) & (_engagement.id == _hold.engagement_id),
    )
    .outerjoin(_member.id.table, (_member.tenant_id == tenant) & (_member.id == _hold.placed_by_id))
    .where(_hold.tenant_id == tenant, _hold.lifted_at.is_(None))
    .order_by(_hold.placed_at, _hold.id),
    Hold,
)
_hold_choices = Read(
    select(_engagement.id, _engagement.title, _engagement.client)
    .where(_engagement.tenant_id == tenant)
    .order_by(_engagement.client, _engagement.title, _engagement.id),
    HoldChoice,
)
_months_of_note = func.coalesce(
    _period.months, case({each.key: each.months for each in CLASSES}, value=due.record_class)
)
_note_due = due.note_due(due.engagement.closed_on, _months_of_note)


def _of_notes(*columns: ColumnElement[Any]) -> Select[Any]:
    return (
        select(*columns)
        .join(
            due.engagement.id.table,
            (due.engagement.tenant_id == tenant) & (due.engagement.id == due.note.engagement_id),
        )
        .outerjoin(
            _period.id.table,
            (_period.tenant_id == tenant) & (_period.record_class == due.record_class),
        )
        .where(due.note.tenant_id == tenant)
    )


kept_note = Read(
    _of_notes(due.record_class, _months_of_note, due.engagement.closed_on, _note_due).where(
        due.note.id == bindparam("id")
    ),
    Kept,
)
my_notes_going = Read(
    _of_notes(due.engagement.id, due.engagement.title, func.count(), func.min(_note_due))
    .where(due.note.author_id == me, _note_due <= _on + SOON)
    .group_by(due.engagement.id, due.engagement.title)
    .order_by(func.min(_note_due), due.engagement.id),
    GoingOwn,
)
"""On a day `on`."""
sealed_notes = Read(
    _of_notes(
        due.record_class,
        func.count(),
        func.max(due.note_due(func.least(due.engagement.closed_on, _on), _months_of_note)),
    )
    .where(due.note.author_id == bindparam("member"), due.note.audience == "me")
    .group_by(due.record_class)
    .order_by(due.record_class),
    SealedNotes,
)
"""Of a member who leaves on a day `on`, on the surface `custody`."""


async def periods_of(tx: Transaction) -> dict[str, int]:
    """For how many months each class is kept here."""
    said = {period.key: period.months for period in await tx.all(_periods)}
    return {each.key: said.get(each.key, each.months) for each in CLASSES}


def months(periods: Periods) -> dict[str, Any]:
    """Periods as the selects over `due.records()` take them."""
    return {f"{key}_months": count for key, count in periods.items()}


async def counts_on(tx: Transaction, on: date, periods: Periods) -> list[Count]:
    """How many records of each class are there, and how many would go on a day."""
    async with tx.acting("custody"):
        found = {count.key: count for count in await tx.all(_counts, on=on, **months(periods))}
    return [found.get(each.key, Count(each.key, 0, 0, 0, 0)) for each in CLASSES]


async def going_after(tx: Transaction, on: date, periods: Periods) -> list[Going]:
    """What is due by a year after the day, soonest first. At most 100 lines."""
    async with tx.acting("custody"):
        return await tx.all(_going, on=on, **months(periods))


async def gone_so_far(tx: Transaction) -> list[Gone]:
    """What was destroyed on which days, newest first. At most 100 lines."""
    return await tx.all(_gone)


async def holds_of(tx: Transaction) -> list[Hold]:
    """The holds that are in force, oldest first."""
    return await tx.all(_holds)


async def hold_choices(tx: Transaction) -> list[HoldChoice]:
    """The engagements that a hold can be placed on."""
    return await tx.all(_hold_choices)
