"""What happens later with attachments."""

from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ARRAY, Table, Text, bindparam, func, select

from engagements.notes.attachment_queries import attachment
from tenancy.database.context import Context
from tenancy.database.pool import NOBODY, Database
from tenancy.database.read import Read, tenant
from tenancy.files.store import Files
from tenancy.workspaces.models import Workspace

YOUNGEST = timedelta(days=1)
"""No request lasts so long: what has no row by then will never have one."""
_workspace = cast(Table, Workspace.__table__).c


class _Workspace(Struct, frozen=True):
    id: UUID


_workspaces = Read(select(_workspace.id).order_by(_workspace.id), _Workspace)
_wanted = Read(
    select(attachment.object_name).where(
        attachment.tenant_id == tenant,
        attachment.object_name == func.any(bindparam("names", type_=ARRAY(Text()))),
        attachment.removed_at.is_(None),
    ),
    str,
)


async def sweep(db: Database, files: Files) -> int:
    """Destroy what lies in the store for more than a day without a row; how many there were.

    A crash between storing and committing leaves such objects, and so does a removal whose job
    failed for good. Folders of workspaces that this database does not know are left alone.
    """
    before = datetime.now(UTC) - YOUNGEST
    async with db.transaction(NOBODY) as tx:
        workspaces = await tx.all(_workspaces)
    swept = 0
    for workspace in workspaces:
        context = Context(surface="custody", tenant=workspace.id)
        async for names in files.kept_for(workspace.id, before=before):
            async with db.transaction(context) as tx:
                wanted = {*await tx.all(_wanted, names=names)}
            swept += len(unwanted := [name for name in names if name not in wanted])
            await files.destroy(unwanted)
    return swept
