"""The trail: who did what to which thing. Never with text."""

from uuid import UUID

from sqlalchemy.orm import Mapped

from tenancy.database.base import TenantBase
from tenancy.database.walls import EVERYONE, OWNER, Policies


class AuditEntry(TenantBase):
    """One deed."""

    __tablename__ = "audit_entry"
    __found_by__ = (("created_at",),)
    __policies__ = Policies(
        select={"workspace": OWNER, "job": EVERYONE, "custody": EVERYONE},
        insert=dict.fromkeys(("workspace", "portal", "public", "job"), EVERYONE),
        # The trail of these months stays, whatever period somebody chose.
        delete={"custody": "created_at < current_timestamp - interval '11 months'"},
    )

    member_id: Mapped[UUID | None]
    verb: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[UUID]
