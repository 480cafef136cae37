"""The workspace's periods, its legal holds, and what is left of records that were destroyed."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped

from engagements.retention.classes import KEYS
from tenancy.database.base import TenantBase, one_of, to
from tenancy.database.walls import EVERYONE, OWNER, Policies


class RetentionPeriod(TenantBase):
    """For how long a workspace keeps a class of record, where an owner has said so."""

    __tablename__ = "retention_period"
    __table_args__ = (
        one_of("record_class", *KEYS),
        CheckConstraint("months > 0", name="months"),
    )
    __one_per__ = (("record_class",),)
    __policies__ = Policies(
        select={"workspace": EVERYONE, "custody": EVERYONE},
        insert={"workspace": OWNER},
        update={"workspace": OWNER},
        updatable=("months",),
    )

    record_class: Mapped[str]
    months: Mapped[int]


class LegalHold(TenantBase):
    """Nothing of an engagement, or of the whole workspace, is destroyed until it is lifted.

    Only owners know of it: why a record is wanted can be as confidential as the record.
    """

    __tablename__ = "legal_hold"
    __table_args__ = (
        Index(
            "legal_hold_in_force_ix",
            "tenant_id",
            "engagement_id",
            "reason",
            unique=True,
            postgresql_where=text("lifted_at IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    __references__ = (
        to("engagement", cascade=True),
        to("member", "placed_by_id"),
        to("member", "lifted_by_id"),
    )
    __policies__ = Policies(
        select={"workspace": OWNER, "custody": EVERYONE},
        insert={"workspace": OWNER},
        update={"workspace": OWNER},
        updatable=("lifted_at", "lifted_by_id"),
    )

    engagement_id: Mapped[UUID | None]
    """None: everything in the workspace."""
    reason: Mapped[str]
    placed_by_id: Mapped[UUID]
    placed_at: Mapped[datetime]
    lifted_by_id: Mapped[UUID | None]
    lifted_at: Mapped[datetime | None]


class Destruction(TenantBase):
    """What is left of a record that was destroyed: that it was there, and why it is not any more.

    No wording of it, no author and no audience.
    """

    __tablename__ = "destruction"
    __table_args__ = (one_of("record_class", *KEYS),)
    __references__ = (to("engagement", cascade=True),)
    __one_per__ = (("object_kind", "object_id"),)
    __found_by__ = (("destroyed_at",),)
    __policies__ = Policies(
        select={"workspace": OWNER, "custody": EVERYONE},
        insert={"custody": EVERYONE},
    )

    engagement_id: Mapped[UUID]
    record_class: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[UUID]
    due_on: Mapped[date]
    destroyed_at: Mapped[datetime]
