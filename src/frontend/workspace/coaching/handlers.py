"""The participant's pages: their coaching, and a reflection between two sessions."""

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Meta, Struct

from engagements.actions import queries as actions
from engagements.actions.queries import ActionRow
from engagements.commercial.queries import AgreementWaiting, agreements_to_read
from engagements.inputs import Prose
from engagements.notes import queries as notes
from engagements.notes import service
from engagements.notes.queries import NoteRow
from engagements.notes.service import NoteDraft
from engagements.retention.queries import GoingOwn, my_notes_going
from engagements.sessions import queries as sessions
from engagements.sessions.queries import CoachingSoFar, SessionRow
from engagements.upward import queries as upward
from engagements.upward.queries import OwnQuote, ProposalRow
from frontend.access import WRITERS, Viewer
from frontend.routes import deed, page
from tenancy.database.pool import Transaction
from tenancy.errors import Invalid
from tenancy.ids import new_id
from tenancy.workspaces.service import today_in

LATELY = timedelta(days=14)
"""How long what was done stays in sight."""


class YourCoaching(Struct):
    """What a participant comes for: what is next, what they promised, what they wrote."""

    coaching: list[CoachingSoFar]
    upcoming: list[SessionRow]
    actions: list[ActionRow]
    done: list[ActionRow]
    reflections: list[NoteRow]
    past: list[SessionRow]
    agreements: list[AgreementWaiting]
    proposals: list[ProposalRow]
    """Their words that somebody would like the sponsor to read."""
    quotes: list[OwnQuote]
    """Their words that the sponsor reads now."""
    going: list[GoingOwn]
    """Notes of theirs that are destroyed before long."""


class ReflectionForm(Struct):
    id: UUID
    mutation_id: UUID
    coaching: CoachingSoFar
    earlier: list[NoteRow]


class Reflection(Struct, kw_only=True, forbid_unknown_fields=True):
    """A reflection as it is typed, under the id that the form was given."""

    body: Annotated[Prose, Meta(title="a line or two")]
    audience: Annotated[Literal["named", "me"], Meta(title="who can see this")] = "named"
    """`named`: the writer and the person who leads the engagement."""
    id: UUID | None = None
    version: Annotated[int, Meta(ge=0, title="the version this is based on")] = 0
    mutation_id: UUID | None = None
    identifiers_kept: Annotated[bool, Meta(title="your decision")] = False


async def your_coaching(tx: Transaction, viewer: Viewer) -> YourCoaching:
    """What the home of a participant shows, at `workspace/coaching/home.html`."""
    today = today_in(viewer.time_zone)
    return YourCoaching(
        await tx.all(sessions.my_coaching),
        await tx.all(sessions.my_upcoming),
        await tx.all(actions.my_actions, today=today),
        await tx.all(actions.my_finished_actions, today=today, since=today - LATELY),
        await notes.my_reflections(tx),
        await tx.all(sessions.my_past),
        await tx.all(agreements_to_read),
        await upward.waiting_for_me(tx),
        await tx.all(upward.my_quotes),
        await tx.all(my_notes_going, on=today),
    )


@page(
    "/engagements/{id:uuid}/reflections/new",
    template="workspace/coaching/reflection.html",
    policy=WRITERS,
)
async def new_reflection(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> ReflectionForm:
    """An empty reflection, in an engagement in which the member is coached."""
    coaching = await tx.one(sessions.my_coaching_in, engagement=id)
    earlier = [note for note in await notes.my_reflections(tx) if note.engagement_id == id]
    return ReflectionForm(new_id(), new_id(), coaching, earlier)


@deed(
    "/engagements/{id:uuid}/reflections",
    policy=WRITERS,
    body=Reflection,
    again=new_reflection,
    creates=True,
    then=lambda note: f"/notes/{note.id}",
    says="Your reflection is saved.",
)
async def add_reflection(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[Reflection]
) -> NoteRow:
    """Keep a reflection. Sent twice with the same ids, it is one."""
    coaching = await tx.one(sessions.my_coaching_in, engagement=id)
    if draft.audience == "named" and not coaching.lead_reachable:
        raise Invalid({"audience": "Keep it to yourself for now: nobody leads your coaching."})
    note_id = draft.id or new_id()
    note = NoteDraft(
        body=draft.body,
        audience=draft.audience,
        reader_ids=[coaching.lead_id],
        kind="reflection",
        engagement_id=id,
        version=draft.version,
        mutation_id=draft.mutation_id,
        identifiers_kept=draft.identifiers_kept,
    )
    await service.write(tx, note_id, note)
    return await notes.note_page(tx, note_id)


COACHING = [new_reflection, add_reflection]
