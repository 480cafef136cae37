"""Search across notes, actions, sessions, clients and engagements."""

from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromQuery
from msgspec import Struct

from engagements.search.matching import LONGEST, sought_in
from engagements.search.queries import Findings, Kind, find
from frontend.access import WRITERS
from frontend.routes import page
from tenancy.database.pool import Transaction

TOO_LONG = f"Look for fewer words at once: {LONGEST} characters or fewer."
NO_WORDS = "Type a word or a number: there was none in what you looked for."


class SearchPage(Struct):
    """What was looked for and found."""

    query: str
    kind: Kind | None
    """The one kind that is shown; None for all."""
    advice: str
    """Why nothing was looked for, if something was typed; else empty."""
    found: Findings | None


@page("/search", template="workspace/search/results.html", policy=WRITERS)
async def search(
    tx: NamedDependency[Transaction],
    q: FromQuery[str] = "",
    kind: FromQuery[Kind | None] = None,
    after: FromQuery[UUID | None] = None,
) -> SearchPage:
    """Everything that the member may read and that holds all the words, newest first.

    A word is found where a word begins with it; “words in quotes” stand beside each other. Of one
    `kind`, 50 are shown, those `after` the last one of the page before.
    """
    query = " ".join(q.split())
    if len(query) > LONGEST:
        return SearchPage(query[:LONGEST], kind, TOO_LONG, None)
    sought = sought_in(query)
    if not sought.terms:
        return SearchPage(query, kind, NO_WORDS if query else "", None)
    found = await find(tx, sought, only=kind, after=after)
    return SearchPage(query, kind, "", found)


SEARCH = [search]
