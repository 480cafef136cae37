"""Signing in by code.

The answer is the same, and costs the same, whether or not an address is known. A code works only
in the browser that asked for it, so a mail scanner that opens the link gets nowhere.
"""

import hashlib
from datetime import UTC, datetime, timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select, update

from tenancy.database.context import Context
from tenancy.database.pool import NOBODY, Database, Transaction
from tenancy.errors import Invalid, TooMany
from tenancy.identity import codes
from tenancy.identity.models import Identity, SignInRequest, SignInSession
from tenancy.identity.queries import (
    Left,
    Membership,
    Place,
    SignedIn,
    any_place,
    left,
    membership,
    signed_in,
    unredeemed,
)
from tenancy.ids import new_id
from tenancy.mail.service import post

CODE_LASTS = timedelta(minutes=10)
TRIES = 5
IDLE = timedelta(days=7)
ABSOLUTE = timedelta(days=30)
TOUCH_AFTER = timedelta(minutes=10)
WITHIN = timedelta(hours=1)
UNREDEEMED_PER_ACCOUNT = 10
UNREDEEMED_PER_ADDRESS = 200


class Asked(Struct, frozen=True):
    """A code was asked for: the request's id, and the token that stays in the browser."""

    request: UUID
    browser_token: str


class NewSession(Struct, frozen=True):
    token: str
    slug: str


async def ask_for_code(db: Database, email: str, *, address: str, slug: str = "") -> Asked:
    """Send a code to `email`, if somebody of that address may sign in.

    Args:
        address: the network address that asks.
        slug: the workspace wanted, where an address belongs to several.

    Raises:
        TooMany: this network address asked for too many codes that nobody used.
    """
    email = email.strip().lower()
    account, source = _hash(email), _hash(address)
    limits = await db.look_up(unredeemed, account=account, address=source, within=WITHIN)
    if limits and limits.address >= UNREDEEMED_PER_ADDRESS:
        raise TooMany("Too many codes were asked for from this network. Try again in an hour.")
    found = await db.look_up(membership, email=email, slug=slug)
    may_send = limits is None or limits.account < UNREDEEMED_PER_ACCOUNT
    code, token = codes.new_code(), codes.new_token()
    request = SignInRequest(
        id=new_id(),
        identity_id=found.identity if found else None,
        tenant_id=found.tenant if found else None,
        account_hash=account,
        address_hash=source,
        browser_hash=codes.token_hash(token),
        code_hash=codes.code_hash(token, code),
        expires_at=datetime.now(UTC) + CODE_LASTS,
    )
    async with db.transaction(NOBODY, writes=True) as tx:
        tx.session.add(request)
    await _mail_code(db, found if may_send else None, email, code, request.id)
    return Asked(request.id, token)


class _Undone(Exception):
    """Rolls the decoy back."""


async def _mail_code(
    db: Database, found: Membership | None, email: str, code: str, request: UUID
) -> None:
    """Post the code; for nobody, do the same work in the first workspace and undo it."""
    place: Membership | Place | None = found
    if place is None:
        place = await db.look_up(any_place)
    if place is None:
        return
    try:
        async with db.transaction(
            Context(surface="public", tenant=place.tenant), writes=True
        ) as tx:
            await post(
                tx,
                "sign_in_code",
                to_name=place.name,
                to_address=email,
                code=codes.shown(code),
                path=f"/sign-in/code?request={request}",
                minutes=CODE_LASTS.seconds // 60,
                workspace=found.workspace if found else "",
            )
            if found is None:
                raise _Undone
    except _Undone:
        return


async def redeem(db: Database, browser_token: str, typed: str, *, device: str) -> NewSession:
    """Exchange a code for a session. Each try is counted, also the wrong ones.

    Raises:
        Invalid: the code is wrong, used, out of time, or was asked for in another browser.
    """
    code = codes.read(typed)
    async with db.transaction(NOBODY, writes=True) as tx:
        request = await _request_of(tx, browser_token)
        if request is not None:
            request.tries += 1
        session = await _session_for(tx, request, browser_token, code, device)
    if session is None:
        raise Invalid({"code": _why_not(request)})
    return session


