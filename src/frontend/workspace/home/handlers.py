"""The first page of the workspace. For staff: who needs me. For participants: their coaching."""

from litestar.di import NamedDependency
from msgspec import Struct

from engagements.portfolio import queries
from engagements.portfolio.attention import Need, who_needs_me
from engagements.portfolio.queries import EngagementListed
from engagements.retention.queries import GoingOwn, my_notes_going
from engagements.sample.queries import Begun, SampleClient, first_steps, sample_client
from frontend.access import WRITERS, Viewer
from frontend.routes import page
from frontend.workspace.coaching.handlers import YourCoaching, your_coaching
from frontend.workspace.home.beginning import BEGINNING
from tenancy.database.pool import Transaction
from tenancy.workspaces.service import today_in


class WhoNeedsMe(Struct):
    """What waits for somebody of the consultancy, each with its reason, and where they work."""

    needs: list[Need]
    engagements: list[EngagementListed]
    going: list[GoingOwn]
    """Notes of theirs that are destroyed before long."""
    begun: Begun | None = None
    """An owner's first steps, until somebody has written a note."""
    sample: SampleClient | None = None
    """What an owner can still look round in, and remove."""


@page("/", template="workspace/home/home.html", policy=WRITERS)
async def home(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer]
) -> WhoNeedsMe | YourCoaching:
    """Where signing in leads."""
    if not viewer.staff:
        return await your_coaching(tx, viewer)
    today = today_in(viewer.time_zone)
    page = WhoNeedsMe(
        await who_needs_me(tx, today),
        await tx.all(queries.engagement_list),
        await tx.all(my_notes_going, on=today),
    )
    if viewer.role == "owner":
        page.sample = await tx.maybe(sample_client)
        page.begun = await first_steps(tx, page.sample)
    return page


HOME = [home, *BEGINNING]
