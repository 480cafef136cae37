"""Publications: frozen extracts that somebody published on purpose."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from tenancy.database.base import TenantBase, one_of, to
from tenancy.database.walls import OWNER, Policies, all_of, any_of, on_team, sponsored

KINDS = ("update", "domains", "measure", "quote")


class Publication(TenantBase):
    """What a sponsor reads. Later edits of its sources do not flow into it."""

    __tablename__ = "publication"
    __table_args__ = (one_of("kind", *KINDS), one_of("state", "published", "withdrawn"))
    __references__ = (to("engagement", cascade=True), to("member", "published_by_id"))
    __found_by__ = (("engagement_id", "published_at"),)
    __policies__ = Policies(
        select={
            "workspace": any_of(OWNER, on_team()),
            "portal": any_of(all_of("state = 'published'", sponsored()), on_team(), OWNER),
        },
        insert={"workspace": on_team()},
        update={"workspace": on_team()},
        updatable=("state", "withdrawn_at"),
    )

    engagement_id: Mapped[UUID]
    published_by_id: Mapped[UUID]
    kind: Mapped[str]
    content: Mapped[dict[str, Any]]
    figures_to: Mapped[date]
    state: Mapped[str] = mapped_column(default="published")
    published_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class PublicationSource(TenantBase):
    """Where a publication came from. Only the team reads it."""

    __tablename__ = "publication_source"
    __table_args__ = (one_of("kind", "note", "indicator", "domain scores"),)
    __references__ = (to("publication", cascade=True), to("engagement", cascade=True))
    __policies__ = Policies(
        select={"workspace": on_team()},
        insert={"workspace": on_team()},
    )

    publication_id: Mapped[UUID]
    engagement_id: Mapped[UUID]
    kind: Mapped[str]
    source_id: Mapped[UUID]
