"""Whom a note may be for: the team and the participants of its engagement, by name."""

from collections.abc import Collection
from typing import Any, cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, bindparam, func, select

from engagements.notes.audience import Audience, named_readers, who_reads
from engagements.notes.models import Note
from engagements.people import present
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, me, tenant
from tenancy.errors import Invalid, NotFound
from tenancy.workspaces.models import Assignment, Member

_assignment = cast(Table, Assignment.__table__).c
_member = cast(Table, Member.__table__).c
_note = cast(Table, Note.__table__).c


class NotePerson(Struct, frozen=True):
    """Somebody who works on the engagement, in its team or coached in it."""

    id: UUID
    name: str
    title: str
    on_team: bool
    suspended: bool
    """Whether their access is paused: nobody names them anew, and what names them still does."""


class NotePeople(Struct, frozen=True):
    """Everybody who works on an engagement today."""

    everybody: list[NotePerson]

    @property
    def present(self) -> list[NotePerson]:
        """Those who can open what is for them."""
        return self.nameable(())

    def nameable(self, already: Collection[UUID]) -> list[NotePerson]:
        """Whom a note may name that names some already."""
        return [one for one in self.everybody if not one.suspended or one.id in already]

    def chosen(
        self,
        audience: Audience,
        reader_ids: Collection[UUID],
        author: UUID,
        *,
        already: Collection[UUID] = (),
    ) -> list[UUID]:
        """The people whom a note names: of the engagement's team or participants, never sponsors.

        Args:
            already: whom it names until now.

        Raises:
            Invalid: it is to be for named people and names none, or somebody whom it may not name.
        """
        readers = named_readers(audience, reader_ids, author)
        if audience == "named" and not readers:
            raise Invalid({"reader_ids": "Choose who this is for, or keep it to yourself."})
        if not {person.id for person in self.nameable(already)}.issuperset(readers):
            raise Invalid(
                {
                    "reader_ids": "Choose people who work on this engagement. "
                    "Sponsors never read notes."
                }
            )
        return readers

    def reading(self, audience: str, readers: list[UUID]) -> set[UUID]:
        """Those of them whom an audience lets read, the author aside."""
        here = {person.id for person in self.present}
        team = {person.id for person in self.present if person.on_team}
        return who_reads(audience, readers, team, here)

    def named(self, ids: set[UUID]) -> list[NotePerson]:
        return [person for person in self.present if person.id in ids]


class Widening(Invalid):
    """More people could read a note than before, and its author has not agreed to them yet."""

    def __init__(self, people: list[NotePerson]) -> None:
        names = [person.name for person in people]
        listed = " and ".join(filter(None, [", ".join(names[:-1]), *names[-1:]]))
        super().__init__(
            {"widening_to": f"{listed} could then read this note, and cannot so far. Is that so?"}
        )
        self.people = people


class Usual(Struct, frozen=True):
    """The audience that a member chose last in an engagement, for notes of a kind."""

    audience: Audience
    reader_ids: list[UUID]


def _people() -> Any:
    return (
        select(
            _member.id,
            _member.name,
            _member.title,
            func.bool_or(_assignment.relation == "team"),
            _member.suspended_at.is_not(None),
        )
        .join(
            _assignment.id.table,
            (_assignment.tenant_id == tenant) & (_assignment.member_id == _member.id),
        )
        .where(
            _member.tenant_id == tenant,
            _assignment.engagement_id == bindparam("engagement"),
            _assignment.relation.in_(("team", "participant")),
            present(_assignment),
            _member.left_on.is_(None),
        )
        .group_by(_member.id, _member.name, _member.title, _member.suspended_at)
        .order_by(_member.name, _member.id)
    )


_present = Read(_people(), NotePerson)


_latest = Read(
    select(_note.audience, _note.readers)
    .where(
        _note.tenant_id == tenant,
        _note.engagement_id == bindparam("engagement"),
        _note.author_id == me,
        _note.kind == bindparam("kind"),
        ~_note.drafted,
    )
    .order_by(_note.id.desc())
    .limit(1),
    Usual,
)


async def usual_audience(
    tx: Transaction, engagement_id: UUID, kind: str, people: NotePeople
) -> Usual:
    """What the member chose last for a note of a kind: never wider than they chose it.

    Whoever has left since is not named again; where nobody is left, the note is for its author.
    """
    latest = await tx.maybe(_latest, engagement=engagement_id, kind=kind)
    if latest is None or latest.audience == "me":
        return Usual("me", [])
    still = [person.id for person in people.present if person.id in latest.reader_ids]
    if latest.audience == "named" and not still:
        return Usual("me", [])
    return Usual(latest.audience, still)


async def people_of_notes(tx: Transaction, engagement_id: UUID) -> NotePeople:
    """Whom a note of the engagement may be for. Sponsors never read notes.

    Raises:
        NotFound: the member does not work on it.
    """
    if engagement_id not in {*tx.context.team, *tx.context.coached}:
        raise NotFound
    # A participant's own surface does not show who else has a place; their note names them.
    async with tx.acting("job"):
        return NotePeople(await tx.all(_present, engagement=engagement_id))
