"""Publications: frozen extracts that somebody published on purpose."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.database.base import TenantBase, one_of, to
from tenancy.database.walls import (
    EVERYONE,
    OWNER,
    Policies,
    all_of,
    any_of,
    coached_in,
    is_member,
    on_team,
    sponsored,
)

KINDS = ("update", "domains", "measure", "quote", "themes", "attendance")
ALLOWED_BY = {"themes": "themes_by", "quote": "quotes_by", "attendance": "attendance_by"}
"""For each kind that was said in confidence, the column that names the agreement allowing it."""

_own_words = all_of("kind = 'quote'", is_member("published_by_id"), coached_in())
"""A participant's own sentence, which they publish and may take down."""


class Publication(TenantBase):
    """What a sponsor reads. Later edits of its sources do not flow into it."""

    __tablename__ = "publication"
    __table_args__ = (
        one_of("kind", *KINDS),
        one_of("state", "published", "withdrawn"),
        CheckConstraint(
            "state = 'withdrawn' OR ("
            + " AND ".join(f"(kind <> '{k}' OR {by} IS NOT NULL)" for k, by in ALLOWED_BY.items())
            + ")",
            name="allowed",
        ),
    )
    __references__ = (
        to("engagement", cascade=True),
        to("member", "published_by_id"),
        to("agreement", "themes_by", key="themes_key"),
        to("agreement", "quotes_by", key="quotes_key"),
        to("agreement", "attendance_by", key="attendance_key"),
    )
    __found_by__ = (("engagement_id", "published_at"),)
    __policies__ = Policies(
        select={
            "workspace": any_of(OWNER, on_team(), _own_words),
            "portal": any_of(all_of("state = 'published'", sponsored()), on_team(), OWNER),
            "job": EVERYONE,
            "custody": EVERYONE,
        },
        insert={"workspace": any_of(all_of(on_team(), is_member("published_by_id")), _own_words)},
        update={"workspace": any_of(on_team(), _own_words), "job": EVERYONE},
        delete={"custody": EVERYONE},
        updatable=("state", "withdrawn_at", *ALLOWED_BY.values()),
    )

    engagement_id: Mapped[UUID]
    published_by_id: Mapped[UUID]
    kind: Mapped[str]
    content: Mapped[dict[str, Any]]
    figures_to: Mapped[date]
    themes_by: Mapped[UUID | None]
    quotes_by: Mapped[UUID | None]
    attendance_by: Mapped[UUID | None]
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
