"""Who of the operators was let in, by whom, until when and why."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.database.base import GlobalBase, TenantBase, to
from tenancy.database.walls import EVERYONE, OWNER, Policies


class SupportAccess(TenantBase):
    """An owner's consent."""

    __tablename__ = "support_access"
    __references__ = (to("member", "given_by_id"), to("member", "ended_by_id"))
    __policies__ = Policies(
        select={
            "workspace": OWNER,
            "support": EVERYONE,
            "job": EVERYONE,
            "custody": EVERYONE,
        },
        insert={"workspace": OWNER},
        update={"workspace": OWNER, "job": EVERYONE},
        delete={"custody": EVERYONE},
        updatable=("ended_at", "ended_by_id"),
    )

    operator: Mapped[str]
    """Their e-mail address."""
    reason: Mapped[str]
    given_by_id: Mapped[UUID]
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """When it was noted that it is over; from `until` on it opens nothing all the same."""
    ended_by_id: Mapped[UUID | None]
    """The owner who ended it before its time."""


class SupportPass(GlobalBase):
    """What of a consent is known before there is a context: ids, and until when."""

    __tablename__ = "support_pass"
    __grants__ = ("SELECT", "INSERT", "UPDATE", "DELETE")
    # As long as a session can last that began with it.
    __forgotten__ = "ended_at < now() - interval '31 days'"
    __table_args__ = (Index("support_pass_identity_ix", "identity_id", "until"),)

    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identity.id"))
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("workspace.id"))
    access_id: Mapped[UUID] = mapped_column(unique=True)
    until: Mapped[datetime]
    ended_at: Mapped[datetime | None]
