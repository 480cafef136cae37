"""People across workspaces, and how they sign in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.database.base import GlobalBase


class Identity(GlobalBase):
    """A human with an e-mail address."""

    __tablename__ = "identity"

    email: Mapped[str] = mapped_column(unique=True)
    """Lower case."""
    name: Mapped[str]


class SignInRequest(GlobalBase):
    """A code asked for in one browser. An unknown address leaves a row without an identity."""

    __tablename__ = "sign_in_request"
    __table_args__ = (
        Index("sign_in_request_account_ix", "account_hash", "created_at"),
        Index("sign_in_request_address_ix", "address_hash", "created_at"),
    )

    identity_id: Mapped[UUID | None] = mapped_column(ForeignKey("identity.id"))
    tenant_id: Mapped[UUID | None] = mapped_column(ForeignKey("workspace.id"))
    account_hash: Mapped[bytes]
    address_hash: Mapped[bytes]
    browser_hash: Mapped[bytes] = mapped_column(unique=True)
    code_hash: Mapped[bytes]
    tries: Mapped[int] = mapped_column(default=0)
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignInSession(GlobalBase):
    """A signed-in browser, bound to one workspace."""

    __tablename__ = "sign_in_session"

    token_hash: Mapped[bytes] = mapped_column(unique=True)
    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identity.id"), index=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("workspace.id"))
    factor: Mapped[str]
    device: Mapped[str]
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
