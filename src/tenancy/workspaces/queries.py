"""What can be read of workspaces themselves."""

from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, select

from tenancy.database.read import Read, tenant
from tenancy.workspaces.models import SecondFactorFor, SsoFor, Workspace

_workspace = cast(Table, Workspace.__table__).c


class Tenant(Struct, frozen=True):
    id: UUID
    slug: str
    time_zone: str


class Own(Struct, frozen=True):
    """The workspace of the context."""

    second_factor_for: SecondFactorFor
    sso_for: SsoFor


own = Read(
    select(_workspace.second_factor_for, _workspace.sso_for).where(_workspace.id == tenant), Own
)

tenants = Read(
    select(_workspace.id, _workspace.slug, _workspace.time_zone).order_by(_workspace.id), Tenant
)
