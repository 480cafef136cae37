"""People across workspaces, and how they sign in."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.database.base import GlobalBase


class Identity(GlobalBase):
    """A human with an e-mail address."""

    __tablename__ = "identity"

    email: Mapped[str] = mapped_column(unique=True)
    """Lower case."""
    name: Mapped[str]
    factors: Mapped[list[str]] = mapped_column(default=list, server_default=text("'{}'"))
    """What they can prove themselves with besides a code: of `password`, `totp`, `passkey`. Kept by
    the verbs that set one up or take one away, so that it is read in one statement."""
    handle: Mapped[UUID] = mapped_column(unique=True, server_default=text("gen_random_uuid()"))
    """What authenticators know the person by: random, and nothing to anybody else."""


class SignInRequest(GlobalBase):
    """A code asked for in one browser. An unknown address leaves a row without an identity."""

    __tablename__ = "sign_in_request"
    __grants__ = ("SELECT", "INSERT", "UPDATE", "DELETE")
    # The limits count those of the last hour.
    __forgotten__ = "created_at < now() - interval '1 day'"
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
    first_factor: Mapped[str | None]
    """What was proved in this browser, where a second factor is still wanted."""
    known_hash: Mapped[bytes | None] = mapped_column(index=True)
    """The browser, where the person of the address has signed in before."""


class SignInSession(GlobalBase):
    """A signed-in browser, bound to one workspace."""

    __tablename__ = "sign_in_session"
    __grants__ = ("SELECT", "INSERT", "UPDATE", "DELETE")
    # For a year it tells a browser in which its person has signed in before.
    __forgotten__ = "least(ended_at, expires_at) < now() - interval '365 days'"

    token_hash: Mapped[bytes] = mapped_column(unique=True)
    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identity.id"), index=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("workspace.id"))
    factor: Mapped[str]
    """What it began with: `code`, `password`, `passkey` or `oidc`."""
    second_factor: Mapped[str | None]
    """What was proved beside it, ever since: `totp`, `recovery`, `passkey` or `oidc`."""
    proved_at: Mapped[datetime] = mapped_column(server_default=func.now())
    """When a factor was proved last, for what needs a fresh one."""
    device: Mapped[str]
    known_hash: Mapped[bytes | None]
    """The browser, as it is known again the next time."""
    last_used_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class ApiToken(GlobalBase):
    """A key with which a member's programs ask in one workspace, until it expires."""

    __tablename__ = "api_token"
    __grants__ = ("SELECT", "INSERT", "UPDATE", "DELETE")
    __forgotten__ = "least(revoked_at, expires_at) < now() - interval '90 days'"

    token_hash: Mapped[bytes] = mapped_column(unique=True)
    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identity.id"))
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("workspace.id"), index=True)
    name: Mapped[str]
    scopes: Mapped[list[str]]
    engagements: Mapped[list[UUID]]
    """Those it is limited to; all that its member reaches when empty."""
    organisations: Mapped[list[UUID]]
    """The clients of those engagements."""
    expires_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Attempt(GlobalBase):
    """Failures to prove oneself, counted for an account, a network address or a workspace."""

    __tablename__ = "attempt"
    __grants__ = ("SELECT", "INSERT", "UPDATE", "DELETE")
    __forgotten__ = "last_at < now() - interval '1 day'"

    subject: Mapped[bytes] = mapped_column(unique=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]
    next_at: Mapped[datetime]
    """Nobody tries again before."""
