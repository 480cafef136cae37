"""Client organisations. Participants and sponsors read none of this."""

from typing import Literal, get_args
from uuid import UUID

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.database.base import TenantBase, one_of, to
from tenancy.database.walls import OWNER, Policies, all_of, any_of, has_role, of_own_clients

Kind = Literal[
    "acute trust",
    "specialist trust",
    "mental health trust",
    "community trust",
    "ambulance trust",
    "integrated care board",
    "primary care network",
    "arm's-length body",
    "health board",
    "independent or charity",
    "local authority",
    "other",
]
Stage = Literal["enquiry", "conversation", "client", "former"]
RoleInWork = Literal[
    "executive sponsor",
    "clinical lead",
    "team leader",
    "change team",
    "people and OD",
    "finance",
    "other",
]

KINDS: tuple[Kind, ...] = get_args(Kind)
STAGES: tuple[Stage, ...] = get_args(Stage)
ROLES_IN_WORK: tuple[RoleInWork, ...] = get_args(RoleInWork)


def _own(column: str) -> str:
    """Owners and consultants see every client; associates those of their engagements."""
    return any_of(
        has_role("owner", "consultant"),
        all_of(has_role("associate"), of_own_clients(column)),
    )


class Organisation(TenantBase):
    """A client, from the first enquiry on."""

    __tablename__ = "organisation"
    __table_args__ = (
        one_of("kind", *(kind.replace("'", "''") for kind in KINDS)),
        one_of("stage", *STAGES),
        CheckConstraint("ods_code ~ '^[A-Z0-9]{3,10}$'", name="ods_code"),
    )
    __references__ = (to("organisation", "successor_id"),)
    __policies__ = Policies(
        select={"workspace": _own("id")},
        insert={
            "workspace": all_of(has_role("owner", "consultant"), "NOT sample"),
            "job": "sample",
        },
        update={"workspace": _own("id")},
        # With a client goes all that was done with it, so none but the sample can ever go.
        delete={"workspace": all_of(OWNER, "sample")},
        updatable=("name", "kind", "ods_code", "stage", "enquiry", "successor_id"),
    )

    name: Mapped[str]
    kind: Mapped[str]
    ods_code: Mapped[str | None]
    stage: Mapped[str] = mapped_column(default="conversation")
    enquiry: Mapped[str] = mapped_column(default="")
    """The client's first words, kept as they were said."""
    successor_id: Mapped[UUID | None]
    sample: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """The fictional client that a new workspace can look round in. None becomes one later."""


_PART = Policies(
    select={"workspace": _own("organisation_id")},
    insert={"workspace": _own("organisation_id")},
    update={"workspace": _own("organisation_id")},
    delete={"workspace": _own("organisation_id")},
)


class Unit(TenantBase):
    """A part of an organisation: directorate, service, team."""

    __tablename__ = "unit"
    __references__ = (to("organisation", cascade=True), to("unit", "parent_id"))
    __policies__ = _PART

    organisation_id: Mapped[UUID]
    parent_id: Mapped[UUID | None]
    name: Mapped[str]
    head_count: Mapped[int | None]


class Contact(TenantBase):
    """A person at a client, and their role in the work."""

    __tablename__ = "contact"
    __table_args__ = (one_of("role_in_work", *ROLES_IN_WORK),)
    __references__ = (to("organisation", cascade=True), to("unit"), to("member"))
    __policies__ = _PART

    organisation_id: Mapped[UUID]
    unit_id: Mapped[UUID | None]
    member_id: Mapped[UUID | None]
    name: Mapped[str]
    email: Mapped[str | None]
    post: Mapped[str]
    role_in_work: Mapped[str]
