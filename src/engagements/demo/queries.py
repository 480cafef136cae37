"""Which workspaces there are beside the demo's."""

from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, func, select

from engagements.demo.cast import WORKSPACES
from tenancy.database.read import Read
from tenancy.workspaces.models import Workspace

_workspace = cast(Table, Workspace.__table__).c
_of_demo = _workspace.id.table.alias("of_demo").c


class Told(Struct, frozen=True):
    """A workspace of the demo, or one that was founded after it was told."""

    tenant: UUID
    slug: str

    @property
    def of_demo(self) -> bool:
        return self.slug in WORKSPACES


told_or_later = Read(
    select(_workspace.id, _workspace.slug)
    .where(
        _workspace.created_at
        >= select(func.min(_of_demo.created_at))
        .where(_of_demo.slug.in_(WORKSPACES))
        .scalar_subquery()
    )
    .order_by(_workspace.id),
    Told,
)
