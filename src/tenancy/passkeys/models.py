"""Passkeys of people across workspaces, and the challenges that they are asked to sign."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.database.base import GlobalBase


class Passkey(GlobalBase):
    """A key pair on somebody's device or in their password manager; here is its public half."""

    __tablename__ = "passkey"
    __grants__ = ("SELECT", "INSERT", "UPDATE", "DELETE")

    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identity.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    """COSE, as the authenticator gave it."""
    sign_count: Mapped[int] = mapped_column(BigInteger)
    """How often it has signed, as it says itself; 0 where it does not count."""
    transports: Mapped[list[str]]
    """How a browser reaches it, such as `internal` or `usb`."""
    aaguid: Mapped[UUID]
    """The model of the authenticator; all zero where it does not say."""
    name: Mapped[str]
    backed_up: Mapped[bool]
    """Whether it is kept by more than the one device."""
    last_used_at: Mapped[datetime | None]


class PasskeyChallenge(GlobalBase):
    """32 random bytes to be signed once, for one purpose, by the browser that asked for them."""

    __tablename__ = "passkey_challenge"
    __grants__ = ("SELECT", "INSERT", "UPDATE", "DELETE")
    __forgotten__ = "expires_at < now()"

    challenge: Mapped[bytes] = mapped_column(unique=True)
    bound_to: Mapped[bytes]
    """A hash of the purpose, and of the session or the browser."""
    expires_at: Mapped[datetime] = mapped_column(index=True)
