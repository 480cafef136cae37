"""A copy of what is kept about oneself, for those who work in a workspace."""

from litestar import Response, get
from litestar.di import NamedDependency

from frontend.access import WRITERS, Viewer
from frontend.routes import page
from frontend.subject_access import CopyPage, copy_for, copy_page_of
from tenancy.database.pool import Transaction


@page("/settings/copy", template="account/copy.html", policy=WRITERS)
async def copy_page(viewer: NamedDependency[Viewer]) -> CopyPage:
    """What a copy of one's own data has in it, and what not."""
    return copy_page_of(viewer)


@get("/settings/copy.json", opt={"policy": WRITERS, "fresh": True})
async def copy_file(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer]
) -> Response[bytes]:
    """Everything in the workspace that names the person who asks, as a file to keep."""
    return await copy_for(tx, viewer)


SUBJECT_ACCESS = [copy_page, copy_file]
