"""The way in when a workspace's provider is down: an owner with two passkeys.

A workspace that asks people to sign in with its provider is never without such an owner. Whoever
begins to ask, or would take an owner or a passkey away, holds the workspace first: so they take
turns, and the later one sees what the earlier one did. Workspaces are held before people.
"""

from collections.abc import Iterable
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, bindparam, func, select

from tenancy.database.pool import Transaction
from tenancy.database.read import Read
from tenancy.errors import Refused
from tenancy.passkeys.models import Passkey
from tenancy.workspaces.models import Member, Reach, Workspace

PASSKEYS = 2
"""One can be lost or left at home on the day when the provider fails."""

_passkey = cast(Table, Passkey.__table__).c
_reach = cast(Table, Reach.__table__).c


class Owner(Struct, frozen=True):
    """An owner who can open the workspace, and how many passkeys they have."""

    identity: UUID
    passkeys: int


_owners = Read(
    select(
        _reach.identity_id,
        select(func.count()).where(_passkey.identity_id == _reach.identity_id).scalar_subquery(),
    ).where(_reach.tenant_id == bindparam("workspace"), _reach.role == "owner"),
    Owner,
)


async def has_break_glass_owner(tx: Transaction, workspace: UUID | None) -> bool:
    """Whether a workspace, such as a context's, has an owner who comes in without its provider."""
    return bool(await _able(tx, workspace))


async def held(tx: Transaction, workspaces: Iterable[UUID]) -> list[Workspace]:
    """Workspaces, in which nobody else changes who can come in without the provider."""
    statement = (
        select(Workspace)
        .where(Workspace.id.in_([*workspaces]))
        .order_by(Workspace.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    return [*(await tx.session.execute(statement)).scalars()]


async def held_of_owner(tx: Transaction, identity: UUID) -> list[Workspace]:
    """The workspaces that somebody owns and that ask people to sign in with a provider, held."""
    owned = select(Reach.tenant_id).where(Reach.identity_id == identity, Reach.role == "owner")
    places = await held(tx, (await tx.session.execute(owned)).scalars())
    return [place for place in places if place.sso_for != "nobody"]


async def refuse_to_lose_a_passkey(
    tx: Transaction, identity: UUID, passkeys: int, places: Iterable[Workspace]
) -> None:
    """Refuse what would leave a workspace without its break-glass owner.

    Args:
        passkeys: how many they have now.
        places: from `held_of_owner`.

    Raises:
        Refused: they are the only one, and one passkey less is too few.
    """
    if passkeys != PASSKEYS:
        return
    for place in places:
        if await _able(tx, place.id) == {identity}:
            raise Refused(
                f"{place.name} asks people to sign in with its provider, and these two passkeys "
                "are the only way in on a day when that is down. Add another passkey first, then "
                "remove this one."
            )


async def refuse_to_lose_an_owner(tx: Transaction, member: Member) -> None:
    """As `refuse_to_lose_a_passkey`, for a member of this workspace who would be its owner no more.

    Raises:
        Refused: they are the only owner with two passkeys.
    """
    [place] = await held(tx, [member.tenant_id])
    if place.sso_for != "nobody" and await _able(tx, place.id) == {member.identity_id}:
        who = "You are" if tx.context.member == member.id else f"{member.name} is"
        raise Refused(
            f"{who} the only owner who has two passkeys, the way in on a day when the provider is "
            "down. Let another owner add two passkeys first, or ask nobody to sign in with the "
            "provider."
        )


async def _able(tx: Transaction, workspace: UUID | None) -> set[UUID]:
    """The identities of those who can come in without the provider."""
    found = await tx.all(_owners, workspace=workspace)
    return {owner.identity for owner in found if owner.passkeys >= PASSKEYS}
