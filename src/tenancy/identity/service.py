"""Signing in by code.

The answer is the same, and costs the same, whether or not an address is known. A code works only
in the browser that asked for it, so a mail scanner that opens the link gets nowhere.
"""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import cast
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import select

from tenancy.database.context import Context
from tenancy.database.pool import NOBODY, Database, Transaction
from tenancy.errors import Invalid, TooMany
from tenancy.identity import codes, requests, sessions
from tenancy.identity.models import Identity
from tenancy.identity.queries import (
    Place,
    any_place,
    factors_of,
    known_browser,
    membership,
    unredeemed,
)
from tenancy.identity.requests import CODE_LASTS, TRIES, Request
from tenancy.identity.sessions import Device, Factor, NewSession, SecondFactor
from tenancy.ids import new_id
from tenancy.mail.service import have_delivered, write
from tenancy.support import queries as support

WITHIN = timedelta(hours=1)
UNREDEEMED_PER_ACCOUNT = 10
UNREDEEMED_PER_ADDRESS = 200
SENT = "RELEASE SAVEPOINT letter"
TAKEN_BACK = "ROLLBACK TO SAVEPOINT letter"
"""For nobody the same letter is written, in the first workspace, and taken back. The request and
the job are committed all the same, so that the answer takes as long."""


class Asked(Struct, frozen=True):
    """A code was asked for: the request's id, and the token that stays in the browser."""

    request: UUID
    browser_token: str


class _Addressee(Struct, frozen=True):
    """Who is sent a code: a member, or somebody who is invited and has no identity yet."""

    identity: UUID | None
    tenant: UUID
    name: str
    workspace: str
    path: str
    """Where the code is typed, up to the request's id."""


class SecondStep(Struct, frozen=True):
    """A first factor was proved, and this browser may go on with one of these."""

    factors: list[str]


async def ask_for_code(
    db: Database, email: str, *, address: str, slug: str = "", known_as: str = ""
) -> Asked:
    """Send a code to `email`, if somebody of that address may sign in.

    Args:
        address: the network address that asks.
        slug: the workspace wanted, where an address belongs to several.
        known_as: the token by which this browser is known again. Where the person of the address
            has signed in with it before, others who ask for codes in their name do not count.

    Raises:
        TooMany: this network address asked for too many codes that nobody used.
    """
    email = email.strip().lower()
    found = await db.look_up(membership, email=email, slug=slug)
    # Asked of every address, so that the time of the answer is the same.
    let_in = await db.look_up(support.let_in, email=email)
    found = found or let_in
    if found is None:
        return await _ask(db, email, None, address, known_as)
    path = "/sign-in/code"
    member = _Addressee(found.identity, found.tenant, found.name, found.workspace, path)
    return await _ask(db, email, member, address, known_as)


async def ask_invited(
    db: Database,
    email: str,
    *,
    name: str,
    place: Place,
    path: str,
    address: str,
    known_as: str = "",
) -> Asked:
    """Send a code to somebody who is invited to a workspace, whoever they are elsewhere.

    Args:
        path: where the code is typed.
        address, known_as: as in `ask_for_code`.

    Raises:
        TooMany: as in `ask_for_code`.
    """
    guest = _Addressee(None, place.tenant, name, place.name, path)
    return await _ask(db, email, guest, address, known_as)


async def _ask(
    db: Database, email: str, found: _Addressee | None, address: str, known_as: str
) -> Asked:
    account, source = _hash(email), _hash(address)
    browser = codes.token_hash(known_as) if known_as else b""
    known = await db.look_up(known_browser, email=email, browser=browser)
    limits = await db.look_up(
        unredeemed, account=account, address=source, browser=browser, within=WITHIN
    )
    if limits and limits.address >= UNREDEEMED_PER_ADDRESS:
        raise TooMany("Too many codes were asked for from this network. Try again in an hour.")
    asked = 0 if limits is None else limits.browser if known else limits.account
    may_send = asked < UNREDEEMED_PER_ACCOUNT
    code, token = codes.new_code(), codes.new_token()
    request = new_id()
    # Looked up for every address, so that each costs the same statements.
    anywhere = await db.look_up(any_place)
    place: _Addressee | Place | None = found or anywhere
    if place is None:
        return Asked(request, token)
    context = Context(surface="public", tenant=place.tenant)
    async with db.transaction(context, writes=True) as tx:
        await requests.begin(
            tx,
            id=request,
            browser_token=token,
            code=code,
            account_hash=account,
            address_hash=source,
            identity=found.identity if found else None,
            tenant=found.tenant if found else None,
            known_hash=browser if known else None,
        )
        await tx.connection.execute("SAVEPOINT letter")
        letter = await write(
            tx,
            "sign_in_code",
            to_name=place.name,
            to_address=email,
            code=codes.shown(code),
            path=f"{found.path if found else '/sign-in/code'}?request={request}",
            minutes=CODE_LASTS.seconds // 60,
            workspace=found.workspace if found else "",
        )
        await tx.session.flush()
        await tx.connection.execute(SENT if found and may_send else TAKEN_BACK)
        await have_delivered(tx, letter)
    return Asked(request, token)


async def redeem(
    db: Database, browser_token: str, typed: str, *, device: Device
) -> NewSession | SecondStep:
    """Exchange a code for a session. Each try is counted, also the wrong ones.

    Returns:
        The session; or, where the person has set up a second factor, what they go on with.

    Raises:
        Invalid: the code is wrong, used, out of time, or was asked for in another browser.
    """
    entered: NewSession | SecondStep | None = None
    async with db.transaction(NOBODY, by_statements=True) as tx:
        request, right = await _tried(tx, browser_token, typed)
        if request is not None and right:
            entered = await enter(tx, request, factor="code", device=device)
    if entered is None:
        raise Invalid({"code": _why_not(request)})
    return entered


