"""Taking everything away that somebody proves themselves with: for who has lost all of it."""

from uuid import UUID

from msgspec import Struct
from sqlalchemy import delete, select

from tenancy.audit import service as audit
from tenancy.database.context import Context
from tenancy.database.pool import NOBODY, Database, Transaction
from tenancy.errors import NotFound
from tenancy.identity import factors
from tenancy.identity.models import Identity
from tenancy.identity.queries import places_in
from tenancy.identity.sessions import end_everywhere
from tenancy.identity.tokens import revoke_everywhere
from tenancy.passkeys.models import Passkey
from tenancy.passwords.models import Password
from tenancy.second_factors.models import Authenticator, RecoveryCode
from tenancy.workspaces import break_glass

HELD = (Password, Passkey, Authenticator, RecoveryCode)
"""The tables of what people have set up."""


class Reset(Struct, frozen=True):
    """What was done for somebody."""

    places: int
    """In how many workspaces' trails it stands."""
    shut: list[str]
    """The slugs of those that have no owner any more who comes in without their provider."""


async def reset_factors(db: Database, email: str) -> Reset:
    """Remove all that a person has set up, end their sessions and tokens everywhere, and tell them.

    A code by mail lets them in again. The trail of each of their workspaces says that it was done.

    Raises:
        NotFound: nobody has this address.
    """
    async with db.transaction(NOBODY, writes=True) as tx:
        identity = await tx.session.scalar(
            select(Identity.id).where(Identity.email == email.strip().lower())
        )
        if identity is None:
            raise NotFound(f"Nobody signs in with the address {email}.")
        places = await tx.all(places_in, identity=identity)
        asking = await break_glass.held_of_owner(tx, identity)
        person = await _remove(tx, identity)
        shut = [
            place.slug
            for place in asking
            if not await break_glass.has_break_glass_owner(tx, place.id)
        ]
    for place in places:
        async with db.transaction(Context(surface="job", tenant=place.tenant), writes=True) as tx:
            await audit.record_of(tx, "ways to sign in reset", "member", place.member)
            if place is places[0]:
                await factors.tell(tx, person, "everything removed")
    return Reset(len(places), shut)


async def _remove(tx: Transaction, identity: UUID) -> Identity:
    person = await factors.held(tx, identity)
    for table in HELD:
        await tx.session.execute(delete(table).where(table.identity_id == identity))
    person.factors = []
    await end_everywhere(tx, identity)
    await revoke_everywhere(tx, identity)
    return person
