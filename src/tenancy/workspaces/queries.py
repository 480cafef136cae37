"""What can be read of workspaces without being in one."""

from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, select

from tenancy.database.read import Read
from tenancy.workspaces.models import Workspace

_workspace = cast(Table, Workspace.__table__).c


class Tenant(Struct, frozen=True):
    id: UUID
    slug: str
    time_zone: str


tenants = Read(
    select(_workspace.id, _workspace.slug, _workspace.time_zone).order_by(_workspace.id), Tenant
)
