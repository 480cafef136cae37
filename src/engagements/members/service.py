"""Leaving the workspace, once what they lead was handed over, and coming back."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from engagements.members import queries
from engagements.members.queries import Departure, Led, MemberRow
from tenancy.database.pool import Transaction
from tenancy.errors import Refused
from tenancy.mail.service import post
from tenancy.workspaces.leaving import depart


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
    names = [f"“{led.title}”" for led in leads]
    listed = " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
    who = "You lead" if departure.own else f"{departure.member.name} leads"
    return f"{who} {listed}. Hand {'it' if len(leads) == 1 else 'them'} over first."


async def _write_to(tx: Transaction, departure: Departure, workspace: str) -> None:
    member, by = departure.member, tx.context.member
    assert by is not None, "an owner takes somebody out"
    owner = await queries.member_of(tx, by)
    last = max((one.until for one in departure.sealed), default=None)
    await post(
        tx,
        "membership_ended",
        to_name=member.name,
        to_address=member.email,
        workspace=workspace,
        sender=owner.name,
        shared=departure.shared_notes > 0,
        sealed_until=last.isoformat() if last else None,
    )
