"""A workspace's provider, its domains, and the people whom it vouches for."""

from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.database.base import GlobalBase, TenantBase, one_of
from tenancy.database.walls import EVERYONE, OWNER, Policies

State = Literal["draft", "tested", "on"]
SecondFactorBy = Literal["person", "told", "always"]
STATES: tuple[State, ...] = get_args(State)
SECOND_FACTOR_BY: tuple[SecondFactorBy, ...] = get_args(SecondFactorBy)


class SsoConnection(TenantBase):
    """The provider of a workspace. There is one at the most."""

    __tablename__ = "sso_connection"
    __table_args__ = (
        UniqueConstraint("tenant_id"),
        one_of("state", *STATES),
        one_of("second_factor_by", *SECOND_FACTOR_BY),
    )
    __policies__ = Policies(
        select={"workspace": OWNER, "public": EVERYONE, "job": EVERYONE, "custody": EVERYONE},
        insert={"workspace": OWNER},
        update={"workspace": OWNER, "custody": EVERYONE},
    )

    issuer: Mapped[str]
    """As the provider calls itself, to the letter."""
    client_id: Mapped[str]
    sealed_secret: Mapped[bytes]
    domains: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    """Of the e-mail addresses of its people, as the owner says. Only `sso_domain` counts."""
    second_factor_by: Mapped[str]
    """Whose word it is that two factors were proved: the `person` is asked here; the provider has
    `told` it of this sign-in; it does so `always`."""
    state: Mapped[str] = mapped_column(default="draft")
    tested_at: Mapped[datetime | None]
    heard: Mapped[dict[str, Any] | None]
    """What the provider said in the last test, of the owner who made it."""


class SsoDomain(GlobalBase):
    """A domain that the operator has confirmed to be a workspace's, with one provider alone."""

    __tablename__ = "sso_domain"
    __grants__ = ("SELECT", "INSERT", "UPDATE", "DELETE")

    domain: Mapped[str] = mapped_column(unique=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("workspace.id"), index=True)
    issuer: Mapped[str]


class ExternalIdentity(GlobalBase):
    """Who somebody is to a provider. It counts in the workspace that it was proved in, only."""

    __tablename__ = "external_identity"
    __grants__ = ("SELECT", "INSERT", "UPDATE", "DELETE")
    __table_args__ = (UniqueConstraint("tenant_id", "issuer", "subject"),)

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("workspace.id"))
    issuer: Mapped[str]
    subject: Mapped[str]
    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identity.id"), index=True)
    last_used_at: Mapped[datetime | None]
    """When the provider vouched for them last; None since before this was kept."""


class SsoFlow(GlobalBase):
    """A browser on its way to a provider and back.

    State, nonce and verifier are made of the browser's token, which the database lacks: its row
    alone opens nothing.
    """

    __tablename__ = "sso_flow"
    __grants__ = ("SELECT", "INSERT", "UPDATE", "DELETE")
    # The limits count those of the last hour.
    __forgotten__ = "created_at < now() - interval '1 day'"
    __table_args__ = (Index("sso_flow_address_ix", "address_hash", "created_at"),)

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("workspace.id"))
    issuer: Mapped[str]
    browser_hash: Mapped[bytes] = mapped_column(unique=True)
    address_hash: Mapped[bytes]
    session_id: Mapped[UUID | None] = mapped_column(ForeignKey("sign_in_session.id"))
    """In which session it began: to test the connection, or to be connected with it."""
    testing: Mapped[bool]
    wanted: Mapped[str]
    """The page to go on to."""
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
