"""Proving oneself with a passkey: to sign in, as a second step, or to confirm.

Whatever does not fit is refused with one sentence: nobody learns which part of it was wrong.
"""

from datetime import UTC, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import select

from tenancy.database.context import Context
from tenancy.database.pool import NOBODY, Database, Transaction
from tenancy.errors import Invalid, Refused
from tenancy.identity import limits, sessions
from tenancy.identity import service as identities
from tenancy.identity.limits import Subject
from tenancy.identity.sessions import Device, NewSession
from tenancy.mail.service import post
from tenancy.passkeys import ceremony, challenges
from tenancy.passkeys.ceremony import Options, Site
from tenancy.passkeys.challenges import Asker
from tenancy.passkeys.models import Passkey
from tenancy.passkeys.queries import arrival, credentials_of, owner_of, person

REFUSED = "That passkey did not work here. Try again, or choose another way."
TOO_LATE = "Sign in again from the start: too much time has passed."


class _Tried(Struct, frozen=True):
    """What came of a signature."""

    proved: UUID | None = None
    """The identity that it proves."""
    copied: UUID | None = None
    """The passkey of which it shows that there is a copy; then it proves nothing."""


async def options_to_sign_in(db: Database, site: Site, browser_token: str) -> Options:
    """What a browser has signed by any passkey that it has for this site."""
    async with db.transaction(NOBODY, writes=True) as tx:
        challenge = await challenges.issue(tx, Asker("sign in", browser_token))
        return ceremony.request_options(site, challenge)


async def sign_in(
    db: Database, site: Site, sent: str, *, browser_token: str, address: str, device: Device
) -> NewSession:
    """A session in the workspace that the person was in last, else in their first.

    Args:
        sent: the browser's credential as JSON.
        address: the network address that asks.

    Raises:
        Invalid: the passkey is not known, did not sign this browser's challenge for this site, or
            opens no workspace.
        TooMany: this network address failed too often.
    """
    source = await _may_try(db, address)
    entered: NewSession | None = None
    async with db.transaction(NOBODY, writes=True) as tx:
        tried = await _try(tx, site, sent, Asker("sign in", browser_token))
        if tried.proved is not None:
            entered = await _enter(tx, tried.proved, device)
        if entered is None:
            await limits.count_failure(tx, source)
    return await _answered(db, entered, tried)


async def _enter(tx: Transaction, identity: UUID, device: Device) -> NewSession | None:
    place = await tx.maybe(arrival, identity=identity)
    if place is None:
        return None
    return await sessions.begin(
        tx,
        identity=identity,
        tenant=place.tenant,
        factor="passkey",
        second_factor="passkey",
        device=device,
    )


async def options_for_second_step(db: Database, site: Site, browser_token: str) -> Options:
    """What goes on from a first factor that was proved in this browser.

    Raises:
        Refused: none was, or too long ago.
    """
    async with db.transaction(NOBODY, writes=True) as tx:
        request = await identities.waiting(tx, browser_token)
        if request is None:
            raise Refused(TOO_LATE)
        challenge = await challenges.issue(tx, Asker("second step", browser_token))
        allowed = await tx.all(credentials_of, identity=request.identity)
        return ceremony.request_options(site, challenge, allowed)


async def finish_sign_in(
    db: Database, site: Site, sent: str, *, browser_token: str, address: str, device: Device
) -> NewSession:
    """The session of a sign-in whose first factor was proved, in the browser that proved it.

    Raises:
        Invalid: as in `sign_in`, or the passkey is somebody else's.
        TooMany: as in `sign_in`.
    """
    source = await _may_try(db, address)
    entered: NewSession | None = None
    async with db.transaction(NOBODY, writes=True) as tx:
        request = await identities.try_second(tx, browser_token)
        tried = await _try(tx, site, sent, Asker("second step", browser_token))
        if request and tried.proved is not None and tried.proved == request.identity:
            entered = await identities.finish(tx, request, second_factor="passkey", device=device)
        if entered is None:
            await limits.count_failure(tx, source)
    return await _answered(db, entered, tried)


async def options_to_confirm(
    tx: Transaction, site: Site, *, identity: UUID, session: UUID
) -> Options:
    """What proves that a session is still in the hands of its person."""
    challenge = await challenges.issue(tx, Asker("confirm", str(session)))
    allowed = await tx.all(credentials_of, identity=identity)
    return ceremony.request_options(site, challenge, allowed)


async def confirm(
    db: Database, site: Site, sent: str, *, identity: UUID, session: UUID, address: str
) -> NewSession:
    """Prove that a session is still in the hands of its person; it gets a new token.

    Raises:
        Invalid: as in `finish_sign_in`.
        TooMany: as in `sign_in`.
    """
    source = await _may_try(db, address)
    proved: NewSession | None = None
    async with db.transaction(NOBODY, writes=True) as tx:
        tried = await _try(tx, site, sent, Asker("confirm", str(session)))
        if tried.proved == identity:
            proved = await sessions.prove(tx, session, "passkey")
        else:
            await limits.count_failure(tx, source)
    return await _answered(db, proved, tried)


async def _may_try(db: Database, address: str) -> Subject:
    source = Subject("address", "passkey", address)
    await limits.refuse_early(db, source)
    return source


async def _try(tx: Transaction, site: Site, sent: str, asker: Asker) -> _Tried:
    """Check a signature once: its challenge is spent, whatever comes of it."""
    read = ceremony.read_signed(sent)
    if read is None or not await challenges.spend(tx, asker, read[1]):
        return _Tried()
    signed, challenge = read
    statement = select(Passkey).where(Passkey.credential_id == signed.raw_id).with_for_update()
    passkey = (await tx.session.execute(statement)).scalar_one_or_none()
    if passkey is None:
        return _Tried()
    whose = await tx.one(person, identity=passkey.identity_id)
    if signed.response.user_handle not in (None, whose.handle.bytes):
        return _Tried()
    said = ceremony.verify_signed(site, signed, challenge, passkey.public_key)
    if said is None:
        return _Tried()
    if ceremony.is_copy(passkey.sign_count, said.sign_count):
        return _Tried(copied=passkey.id)
    passkey.sign_count, passkey.backed_up = said.sign_count, said.backed_up
    passkey.last_used_at = datetime.now(UTC)
    return _Tried(proved=passkey.identity_id)


async def _answered(db: Database, session: NewSession | None, tried: _Tried) -> NewSession:
    if tried.copied is not None:
        await _warn(db, tried.copied)
    if session is None:
        raise Invalid({"": REFUSED})
    return session


async def _warn(db: Database, passkey: UUID) -> None:
    """Tell whose passkey it is that somebody seems to have a copy of it."""
    async with db.transaction(NOBODY) as tx:
        whose = await tx.one(owner_of, passkey=passkey)
        place = await tx.maybe(arrival, identity=whose.identity)
    if place is None:
        return
    async with db.transaction(Context(surface="public", tenant=place.tenant), writes=True) as tx:
        await post(
            tx,
            "passkey_copied",
            to_name=whose.name,
            to_address=whose.email,
            passkey=whose.passkey,
            path="/account/passkeys",
        )
