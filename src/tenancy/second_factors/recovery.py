"""Recovery codes: ten of them, each good once, shown once."""

import hashlib
import secrets
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import delete, update

from tenancy.database.pool import Transaction
from tenancy.identity import codes
from tenancy.identity.models import Identity
from tenancy.identity.service import second_factors
from tenancy.second_factors.models import RecoveryCode
from tenancy.second_factors.queries import recovery_codes_left

HOW_MANY = 10
LENGTH = 24
"""Characters of five random bits: so many that a fast hash keeps them."""


async def issue_recovery_codes(tx: Transaction, identity: UUID) -> list[str]:
    """New recovery codes for a person, in groups of four; the earlier ones end.

    This is the only time that they are known to anybody but their person.
    """
    issued = [_new_code() for _ in range(HOW_MANY)]
    await forget_recovery_codes(tx, identity)
    tx.session.add_all(
        RecoveryCode(identity_id=identity, code_hash=_hash(identity, code)) for code in issued
    )
    await tx.session.flush()
    return ["-".join(code[at : at + 4] for at in range(0, LENGTH, 4)) for code in issued]


async def issue_first_recovery_codes(tx: Transaction, identity: UUID) -> list[str]:
    """Recovery codes for somebody who has none left, with their first second factor; else none."""
    left = await tx.one(recovery_codes_left, identity=identity)
    return [] if left else await issue_recovery_codes(tx, identity)


async def spend_recovery_code(tx: Transaction, identity: UUID, typed: str) -> bool:
    """Whether what was typed is an unused recovery code of the person; from now on it is used."""
    code = codes.read(typed)
    statement = (
        update(RecoveryCode)
        .where(
            RecoveryCode.identity_id == identity,
            RecoveryCode.code_hash == _hash(identity, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=datetime.now(UTC))
        .returning(RecoveryCode.id)
    )
    return (await tx.session.execute(statement)).first() is not None


async def forget_needless_recovery_codes(tx: Transaction, person: Identity) -> None:
    """Without a second factor there is nothing that a recovery code would stand for."""
    if not second_factors(person.factors):
        await forget_recovery_codes(tx, person.id)


async def forget_recovery_codes(tx: Transaction, identity: UUID) -> None:
    await tx.session.execute(delete(RecoveryCode).where(RecoveryCode.identity_id == identity))


def _new_code() -> str:
    return "".join(secrets.choice(codes.ALPHABET) for _ in range(LENGTH))


def _hash(identity: UUID, code: str) -> bytes:
    return hashlib.sha256(identity.bytes + code.encode()).digest()
