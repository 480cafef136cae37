"""The notes of an engagement as a file to keep."""

import re
import unicodedata
from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import FromPath

from engagements.notes import queries
from frontend.access import WRITERS, Viewer
from frontend.pages import render
from tenancy.database.pool import Transaction


@get("/engagements/{id:uuid}/notes.md", opt={"policy": WRITERS, "fresh": True})
async def export_notes(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> Response[bytes]:
    """The notes of an engagement that the member may read, oldest first, in Markdown."""
    title = (await queries.circle_of(tx, id)).engagement
    notes = await queries.all_notes_of_engagement(tx, id)
    text = render(
        "workspace/notes/export.txt",
        zone=viewer.time_zone,
        engagement=title,
        reader=viewer.name,
        notes=notes,
    )
    return Response(
        f"{text}\n".encode(),
        media_type="text/markdown",
        headers={"Content-Disposition": f'attachment; filename="notes-{_in_a_name(title)}.md"'},
    )


def _in_a_name(title: str) -> str:
    """What of a title can stand in the name of a file on every system."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub("[^a-z0-9]+", "-", plain)[:60].strip("-") or "engagement"


EXPORT = [export_notes]
