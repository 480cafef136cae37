"""The trail: who did what to which thing. Never with text."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from tenancy.database.base import TenantBase
from tenancy.database.walls import EVERYONE, OWNER, Policies

KEPT_MONTHS = 11
"""The trail of these months stays, whatever period somebody chose."""


class AuditEntry(TenantBase):
    """One deed, chained to the one before it. Nobody changes it."""

    __tablename__ = "audit_entry"
    __one_per__ = (("number",),)
    __found_by__ = (("created_at",), ("member_id", "number"))
    __policies__ = Policies(
        select={"workspace": OWNER, "job": EVERYONE, "custody": EVERYONE, "support": EVERYONE},
        # Entries are written where they are chained, whoever did the deed on whichever surface.
        insert={"job": EVERYONE},
        delete={
            "custody": f"created_at < current_timestamp - interval '{KEPT_MONTHS} months'",
        },
    )

    number: Mapped[int]
    """1, 2, 3 ... in the workspace, in the order in which the deeds were committed."""
    member_id: Mapped[UUID | None]
    verb: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[UUID]
    hash: Mapped[bytes]
    """Over the entry and the hash of the one before: see `chain.py`."""


class AuditHead(TenantBase):
    """Where a workspace's chain ends, and where what is kept of it begins."""

    __tablename__ = "audit_head"
    __one_per__ = ((),)
    __policies__ = Policies(
        select={"workspace": OWNER, "job": EVERYONE, "custody": EVERYONE},
        insert={"job": EVERYONE},
        update=dict.fromkeys(("job", "custody"), EVERYONE),
        updatable=("number", "hash", "chained_at", "kept_number", "kept_hash"),
    )

    number: Mapped[int]
    """Of the newest entry; 0 when there was none yet."""
    hash: Mapped[bytes]
    chained_at: Mapped[datetime]
    """When the newest entry was chained; no later one is dated before."""
    kept_number: Mapped[int]
    """Of the newest entry that was destroyed because its time had come; 0 when none was."""
    kept_hash: Mapped[bytes]
    """Of that entry, so that the chain can still be followed from the one after it."""
