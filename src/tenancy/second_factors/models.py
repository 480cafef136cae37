"""Authenticator apps and recovery codes of people across workspaces."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.database.base import GlobalBase


class Authenticator(GlobalBase):
    """An app that shows six figures, new ones every half minute, from a secret that we have too."""

    __tablename__ = "authenticator"
    __grants__ = ("SELECT", "INSERT", "UPDATE", "DELETE")
    __forgotten__ = "confirmed_at IS NULL AND created_at < now() - interval '1 day'"

    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identity.id"), index=True)
    name: Mapped[str]
    wrapped: Mapped[bytes]
    """The secret, wrapped for the identity by a master key."""
    master_id: Mapped[str]
    """Which master key that was."""
    confirmed_at: Mapped[datetime | None]
    """When the first code was typed; before that it proves nothing."""
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    """The half minute, counted since 1970, of the last code that was taken: no earlier one is."""
    last_used_at: Mapped[datetime | None]


class RecoveryCode(GlobalBase):
    """A code that proves once what a lost second factor would have, as a hash."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("identity_id", "code_hash"),)
    __grants__ = ("SELECT", "INSERT", "UPDATE", "DELETE")

    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identity.id"))
    code_hash: Mapped[bytes]
    used_at: Mapped[datetime | None]
