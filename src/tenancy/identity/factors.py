"""What a person has set up to prove themselves with, and telling them when it changes."""

from typing import Literal
from uuid import UUID

from tenancy.database.pool import Transaction
from tenancy.identity import trail
from tenancy.identity.models import Identity
from tenancy.mail.service import post

Kind = Literal["password", "totp", "passkey"]
Change = Literal[
    "password set",
    "password changed",
    "password removed",
    "authenticator added",
    "authenticator removed",
    "recovery codes made",
    "recovery code used",
    "everything removed",
]


async def held(tx: Transaction, identity: UUID) -> Identity:
    """A person, whose factors nobody else changes until the transaction ends."""
    return await tx.session.get_one(
        Identity, identity, with_for_update=True, populate_existing=True
    )


def gain(person: Identity, kind: Kind) -> None:
    person.factors = sorted({*person.factors, kind})


def lose(person: Identity, kind: Kind) -> None:
    person.factors = [one for one in person.factors if one != kind]


async def changed(tx: Transaction, person: Identity, change: Change) -> None:
    """Write to somebody what has changed, and say it in the trails of all their workspaces.

    What they prove themselves with opens each of them.
    """
    await trail.record(tx, person.id, change)
    await tell(tx, person, change)


async def tell(tx: Transaction, person: Identity, change: Change) -> None:
    """Write to somebody what has changed in how they sign in; the open workspace sends it."""
    await post(
        tx,
        "sign_in_changed",
        to_name=person.name,
        to_address=person.email,
        change=change,
        path="/account",
    )
