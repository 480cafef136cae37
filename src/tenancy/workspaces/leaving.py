"""Leaving a workspace, and coming back to it."""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import or_, select, update

from tenancy.audit import service as audit
from tenancy.database.pool import Transaction
from tenancy.errors import NotFound
from tenancy.identity.sessions import end_sessions
from tenancy.identity.tokens import revoke_all
from tenancy.workspaces import reach
from tenancy.workspaces.models import Assignment, Member, Workspace
from tenancy.workspaces.owners import held_with_owners, refuse_without_owner
from tenancy.workspaces.service import held, today_in, yesterday


async def depart(tx: Transaction, member_id: UUID, *, on: date | None = None) -> bool:
    """End a membership: one's own, or as an owner somebody else's. Access ends with the commit.

    Their places end, their reach goes, and so do their sign-in sessions of this workspace; in
    others they stay who they are. The row stays, since what they wrote refers to it.

    Args:
        on: the day on which they left, for what is entered later; else today.

    Returns:
        Whether they were a member until now.

    Raises:
        NotFound: no such member, or who asks is neither they nor an owner any more.
        Refused: as `refuse_without_owner`.
    """
    async with tx.acting("job"):
        leaving, owners = await held_with_owners(tx, member_id)
        if tx.context.member not in {member_id, *(one.id for one in owners)}:
            raise NotFound
        if leaving.left_on is not None:
            return False
        await refuse_without_owner(tx, leaving, owners)
        await _end_places(tx, member_id, on - timedelta(days=1) if on else yesterday())
        leaving.left_on = on or today_in(await _time_zone(tx))
        leaving.suspended_at = None
        await tx.session.flush()
        await reach.rewrite(tx, member_id)
        await end_sessions(tx, leaving.identity_id)
        await revoke_all(tx, leaving.identity_id)
        await audit.record(tx, "member departed", leaving)
    return True


async def readmit(tx: Transaction, member_id: UUID) -> Member:
    """Let somebody who left come back, in the role they had and on no engagement yet.

    Raises:
        NotFound: no such member, or who asks is no owner.
    """
    if tx.context.role != "owner":
        raise NotFound
    member = await held(tx, member_id)
    if member.left_on is None:
        return member
    async with tx.acting("job"):
        member.left_on = None
        await tx.session.flush()
        await reach.rewrite(tx, member_id)
        await audit.record(tx, "member readmitted", member)
    return member


async def _end_places(tx: Transaction, member_id: UUID, last_day: date) -> None:
    statement = update(Assignment).where(
        Assignment.tenant_id == tx.context.tenant,
        Assignment.member_id == member_id,
        or_(Assignment.ends_on.is_(None), Assignment.ends_on > last_day),
    )
    await tx.session.execute(statement.values(ends_on=last_day))


async def _time_zone(tx: Transaction) -> str:
    statement = select(Workspace.time_zone).where(Workspace.id == tx.context.tenant)
    return (await tx.session.execute(statement)).scalar_one()
