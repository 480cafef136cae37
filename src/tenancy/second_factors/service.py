"""Proving a second factor: at the end of a sign-in, and again while signed in."""

from uuid import UUID

from tenancy.database.context import Context
from tenancy.database.pool import Database, Transaction
from tenancy.errors import Invalid, Refused
from tenancy.identity import codes, factors, limits, sessions
from tenancy.identity.limits import Subject
from tenancy.identity.queries import Waiting, waiting_in
from tenancy.identity.requests import TRIES
from tenancy.identity.service import finish, second_factors, try_second
from tenancy.identity.sessions import Device, NewSession, SecondFactor
from tenancy.second_factors.authenticators import spend_code
from tenancy.second_factors.recovery import issue_recovery_codes, spend_recovery_code

WRONG = (
    "This is not the newest code of your app, nor a recovery code that is left. Each code works "
    "once: wait for the next one."
)
BEGIN_AGAIN = "This sign-in took too long, or too many tries. Begin it again."


async def awaited(tx: Transaction, browser_token: str) -> list[str]:
    """With what the sign-in goes on that waits in a browser; nothing where none does."""
    found = await tx.maybe(waiting_in, browser=codes.token_hash(browser_token), tries=TRIES)
    return second_factors(found.factors) if found else []


async def finish_sign_in(
    db: Database, browser_token: str, typed: str, *, device: Device
) -> NewSession:
    """Finish a sign-in with a code of an authenticator app, or a recovery code.

    Each try is counted, also the wrong ones.

    Raises:
        Invalid: the code is none of the person's, or was used; or nothing waits in this browser.
        TooMany: codes were wrong several times, in whatever browser.
    """
    step = await _waiting(db, browser_token)
    if step is None:
        raise Invalid({"code": BEGIN_AGAIN})
    account = _account(step.identity)
    await limits.claim_try(db, account)
    session: NewSession | None = None
    place = Context(surface="public", tenant=step.tenant)
    async with db.transaction(place, writes=True) as tx:
        request = await try_second(tx, browser_token)
        if request is not None and (proved := await _spend(tx, step.identity, typed)):
            await limits.forget(tx, account)
            session = await finish(tx, request, second_factor=proved, device=device)
    if session is None:
        left = await _waiting(db, browser_token)
        raise Invalid({"code": WRONG if left else BEGIN_AGAIN})
    return session


async def confirm(
    db: Database, context: Context, identity: UUID, session: UUID, typed: str
) -> NewSession:
    """Prove with a second factor that a session is still in the hands of its person.

    Raises:
        Invalid: the code is none of theirs, or was used.
        TooMany: codes were wrong several times.
    """
    account = _account(identity)
    await limits.claim_try(db, account)
    async with db.transaction(context, writes=True) as tx:
        if proved := await _spend(tx, identity, typed):
            await limits.forget(tx, account)
            return await sessions.prove(tx, session, proved)
    raise Invalid({"code": WRONG})


async def renew_recovery_codes(tx: Transaction, identity: UUID) -> list[str]:
    """New recovery codes for somebody who has a second factor; the earlier ones end.

    Raises:
        Refused: they have none.
    """
    person = await factors.held(tx, identity)
    if not second_factors(person.factors):
        raise Refused("Set up a second factor first: recovery codes stand in for a lost one.")
    issued = await issue_recovery_codes(tx, identity)
    await factors.tell(tx, person, "recovery codes made")
    return issued


async def _waiting(db: Database, browser_token: str) -> Waiting | None:
    return await db.look_up(waiting_in, browser=codes.token_hash(browser_token), tries=TRIES)


async def _spend(tx: Transaction, identity: UUID, typed: str) -> SecondFactor | None:
    """What the typed code proves: each proves it once."""
    if await spend_code(tx, identity, typed):
        return "totp"
    if await spend_recovery_code(tx, identity, typed):
        person = await factors.held(tx, identity)
        await factors.tell(tx, person, "recovery code used")
        return "recovery"
    return None


def _account(identity: UUID) -> Subject:
    return Subject("account", "second factor", str(identity))
