"""Challenges: random, bound to who asked, good for one try within five minutes."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import Literal

from msgspec import Struct
from sqlalchemy import delete

from tenancy.database.pool import Transaction
from tenancy.passkeys.models import PasskeyChallenge

LASTS = timedelta(minutes=5)
BYTES = 32


class Asker(Struct, frozen=True):
    """For what a challenge is, and in whose hands: a session's id, or a browser's token."""

    purpose: Literal["add", "confirm", "sign in", "second step"]
    holder: str

    @property
    def hash(self) -> bytes:
        return hashlib.sha256(f"{self.purpose}\0{self.holder}".encode()).digest()


async def issue(tx: Transaction, asker: Asker) -> bytes:
    """A new challenge. Those of everybody that nobody answered in time are forgotten."""
    now = datetime.now(UTC)
    await tx.session.execute(delete(PasskeyChallenge).where(PasskeyChallenge.expires_at < now))
    challenge = secrets.token_bytes(BYTES)
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
