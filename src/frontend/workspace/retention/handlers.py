"""Retention, for owners: how long what is kept, what goes next, and what a legal hold keeps."""

from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from engagements.retention import queries, service
from engagements.retention.queries import Count, Going, Gone, Hold, HoldChoice
from engagements.retention.service import HoldDraft, PeriodsDraft
from frontend.access import OWNERS, Viewer
from frontend.routes import deed, page
from tenancy.database.pool import Transaction
from tenancy.workspaces.service import today_in

WHERE = "/settings/retention"


class RetentionPage(Struct):
    """The periods and what follows from them today: counts and days, never a word of a record."""

    months: dict[str, int]
    counts: list[Count]
    going: list[Going]
    """What is due by a year from today."""
    holds: list[Hold]
    gone: list[Gone]
    engagements: list[HoldChoice]
    """What can be held, besides everything."""

    @property
    def tonight(self) -> int:
        return sum(count.due for count in self.counts)

    @property
    def choices(self) -> list[tuple[UUID, str]]:
        return [(each.id, f"{each.client}: {each.title}") for each in self.engagements]


class Periods(Struct):
    months: dict[str, int]


class Holds(Struct):
    """The holds that are in force."""

    holds: list[Hold]


@page(WHERE, template="workspace/retention/show.html", policy=OWNERS)
async def show_retention(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer]
) -> RetentionPage:
    """How long each class of record is kept, and what will be destroyed when."""
    months = await queries.periods_of(tx)
    today = today_in(viewer.time_zone)
    return RetentionPage(
        months,
        await queries.counts_on(tx, today, months),
        await queries.going_after(tx, today, months),
        await queries.holds_of(tx),
        await queries.gone_so_far(tx),
        await queries.hold_choices(tx),
    )


@deed(
    f"{WHERE}/periods",
    policy=OWNERS,
    body=PeriodsDraft,
    again=show_retention,
    then=lambda _: WHERE,
    says="The periods were changed.",
)
async def set_periods(
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    draft: NamedDependency[PeriodsDraft],
) -> Periods:
    """Say anew for how many months each class is kept."""
    await service.set_periods(tx, today_in(viewer.time_zone), draft)
    return Periods(await queries.periods_of(tx))


@deed(
    f"{WHERE}/holds",
    policy=OWNERS,
    body=HoldDraft,
    again=show_retention,
    creates=True,
    then=lambda _: WHERE,
    says="It is held: nothing of it is destroyed until you lift the hold.",
)
async def place_hold(tx: NamedDependency[Transaction], draft: NamedDependency[HoldDraft]) -> Hold:
    """Keep everything of an engagement, or of the workspace."""
    placed = await service.place_hold(tx, draft)
    return next(hold for hold in await queries.holds_of(tx) if hold.id == placed.id)


@deed(
    f"{WHERE}/holds/{{id:uuid}}/lifting",
    policy=OWNERS,
    again=show_retention,
    then=lambda _: WHERE,
    says="The hold was lifted. What is due goes with the next night.",
)
async def lift_hold(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> Holds:
    """Let what was held go when it is due."""
    await service.lift_hold(tx, id)
    return Holds(await queries.holds_of(tx))


RETENTION = [show_retention, set_periods, place_hold, lift_hold]
