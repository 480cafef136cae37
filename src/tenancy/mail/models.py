"""The outbox."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from tenancy.database.base import TenantBase, one_of
from tenancy.database.walls import EVERYONE, Policies


class Mail(TenantBase):
    """A mail to be sent. Its bodies are sealed, and erased once it has been sent."""

    __tablename__ = "mail"
    __table_args__ = (one_of("state", "waiting", "sent", "failed"),)
    __found_by__ = (("created_at",),)
    __policies__ = Policies(
        select=dict.fromkeys(("job", "custody", "support"), EVERYONE),
        insert=dict.fromkeys(("workspace", "portal", "public", "job"), EVERYONE),
        update=dict.fromkeys(("job", "custody"), EVERYONE),
        delete={"custody": EVERYONE},
        updatable=("state", "sealed", "sent_at"),
    )

    to_name: Mapped[str]
    to_address: Mapped[str]
    letter: Mapped[str]
    sealed: Mapped[bytes | None]
    """JSON of the facts that the letter states."""
    state: Mapped[str] = mapped_column(default="waiting")
    sent_at: Mapped[datetime | None]
