"""Actions of an engagement: agreeing, changing, ticking off, dropping."""

from datetime import date
from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec import Meta, Struct

from engagements.actions import queries, service
from engagements.actions.queries import ActionRow
from engagements.actions.service import ActionDraft
from engagements.notes.queries import note_page
from engagements.people import Person, setting_for_team, setting_of
from frontend.access import STAFF, WRITERS, Viewer
from frontend.routes import deed, page
from tenancy.database.pool import Transaction
from tenancy.workspaces.service import today_in


class ActionList(Struct):
    engagement_id: UUID
    engagement: str
    on_team: bool
    open: list[ActionRow]
    done: list[ActionRow]
    dropped: list[ActionRow]


class ActionForm(Struct):
    """What the form needs: who can own it, and the action as it is."""

    engagement_id: UUID
    engagement: str
    people: list[Person]
    action: ActionRow | None
    begun_with: str = ""
    """A line of a note that is to become an action."""
    session_id: UUID | None = None

    @property
    def choices(self) -> list[tuple[UUID, str]]:
        return [(person.id, person.name) for person in self.people]


class ActionSheet(Struct):
    action: ActionRow
    on_team: bool


class Completion(Struct, kw_only=True, forbid_unknown_fields=True):
    """Whether an action is done, and on which day; today unless said."""

    done: Annotated[bool, Meta(title="whether it is done")] = True
    on: Annotated[date | None, Meta(title="the day it was done")] = None


def _list_of(action: ActionRow) -> str:
    """The page that lists the action: one's own are at home."""
    return "" if action.mine else f"/engagements/{action.engagement_id}/actions"


@page("/engagements/{id:uuid}/actions", template="workspace/actions/list.html", policy=STAFF)
async def action_list(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> ActionList:
    """The actions of an engagement: what is open, what was done, what was dropped."""
    setting = await setting_of(tx, id)
    found = await queries.actions_by_state(tx, id, today_in(viewer.time_zone))
    on_team = setting.has_on_team(viewer.member)
    return ActionList(id, setting.engagement, on_team, found.open, found.done, found.dropped)


@page("/engagements/{id:uuid}/actions/new", template="workspace/actions/form.html", policy=STAFF)
async def new_action(
    tx: NamedDependency[Transaction],
    id: FromPath[UUID],
    session: FromQuery[UUID | None] = None,
    note: FromQuery[UUID | None] = None,
    line: FromQuery[int] = 0,
) -> ActionForm:
    """An empty action, or one that begins with a line of a note. Its words stand in no address."""
    setting = await setting_for_team(tx, id)
    form = ActionForm(id, setting.engagement, setting.people, None, session_id=session)
    if note is not None:
        quoted = await note_page(tx, note)
        form.session_id = quoted.session_id
        form.begun_with = next(iter(quoted.lines[line : line + 1]), "")[:200]
    return form


@deed(
    "/engagements/{id:uuid}/actions",
    policy=STAFF,
    body=ActionDraft,
    again=new_action,
    creates=True,
    then=lambda action: f"/actions/{action.id}",
    says="The action is agreed.",
)
async def agree_action(
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    id: FromPath[UUID],
    draft: NamedDependency[ActionDraft],
) -> ActionRow:
    """Write down what was agreed. Its owner is written to."""
    action = await service.agree(tx, id, draft)
    return await _row(tx, viewer, action.id)


@page("/actions/{id:uuid}", template="workspace/actions/show.html", policy=WRITERS)
async def show_action(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> ActionSheet:
    """One action, for the team and for the participant who owns it."""
    action = await _row(tx, viewer, id)
    return ActionSheet(action, action.engagement_id in viewer.context.team)


@page("/actions/{id:uuid}/edit", template="workspace/actions/form.html", policy=STAFF)
async def edit_action(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> ActionForm:
    """An action, to be changed."""
    action = await _row(tx, viewer, id)
    setting = await setting_for_team(tx, action.engagement_id)
    return ActionForm(setting.engagement_id, setting.engagement, setting.people, action)


@deed(
    "/actions/{id:uuid}",
    policy=STAFF,
    body=ActionDraft,
    again=edit_action,
    then=lambda action: f"/actions/{action.id}",
    says="The action was changed.",
)
async def change_action(
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    id: FromPath[UUID],
    draft: NamedDependency[ActionDraft],
) -> ActionRow:
    """Change what was agreed. A new owner is written to."""
    await service.change(tx, id, draft)
    return await _row(tx, viewer, id)


@deed(
    "/actions/{id:uuid}/completion",
    policy=WRITERS,
    body=Completion,
    again=show_action,
    fragment="workspace/actions/_row.html",
    then=_list_of,
)
async def complete_action(
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    id: FromPath[UUID],
    draft: NamedDependency[Completion],
) -> ActionRow:
    """Mark an action done, or not done after all."""
    if draft.done:
        await service.complete(tx, id, draft.on or today_in(viewer.time_zone))
    else:
        await service.reopen(tx, id)
    return await _row(tx, viewer, id)


@deed(
    "/actions/{id:uuid}/drop",
    policy=WRITERS,
    again=show_action,
    then=lambda action: f"/actions/{action.id}",
    says="The action is dropped.",
)
async def drop_action(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> ActionRow:
    """Let an action go."""
    await service.drop(tx, id)
    return await _row(tx, viewer, id)


async def _row(tx: Transaction, viewer: Viewer, id: UUID) -> ActionRow:
    return await tx.one(queries.action_row, id=id, today=today_in(viewer.time_zone))


ACTIONS = [
    action_list,
    new_action,
    agree_action,
    show_action,
    edit_action,
    change_action,
    complete_action,
    drop_action,
]
