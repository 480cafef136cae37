"""Limits on trying: each failure makes the next try wait longer, and nobody is locked out.

Counted in PostgreSQL for an account, a network address and a workspace, so that all processes
count together. A delay ends by itself, after a quarter of an hour at the most; other ways of
signing in, which are counted apart, stay open meanwhile.
"""

import hashlib
from datetime import datetime, timedelta
from math import ceil
from typing import Literal, cast

from msgspec import Struct
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Interval,
    LargeBinary,
    Table,
    any_,
    bindparam,
    case,
    delete,
    func,
    select,
)
from sqlalchemy import cast as cast_to
from sqlalchemy.dialects.postgresql import Insert, insert

from tenancy.database.pool import NOBODY, Database, Transaction
from tenancy.database.read import Read
from tenancy.errors import TooMany
from tenancy.identity.models import Attempt
from tenancy.ids import new_id

Kind = Literal["account", "address", "workspace"]

FREE: dict[Kind, int] = {"account": 4, "address": 30, "workspace": 100}
"""So many failures in a row make nobody wait: people mistype, and a hospital has one address."""
LONGEST = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)
FORGIVEN_EVERY: dict[Kind, timedelta] = {
    "account": FORGOTTEN_AFTER,
    "address": timedelta(minutes=2),
    "workspace": timedelta(seconds=36),
}
"""One failure is taken back each time: no success of one person says anything of the others, and a
hospital where somebody mistypes every hour must not wait in the end."""

_attempt = cast(Table, Attempt.__table__).c


class Subject(Struct, frozen=True):
    """What is tried on or from. `way` keeps the ways of signing in apart: a password, a code."""

    kind: Kind
    way: str
    value: str

    @property
    def hash(self) -> bytes:
        return hashlib.sha256(f"{self.kind}\0{self.way}\0{self.value}".encode()).digest()


class _Wait(Struct, frozen=True):
    next_at: datetime
    seconds: float


_longest_wait = Read(
    select(_attempt.next_at, func.extract("epoch", _attempt.next_at - func.now()))
    .where(
        _attempt.subject == any_(bindparam("subjects", type_=ARRAY(LargeBinary()))),
        _attempt.next_at > func.now(),
    )
    .order_by(_attempt.next_at.desc())
    .limit(1),
    _Wait,
)


async def refuse_early(db: Database, *subjects: Subject) -> None:
    """Refuse a try that comes before its time.

    Raises:
        TooMany: names the wait.
    """
    wait = await db.look_up(_longest_wait, subjects=[subject.hash for subject in subjects])
    if wait is not None:
        raise TooMany(_too_many(wait.seconds))


async def is_waiting(db: Database, subject: Subject) -> bool:
    """Whether a try would come before its time, for those who must not tell."""
    return await db.look_up(_longest_wait, subjects=[subject.hash]) is not None


async def claim_try(db: Database, subject: Subject) -> None:
    """Count a try as failed before it is looked at; a success forgets it.

    Of many at the same moment, none is looked at that the others before it make wait.

    Raises:
        TooMany: it comes before its time, and is not counted.
    """
    counted = _counted(subject, where=_attempt.next_at <= func.now()).returning(_attempt.id)
    async with db.transaction(NOBODY, writes=True) as tx:
        claimed = (await tx.session.execute(counted)).first()
    if claimed is None:
        await refuse_early(db, subject)
        raise TooMany(_too_many(1))


async def take_turns(tx: Transaction, *subjects: bytes) -> None:
    """Wait for everybody else who counts one of these, and let them wait until the commit.

    What is counted before something is added is outrun by many who count at the same moment.
    """
    # In one order, so that two do not wait for each other.
    for key in sorted(int.from_bytes(subject[:8], signed=True) for subject in subjects):
        await tx.connection.execute("SELECT pg_advisory_xact_lock($1)", key)


async def count_failure(tx: Transaction, *subjects: Subject) -> None:
    """Count a failed try for each subject; beyond the free ones, the wait doubles each time."""
    # In one order, so that two tries do not wait for each other.
    for subject in sorted(subjects, key=lambda one: one.hash):
        await tx.session.execute(_counted(subject))


def _counted(subject: Subject, where: ColumnElement[bool] | None = None) -> Insert:
    """One failure more, unless `where` keeps the row as it is."""
    free, every = FREE[subject.kind], FORGIVEN_EVERY[subject.kind]
    now = func.now()
    since = func.extract("epoch", now - _attempt.last_at)
    forgiven = cast_to(func.floor(since / every.total_seconds()), Integer)
    old = _attempt.last_at < now - bindparam("forgotten", FORGOTTEN_AFTER, type_=Interval())
    failures = case((old, 1), else_=func.greatest(_attempt.failures - forgiven, 0) + 1)
    wait = func.least(
        bindparam("longest", LONGEST, type_=Interval()),
        func.make_interval(0, 0, 0, 0, 0, 0, func.power(2, func.least(failures - free, 20))),
    )
    return (
        insert(Attempt)
        .values(id=new_id(), subject=subject.hash, failures=1, last_at=now, next_at=now)
        .on_conflict_do_update(
            index_elements=["subject"],
            set_={
                "failures": failures,
                "last_at": now,
                "next_at": case((failures > free, now + wait), else_=now),
            },
            where=where,
        )
    )


async def forget(tx: Transaction, *subjects: Subject) -> None:
    """Begin to count anew, after a success."""
    hashes = [subject.hash for subject in subjects]
    await tx.session.execute(delete(Attempt).where(_attempt.subject.in_(hashes)))


def _too_many(seconds: float) -> str:
    return f"That did not work several times. Try again in {_words(seconds)}."


def _words(seconds: float) -> str:
    if seconds <= 90:
        whole = max(1, ceil(seconds))
        return "a second" if whole == 1 else f"{whole} seconds"
    return f"{ceil(seconds / 60)} minutes"
