"""What an owner does with a member, and leaving the workspace. Who it concerns is written to."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from engagements.inputs import Line, OptionalLine
from engagements.members import page_queries, queries
from engagements.members.queries import Departure, Led, MemberRow
from engagements.members.words import CALLED, listed
from engagements.portfolio import people
from engagements.portfolio.people import PersonDraft, Relation
from tenancy.database.context import Role
from tenancy.database.pool import Transaction
from tenancy.errors import Invalid, NotFound, Refused
from tenancy.mail.service import post
from tenancy.workspaces import roles, suspending
from tenancy.workspaces.leaving import depart
from tenancy.workspaces.models import Assignment
from tenancy.workspaces.service import STAFF_ROLES


class Called(Struct, kw_only=True, forbid_unknown_fields=True):
    """How a member is called in the workspace."""

    name: Annotated[Line, Meta(pattern=r"\S", title="their name")]
    title: Annotated[OptionalLine, Meta(title="their title")] = ""


class RoleChange(Struct, kw_only=True, forbid_unknown_fields=True):
    """What a member is in the workspace from now on."""

    role: Annotated[Role, Meta(title="the role")]


class PlaceDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    """A place on an engagement; of the consultancy's own people, always on its team."""

    engagement_id: Annotated[UUID, Meta(title="the engagement")]
    relation: Annotated[Relation | None, Meta(title="their part in it")] = None


async def rename(tx: Transaction, member_id: UUID, called: Called) -> MemberRow:
    """Call a member otherwise, for everybody who reads their name here.

    Raises:
        NotFound: no such member who has not left, or who asks is no owner any more.
    """
    await roles.rename(tx, member_id, name=called.name.strip(), title=called.title.strip())
    return await queries.member_of(tx, member_id)


async def change_role(
    tx: Transaction, member_id: UUID, change: RoleChange, *, workspace: str
) -> MemberRow:
    """Give a member another role, at once, and write to them.

    Args:
        workspace: its name.

    Raises:
        NotFound: no such member who has not left, or who asks is no owner any more.
        Refused: they are the last owner; or they would go over to the other side, of the client
            or of the consultancy, with places that are for this one.
    """
    before = await roles.change_role(tx, member_id, change.role)
    member = await queries.member_of(tx, member_id)
    if (before in STAFF_ROLES) != (change.role in STAFF_ROLES):
        # Only now nobody gives them a place any more: those that are there are all.
        await _refuse_with_places(tx, member)
    if before != change.role:
        await _tell(tx, "role_changed", member, workspace, role=change.role, before=before)
    return member


async def suspend(tx: Transaction, member_id: UUID, *, workspace: str) -> MemberRow:
    """Pause a member's access at once, and write to them. Twice, it is once.

    Raises:
        As `suspending.suspend`.
    """
    paused = await suspending.suspend(tx, member_id)
    member = await queries.member_of(tx, member_id)
    if paused:
        await _tell(tx, "access_paused", member, workspace)
    return member


async def reinstate(tx: Transaction, member_id: UUID, *, workspace: str) -> MemberRow:
    """Give a member's access back with all their places, and write to them. Twice, it is once.

    Raises:
        As `suspending.reinstate`.
    """
    back = await suspending.reinstate(tx, member_id)
    member = await queries.member_of(tx, member_id)
    if back:
        await _tell(tx, "access_restored", member, workspace)
    return member


async def give_place(
    tx: Transaction, member_id: UUID, draft: PlaceDraft, *, home: str
) -> Assignment:
    """Give a member a place on an engagement: on its team, or as the contact that they are.

    Args:
        home: as `people.add_person` takes it.

    Raises:
        NotFound: no such member, or no such engagement.
        Invalid: they could have no place there, or not that one.
        Refused: they have that place already, have left, or their access is paused.
    """
    form = await page_queries.place_form(tx, member_id)
    chosen = next((one for one in form.choices if one.id == draft.engagement_id), None)
    if chosen is None:
        raise Invalid({"engagement_id": f"Choose an engagement that {form.member.name} can join."})
    relation = draft.relation or ("team" if form.of_consultancy else None)
    if relation is None or (relation == "team") != form.of_consultancy:
        raise Invalid({"relation": f"Choose a part that {form.member.name} can have."})
    person = PersonDraft(
        relation=relation,
        member_id=member_id if form.of_consultancy else None,
        contact_id=chosen.contact_id,
    )
    return await people.add_person(tx, chosen.id, person, home=home)


async def end_place(tx: Transaction, member_id: UUID, assignment_id: UUID) -> MemberRow:
    """End one of a member's places today.

    Raises:
        NotFound: no such member, or they have no such place today.
        Refused: they lead the engagement.
    """
    member = await queries.member_of(tx, member_id)
    for place in member.places:
        if place.assignment_id == assignment_id:
            await people.release_person(tx, place.engagement_id, assignment_id)
            return await queries.member_of(tx, member_id)
    raise NotFound


async def leave(tx: Transaction, member_id: UUID, *, workspace: str, today: date) -> MemberRow:
    """End a membership at once: an owner another's, or anybody their own. Twice, it is once.

    Who was taken out by somebody else is written to.

    Args:
        workspace: its name.
        today: the date where it is.

    Raises:
        NotFound: no such member, or who asks is neither they nor an owner any more.
        Refused: they lead what is still open, or are the last owner.
    """
    departure = await queries.departure_of(tx, member_id, today)
    if await depart(tx, member_id):
        # Only now nobody can hand them anything any more: what they lead is all they ever will.
        async with tx.acting("job"):
            leads = await tx.all(queries.open_leads, member=member_id)
        if leads:
            raise Refused(_first_hand_over(departure, leads))
        if not departure.own:
            await _write_to(tx, departure, workspace)
    return await queries.member_of(tx, member_id)


def _first_hand_over(departure: Departure, leads: Sequence[Led]) -> str:
    who = "You lead" if departure.own else f"{departure.member.name} leads"
    them = "it" if len(leads) == 1 else "them"
    return f"{who} {listed([led.title for led in leads])}. Hand {them} over first."


async def _refuse_with_places(tx: Transaction, member: MemberRow) -> None:
    async with tx.acting("job"):
        titles = await tx.all(page_queries.unended_places, member=member.id)
    if titles:
        many = len(titles) > 1
        raise Refused(
            f"{member.name} has {'places' if many else 'a place'} on {listed(titles)}, which "
            f"{CALLED[member.role]} cannot have. End {'them' if many else 'it'} first."
        )


async def _write_to(tx: Transaction, departure: Departure, workspace: str) -> None:
    last = max((one.until for one in departure.sealed), default=None)
    await _tell(
        tx,
        "membership_ended",
        departure.member,
        workspace,
        shared=departure.shared_notes > 0,
        sealed_until=last.isoformat() if last else None,
    )


async def _tell(
    tx: Transaction, letter: str, member: MemberRow, workspace: str, **facts: object
) -> None:
    """Write to a member about what an owner did, unless it was they themselves."""
    by = tx.context.member
    assert by is not None, "an owner did it"
    if by == member.id:
        return
    owner = await queries.member_of(tx, by)
    await post(
        tx,
        letter,
        to_name=member.name,
        to_address=member.email,
        workspace=workspace,
        sender=owner.name,
        **facts,
    )
