"""Notes and what hangs on them. PostgreSQL decides here who reads, and nobody else."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from tenancy.database.base import TenantBase, one_of, to
from tenancy.database.walls import (
    EVERYONE,
    Policies,
    all_of,
    any_of,
    coached_in,
    is_member,
    names_member,
    on_team,
    through,
)

KINDS = ("working", "session", "reflection", "supervision")
AUDIENCES = ("me", "named", "team")

_within_reach = any_of(on_team(), coached_in())
_for_team = all_of("audience = 'team'", on_team())
_not_told_to_programs = any_of(through("browser"), all_of(through("notes"), "audience <> 'me'"))
"""A token opens no note that its author keeps to themselves, and none at all without that scope."""
READABLE = all_of(
    _within_reach,
    _not_told_to_programs,
    any_of(
        is_member("author_id"),
        all_of("audience = 'named'", names_member("readers")),
        _for_team,
    ),
)
"""Who reads a note: its columns `author_id`, `audience` and `readers` decide."""
OWN = all_of(_within_reach, _not_told_to_programs, is_member("author_id"))
_written_together = all_of(_not_told_to_programs, _for_team, "kind IN ('working', 'session')")


class Note(TenantBase):
    """What somebody wrote, for an audience. On the portal there are no notes.

    The team writes on in what was shared with it; its audience stays its author's to say.
    """

    __tablename__ = "note"
    __table_args__ = (
        one_of("kind", *KINDS),
        one_of("audience", *AUDIENCES),
        CheckConstraint("kind <> 'supervision' OR audience = 'me'", name="supervision"),
        CheckConstraint("NOT drafted OR audience = 'me'", name="drafted"),
    )
    __references__ = (
        to("engagement", cascade=True),
        to("session"),
        to("member", "author_id"),
        to("member", "written_by_id"),
    )
    __found_by__ = (("engagement_id", "id"),)
    __policies__ = Policies(
        select={"workspace": READABLE, "custody": EVERYONE},
        insert={"workspace": OWN},
        update={"workspace": any_of(OWN, _written_together), "custody": EVERYONE},
        delete={"custody": EVERYONE},
        updatable=(
            "audience",
            "readers",
            "sealed",
            "version",
            "written_at",
            "written_by_id",
            "drafted",
        ),
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
    written_by_id: Mapped[UUID]
    """Who wrote the newest revision: the author, or of a team's note a colleague."""
    drafted: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Kept by itself while it is typed, for its author alone, until they save it."""


class NoteRevision(TenantBase):
    """A body that was accepted, or kept as a conflict copy. Its text is never changed.

    It has the audience that the note had when it was written, never a wider one: a note that is
    shared later does not share its earlier wordings.
    """

    __tablename__ = "note_revision"
    __table_args__ = (one_of("kind", "revision", "conflict"), one_of("audience", *AUDIENCES))
    __references__ = (
        to("note"),
        to("engagement", cascade=True),
        to("member", "author_id"),
        to("member", "note_author_id"),
    )
    __one_per__ = (("note_id", "mutation_id"),)
    __policies__ = Policies(
        select={
            "workspace": all_of(
                _within_reach,
                _not_told_to_programs,
                any_of(
                    is_member("author_id"),
                    all_of("kind = 'revision'", any_of(is_member("note_author_id"), _for_team)),
                ),
            ),
            "custody": EVERYONE,
        },
        insert={"workspace": OWN, "custody": EVERYONE},
        update={
            "workspace": all_of(
                _within_reach,
                _not_told_to_programs,
                any_of(is_member("author_id"), is_member("note_author_id")),
            )
        },
        delete={"custody": EVERYONE},
        updatable=("audience", "settled_at"),
    )

    note_id: Mapped[UUID]
    engagement_id: Mapped[UUID]
    author_id: Mapped[UUID]
    """Who wrote this body."""
    note_author_id: Mapped[UUID]
    kind: Mapped[str]
    number: Mapped[int]
    """Of a revision, its place in the row; of a conflict copy, the version it was based on."""
    audience: Mapped[str]
    mutation_id: Mapped[UUID]
    sealed: Mapped[bytes]
    written_at: Mapped[datetime] = mapped_column()
    settled_at: Mapped[datetime | None]
    """Of a conflict copy, when its writer merged it or laid it aside."""


class NoteReading(TenantBase):
    """That somebody else than its author had a note's words before them. Its author reads this."""

    __tablename__ = "note_reading"
    __references__ = (
        to("note"),
        to("engagement", cascade=True),
        to("member", "author_id"),
        to("member", "reader_id"),
    )
    __one_per__ = (("note_id", "reader_id"),)
    __policies__ = Policies(
        select={
            "workspace": all_of(
                _within_reach,
                through("browser", "notes"),
                any_of(is_member("author_id"), is_member("reader_id")),
            ),
            "custody": EVERYONE,
        },
        insert={"workspace": all_of(_within_reach, is_member("reader_id"))},
        update={"workspace": all_of(_within_reach, is_member("reader_id"))},
        delete={"custody": EVERYONE},
        updatable=("last_at",),
    )

    note_id: Mapped[UUID]
    engagement_id: Mapped[UUID]
    author_id: Mapped[UUID]
    """The note's."""
    reader_id: Mapped[UUID]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    """To within ten minutes."""


class Attachment(TenantBase):
    """A file that was put to a note. It has the note's audience, so whoever reads that opens it.

    The file itself lies sealed in a store, under a name that says nothing. One that was removed
    keeps its row, without its name.
    """

    __tablename__ = "attachment"
    __table_args__ = (one_of("audience", *AUDIENCES),)
    __references__ = (
        to("note"),
        to("engagement", cascade=True),
        to("member", "author_id"),
        to("member", "attached_by_id"),
    )
    __one_per__ = (("object_name",),)
    __policies__ = Policies(
        select={"workspace": READABLE, "custody": EVERYONE},
        insert={
            "workspace": all_of(
                _not_told_to_programs, is_member("attached_by_id"), any_of(OWN, _for_team)
            )
        },
        update={
            "workspace": any_of(OWN, all_of(READABLE, is_member("attached_by_id"))),
            "custody": EVERYONE,
        },
        delete={"custody": EVERYONE},
        updatable=(
            "audience",
            "readers",
            "sealed_name",
            "object_name",
            "digest",
            "removed_at",
        ),
    )

    note_id: Mapped[UUID]
    engagement_id: Mapped[UUID]
    author_id: Mapped[UUID]
    """The note's."""
    attached_by_id: Mapped[UUID]
    audience: Mapped[str]
    """The note's, as are the readers."""
    readers: Mapped[list[UUID]]
    sealed_name: Mapped[bytes | None]
    """A name can say as much as a note. None once the file was removed."""
    media_type: Mapped[str]
    size: Mapped[int]
    """In bytes, before it was sealed."""
    object_name: Mapped[str]
    digest: Mapped[bytes]
    """SHA-256 of the sealed object: what was stored is what is opened."""
    removed_at: Mapped[datetime | None]
