"""What was promised in a note, made into actions with an owner and a date."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct

from engagements.actions import service as actions
from engagements.actions.queries import action_texts
from engagements.actions.service import ActionDraft
from engagements.notes import queries
from engagements.notes.promises import LONGEST, Promise, promises_in
from engagements.notes.queries import NoteRow
from engagements.people import Person, setting_for_team
from frontend.access import STAFF, Viewer
from frontend.routes import deed, page
from tenancy.database.pool import Transaction
from tenancy.errors import Invalid
from tenancy.workspaces.service import today_in

ShownTo = Literal["team", "participant", "sponsor"]


class Promises(Struct):
    """The lines of a note that are no actions yet, and who could own them."""

    note: NoteRow
    promises: list[Promise]
    people: list[Person]

    @property
    def owners(self) -> list[tuple[UUID, str]]:
        return [(person.id, person.name) for person in self.people]

    def shown_to(self, promise: Promise) -> str:
        """The fewest people who see an action, its owner among them."""
        owner = next((p for p in self.people if p.id == promise.owner_id), None)
        if owner is None or owner.is_team:
            return "team"
        return "participant" if owner.is_participant else "sponsor"


Aligned = Meta(extra={"blanks": "kept"})


class PromisesDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    """The actions to be made, one after the other; an empty text leaves one out."""

    text: Annotated[list[str], Meta(title="what was promised"), Aligned]
    owner_id: Annotated[list[UUID], Meta(title="who will do it"), Aligned]
    due_on: Annotated[list[str], Meta(title="when it is due"), Aligned]
    shown_to: Annotated[list[ShownTo], Meta(title="who sees it"), Aligned]


class Made(Struct):
    """How many actions were made, and the note in which they were promised."""

    note_id: UUID
    actions: int

    @property
    def sentence(self) -> str:
        return "One action was made." if self.actions == 1 else f"{self.actions} actions were made."


@page("/notes/{id:uuid}/actions/new", template="workspace/notes/promises.html", policy=STAFF)
async def promises_of_note(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> Promises:
    """The promises in a note that are no actions yet."""
    note = await queries.note_page(tx, id)
    setting = await setting_for_team(tx, note.engagement_id)
    owners = {person.name: person.id for person in setting.people}
    there = set(await tx.all(action_texts, engagement=note.engagement_id))
    found = promises_in(note.body, owners, today_in(viewer.time_zone))
    return Promises(note, [one for one in found if one.text not in there], setting.people)


@deed(
    "/notes/{id:uuid}/actions",
    policy=STAFF,
    body=PromisesDraft,
    again=promises_of_note,
    creates=True,
    then=lambda made: f"/notes/{made.note_id}",
    says=lambda made: made.sentence,
)
async def make_actions(
    tx: NamedDependency[Transaction],
    id: FromPath[UUID],
    draft: NamedDependency[PromisesDraft],
) -> Made:
    """Make the promises of a note into actions. What an action says, its readers read.

    Raises:
        NotFound: the note is out of reach.
        Invalid: the lists differ in length, a day is none, or an action does not fit.
    """
    note = await queries.note_page(tx, id)
    rows = list(zip(draft.text, draft.owner_id, draft.due_on, draft.shown_to, strict=False))
    if len({len(draft.text), len(draft.owner_id), len(draft.due_on), len(draft.shown_to)}) > 1:
        raise Invalid({"text": "Say for each promise who will do it, by when, and who sees it."})
    wanted = [row for row in rows if row[0].strip()]
    if not wanted:
        raise Invalid({"text": "Leave at least one promise in, or go back to the note."})
    for text, owner, due, shown_to in wanted:
        action = ActionDraft(
            text=text.strip()[:LONGEST],
            owner_id=owner,
            due_on=_day(due),
            shown_to=shown_to,
            session_id=note.session_id,
        )
        await actions.agree(tx, note.engagement_id, action)
    return Made(id, len(wanted))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text.strip() else None
    except ValueError as failure:
        raise Invalid({"due_on": "Enter a date, such as 27 March 2027."}) from failure


PROMISES = [promises_of_note, make_actions]
