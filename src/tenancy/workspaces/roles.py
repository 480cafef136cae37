"""Changing what a member is in the workspace, and what they are called."""

from uuid import UUID

from tenancy.audit import service as audit
from tenancy.database.context import Role
from tenancy.database.pool import Transaction
from tenancy.errors import Refused
from tenancy.identity.tokens import revoke_all
from tenancy.workspaces import reach
from tenancy.workspaces.owners import held_by_an_owner, refuse_without_owner
from tenancy.workspaces.service import STAFF_ROLES


async def change_role(tx: Transaction, member_id: UUID, role: Role) -> str:
    """Give a member another role. Their next request is answered by it, on every device.

    Programs ask for the consultancy's own people alone: who goes over to the client's side has no
    tokens any more.

    Whether their places fit it is for those to say who know what places are for.

    Returns:
        The role that they had until now.

    Raises:
        NotFound: no such member, they have left, or who asks is no owner any more.
        Refused: as `refuse_without_owner`, or they are only a part of the sample.
    """
    async with tx.acting("job"):
        member, owners = await held_by_an_owner(tx, member_id)
        before = member.role
        if role == before:
            return before
        if member.sample:
            raise Refused(f"{member.name} is only a part of the sample, and stays what they are.")
        await refuse_without_owner(tx, member, owners)
        member.role = role
        await tx.session.flush()
        await reach.rewrite(tx, member_id)
        if role not in STAFF_ROLES:
            await revoke_all(tx, member.identity_id)
        await audit.record(tx, "role changed", member)
    return before


async def rename(tx: Transaction, member_id: UUID, *, name: str, title: str) -> None:
    """Call a member otherwise in this workspace, for everybody who reads their name.

    Raises:
        NotFound: no such member, they have left, or who asks is no owner any more.
    """
    async with tx.acting("job"):
        member, _ = await held_by_an_owner(tx, member_id)
        if (member.name, member.title) != (name, title):
            member.name, member.title = name, title
            await tx.session.flush()
            await audit.record(tx, "member renamed", member)
