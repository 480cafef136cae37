"""A copy of what is kept about oneself in a workspace: the same file on every surface."""

import json
from datetime import UTC, datetime

import msgspec
from litestar import Response
from msgspec import Struct

from engagements.subject_access.queries import Record, records, signing_in
from frontend.access import Viewer
from frontend.downloads import download
from tenancy.database.pool import Transaction


class CopyPage(Struct):
    """Where the copy is had."""

    workspace: str
    file: str


class Copy(Struct):
    """What names a person, by table, as far as they may read it where they ask."""

    made_at: datetime
    workspace: str
    person: str
    signing_in: dict[str, list[Record]]
    records: dict[str, list[Record]]


def copy_page_of(viewer: Viewer) -> CopyPage:
    return CopyPage(viewer.workspace_name, f"{viewer.root}/settings/copy.json")


async def copy_for(tx: Transaction, viewer: Viewer) -> Response[bytes]:
    """The copy as a file to keep."""
    now = datetime.now(UTC)
    copy = Copy(
        now,
        viewer.workspace_name,
        viewer.email,
        await signing_in(tx, viewer.identity),
        await records(tx),
    )
    content = json.dumps(msgspec.to_builtins(copy), indent=2, ensure_ascii=False).encode()
    name = f"cocreate-{viewer.slug}-{now:%Y-%m-%d}.json"
    return download(content, name=name, media_type="application/json")
