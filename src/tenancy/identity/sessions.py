"""Sign-in sessions: one for each browser and workspace, begun by a factor and ended at any time."""

from datetime import UTC, datetime, timedelta
from typing import Literal, cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, Table, insert, select, update

from tenancy.audit import service as audit
from tenancy.database.context import Context
from tenancy.database.pool import NOBODY, Database, Transaction
from tenancy.database.read import Read
from tenancy.database.write import given
from tenancy.errors import NotFound, Refused
from tenancy.identity import codes, trail
from tenancy.identity.models import SignInSession
from tenancy.identity.queries import (
    Left,
    OpenSession,
    SignedIn,
    WorkspaceOf,
    behind,
    open_sessions,
    place_of_identity,
    reach,
    signed_in,
    suspended,
    workspace,
    workspaces_of,
)
from tenancy.ids import new_id
from tenancy.support.queries import opens
from tenancy.workspaces.models import Reach

Factor = Literal["code", "password", "passkey", "oidc"]
SecondFactor = Literal["totp", "recovery", "passkey", "oidc"]

IDLE = timedelta(days=7)
ABSOLUTE = timedelta(days=30)
TOUCH_AFTER = timedelta(minutes=10)
FRESH = timedelta(minutes=10)
"""For how long a factor that was proved opens what needs a fresh one."""


class Device(Struct, frozen=True):
    """A browser: what it calls itself, and the token by which it is known again."""

    name: str
    known_as: str


class NewSession(Struct, frozen=True):
    token: str
    slug: str
    """Of the workspace; empty for an operator who was let into one and is no member of it."""


class _Arrival(Struct, frozen=True):
    """Where a new session leads; to nobody's place when its person is no member there."""

    slug: str
    member: UUID | None


_session = cast(Table, SignInSession.__table__)
_WRITTEN = (
    *("id", "token_hash", "identity_id", "tenant_id", "factor", "second_factor", "proved_at"),
    *("device", "known_hash", "last_used_at", "expires_at"),
)
_made = (
    insert(_session)
    .values(given(_session, *_WRITTEN))
    .returning(_session.c.identity_id, _session.c.tenant_id)
    .cte("made")
)
# Written and answered in one statement; both tables are global.
_begin = Read(
    select(workspace.slug, reach.member_id)
    .join(_made, _made.c.tenant_id == workspace.id)
    .outerjoin(
        reach.member_id.table,
        (reach.identity_id == _made.c.identity_id) & (reach.tenant_id == _made.c.tenant_id),
    ),
    _Arrival,
)


async def begin(
    tx: Transaction,
    *,
    identity: UUID,
    tenant: UUID,
    factor: Factor,
    second_factor: SecondFactor | None = None,
    device: Device,
) -> NewSession | None:
    """A new session in a workspace; None when the person is no member of it any more, and was not
    let into it for support either.

    What a workspace's provider says signs in; it is no fresh proof of the person themselves.
    """
    now = datetime.now(UTC)
    told = factor == "oidc" and second_factor in (None, "oidc")
    token = codes.new_token()
    arrival = await tx.one(
        _begin,
        id=new_id(),
        token_hash=codes.token_hash(token),
        identity_id=identity,
        tenant_id=tenant,
        factor=factor,
        second_factor=second_factor,
        proved_at=now - FRESH if told else now,
        device=device.name[:200],
        known_hash=codes.token_hash(device.known_as),
        last_used_at=now,
        expires_at=now + ABSOLUTE,
    )
    if arrival.member is None:
        let_in = await tx.maybe(opens, identity=identity, place=tenant)
        return NewSession(token, "") if let_in else None
    await _record_arrival(tx, tenant, arrival.member)
    return NewSession(token, arrival.slug)


async def who_is(db: Database, token: str) -> SignedIn | None:
    """The member behind a session's token, with all they reach; None when it has ended."""
    found = await db.look_up(signed_in, token_hash=codes.token_hash(token), idle=IDLE)
    if found and datetime.now(UTC) - found.last_used_at > TOUCH_AFTER:
        async with db.transaction(NOBODY, writes=True) as tx:
            await _change(tx, found.session, last_used_at=datetime.now(UTC))
    return found


async def prove(
    tx: Transaction, session: UUID, second_factor: SecondFactor | None = None
) -> NewSession:
    """Note that whose session this is has just proved themselves again, under a new token.

    Args:
        second_factor: what they proved, if that is more than what the session began with.

    Raises:
        NotFound: the session has ended.
    """
    found = await tx.session.get(SignInSession, session, with_for_update=True)
    if found is None or found.ended_at is not None:
        raise NotFound
    token = codes.new_token()
    found.token_hash = codes.token_hash(token)
    found.proved_at = datetime.now(UTC)
    found.second_factor = second_factor or found.second_factor
    await tx.session.flush()
    signed = await tx.maybe(signed_in, token_hash=found.token_hash, idle=IDLE)
    if signed is None:
        raise NotFound
    await trail.record(tx, signed.identity, "proved again", [signed.tenant])
    return NewSession(token, signed.slug)


