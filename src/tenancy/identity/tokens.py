"""Tokens of programs: made by a member in one workspace, shown once, kept as a hash.

A token reaches no more than its member does at the moment it is used, and of that only what its
scopes and its engagements allow. Limited to engagements, it has no role's wider view: it asks as
an associate of those. What a member keeps to themselves PostgreSQL shows to no token.
"""

from datetime import UTC, datetime, timedelta
from typing import Literal, get_args
from uuid import UUID

from msgspec import Struct
from sqlalchemy import update

from tenancy.audit import service as audit
from tenancy.database.context import Context, Role, Through
from tenancy.database.pool import NOBODY, Database, Transaction
from tenancy.errors import Invalid, NotFound
from tenancy.identity import codes
from tenancy.identity.models import ApiToken
from tenancy.identity.token_queries import Bearer, TokenRow, bearer, tokens_of
from tenancy.ids import new_id

Scope = Literal["records:read", "records:write", "notes:read", "notes:write"]
SCOPES: tuple[Scope, ...] = get_args(Scope)

PREFIX = "cocreate_"
"""So that people and scanners of leaked secrets know one when they see it."""
WIDER: tuple[Role, ...] = ("owner", "consultant")
"""The roles that see beyond the engagements that one works on."""
LONGEST = timedelta(days=366)
TOUCH_AFTER = timedelta(minutes=10)


class NewToken(Struct, frozen=True):
    """A token that was just made; nobody can read it ever again."""

    id: UUID
    name: str
    token: str
    expires_at: datetime


async def make(
    tx: Transaction,
    *,
    identity: UUID,
    name: str,
    scopes: list[Scope],
    engagements: dict[UUID, UUID],
    lasts: timedelta,
) -> NewToken:
    """Make a token for the member who asks.

    Args:
        engagements: those it is limited to, each with its client; all of the member's when empty.
        lasts: until it expires, a year at the most.

    Raises:
        Invalid: no scope, or a longer life than a year.
    """
    if not scopes:
        raise Invalid({"scopes": "Choose at least one thing that it may do."})
    if not timedelta(0) < lasts <= LONGEST:
        raise Invalid({"days": "Let it expire within a year."})
    assert tx.context.tenant is not None, "a token belongs to a workspace"
    token = PREFIX + codes.new_token()
    kept = ApiToken(
        id=new_id(),
        token_hash=codes.token_hash(token),
        identity_id=identity,
        tenant_id=tx.context.tenant,
        name=name.strip(),
        scopes=sorted(set(scopes)),
        engagements=sorted(engagements),
        organisations=sorted(set(engagements.values())),
        expires_at=datetime.now(UTC) + lasts,
    )
    tx.session.add(kept)
    await tx.session.flush()
    await audit.record_of(tx, "token made", "api_token", kept.id)
    return NewToken(kept.id, kept.name, token, kept.expires_at)


async def listed(tx: Transaction, identity: UUID) -> list[TokenRow]:
    """The tokens of the workspace that can still be used: an owner sees all, others their own."""
    return await tx.all(tokens_of, identity=identity, every=tx.context.role == "owner")


async def revoke(tx: Transaction, identity: UUID, token: UUID) -> TokenRow:
    """End a token at once: one's own, or as an owner anybody's.

    Raises:
        NotFound: there is none that can still be used, or it is not theirs to end.
    """
    found = next((one for one in await listed(tx, identity) if one.id == token), None)
    if found is None:
        raise NotFound
    statement = update(ApiToken).where(ApiToken.id == token, ApiToken.revoked_at.is_(None))
    await tx.session.execute(statement.values(revoked_at=datetime.now(UTC)))
    await audit.record_of(tx, "token revoked", "api_token", token)
    return found


async def revoke_all(tx: Transaction, identity: UUID) -> None:
    """End every token of a person in the transaction's workspace."""
    statement = update(ApiToken).where(
        ApiToken.identity_id == identity,
        ApiToken.tenant_id == tx.context.tenant,
        ApiToken.revoked_at.is_(None),
    )
    await tx.session.execute(statement.values(revoked_at=datetime.now(UTC)))


async def revoke_everywhere(tx: Transaction, identity: UUID) -> None:
    """End every token of a person, in all workspaces."""
    statement = update(ApiToken).where(
        ApiToken.identity_id == identity, ApiToken.revoked_at.is_(None)
    )
    await tx.session.execute(statement.values(revoked_at=datetime.now(UTC)))


async def whose(db: Database, token: str) -> Bearer | None:
    """The member behind a token, with all they reach; None when it does not work (any more)."""
    if not token.startswith(PREFIX):
        return None
    found = await db.look_up(bearer, token_hash=codes.token_hash(token))
    if found and (
        found.last_used_at is None or datetime.now(UTC) - found.last_used_at > TOUCH_AFTER
    ):
        async with db.transaction(NOBODY, writes=True) as tx:
            statement = update(ApiToken).where(ApiToken.id == found.token)
            await tx.session.execute(statement.values(last_used_at=datetime.now(UTC)))
    return found


def context_of(found: Bearer) -> Context:
    """What a token reaches: its member's reach, within its engagements and its scopes."""
    limited = set(found.engagements)

    def within(ids: list[UUID]) -> tuple[UUID, ...]:
        return tuple(id for id in ids if not limited or id in limited)

    reads_notes = {"notes:read", "notes:write"} & set(found.scopes)
    through: Through = "notes" if reads_notes else "records"
    return Context(
        surface="workspace",
        tenant=found.tenant,
        member=found.member,
        role="associate" if limited and found.role in WIDER else found.role,
        team=within(found.team),
        coached=within(found.coached),
        organisations=tuple(
            id for id in found.organisations if not limited or id in found.client_ids
        ),
        through=through,
    )
