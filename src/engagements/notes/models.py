"""Notes and their revisions. Who reads a note is decided here, by PostgreSQL, and nowhere else."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from tenancy.database.base import TenantBase, one_of, to
from tenancy.database.walls import (
    Policies,
    all_of,
    any_of,
    coached_in,
    is_member,
    names_member,
    on_team,
)

KINDS = ("working", "session", "reflection")
AUDIENCES = ("me", "named", "team")

_within_reach = any_of(on_team(), coached_in())
_readable = all_of(
    _within_reach,
    any_of(
        is_member("author_id"),
        all_of("audience = 'named'", names_member("readers")),
        all_of("audience = 'team'", on_team()),
    ),
)
_own = all_of(_within_reach, is_member("author_id"))


class Note(TenantBase):
    """What somebody wrote, for an audience. On the portal there are no notes."""

    __tablename__ = "note"
    __table_args__ = (one_of("kind", *KINDS), one_of("audience", *AUDIENCES))
    __references__ = (to("engagement"), to("session"), to("member", "author_id"))
    __found_by__ = (("engagement_id", "id"),)
    __policies__ = Policies(
        select={"workspace": _readable},
        insert={"workspace": _own},
        update={"workspace": _own},
        updatable=("audience", "readers", "sealed", "version", "written_at"),
    )

    engagement_id: Mapped[UUID]
    session_id: Mapped[UUID | None]
    author_id: Mapped[UUID]
    kind: Mapped[str]
    audience: Mapped[str]
    readers: Mapped[list[UUID]]
    sealed: Mapped[bytes]
    """The body of the newest revision."""
    version: Mapped[int]
    """The number of the newest revision, from 1."""
    written_at: Mapped[datetime]


class NoteRevision(TenantBase):
    """A body that was accepted, or kept as a conflict copy. It is never changed or deleted."""

    __tablename__ = "note_revision"
    __table_args__ = (one_of("kind", "revision", "conflict"),)
    __references__ = (to("note"), to("engagement"), to("member", "author_id"))
    __one_per__ = (("note_id", "mutation_id"),)
    __policies__ = Policies(
        select={"workspace": _own},
        insert={"workspace": _own},
    )

    note_id: Mapped[UUID]
    engagement_id: Mapped[UUID]
    author_id: Mapped[UUID]
    kind: Mapped[str]
    number: Mapped[int]
    """Of a revision, its place in the row; of a conflict copy, the version it was based on."""
    mutation_id: Mapped[UUID]
    sealed: Mapped[bytes]
    written_at: Mapped[datetime] = mapped_column()
