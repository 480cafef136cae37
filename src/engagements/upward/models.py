"""Words of a note, proposed for the sponsor."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from tenancy.database.base import TenantBase, one_of, to
from tenancy.database.walls import (
    EVERYONE,
    Policies,
    all_of,
    any_of,
    coached_in,
    is_member,
    on_team,
    through,
)

STATES = ("proposed", "approved", "refused", "withdrawn")

_within_reach = all_of(any_of(on_team(), coached_in()), through("browser", "notes"))
_of_the_two = all_of(_within_reach, any_of(is_member("proposed_by_id"), is_member("speaker_id")))
_still_only_proposed = all_of(is_member("proposed_by_id"), "state IN ('proposed', 'withdrawn')")
_for_its_speaker = all_of(_within_reach, any_of(is_member("speaker_id"), _still_only_proposed))
"""Nobody but the speaker approves or refuses; who proposed may take it back until then."""


class Proposal(TenantBase):
    """Between the one who proposes words and the one whose words they are, and for nobody else.

    It alone knows both the note and the publication. It goes with the note; what was published
    stands by itself.
    """

    __tablename__ = "proposal"
    __table_args__ = (one_of("state", *STATES),)
    __references__ = (
        to("engagement", cascade=True),
        to("note", cascade=True),
        to("member", "proposed_by_id"),
        to("member", "speaker_id"),
        to("publication"),
    )
    __policies__ = Policies(
        select={"workspace": _of_the_two, "custody": EVERYONE},
        insert={"workspace": all_of(_within_reach, is_member("proposed_by_id"))},
        update={"workspace": _for_its_speaker, "custody": EVERYONE},
        delete={"custody": EVERYONE},
        updatable=(
            "sealed",
            "sealed_approved",
            "said_by",
            "state",
            "answered_at",
            "publication_id",
        ),
    )

    engagement_id: Mapped[UUID]
    note_id: Mapped[UUID]
    proposed_by_id: Mapped[UUID]
    speaker_id: Mapped[UUID]
    sealed: Mapped[bytes]
    """The words as they stand in the note."""
    sealed_approved: Mapped[bytes | None]
    """The words as their speaker lets them be read."""
    said_by: Mapped[str]
    """How they are attributed, by role."""
    state: Mapped[str] = mapped_column(default="proposed")
    proposed_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    """When it was approved or refused, and afterwards when it was taken back."""
    publication_id: Mapped[UUID | None]
