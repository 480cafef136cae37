"""Passwords of people across workspaces."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.database.base import GlobalBase


class Password(GlobalBase):
    """Somebody's password, as a hash."""

    __tablename__ = "password"
    __grants__ = ("SELECT", "INSERT", "UPDATE", "DELETE")

    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identity.id"), unique=True)
    hash: Mapped[str]
    """Argon2id, with its salt and parameters."""
    set_at: Mapped[datetime]