async def _request_of(tx: Transaction, browser_token: str) -> SignInRequest | None:
    statement = (
        select(SignInRequest)
        .where(SignInRequest.browser_hash == codes.token_hash(browser_token))
        .with_for_update()
    )
    return (await tx.session.execute(statement)).scalar_one_or_none()


async def _session_for(
    tx: Transaction, request: SignInRequest | None, browser_token: str, code: str, device: str
) -> NewSession | None:
    right = request is not None and codes.same(
        request.code_hash, codes.code_hash(browser_token, code)
    )
    if request is None or not right or not _alive(request) or request.identity_id is None:
        return None
    assert request.tenant_id is not None, "a known address leads to a workspace"
    request.used_at = datetime.now(UTC)
    token = await begin_session(tx, request.identity_id, request.tenant_id, device)
    found = await tx.maybe(signed_in, token_hash=codes.token_hash(token), idle=IDLE)
    return None if found is None else NewSession(token, found.slug)


async def begin_session(tx: Transaction, identity: UUID, tenant: UUID, device: str) -> str:
    """Sign somebody in to a workspace, after they typed a code; the session's token."""
    now, token = datetime.now(UTC), codes.new_token()
    tx.session.add(
        SignInSession(
            token_hash=codes.token_hash(token),
            identity_id=identity,
            tenant_id=tenant,
            factor="code",
            device=device[:200],
            last_used_at=now,
            expires_at=now + ABSOLUTE,
        )
    )
    await tx.session.flush()
    return token


def _alive(request: SignInRequest) -> bool:
    in_time = request.expires_at > datetime.now(UTC)
    return in_time and request.used_at is None and request.tries <= TRIES


def _why_not(request: SignInRequest | None) -> str:
    if request is None:
        return "Ask for a new code in this browser: codes work only where they were asked for."
    if _alive(request) and request.tries < TRIES:
        return "That is not the code we sent. Check the newest mail and type it again."
    return "This code no longer works. Ask for a new one."


async def who_is(db: Database, token: str) -> SignedIn | None:
    """The member behind a session's token, with all they reach; None when it has ended."""
    found = await db.look_up(signed_in, token_hash=codes.token_hash(token), idle=IDLE)
    if found and datetime.now(UTC) - found.last_used_at > TOUCH_AFTER:
        async with db.transaction(NOBODY, writes=True) as tx:
            await _change_session(tx, found.session, last_used_at=datetime.now(UTC))
    return found


async def sign_out(db: Database, session: UUID) -> None:
    async with db.transaction(NOBODY, writes=True) as tx:
        await _change_session(tx, session, ended_at=datetime.now(UTC))


async def end_sessions(tx: Transaction, identity: UUID) -> None:
    """End every session of a person in the transaction's workspace; those in others go on."""
    statement = update(SignInSession).where(
        SignInSession.identity_id == identity,
        SignInSession.tenant_id == tx.context.tenant,
        SignInSession.ended_at.is_(None),
    )
    await tx.session.execute(statement.values(ended_at=datetime.now(UTC)))


async def left_behind(db: Database, token: str) -> Left | None:
    """The workspace of a session's token whose person is no member of it any more."""
    return await db.look_up(left, token_hash=codes.token_hash(token))


async def _change_session(tx: Transaction, session: UUID, **values: datetime) -> None:
    statement = update(SignInSession).where(SignInSession.id == session).values(**values)
    await tx.session.execute(statement)


async def known_as(tx: Transaction, email: str, name: str) -> Identity:
    """The identity of an address; made when it is new. An existing one keeps its own name."""
    email = email.strip().lower()
    statement = select(Identity).where(Identity.email == email)
    identity = (await tx.session.execute(statement)).scalar_one_or_none()
    if identity is None:
        identity = Identity(id=new_id(), email=email, name=name.strip())
        tx.session.add(identity)
        await tx.session.flush()
    return identity


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
