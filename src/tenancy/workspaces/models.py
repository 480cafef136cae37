"""Workspaces and who is in them."""

from datetime import date, datetime
from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.database.base import Base, GlobalBase, TenantBase, one_of, to
from tenancy.database.context import ROLES
from tenancy.database.walls import (
    EVERYONE,
    OWNER,
    STAFF,
    Policies,
    all_of,
    any_of,
    is_member,
    on_team,
    shares_engagement,
    shares_team,
)

SecondFactorFor = Literal["nobody", "staff", "everybody"]
SECOND_FACTOR_FOR: tuple[SecondFactorFor, ...] = get_args(SecondFactorFor)
SsoFor = Literal["nobody", "staff", "everybody"]
SSO_FOR: tuple[SsoFor, ...] = get_args(SsoFor)


class Workspace(GlobalBase):
    """A tenant: one consultancy."""

    __tablename__ = "workspace"
    __table_args__ = (
        one_of("second_factor_for", *SECOND_FACTOR_FOR),
        one_of("sso_for", *SSO_FOR),
    )

    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    time_zone: Mapped[str]
    second_factor_for: Mapped[str] = mapped_column(default="nobody", server_default="nobody")
    """Who opens nothing here before they have proved a second factor."""
    sso_for: Mapped[str] = mapped_column(default="nobody", server_default="nobody")
    """Who opens nothing here unless the workspace's own provider has signed them in."""


class Reach(Base):
    """What one identity reaches in one workspace; derived from members and assignments.

    It stands outside the walls because the context is read from it before there is one.
    """

    __tablename__ = "reach"
    __grants__ = ("SELECT", "INSERT", "UPDATE", "DELETE")

    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identity.id"), primary_key=True)
    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("workspace.id"), primary_key=True)
    member_id: Mapped[UUID]
    role: Mapped[str]
    team: Mapped[list[UUID]]
    coached: Mapped[list[UUID]]
    sponsored: Mapped[list[UUID]]
    organisations: Mapped[list[UUID]]


class Member(TenantBase):
    """An identity in one workspace."""

    __tablename__ = "member"
    __table_args__ = (one_of("role", *ROLES),)
    __one_per__ = (("identity_id",),)
    __policies__ = Policies(
        select={
            "workspace": any_of(STAFF, is_member("id"), shares_engagement("engagement_ids")),
            "portal": any_of(is_member("id"), shares_engagement("engagement_ids")),
            "job": EVERYONE,
            "support": EVERYONE,
        },
        insert={"workspace": STAFF, "job": EVERYONE},
        update={"job": EVERYONE},
        delete={"workspace": all_of(OWNER, "sample")},
    )

    identity_id: Mapped[UUID] = mapped_column(ForeignKey("identity.id"))
    role: Mapped[str]
    name: Mapped[str]
    title: Mapped[str]
    email: Mapped[str]
    joined_on: Mapped[date]
    left_on: Mapped[date | None]
    """The day on which they left; they have not been a member since the moment it was written."""
    suspended_at: Mapped[datetime | None]
    """Since when their access is paused. Their places stay, and open nothing meanwhile."""
    engagement_ids: Mapped[list[UUID]] = mapped_column(server_default=text("'{}'"))
    """The engagements shared with others; kept by the service that keeps `reach`."""
    sample: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Somebody of the sample: nobody, who reaches nothing and can be taken away."""


class Assignment(TenantBase):
    """A member's place on one engagement."""

    __tablename__ = "assignment"
    __table_args__ = (one_of("relation", "team", "participant", "sponsor", "delegate"),)
    __references__ = (
        to("member"),
        to("engagement", cascade=True),
        to("organisation", cascade=True),
    )
    __one_per__ = (("engagement_id", "member_id", "relation"),)
    __policies__ = Policies(
        select={
            "workspace": any_of(STAFF, is_member("member_id")),
            "job": EVERYONE,
            "custody": EVERYONE,
        },
        insert={"workspace": any_of(on_team(), STAFF), "job": EVERYONE},
        update={"workspace": any_of(on_team(), STAFF), "job": EVERYONE},
    )

    member_id: Mapped[UUID]
    engagement_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    relation: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]


