"""Challenges: random, bound to who asked, good for one try within five minutes."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Literal

from msgspec import Struct
from sqlalchemy import delete, select

from tenancy.database.pool import Transaction
from tenancy.passkeys.models import PasskeyChallenge

LASTS = timedelta(minutes=5)
FORGOTTEN_AT_ONCE = 100


class Asker(Struct, frozen=True):
    """For what a challenge is, and in whose hands: a session's id, or a browser's token."""

    purpose: Literal["add", "confirm", "sign in", "second step"]
    holder: str

    @property
    def hash(self) -> bytes:
        return hashlib.sha256(f"{self.purpose}\0{self.holder}".encode()).digest()


async def issue(tx: Transaction, asker: Asker) -> bytes:
    """A new challenge. Some that nobody answered in time are forgotten: anybody may ask for one."""
    now = datetime.now(UTC)
    # Those that another transaction forgets are left to it, so that none waits for the other.
    late = (
        select(PasskeyChallenge.id)
        .where(PasskeyChallenge.expires_at < now)
        .limit(FORGOTTEN_AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    await tx.session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.id.in_(late)))
    challenge = secrets.token_bytes(32)
    tx.session.add(
        PasskeyChallenge(challenge=challenge, bound_to=asker.hash, expires_at=now + LASTS)
    )
    return challenge


async def spend(tx: Transaction, asker: Asker, challenge: bytes) -> bool:
    """Whether this asker was given that challenge and has not spent it; from now on it is spent."""
    found = await tx.session.execute(
        delete(PasskeyChallenge)
        .where(
            PasskeyChallenge.challenge == challenge,
            PasskeyChallenge.bound_to == asker.hash,
            PasskeyChallenge.expires_at > datetime.now(UTC),
        )
        .returning(PasskeyChallenge.id)
    )
    return found.first() is not None
