"""What is known of a workspace before it is founded."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.database.base import GlobalBase


class SignUp(GlobalBase):
    """A form that was sent, until the code that was mailed for it is typed in the same browser.

    There is no workspace yet whose key could seal it, so the master key does, for minutes.
    """

    __tablename__ = "sign_up"
    __grants__ = ("SELECT", "INSERT", "UPDATE", "DELETE")
    # What was typed is nobody's yet; and the limits count those of the last hour.
    __forgotten__ = "created_at < now() - interval '1 hour'"
    __table_args__ = (
        Index("sign_up_account_ix", "account_hash", "created_at"),
        Index("sign_up_address_ix", "address_hash", "created_at"),
    )

    account_hash: Mapped[bytes]
    """Of the e-mail address."""
    address_hash: Mapped[bytes]
    """Of the network address."""
    browser_hash: Mapped[bytes] = mapped_column(unique=True)
    code_hash: Mapped[bytes]
    tries: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("workspace.id"))
    """What was founded with it."""
    sealed: Mapped[bytes | None]
    """JSON of what was typed; gone once the workspace is there."""
    sealed_code: Mapped[bytes | None]
    """The code, until it has been mailed; None of one that is not mailed at all."""