async def switch(tx: Transaction, session: UUID, slug: str) -> NewSession:
    """Go on in another workspace of the same person: a new session there, and the end of this one.

    What was proved stays proved; whether it is enough there, that workspace says.

    Raises:
        NotFound: the session has ended, or the person is no member of a workspace of that slug.
        Refused: it began at a workspace's own provider, whose word counts nowhere else.
    """
    found = await tx.session.get(SignInSession, session, with_for_update=True)
    if found is None or found.ended_at is not None:
        raise NotFound
    if found.factor == "oidc":
        raise Refused(
            "This session began at your organisation’s own sign-in, which counts in this workspace "
            "alone. Sign out, and sign in to the other one."
        )
    place = await tx.one(place_of_identity, identity=found.identity_id, slug=slug)
    now = datetime.now(UTC)
    token = codes.new_token()
    found.ended_at = now
    arrival = await tx.one(
        _begin,
        id=new_id(),
        token_hash=codes.token_hash(token),
        identity_id=found.identity_id,
        tenant_id=place.tenant,
        factor=found.factor,
        second_factor=found.second_factor,
        proved_at=found.proved_at,
        device=found.device,
        known_hash=found.known_hash,
        last_used_at=now,
        expires_at=found.expires_at,
    )
    assert arrival.member is not None, "the place was one of theirs"
    await trail.record(tx, found.identity_id, "session ended", [found.tenant_id])
    await _record_arrival(tx, place.tenant, arrival.member)
    return NewSession(token, place.slug)


async def open_of(tx: Transaction, identity: UUID, within: UUID | None = None) -> list[OpenSession]:
    """Where a person is signed in, the latest first; `within` one workspace, if it is given."""
    return await tx.all(open_sessions, identity=identity, within=within, idle=IDLE)


async def workspaces(
    tx: Transaction, identity: UUID, within: UUID | None = None
) -> list[WorkspaceOf]:
    """The workspaces of which a person is a member, by name; `within` one, if it is given."""
    return await tx.all(workspaces_of, identity=identity, within=within)


async def end(
    tx: Transaction,
    identity: UUID,
    session: UUID,
    within: UUID | None = None,
    *,
    verb: str = "session ended",
) -> None:
    """End one session of a person, `within` one workspace if it is given.

    One that has ended already, or is another's, stays as it is.

    Args:
        verb: what the trail of its workspace says.
    """
    ended = await _end(tx, *_of(identity, within), SignInSession.id == session)
    await trail.record(tx, identity, verb, ended)


async def end_others(
    tx: Transaction, identity: UUID, kept: UUID, within: UUID | None = None
) -> None:
    """End every session of a person but one: in all workspaces, or `within` one."""
    ended = await _end(tx, *_of(identity, within), SignInSession.id != kept)
    await trail.record(tx, identity, "other sessions ended", ended)


async def end_sessions(tx: Transaction, identity: UUID) -> None:
    """End every session of a person in the transaction's workspace; those in others go on."""
    await _end(tx, *_of(identity, tx.context.tenant))


async def end_vouched_for(tx: Transaction, identity: UUID | None = None) -> None:
    """End the sessions in the transaction's workspace that began at its provider.

    One person's; else everybody's but those of the member who asks: they have just proved
    themselves by something else.
    """
    own = select(Reach.identity_id).where(
        Reach.tenant_id == tx.context.tenant, Reach.member_id == tx.context.member
    )
    whose = SignInSession.identity_id
    await _end(
        tx,
        SignInSession.tenant_id == tx.context.tenant,
        SignInSession.factor == "oidc",
        whose.not_in(own) if identity is None else whose == identity,
    )


async def end_everywhere(tx: Transaction, identity: UUID) -> None:
    """End every session of a person, in all workspaces."""
    await _end(tx, SignInSession.identity_id == identity)


async def left_behind(db: Database, token: str) -> Left | None:
    """The workspace of a session's token whose person reaches nothing of it any more."""
    found = await db.look_up(behind, token_hash=codes.token_hash(token))
    if found is None:
        return None
    async with db.transaction(Context(surface="job", tenant=found.tenant)) as tx:
        paused = await tx.maybe(suspended, identity=found.identity)
    return Left(found.workspace, paused is not None)


async def _record_arrival(tx: Transaction, tenant: UUID, member: UUID) -> None:
    """Signing in happens in no workspace yet, and belongs in the trail of the one it leads to."""
    by = Context(surface="public", tenant=tenant, member=member)
    await audit.record_of(tx, "signed in", "member", member, by=by)


def _of(identity: UUID, within: UUID | None) -> list[ColumnElement[bool]]:
    every = [SignInSession.identity_id == identity]
    return every if within is None else [*every, SignInSession.tenant_id == within]


async def _end(tx: Transaction, *which: ColumnElement[bool]) -> set[UUID]:
    """End sessions; the workspaces in which they were."""
    statement = (
        update(SignInSession)
        .where(*which, SignInSession.ended_at.is_(None))
        .values(ended_at=datetime.now(UTC))
        .returning(SignInSession.tenant_id)
    )
    return {*(await tx.session.execute(statement)).scalars()}


async def _change(tx: Transaction, session: UUID, **values: datetime) -> None:
    statement = update(SignInSession).where(SignInSession.id == session).values(**values)
    await tx.session.execute(statement)