async def confirm(
    db: Database, browser_token: str, typed: str, *, identity: UUID, session: UUID
) -> NewSession:
    """Prove with a code that a session is still in the hands of its person.

    Raises:
        Invalid: as in `redeem`, or the code was sent to somebody else.
    """
    proved: NewSession | None = None
    async with db.transaction(NOBODY, writes=True) as tx:
        request, right = await _tried(tx, browser_token, typed)
        if request is not None and right and request.identity == identity:
            proved = await sessions.prove(tx, session)
    if proved is None:
        raise Invalid({"code": _why_not(request)})
    return proved


async def arrive(
    tx: Transaction, *, identity: UUID, tenant: UUID, email: str, address_hash: bytes
) -> tuple[Request, str]:
    """A sign-in that begins with something else than a code: its request, and its browser's token.

    Args:
        address_hash: of the network address, as `source_hash` makes it.
    """
    token = codes.new_token()
    request = await requests.begin(
        tx,
        id=new_id(),
        browser_token=token,
        code=None,
        account_hash=_hash(email),
        address_hash=address_hash,
        identity=identity,
        tenant=tenant,
    )
    return request, token


async def enter(
    tx: Transaction, request: Request, *, factor: Factor, device: Device
) -> NewSession | SecondStep | None:
    """Go on from a first factor, proved in the browser of `request`.

    Returns:
        The session; what is left to be proved, for `TRIES` tries; None for nobody's request, and
        for whoever is no member any more.
    """
    if request.identity is None or request.tenant is None:
        return None
    person = await tx.one(factors_of, identity=request.identity)
    if ways := second_factors(person.factors):
        await requests.change(
            tx,
            request,
            first_factor=factor,
            tries=0,
            expires_at=datetime.now(UTC) + CODE_LASTS,
        )
        return SecondStep(ways)
    return await sessions.begin(
        tx, identity=request.identity, tenant=request.tenant, factor=factor, device=device
    )


async def try_second(tx: Transaction, browser_token: str) -> Request | None:
    """The sign-in of a browser that waits for its second factor, one try later; None if none does.

    Each try is counted, so the transaction has to commit also when it fails.
    """
    request = await waiting(tx, browser_token)
    if request is None:
        return None
    return await requests.change(tx, request, tries=request.tries + 1)


async def waiting(tx: Transaction, browser_token: str) -> Request | None:
    """The sign-in of a browser that waits for its second factor, held; None when there is none."""
    request = await requests.of_browser(tx, browser_token)
    if request is None or request.first_factor is None or request.tries >= TRIES:
        return None
    return request if request.in_time else None


async def finish(
    tx: Transaction, request: Request, *, second_factor: SecondFactor, device: Device
) -> NewSession | None:
    """The session of a sign-in whose second factor has been proved; None as in `enter`."""
    assert request.first_factor is not None, "a first factor was proved"
    assert request.identity is not None, "it was somebody's"
    assert request.tenant is not None, "it was for a workspace"
    await requests.change(tx, request, first_factor=None)
    return await sessions.begin(
        tx,
        identity=request.identity,
        tenant=request.tenant,
        factor=cast(Factor, request.first_factor),
        second_factor=second_factor,
        device=device,
    )


def second_factors(factors: Iterable[str]) -> list[str]:
    """With what, of all that somebody has set up, a sign-in goes on after its first factor."""
    return [one for one in ("passkey", "totp") if one in factors]


async def prove_mailbox(
    tx: Transaction, browser_token: str, typed: str, email: str
) -> Request | None:
    """The request of a browser into which the code was typed that `email` was sent, used by that.

    Each try is counted, so the transaction has to commit also when this is None.
    """
    request, right = await _tried(tx, browser_token, typed, sent_to=email)
    return request if right else None


async def why_not(tx: Transaction, browser_token: str) -> str:
    """Why the code that was typed last into a browser does not work, and what to do."""
    return _why_not(await requests.of_browser(tx, browser_token))


async def _tried(
    tx: Transaction, browser_token: str, typed: str, *, sent_to: str | None = None
) -> tuple[Request | None, bool]:
    """The request of a browser, one try later, and whether that try was right; then it is used.

    Args:
        sent_to: whose mailbox is to be proved; by default, that of whoever may sign in.
    """
    found = await requests.of_browser(tx, browser_token)
    if found is None:
        return None, False
    tried = replace(found, tries=found.tries + 1)
    right = codes.same(found.code_hash, codes.code_hash(browser_token, codes.read(typed)))
    theirs = (
        found.identity is not None
        if sent_to is None
        else codes.same(found.account_hash, _hash(sent_to))
    )
    opened = right and theirs and tried.alive
    used_at = datetime.now(UTC) if opened else found.used_at
    return await requests.change(tx, found, tries=tried.tries, used_at=used_at), opened


def _why_not(request: Request | None) -> str:
    if request is None:
        return "Ask for a new code in this browser: codes work only where they were asked for."
    if request.alive and request.tries < TRIES:
        return "That is not the code we sent. Check the newest mail and type it again."
    return "This code no longer works. Ask for a new one."


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


def source_hash(address: str) -> bytes:
    """A network address, as a request keeps it."""
    return _hash(address)


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
