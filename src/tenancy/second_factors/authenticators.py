"""Authenticator apps (TOTP, RFC 6238): setting one up, taking one away, and their codes.

Six figures, half a minute each, SHA-1: what every app assumes, whatever else it is told.
"""

import base64
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pyotp
from msgspec import Struct
from sqlalchemy import Select, delete, select

from tenancy.database.pool import Transaction
from tenancy.database.sealing import Wrapped
from tenancy.errors import Invalid, NotFound, Refused
from tenancy.identity import codes, factors, sessions
from tenancy.identity.sessions import NewSession
from tenancy.ids import new_id
from tenancy.second_factors.models import Authenticator
from tenancy.second_factors.queries import app_begun
from tenancy.second_factors.recovery import (
    forget_needless_recovery_codes,
    issue_first_recovery_codes,
)

ISSUER = "Cocreate"
STEP = 30
"""Seconds for which a code is shown."""
DRIFT = 1
"""So many steps a clock may be early or late."""
TO_BE_CONFIRMED = timedelta(minutes=15)
MOST = 5


class Enrolment(Struct, frozen=True):
    """An app that is being set up: what it scans, or what is typed into it instead."""

    name: str
    secret: str
    """In base32."""
    address: str
    """`otpauth://...`, for the QR code."""


class Enrolled(Struct, frozen=True):
    """An app was set up: the session's new token, and new recovery codes if there were none."""

    session: NewSession
    recovery_codes: list[str]


async def begin(tx: Transaction, identity: UUID, name: str) -> None:
    """Make the secret of a new app. One that was begun before and not confirmed is forgotten.

    Raises:
        Refused: the person has as many as one may have.
    """
    await factors.held(tx, identity)
    if len(await _confirmed(tx, identity)) >= MOST:
        raise Refused(f"You have {MOST} authenticator apps. Remove one before you add another.")
    await _forget_begun(tx, identity)
    wrapped = await tx.safes.wrap(tx, identity, secrets.token_bytes(20))
    tx.session.add(
        Authenticator(
            id=new_id(),
            identity_id=identity,
            name=name,
            wrapped=wrapped.wrapped,
            master_id=wrapped.master_id,
            last_step=0,
        )
    )


async def begun(tx: Transaction, identity: UUID, email: str) -> Enrolment | None:
    """The app that a person has begun to set up within the last minutes."""
    since = datetime.now(UTC) - TO_BE_CONFIRMED
    app = await tx.maybe(app_begun, identity=identity, since=since)
    if app is None:
        return None
    totp = _totp(tx, identity, Wrapped(app.wrapped, app.master_id))
    return Enrolment(app.name, totp.secret, totp.provisioning_uri(name=email, issuer_name=ISSUER))


async def confirm(tx: Transaction, identity: UUID, session: UUID, typed: str) -> Enrolled:
    """Finish setting an app up with the first code that it shows.

    Raises:
        Refused: none was begun, or not within the last minutes.
        Invalid: that is not the app's code.
    """
    person = await factors.held(tx, identity)
    app = await _begun(tx, identity)
    if app is None:
        raise Refused("There is no app to be confirmed. Begin again: it takes a minute.")
    if not _takes(tx, app, typed):
        raise Invalid({"code": "This is not the code that the app shows now. Type its newest one."})
    app.confirmed_at = datetime.now(UTC)
    factors.gain(person, "totp")
    issued = await issue_first_recovery_codes(tx, identity)
    await factors.changed(tx, person, "authenticator added")
    return Enrolled(await sessions.prove(tx, session, "totp"), issued)


async def remove(tx: Transaction, identity: UUID, app: UUID) -> None:
    """Take an app away.

    Raises:
        NotFound: the person has no such app.
    """
    person = await factors.held(tx, identity)
    there = await _confirmed(tx, identity)
    if app not in {one.id for one in there}:
        raise NotFound
    await tx.session.execute(delete(Authenticator).where(Authenticator.id == app))
    if len(there) == 1:
        factors.lose(person, "totp")
        await forget_needless_recovery_codes(tx, person)
    await factors.changed(tx, person, "authenticator removed")


async def spend_code(tx: Transaction, identity: UUID, typed: str) -> bool:
    """Whether what was typed is the present code of one of the person's apps, not taken before."""
    taken = [_takes(tx, app, typed) for app in await _confirmed(tx, identity, lock=True)]
    return any(taken)


def _takes(tx: Transaction, app: Authenticator, typed: str) -> bool:
    """Whether the app shows this code about now, and none of then or later was taken before."""
    now = datetime.now(UTC)
    at, code, totp = int(now.timestamp()) // STEP, _figures(typed), _totp_of(tx, app)
    steps = range(at - DRIFT, at + DRIFT + 1)
    fitting = [step for step in steps if codes.same(totp.generate_otp(step).encode(), code)]
    if not fitting or fitting[-1] <= app.last_step:
        return False
    app.last_step, app.last_used_at = fitting[-1], now
    return True


def _figures(typed: str) -> bytes:
    return "".join(filter(str.isalnum, typed)).encode()


def _totp_of(tx: Transaction, app: Authenticator) -> pyotp.TOTP:
    return _totp(tx, app.identity_id, Wrapped(app.wrapped, app.master_id))


def _totp(tx: Transaction, identity: UUID, wrapped: Wrapped) -> pyotp.TOTP:
    secret = tx.safes.secret(identity, wrapped)
    return pyotp.TOTP(base64.b32encode(secret).decode(), interval=STEP)


async def _confirmed(tx: Transaction, identity: UUID, *, lock: bool = False) -> list[Authenticator]:
    statement = _of(identity).where(Authenticator.confirmed_at.is_not(None))
    statement = statement.with_for_update() if lock else statement
    return list((await tx.session.execute(statement)).scalars())


async def _begun(tx: Transaction, identity: UUID) -> Authenticator | None:
    statement = _of(identity).where(
        Authenticator.confirmed_at.is_(None),
        Authenticator.created_at > datetime.now(UTC) - TO_BE_CONFIRMED,
    )
    return (await tx.session.execute(statement)).scalars().first()


async def _forget_begun(tx: Transaction, identity: UUID) -> None:
    await tx.session.execute(
        delete(Authenticator).where(
            Authenticator.identity_id == identity, Authenticator.confirmed_at.is_(None)
        )
    )


def _of(identity: UUID) -> Select[Authenticator]:
    return (
        select(Authenticator)
        .where(Authenticator.identity_id == identity)
        .order_by(Authenticator.id)
        .execution_options(populate_existing=True)
    )
