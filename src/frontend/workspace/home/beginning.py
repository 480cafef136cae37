"""The first client and engagement on one page, on the way to the first note."""

from litestar.di import NamedDependency
from msgspec import Struct

from engagements.clients.models import KINDS
from engagements.founding.first_work import FirstWork, FirstWorkDraft, begin_work
from frontend.access import CONSULTANTS, Viewer
from frontend.routes import deed, page
from frontend.workspace.choices import choices
from tenancy.database.pool import Transaction
from tenancy.workspaces.service import today_in


class FirstWorkForm(Struct):
    @property
    def kinds(self) -> list[tuple[str, str]]:
        return choices(KINDS)


@page("/beginning", template="workspace/home/beginning.html", policy=CONSULTANTS)
async def first_work() -> FirstWorkForm:
    """An empty client and engagement."""
    return FirstWorkForm()


@deed(
    "/beginning",
    policy=CONSULTANTS,
    body=FirstWorkDraft,
    again=first_work,
    creates=True,
    then=lambda work: f"/engagements/{work.engagement_id}/notes/new",
    says="The work is open, with a plan to start from. Now your first note.",
)
async def add_first_work(
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    draft: NamedDependency[FirstWorkDraft],
) -> FirstWork:
    """Add a client and open an engagement with it, which runs from today for a year."""
    return await begin_work(tx, today_in(viewer.time_zone), draft)


BEGINNING = [first_work, add_first_work]
