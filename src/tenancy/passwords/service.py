"""Setting, changing and removing a password, and proving oneself with it."""

from datetime import UTC, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import delete, update
from sqlalchemy.dialects.postgresql import insert

from tenancy.database.context import Context
from tenancy.database.pool import NOBODY, Database, Transaction
from tenancy.errors import Invalid, Refused
from tenancy.identity import factors, limits, sessions
from tenancy.identity.limits import Subject
from tenancy.identity.service import SecondStep, arrive, enter, source_hash
from tenancy.identity.sessions import Device, NewSession
from tenancy.ids import new_id
from tenancy.passwords.hashing import Verdict, hasher
from tenancy.passwords.models import Password
from tenancy.passwords.queries import Credential, Owner, credential, owner
from tenancy.passwords.strength import why_not

NO_MATCH = (
    "This address and password do not fit together, or were tried too often. Check both, or sign "
    "in with a code by mail instead."
)
NOT_CURRENT = "This is not your present password. Type the one that you sign in with."


class Entered(Struct, frozen=True):
    """A password was right: what its browser goes on with, and the token that stays in it."""

    how: NewSession | SecondStep
    browser_token: str


async def sign_in(
    db: Database, email: str, password: str, *, address: str, slug: str = "", device: Device
) -> Entered:
    """Sign in with an address and a password.

    An address that is not known, or has no password, costs as much as a wrong password.

    Args:
        address: the network address that asks.
        slug: the workspace wanted, where an address belongs to several.

    Raises:
        Invalid: they do not fit together, or too many did not in this workspace just now.
        TooMany: they did not several times, for this account or from this network.
    """
    email = email.strip().lower()
    account, source = _account(email), Subject("address", "password", address)
    await limits.refuse_early(db, source)
    await limits.claim_try(db, account)
    found = await db.look_up(credential, email=email, slug=slug)
    # A workspace that waits must not be told from an address that is not known.
    place = Subject("workspace", "password", str(found.tenant) if found else email)
    held_back = await limits.is_waiting(db, place)
    verdict = await hasher.verify(password, found.hash if found else None)
    if found is None or not verdict.right or held_back:
        async with db.transaction(NOBODY, writes=True) as tx:
            await limits.count_failure(tx, source, place)
        raise Invalid({"password": NO_MATCH})
    return await _enter(db, found, verdict, account, email=email, address=address, device=device)


async def _enter(
    db: Database,
    found: Credential,
    verdict: Verdict,
    account: Subject,
    *,
    email: str,
    address: str,
    device: Device,
) -> Entered:
    async with db.transaction(NOBODY, writes=True) as tx:
        await limits.forget(tx, account)
        await _renew(tx, found.identity, verdict)
        request, token = await arrive(
            tx,
            identity=found.identity,
            tenant=found.tenant,
            email=email,
            address_hash=source_hash(address),
        )
        how = await enter(tx, request, factor="password", device=device)
    if how is None:
        raise Invalid({"password": NO_MATCH})
    return Entered(how, token)


async def confirm(db: Database, identity: UUID, session: UUID, password: str) -> NewSession:
    """Prove with the password that a session is still in the hands of its person.

    Raises:
        Invalid: it is not their password.
        TooMany: it was not, several times.
    """
    whose = await _owner_of(db, identity)
    verdict = await _verified(db, whose, password, field="password")
    async with db.transaction(NOBODY, writes=True) as tx:
        await _renew(tx, identity, verdict)
        return await sessions.prove(tx, session)


async def set_password(
    db: Database,
    context: Context,
    identity: UUID,
    *,
    new: str,
    current: str = "",
    kept: UUID | None = None,
) -> None:
    """Set somebody's first password, or change it.

    Args:
        current: the present one, if there is one.
        kept: the session that goes on while all others end; None when none is to end.

    Raises:
        Invalid: the new one may not be chosen, or the present one is another.
        TooMany: the present one was another, several times.
    """
    whose = await _owner_of(db, identity)
    if (sentence := why_not(new, (whose.name, whose.email, *whose.workspaces))) is not None:
        raise Invalid({"password": sentence})
    if whose.hash is not None:
        await _verified(db, whose, current, field="current_password")
    hash = await hasher.hash(new)
    async with db.transaction(context, writes=True) as tx:
        person = await factors.held(tx, identity)
        await _keep(tx, identity, hash)
        factors.gain(person, "password")
        await factors.tell(tx, person, "password changed" if whose.hash else "password set")
        if kept is not None:
            await sessions.end_others(tx, identity, kept)


async def remove_password(tx: Transaction, identity: UUID) -> None:
    """Take somebody's password away: codes by mail stay.

    Raises:
        Refused: they have none.
    """
    person = await factors.held(tx, identity)
    if "password" not in person.factors:
        raise Refused("You have no password, so there is none to remove.")
    await tx.session.execute(delete(Password).where(Password.identity_id == identity))
    factors.lose(person, "password")
    await factors.tell(tx, person, "password removed")


async def _verified(db: Database, whose: Owner, password: str, *, field: str) -> Verdict:
    account = _account(whose.email)
    await limits.claim_try(db, account)
    verdict = await hasher.verify(password, whose.hash)
    if not verdict.right:
        raise Invalid({field: NOT_CURRENT})
    async with db.transaction(NOBODY, writes=True) as tx:
        await limits.forget(tx, account)
    return verdict


async def _renew(tx: Transaction, identity: UUID, verdict: Verdict) -> None:
    if verdict.renewed is not None:
        statement = update(Password).where(Password.identity_id == identity)
        await tx.session.execute(statement.values(hash=verdict.renewed))


async def _keep(tx: Transaction, identity: UUID, hash: str) -> None:
    values = {"hash": hash, "set_at": datetime.now(UTC)}
    statement = insert(Password).values(id=new_id(), identity_id=identity, **values)
    await tx.session.execute(
        statement.on_conflict_do_update(index_elements=["identity_id"], set_=values)
    )


async def _owner_of(db: Database, identity: UUID) -> Owner:
    found = await db.look_up(owner, identity=identity)
    assert found is not None, "who is signed in is a member somewhere"
    return found


def _account(email: str) -> Subject:
    return Subject("account", "password", email)
