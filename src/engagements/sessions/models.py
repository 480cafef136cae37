"""Sessions and who comes to them."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from tenancy.database.base import TenantBase, one_of, to
from tenancy.database.walls import (
    OWNER,
    Policies,
    all_of,
    any_of,
    coached_in,
    is_member,
    names_member,
    on_team,
    sponsored,
)

KINDS = ("coaching", "team", "workshop", "interview", "review")
TITLES = {
    "coaching": "Coaching session",
    "team": "Team session",
    "workshop": "Workshop",
    "interview": "Interview",
    "review": "Review",
}
"""What a session is called that was given no title of its own."""
STATES = ("planned", "held", "cancelled", "cancelled late")


class Session(TenantBase):
    """A meeting of an engagement."""

    __tablename__ = "session"
    __table_args__ = (one_of("kind", *KINDS), one_of("state", *STATES))
    __references__ = (to("engagement", cascade=True), to("member", "lead_id"))
    __found_by__ = (("engagement_id", "starts_at"),)
    __policies__ = Policies(
        select={
            "workspace": any_of(
                OWNER, on_team(), all_of(coached_in(), names_member("attendee_ids"))
            ),
            "portal": any_of(all_of(sponsored(), names_member("attendee_ids")), on_team(), OWNER),
        },
        insert={"workspace": on_team()},
        # An owner hands sessions over with their engagement; the rest is the team's.
        update={"workspace": any_of(OWNER, on_team())},
    )

    engagement_id: Mapped[UUID]
    lead_id: Mapped[UUID]
    kind: Mapped[str]
    title: Mapped[str]
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    place: Mapped[str]
    link: Mapped[str]
    state: Mapped[str] = mapped_column(default="planned")
    attendee_ids: Mapped[list[UUID]]
    """Who is expected, as the policies need it; `attendance` says who came."""


class Attendance(TenantBase):
    """A person expected at a session, and whether they came."""

    __tablename__ = "attendance"
    __references__ = (to("session", cascade=True), to("engagement", cascade=True), to("member"))
    __one_per__ = (("session_id", "member_id"),)
    __policies__ = Policies(
        select={
            "workspace": any_of(OWNER, on_team(), all_of(coached_in(), is_member("member_id"))),
            "portal": any_of(on_team(), OWNER),
        },
        insert={"workspace": any_of(OWNER, on_team())},
        update={"workspace": on_team()},
    )

    session_id: Mapped[UUID]
    engagement_id: Mapped[UUID]
    member_id: Mapped[UUID]
    came: Mapped[bool | None]
