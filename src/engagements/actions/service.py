"""Agreeing actions, completing them, and changing one's mind."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from engagements.actions.models import Action
from engagements.actions.queries import session_in_engagement
from engagements.people import Person, Setting, setting_for_team
from tenancy.audit import service as audit
from tenancy.database.entities import Entities
from tenancy.database.pool import Transaction
from tenancy.errors import Invalid, Refused
from tenancy.mail.service import post
from tenancy.workspaces.service import today_in


class ActionDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    """What somebody promised to do."""

    text: Annotated[str, Meta(pattern=r"\S", max_length=400, title="what was agreed")]
    owner_id: Annotated[UUID, Meta(title="who will do it")]
    due_on: Annotated[date | None, Meta(title="the day it is due")] = None
    kind: Annotated[Literal["action", "commitment"], Meta(title="the kind")] = "action"
    shown_to: Annotated[Literal["team", "participant", "sponsor"], Meta(title="who sees it")] = (
        "participant"
    )
    session_id: Annotated[UUID | None, Meta(title="the session")] = None


class Actions(Entities[Action]):
    model = Action


async def agree(tx: Transaction, engagement_id: UUID, draft: ActionDraft) -> Action:
    """Write down what was agreed, and write to its owner if that is somebody else.

    One that was due before today can be entered too, and then nobody is written to.

    Raises:
        NotFound: no such engagement within reach.
        Refused: the member is not on its team.
        Invalid: the owner has no place on the engagement or would not see the action, or the
            session is another engagement's.
    """
    setting = await setting_for_team(tx, engagement_id)
    owner = await _owner(tx, setting, draft)
    action = await Actions(tx).add(engagement_id=engagement_id, state="open", **_facts(draft))
    await audit.record(tx, "action agreed", action)
    if action.due_on is None or action.due_on >= today_in(setting.time_zone):
        await _write_to(tx, owner, setting, action)
    return action


async def change(tx: Transaction, action_id: UUID, draft: ActionDraft) -> Action:
    """Change what was agreed while it is open. A new owner is written to.

    Raises:
        NotFound: no action of that id that the member may change.
        Refused: the member is not on the team, or the action is not open.
        Invalid: as in `agree`.
    """
    action = await Actions(tx).find(action_id)
    setting = await setting_for_team(tx, action.engagement_id)
    if action.state != "open":
        raise Refused(f"This action is {action.state}, so it cannot change. Reopen it first.")
    owner = await _owner(tx, setting, draft)
    handed_over = owner.id != action.owner_id
    for name, value in _facts(draft).items():
        setattr(action, name, value)
    await audit.record(tx, "action changed", action)
    if handed_over:
        await _write_to(tx, owner, setting, action)
    return action


async def pass_on(tx: Transaction, engagement_id: UUID, owner: UUID, to: UUID) -> int:
    """Give somebody's open actions of an engagement to somebody of its team; how many there were.

    They are not written to about each.
    """
    found = await Actions(tx).list(
        tenant_id=tx.context.tenant, engagement_id=engagement_id, owner_id=owner, state="open"
    )
    for action in found:
        action.owner_id = to
        await audit.record(tx, "action passed on", action)
    return len(found)


async def complete(tx: Transaction, action_id: UUID, on: date) -> Action:
    """Mark an action done. One that is done already stays as it is.

    Raises:
        NotFound: no action of that id that the member may change.
        Refused: the action was dropped, or is another participant's.
        Invalid: the day is still to come.
    """
    action = await _own_or_teams(tx, action_id)
    if action.state == "dropped":
        raise Refused("This action was dropped, so it cannot be completed. Reopen it first.")
    if on > _latest_today():
        raise Invalid({"on": "Enter today or an earlier day."})
    if action.state == "open":
        action.state, action.done_on = "done", on
        await audit.record(tx, "action completed", action)
    return action


async def reopen(tx: Transaction, action_id: UUID) -> Action:
    """Take a done or dropped action up again. One that is open stays as it is.

    Raises:
        NotFound: no action of that id that the member may change.
        Refused: a participant reopens what the team dropped.
    """
    action = await _own_or_teams(tx, action_id)
    if action.state == "dropped" and action.engagement_id not in tx.context.team:
        raise Refused("The team dropped this action. Ask them to reopen it if it matters to you.")
    if action.state != "open":
        action.state, action.done_on = "open", None
        await audit.record(tx, "action reopened", action)
    return action


async def drop(tx: Transaction, action_id: UUID) -> Action:
    """Let an open action go, without having done it.

    Raises:
        NotFound: no action of that id that the member may change.
        Refused: the member is not on the team, or the action is not open.
    """
    action = await Actions(tx).find(action_id)
    if action.engagement_id not in tx.context.team:
        raise Refused("Only the team can drop an action. Talk to them if it no longer fits.")
    if action.state == "done":
        raise Refused("This action is done, so it cannot be dropped. Reopen it first.")
    if action.state == "dropped":
        raise Refused("This action is dropped already.")
    action.state = "dropped"
    await audit.record(tx, "action dropped", action)
    return action


async def _own_or_teams(tx: Transaction, action_id: UUID) -> Action:
    """An action whose state the member may change: any of the team's, or their own."""
    action = await Actions(tx).find(action_id)
    if action.engagement_id not in tx.context.team and action.owner_id != tx.context.member:
        raise Refused("Only its owner or the team can change the state of this action.")
    return action


async def _owner(tx: Transaction, setting: Setting, draft: ActionDraft) -> Person:
    """The person who will do it, once the draft is known to fit."""
    owner = setting.person(draft.owner_id)
    if owner is None:
        raise Invalid({"owner_id": "Choose one of the people of this engagement."})
    needed = _least_shown_to(owner)
    if draft.shown_to not in needed:
        audience = "sponsors" if needed == ("sponsor",) else "participants"
        raise Invalid(
            {
                "shown_to": f"{owner.name} has to see it too. Show it to {audience}, or choose "
                "another owner."
            }
        )
    session = draft.session_id
    if session and not await tx.maybe(
        session_in_engagement, session=session, engagement=setting.engagement_id
    ):
        raise Invalid({"session_id": "Choose a session of this engagement."})
    return owner


def _least_shown_to(owner: Person) -> tuple[str, ...]:
    """The audiences under which an owner sees their own action."""
    if owner.is_team:
        return "team", "participant", "sponsor"
    return ("participant", "sponsor") if owner.is_participant else ("sponsor",)


def _facts(draft: ActionDraft) -> dict[str, object]:
    return {
        "text": draft.text.strip(),
        "owner_id": draft.owner_id,
        "due_on": draft.due_on,
        "kind": draft.kind,
        "shown_to": draft.shown_to,
        "session_id": draft.session_id,
    }


async def _write_to(tx: Transaction, owner: Person, setting: Setting, action: Action) -> None:
    if owner.id == tx.context.member:
        return
    sender = setting.person(tx.context.member)
    await post(
        tx,
        "action_agreed",
        to_name=owner.name,
        to_address=owner.email,
        workspace=setting.workspace,
        engagement=setting.engagement,
        sender=sender.name if sender else setting.workspace,
        text=action.text,
        due_on=action.due_on.isoformat() if action.due_on else None,
        path=owner.path(setting, f"actions/{action.id}"),
    )


def _latest_today() -> date:
    """The date where the day begins first, so that nobody's today is refused."""
    return (datetime.now(UTC) + timedelta(hours=14)).date()
