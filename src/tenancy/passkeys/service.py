"""Setting passkeys up, naming them and taking them away."""

from uuid import UUID

from msgspec import Struct
from sqlalchemy import select

from tenancy.database.context import Context
from tenancy.database.pool import Database, Transaction
from tenancy.errors import Invalid, NotFound
from tenancy.identity import factors, sessions, trail
from tenancy.identity.models import Identity
from tenancy.identity.sessions import NewSession
from tenancy.mail.service import post
from tenancy.passkeys import ceremony, challenges
from tenancy.passkeys.ceremony import Made, Options, Site
from tenancy.passkeys.challenges import Asker
from tenancy.passkeys.models import Passkey
from tenancy.passkeys.queries import credentials_of, person
from tenancy.second_factors.recovery import (
    forget_needless_recovery_codes,
    issue_first_recovery_codes,
)
from tenancy.workspaces import break_glass

NOT_ADDED = "The passkey could not be added. Try again, and stay on this page meanwhile."
KNOWN = "This passkey is known here already. Choose another device, or keep the one you have."


class Added(Struct, frozen=True):
    id: UUID
    first: bool
    """Whether it is the person's only one."""
    session: NewSession
    """The same session under a new token: its person has just proved a second factor."""
    recovery_codes: list[str]
    """Issued with the first second factor of a person; nobody sees them ever again."""


async def options_to_add(tx: Transaction, site: Site, *, identity: UUID, session: UUID) -> Options:
    """What a browser makes a new passkey from, in this session."""
    challenge = await challenges.issue(tx, _adding(session))
    whose = await tx.one(person, identity=identity)
    return ceremony.creation_options(
        site,
        challenge,
        handle=whose.handle,
        email=whose.email,
        name=whose.name,
        existing=await tx.all(credentials_of, identity=identity),
    )


async def add(
    db: Database,
    site: Site,
    sent: str,
    *,
    name: str,
    context: Context,
    identity: UUID,
    session: UUID,
) -> Added:
    """Keep a passkey that was made from `options_to_add` in the same session.

    Args:
        sent: the browser's credential as JSON.
        context: the member's, in the workspace that is open.

    Raises:
        Invalid: it was made elsewhere, too late or twice, without verifying the person, or is
            known already.
    """
    added: Added | None = None
    known = False
    async with db.transaction(context, writes=True) as tx:
        made = await _made(tx, site, sent, session)
        known = made is not None and await _is_known(tx, made)
        if made is not None and not known:
            passkey, first = await _keep(tx, made, name, identity)
            recovery = await issue_first_recovery_codes(tx, identity)
            proved = await sessions.prove(tx, session, "passkey")
            added = Added(passkey, first, proved, recovery)
    if added is None:
        raise Invalid({"": KNOWN if known else NOT_ADDED})
    return added


async def _made(tx: Transaction, site: Site, sent: str, session: UUID) -> Made | None:
    read = ceremony.read_made(sent)
    if read is None or not await challenges.spend(tx, _adding(session), read[1]):
        return None
    return ceremony.verify_made(site, *read)


async def _is_known(tx: Transaction, made: Made) -> bool:
    same = select(Passkey.id).where(Passkey.credential_id == made.credential_id)
    return (await tx.session.execute(same)).first() is not None


async def _keep(tx: Transaction, made: Made, name: str, identity: UUID) -> tuple[UUID, bool]:
    whose = await factors.held(tx, identity)
    first = "passkey" not in whose.factors
    factors.gain(whose, "passkey")
    passkey = Passkey(
        identity_id=identity,
        credential_id=made.credential_id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        transports=made.transports,
        aaguid=made.aaguid,
        name=name,
        backed_up=made.backed_up,
    )
    tx.session.add(passkey)
    await tx.session.flush()
    await trail.record(tx, identity, "passkey added")
    await _tell(tx, whose, name, added=True)
    return passkey.id, first


async def rename(tx: Transaction, passkey: UUID, name: str, *, identity: UUID) -> None:
    """Call a passkey of one's own something else.

    Raises:
        NotFound: they have no such passkey.
    """
    (await _own(tx, passkey, identity)).name = name


async def remove(tx: Transaction, passkey: UUID, *, identity: UUID) -> None:
    """Take a passkey of one's own away: it opens nothing from now on.

    Raises:
        NotFound: they have no such passkey.
        Refused: a workspace of theirs would have no owner who comes in without its provider.
    """
    places = await break_glass.held_of_owner(tx, identity)
    whose = await factors.held(tx, identity)
    gone = await _own(tx, passkey, identity)
    there = len(await tx.all(credentials_of, identity=identity))
    await break_glass.refuse_to_lose_a_passkey(tx, identity, there, places)
    await tx.session.delete(gone)
    await tx.session.flush()
    if there == 1:
        factors.lose(whose, "passkey")
        await forget_needless_recovery_codes(tx, whose)
    await trail.record(tx, identity, "passkey removed")
    await _tell(tx, whose, gone.name, added=False)


async def _own(tx: Transaction, passkey: UUID, identity: UUID) -> Passkey:
    found = await tx.session.get(Passkey, passkey, with_for_update=True)
    if found is None or found.identity_id != identity:
        raise NotFound
    return found


async def _tell(tx: Transaction, whose: Identity, passkey: str, *, added: bool) -> None:
    await post(
        tx,
        "passkey_changed",
        to_name=whose.name,
        to_address=whose.email,
        passkey=passkey,
        added=added,
        path="/account",
    )


def _adding(session: UUID) -> Asker:
    return Asker("add", str(session))
