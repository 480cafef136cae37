"""The trail, for owners: who did what to which thing, page by page or as a file to keep."""

from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID

from litestar import get
from litestar.di import NamedDependency
from litestar.params import FromQuery
from litestar.response import Stream
from msgspec import Struct

from engagements.trail import queries
from engagements.trail.queries import Kept, Person, TrailEntry
from frontend.access import OWNERS, Viewer
from frontend.downloads import as_file, csv_line
from frontend.routes import page
from tenancy.database.context import Context
from tenancy.database.pool import Database, Transaction
from tenancy.errors import Invalid

WRITTEN_LIKE = "Write the day like 2027-03-27."
COLUMNS = (
    *("number", "at", "member_id", "who", "verb", "object_kind", "object_id", "id"),
    *("workspace_id", "hash"),
)


class TrailPage(Struct):
    """Entries, newest first, and what they were chosen by."""

    entries: list[TrailEntry]
    opens: frozenset[UUID]
    """The things among theirs that the owner may open."""
    older: int | None
    """The number before which there are more."""
    person: UUID | None
    on: date | None
    before: int | None
    people: list[Person]
    kept: Kept

    @property
    def choices(self) -> list[tuple[UUID, str]]:
        return [(each.id, each.name) for each in self.people]


@page("/settings/trail", template="workspace/trail/show.html", policy=OWNERS)
async def show_trail(
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    person: FromQuery[str] = "",
    on: FromQuery[str] = "",
    before: FromQuery[int | None] = None,
) -> TrailPage:
    """Who did what to which thing: 50 entries, those `before` a number, newest first.

    Of one `person`, by their member's id, or `on` one day, if these are given.
    """
    who, day = _person(person), _day(on)
    found = await queries.trail(tx, time_zone=viewer.time_zone, person=who, on=day, before=before)
    return TrailPage(
        found.entries,
        found.opens,
        found.older,
        who,
        day,
        before,
        await queries.people(tx),
        await queries.kept(tx),
    )


@get("/settings/trail/export", opt={"policy": OWNERS, "fresh": True}, sync_to_thread=False)
def export_trail(viewer: NamedDependency[Viewer], database: NamedDependency[Database]) -> Stream:
    """The whole trail as CSV, oldest first, with what is needed to follow its chain.

    The first line stands for what comes before: the number and hash that the next one continues.
    """
    return Stream(
        _lines(database, viewer.context),
        media_type="text/csv",
        headers=as_file(f"trail-{viewer.slug}.csv"),
    )


async def _lines(database: Database, context: Context) -> AsyncIterator[bytes]:
    yield csv_line(COLUMNS)
    async with database.transaction(context, one_moment=True) as tx:
        kept = await queries.kept(tx)
        yield csv_line([kept.number, *[""] * (len(COLUMNS) - 2), kept.hash])
        async for entry in queries.all_entries(tx):
            yield csv_line(
                [
                    entry.number,
                    entry.at.isoformat(),
                    entry.member_id or "",
                    entry.who or "",
                    entry.verb,
                    entry.object_kind,
                    entry.object_id,
                    entry.id,
                    context.tenant,
                    entry.hash,
                ]
            )


def _person(written: str) -> UUID | None:
    try:
        return UUID(written) if written else None
    except ValueError as failure:
        raise Invalid({"person": "Choose somebody from the list."}) from failure


def _day(written: str) -> date | None:
    try:
        day = date.fromisoformat(written) if written else None
    except ValueError as failure:
        raise Invalid({"on": WRITTEN_LIKE}) from failure
    # Before the first and after the last of all days there is none to count to.
    if day is not None and day.year in (date.min.year, date.max.year):
        raise Invalid({"on": WRITTEN_LIKE})
    return day


TRAIL = [show_trail, export_trail]