class Invitation(TenantBase):
    """Somebody who is asked to become a member. They are one once they have accepted."""

    __tablename__ = "invitation"
    __table_args__ = (
        one_of("role", *ROLES),
        Index(
            "invitation_open_ix",
            "tenant_id",
            "email",
            unique=True,
            postgresql_where=text("accepted_at IS NULL AND revoked_at IS NULL"),
        ),
    )
    __references__ = (to("member", "invited_by_id"), to("member"))
    __policies__ = Policies(
        select={
            "workspace": all_of(
                STAFF, any_of(OWNER, is_member("invited_by_id"), shares_team("engagement_ids"))
            ),
            "job": EVERYONE,
            "custody": EVERYONE,
        },
        insert={
            "workspace": all_of(
                is_member("invited_by_id"),
                any_of(OWNER, all_of(STAFF, "role IN ('participant', 'sponsor', 'delegate')")),
            )
        },
        update={"job": EVERYONE},
        delete={"custody": EVERYONE},
        updatable=(
            *("invited_by_id", "engagement_ids", "expires_at", "sent_at", "times_sent"),
            *("accepted_at", "member_id", "revoked_at"),
        ),
    )

    email: Mapped[str]
    """Lower case. Whoever reads its mailbox may accept."""
    name: Mapped[str]
    title: Mapped[str]
    role: Mapped[str]
    invited_by_id: Mapped[UUID]
    """Who invited them last, by name in the mail and on the page behind its link."""
    engagement_ids: Mapped[list[UUID]] = mapped_column(server_default=text("'{}'"))
    """The engagements of its places; kept by the verbs that add and take them away."""
    expires_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    """When its mail went out last; None while that waits for something to read."""
    times_sent: Mapped[int] = mapped_column(default=0)
    accepted_at: Mapped[datetime | None]
    member_id: Mapped[UUID | None]
    """Whom accepting made a member, or found to be one."""
    revoked_at: Mapped[datetime | None]


class InvitationPlace(TenantBase):
    """A place on an engagement that an invitation offers, and who offered it."""

    __tablename__ = "invitation_place"
    __table_args__ = (
        one_of("relation", "team", "participant", "sponsor", "delegate"),
        Index(
            "invitation_place_once_ix",
            *("tenant_id", "invitation_id", "engagement_id", "relation"),
            unique=True,
        ),
    )
    __references__ = (
        to("invitation", cascade=True),
        to("engagement", cascade=True),
        to("organisation", cascade=True),
        to("member", "invited_by_id"),
    )
    __policies__ = Policies(
        select={"workspace": any_of(OWNER, all_of(STAFF, on_team())), "job": EVERYONE},
        insert={
            "workspace": all_of(is_member("invited_by_id"), any_of(OWNER, all_of(STAFF, on_team())))
        },
        update={"job": EVERYONE},
        delete={"job": EVERYONE},
        updatable=("invited_by_id",),
    )

    invitation_id: Mapped[UUID]
    engagement_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    relation: Mapped[str]
    invited_by_id: Mapped[UUID]
    """Whose right to offer it is looked at again when it is accepted."""


class DataKey(TenantBase):
    """One of the workspace's keys, wrapped by a master key. The newest seals.

    There is more than one only while what an earlier one sealed is sealed anew. Deleting a key
    destroys what it sealed.
    """

    __tablename__ = "data_key"
    __one_per__ = (("number",),)
    __policies__ = Policies(
        select=dict.fromkeys(("workspace", "portal", "public", "job", "custody"), EVERYONE),
        insert=dict.fromkeys(("job", "custody"), EVERYONE),
        update={"custody": EVERYONE},
        delete={"custody": EVERYONE},
        updatable=("wrapped", "master_id"),
    )

    number: Mapped[int]
    wrapped: Mapped[bytes]
    master_id: Mapped[str]
    """Which master key wrapped it; empty of one that was wrapped before this was kept."""
