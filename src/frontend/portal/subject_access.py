"""A copy of what is kept about oneself, for those whose pages are on the portal."""

from litestar import Response, get
from litestar.di import NamedDependency

from frontend.access import SPONSORS, Viewer
from frontend.routes import page
from frontend.subject_access import CopyPage, copy_for, copy_page_of
from tenancy.database.pool import Transaction


@page("/settings/copy", template="account/copy.html", policy=SPONSORS)
async def sponsor_copy_page(viewer: NamedDependency[Viewer]) -> CopyPage:
    """What a copy of one's own data has in it, and what not."""
    return copy_page_of(viewer)


@get("/settings/copy.json", opt={"policy": SPONSORS, "fresh": True})
async def sponsor_copy_file(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer]
) -> Response[bytes]:
    """Everything in the workspace that names the person who asks, as a file to keep."""
    return await copy_for(tx, viewer)


SPONSOR_ACCESS = [sponsor_copy_page, sponsor_copy_file]
