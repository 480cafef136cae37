"""Actions: the table says who reads them."""

from datetime import date
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from tenancy.database.base import TenantBase, one_of, to
from tenancy.database.walls import (
    EVERYONE,
    OWNER,
    Policies,
    all_of,
    any_of,
    coached_in,
    is_member,
    on_team,
    sponsored,
)

STATES = ("open", "done", "dropped")
SHOWN_TO = ("team", "participant", "sponsor")

_owners_own = all_of(coached_in(), is_member("owner_id"), "shown_to <> 'team'")


class Action(TenantBase):
    """Something a person promised to do, agreed in a session or by itself."""

    __tablename__ = "action"
    __table_args__ = (
        one_of("state", *STATES),
        one_of("kind", "action", "commitment"),
        one_of("shown_to", *SHOWN_TO),
    )
    __references__ = (to("engagement", cascade=True), to("session"), to("member", "owner_id"))
    __policies__ = Policies(
        select={
            "workspace": any_of(OWNER, on_team(), _owners_own),
            "portal": all_of("shown_to = 'sponsor'", any_of(sponsored(), on_team(), OWNER)),
            "custody": EVERYONE,
        },
        insert={"workspace": on_team()},
        # An owner hands actions over with their engagement; the rest is the team's.
        update={"workspace": any_of(OWNER, on_team(), _owners_own)},
        delete={"custody": EVERYONE},
    )

    engagement_id: Mapped[UUID]
    session_id: Mapped[UUID | None]
    owner_id: Mapped[UUID]
    text: Mapped[str]
    due_on: Mapped[date | None]
    kind: Mapped[str] = mapped_column(default="action")
    state: Mapped[str] = mapped_column(default="open")
    done_on: Mapped[date | None]
    shown_to: Mapped[str]
    """Who sees it beside the team: nobody, the participant who owns it, or the sponsor too."""
