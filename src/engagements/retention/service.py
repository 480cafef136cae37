"""Saying how long records are kept, and holding them from destruction."""

from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

from msgspec import Meta, Struct, structs

from engagements.inputs import Line
from engagements.portfolio.entities import Engagements
from engagements.retention.classes import BY_KEY, LONGEST
from engagements.retention.models import LegalHold, RetentionPeriod
from engagements.retention.queries import counts_on, periods_of
from tenancy.audit import service as audit
from tenancy.database.entities import Entities
from tenancy.database.pool import Transaction
from tenancy.errors import Invalid

_Months = Annotated[int, Meta(ge=1, le=LONGEST)]


class RetentionPeriods(Entities[RetentionPeriod]):
    model = RetentionPeriod


class LegalHolds(Entities[LegalHold]):
    model = LegalHold


class PeriodsDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    """The months of every class."""

    private: Annotated[_Months, Meta(title="the months for private notes")]
    shared: Annotated[_Months, Meta(title="the months for shared notes")]
    reflection: Annotated[_Months, Meta(title="the months for reflections")]
    supervision: Annotated[_Months, Meta(title="the months for notes for supervision")]
    action: Annotated[_Months, Meta(title="the months for actions")]
    publication: Annotated[_Months, Meta(title="the months for what was agreed and shown")]
    mail: Annotated[_Months, Meta(title="the months for letters")]
    trail: Annotated[_Months, Meta(title="the months for the trail")]
    destroying: Annotated[int, Meta(ge=0, title="how many records this makes due")] = 0
    """How many records the owner has agreed to see destroyed by this."""

    @property
    def months(self) -> dict[str, int]:
        return {key: count for key, count in structs.asdict(self).items() if key != "destroying"}


class HoldDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    engagement_id: Annotated[UUID | None, Meta(title="what is held")] = None
    """None: everything in the workspace."""
    reason: Annotated[Line, Meta(title="why it is held")]


async def set_periods(tx: Transaction, on: date, draft: PeriodsDraft) -> None:
    """Say anew for how long each class is kept.

    Args:
        on: today, where the workspace is.

    Raises:
        Invalid: a period is shorter than the class allows; or the new periods make records due at
            once, and the owner has not agreed to that number of them.
    """
    _refuse_too_short(draft.months)
    before = await periods_of(tx)
    changed = {key: count for key, count in draft.months.items() if before[key] != count}
    await _refuse_unless_agreed(tx, on, before, draft)
    for key, count in changed.items():
        period = await RetentionPeriods(tx).get_one_or_none(
            tenant_id=tx.context.tenant, record_class=key, with_for_update=True
        )
        if period is None:
            period = await RetentionPeriods(tx).add(record_class=key, months=count)
        else:
            period.months = count
        await tx.session.flush()
        await audit.record(tx, f"{BY_KEY[key].name.lower()} kept {count} months", period)


async def place_hold(tx: Transaction, draft: HoldDraft) -> LegalHold:
    """Keep everything of an engagement, or of the workspace, until the hold is lifted.

    A hold that is in force for the same reason is that hold: a form sent twice places one.

    Raises:
        NotFound: no such engagement within reach.
    """
    if draft.engagement_id is not None:
        await Engagements(tx).find(draft.engagement_id)
    what: dict[str, Any] = {"engagement_id": draft.engagement_id, "reason": draft.reason.strip()}
    there = await LegalHolds(tx).get_one_or_none(
        tenant_id=tx.context.tenant, lifted_at=None, **what
    )
    if there is not None:
        return there
    hold = await LegalHolds(tx).add(
        **what,
        placed_by_id=tx.context.member,
        placed_at=datetime.now(UTC),
    )
    await tx.session.flush()
    await audit.record(tx, "legal hold placed", hold)
    return hold


async def lift_hold(tx: Transaction, id: UUID) -> LegalHold:
    """Let what was held be destroyed again when it is due. One that was lifted stays so.

    Raises:
        NotFound: there is no such hold.
    """
    hold = await LegalHolds(tx).find(id)
    if hold.lifted_at is None:
        hold.lifted_at, hold.lifted_by_id = datetime.now(UTC), tx.context.member
        await audit.record(tx, "legal hold lifted", hold)
    return hold


def _refuse_too_short(months: dict[str, int]) -> None:
    short = {
        key: f"Keep {BY_KEY[key].name.lower()} for at least {BY_KEY[key].least} months: it shows "
        "what was done with everything else."
        for key, count in months.items()
        if count < BY_KEY[key].least
    }
    if short:
        raise Invalid(short)


async def _refuse_unless_agreed(
    tx: Transaction, on: date, before: dict[str, int], draft: PeriodsDraft
) -> None:
    so_far, then = await counts_on(tx, on, before), await counts_on(tx, on, draft.months)
    more = {
        after.of.name.lower(): after.due - earlier.due
        for earlier, after in zip(so_far, then, strict=True)
        if after.due > earlier.due
    }
    if more and draft.destroying != sum(more.values()):
        listed = ", ".join(f"{count} of {name}" for name, count in more.items())
        raise Invalid(
            {
                "destroying": f"With these periods {sum(more.values())} records would be destroyed "
                f"tonight that are kept today: {listed}. They cannot be brought back. Is that so?"
            }
        )
