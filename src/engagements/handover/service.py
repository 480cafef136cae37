"""Handing an engagement over with its history."""

from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from engagements.actions.service import pass_on
from engagements.portfolio import people_queries as rows
from engagements.portfolio.entities import Engagements
from engagements.portfolio.models import Engagement
from engagements.portfolio.people import colleague
from engagements.sessions.service import expect_lead
from tenancy.audit import service as audit
from tenancy.database.pool import Transaction
from tenancy.errors import Invalid, Refused
from tenancy.mail.service import post
from tenancy.workspaces import service as workspaces


class HandOver(Struct, kw_only=True, forbid_unknown_fields=True):
    """Who leads an engagement from now on, and what passes on with it."""

    member_id: Annotated[UUID, Meta(title="who leads it from now on")]
    former_lead: Annotated[
        Literal["stays", "leaves"], Meta(title="the place of who led it until now")
    ] = "stays"
    with_actions: Annotated[bool, Meta(title="the open actions of who led it until now")] = False


async def hand_over(
    tx: Transaction, engagement_id: UUID, chosen: HandOver, *, path: str
) -> Engagement:
    """Let somebody else lead an engagement. To whom it is handed already leads it still.

    They join its team if they are not on it, and so read all that the team reads, from the first
    day on. They are expected at every session to come. What the former lead wrote for themselves
    or for named people stays where it is.

    Args:
        path: of the engagement's page, for the letters about it.

    Raises:
        NotFound: no such engagement that the member may change.
        Refused: the member neither leads it nor owns the workspace (where its lead has left, any
            consultant of the team may); or whoever was chosen is going, or paused.
        Invalid: whoever was chosen does not work for the consultancy, or is not on the team where
            an associate hands over.
    """
    engagement = await Engagements(tx).find(engagement_id)
    before = await tx.one(rows.lead, engagement=engagement_id)
    takes_over = before.left and tx.context.role == "consultant"
    if not (tx.context.member == before.id or tx.context.role == "owner" or takes_over):
        raise Refused(f"Only {before.name}, who leads this engagement, or an owner hands it over.")
    if chosen.member_id == before.id and not before.left:
        return engagement
    await _join(tx, engagement, chosen.member_id)
    engagement.lead_id = chosen.member_id
    leaves = chosen.former_lead == "leaves" or before.left
    instead_of = before.id if leaves else None
    await expect_lead(tx, engagement_id, chosen.member_id, instead_of=instead_of)
    passed = (
        await pass_on(tx, engagement_id, before.id, chosen.member_id)
        if (chosen.with_actions)
        else 0
    )
    await audit.record(tx, "engagement handed over", engagement)
    await _write_to_both(tx, engagement, before, chosen, path=path, actions=passed)
    if leaves:
        await _release(tx, engagement_id, before.id)
    return engagement


async def _join(tx: Transaction, engagement: Engagement, member_id: UUID) -> None:
    """Give whoever leads from now on a place on the team, if they have none."""
    on_team = {"engagement": engagement.id, "relation": "team"}
    if await tx.maybe(rows.place_of, member=member_id, **on_team):
        # Held, so that nobody leaves the workspace while they are handed something to lead.
        await workspaces.held_here(tx, member_id)
        return
    if tx.context.role not in ("owner", "consultant"):
        raise Invalid({"member_id": "Choose somebody of this engagement's team."})
    await colleague(tx, member_id)
    await workspaces.assign(
        tx,
        member=member_id,
        engagement=engagement.id,
        organisation=engagement.organisation_id,
        relation="team",
    )


async def _release(tx: Transaction, engagement_id: UUID, member_id: UUID) -> None:
    place = await tx.maybe(
        rows.place_of, member=member_id, engagement=engagement_id, relation="team"
    )
    if place is not None:
        await workspaces.release(tx, place.assignment_id)


async def _write_to_both(
    tx: Transaction,
    engagement: Engagement,
    before: rows.Lead,
    chosen: HandOver,
    *,
    path: str,
    actions: int,
) -> None:
    """Write to who leads it now and to who led it, but not to the one whose deed it was."""
    assert tx.context.member is not None, "a member hands over"
    sender = await tx.one(rows.person, member=tx.context.member)
    now = await tx.one(rows.person, member=chosen.member_id)
    told = [now.id] if before.left else [now.id, before.id]
    for reader in [one for one in told if one != tx.context.member]:
        person = await tx.one(rows.person, member=reader)
        stays = reader == now.id or chosen.former_lead == "stays"
        await post(
            tx,
            "engagement_handed_over",
            to_name=person.name,
            to_address=person.email,
            engagement=engagement.title,
            client=engagement.client,
            sender=sender.name,
            lead=now.name,
            former=before.name,
            yours=reader == now.id,
            actions=actions,
            path=path if stays else "",
        )
