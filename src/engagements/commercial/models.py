"""Agreements between the team, those who take part and the sponsor, and who accepted them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Computed, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.database.base import TenantBase, one_of, to
from tenancy.database.walls import (
    EVERYONE,
    OWNER,
    Policies,
    Rules,
    all_of,
    any_of,
    coached_in,
    is_member,
    on_team,
    sponsored,
)

STATES = ("in force", "proposed", "replaced", "ended")
PARTIES = ("consultant", "participant", "sponsor")
ANSWERS = ("accepted", "refused")


def _while_it_allows(rule: str) -> Computed:
    """The agreement's id while it is in force and says yes, else nothing."""
    return Computed(f"CASE WHEN {rule} AND state = 'in force' THEN id END", persisted=True)


class Agreement(TenantBase):
    """A page of plain rules for one engagement.

    A publication of what was said in confidence refers to the key of the rule that allows it. So
    PostgreSQL refuses to publish what no agreement in force allows, and to end or replace an
    agreement under which something is still published.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        one_of("state", *STATES),
        Index(
            "agreement_proposed_ix",
            "tenant_id",
            "engagement_id",
            unique=True,
            postgresql_where=text("state = 'proposed'"),
        ),
    )
    __references__ = (to("engagement", cascade=True), to("member", "proposed_by_id"))
    __one_per__ = (
        ("engagement_id", "number"),
        ("themes_key",),
        ("quotes_key",),
        ("attendance_key",),
    )
    __policies__ = Policies(
        select={
            "workspace": any_of(OWNER, on_team(), coached_in()),
            "portal": any_of(sponsored(), on_team(), OWNER),
            "job": EVERYONE,
            "custody": EVERYONE,
        },
        insert={"workspace": all_of(on_team(), is_member("proposed_by_id"))},
        update={"job": EVERYONE},
        delete={"custody": EVERYONE},
        updatable=("state", "in_force_at", "ended_at"),
    )

    engagement_id: Mapped[UUID]
    number: Mapped[int]
    purpose: Mapped[str]
    """What it is for."""
    themes: Mapped[bool]
    quotes: Mapped[bool]
    attendance: Mapped[bool]
    themes_key: Mapped[UUID | None] = mapped_column(_while_it_allows("themes"))
    quotes_key: Mapped[UUID | None] = mapped_column(_while_it_allows("quotes"))
    attendance_key: Mapped[UUID | None] = mapped_column(_while_it_allows("attendance"))
    safety_exceptions: Mapped[list[str]]
    """For what, in plain words, something said in confidence may be told all the same."""
    state: Mapped[str]
    proposed_by_id: Mapped[UUID]
    proposed_at: Mapped[datetime]
    in_force_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    """When it was ended or replaced."""


_OWN_ON_EITHER_SURFACE: Rules = {
    "workspace": all_of(any_of(on_team(), coached_in()), is_member("member_id")),
    "portal": all_of(sponsored(), is_member("member_id")),
}
_own_or_accepted = any_of(is_member("member_id"), "answer = 'accepted'")


class Consent(TenantBase):
    """One person's answer to a version.

    Everybody on the agreement reads who accepted it. Who refused is read by the team, and by the
    one who did: nobody has to answer for it to a sponsor.
    """

    __tablename__ = "consent"
    __table_args__ = (one_of("party", *PARTIES), one_of("answer", *ANSWERS))
    __references__ = (
        to("agreement", cascade=True),
        to("engagement", cascade=True),
        to("member"),
    )
    __one_per__ = (("agreement_id", "member_id", "party"),)
    __policies__ = Policies(
        select={
            "workspace": any_of(OWNER, on_team(), all_of(coached_in(), _own_or_accepted)),
            "portal": any_of(all_of(sponsored(), _own_or_accepted), on_team(), OWNER),
            "job": EVERYONE,
        },
        insert=_OWN_ON_EITHER_SURFACE,
        update=_OWN_ON_EITHER_SURFACE,
        updatable=("answer", "answered_at"),
    )

    agreement_id: Mapped[UUID]
    engagement_id: Mapped[UUID]
    member_id: Mapped[UUID]
    party: Mapped[str]
    answer: Mapped[str]
    answered_at: Mapped[datetime]
