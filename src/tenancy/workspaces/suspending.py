"""Pausing somebody's access to a workspace, and giving it back. Nothing of theirs changes."""

from uuid import UUID

from tenancy.audit import service as audit
from tenancy.database.clock import now_in
from tenancy.database.pool import Transaction
from tenancy.errors import Refused
from tenancy.identity.sessions import end_sessions
from tenancy.workspaces import reach
from tenancy.workspaces.owners import held_by_an_owner, refuse_without_owner


async def suspend(tx: Transaction, member_id: UUID) -> bool:
    """Pause a member's access. It ends with the commit, and so do their sign-in sessions here.

    Their places and all they wrote stay as they are. In other workspaces nothing changes.

    Returns:
        Whether they had access until now.

    Raises:
        NotFound: no such member, they have left, or who asks is no owner any more.
        Refused: as `refuse_without_owner`, or it is who asks.
    """
    async with tx.acting("job"):
        member, owners = await held_by_an_owner(tx, member_id)
        if member.suspended_at is not None:
            return False
        await refuse_without_owner(tx, member, owners)
        if member_id == tx.context.member:
            raise Refused("You cannot pause your own access. Ask another owner to do it.")
        member.suspended_at = now_in(tx)
        await tx.session.flush()
        await reach.rewrite(tx, member_id)
        await end_sessions(tx, member.identity_id)
        await audit.record(tx, "member suspended", member)
    return True


async def reinstate(tx: Transaction, member_id: UUID) -> bool:
    """Give a member's access back, with every place that they had and that has not ended.

    Returns:
        Whether it was paused until now.

    Raises:
        NotFound: no such member, they have left, or who asks is no owner any more.
    """
    async with tx.acting("job"):
        member, _ = await held_by_an_owner(tx, member_id)
        if member.suspended_at is None:
            return False
        member.suspended_at = None
        await tx.session.flush()
        await reach.rewrite(tx, member_id)
        await audit.record(tx, "member reinstated", member)
    return True
