"""Who owns a workspace, which is never without an owner who can open it."""

from uuid import UUID

from sqlalchemy import or_, select

from tenancy.database.pool import Transaction
from tenancy.errors import NotFound, Refused
from tenancy.workspaces.break_glass import refuse_to_lose_an_owner
from tenancy.workspaces.models import Member


async def held_with_owners(tx: Transaction, member_id: UUID) -> tuple[Member, list[Member]]:
    """A member and the owners who can open the workspace, held in one order.

    Two owners who remove each other take turns, and the later one sees what the earlier one did.
    Call it on the surface `job`.

    Raises:
        NotFound: no such member.
    """
    statement = (
        select(Member)
        .where(
            Member.tenant_id == tx.context.tenant,
            or_(Member.role == "owner", Member.id == member_id),
        )
        .order_by(Member.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    here = (await tx.session.execute(statement)).scalars().all()
    member = next((one for one in here if one.id == member_id), None)
    if member is None:
        raise NotFound
    return member, [one for one in here if one.role == "owner" and is_let_in(one)]


async def held_by_an_owner(tx: Transaction, member_id: UUID) -> tuple[Member, list[Member]]:
    """As `held_with_owners`, for what only an owner does with somebody who belongs here.

    Raises:
        NotFound: no such member, they have left, or who asks is no owner any more.
    """
    member, owners = await held_with_owners(tx, member_id)
    if member.left_on is not None or tx.context.member not in {one.id for one in owners}:
        raise NotFound
    return member, owners


def is_let_in(member: Member) -> bool:
    """Whether they are somebody, and have neither left nor had their access paused."""
    return not member.sample and member.left_on is None and member.suspended_at is None


async def refuse_without_owner(tx: Transaction, member: Member, owners: list[Member]) -> None:
    """Refuse what would take the last owner away, or the last who comes in without a provider.

    Raises:
        Refused: they are the last owner, or the only one with two passkeys where a provider is
            asked for.
    """
    if owners == [member]:
        who = "You are" if tx.context.member == member.id else f"{member.name} is"
        raise Refused(f"{who} the last owner of this workspace, which is never without one.")
    if member in owners:
        await refuse_to_lose_an_owner(tx, member)
