"""Failures to prove oneself make the next try wait, longer each time, and never for good."""

import asyncio
from datetime import timedelta

import pytest

from tenancy.database.pool import NOBODY, Database
from tenancy.errors import TooMany
from tenancy.identity import limits
from tenancy.identity.limits import FREE, Subject
from tenancy.ids import new_id


def somebody(kind="account") -> Subject:
    return Subject(kind, "password", new_id().hex)


async def fails(db: Database, *subjects: Subject, times: int = 1) -> None:
    for _ in range(times):
        async with db.transaction(NOBODY, writes=True) as tx:
            await limits.count_failure(tx, *subjects)


async def wait(db: Database, subject: Subject) -> timedelta:
    """How long the next try waits, as it was decided at the last failure."""
    async with db.transaction(NOBODY) as tx:
        return await tx.connection.fetchval(
            "SELECT next_at - last_at FROM attempt WHERE subject = $1", subject.hash
        )


@pytest.mark.asvs("6.3.1")
@pytest.mark.parametrize("kind", FREE)
async def test_the_first_failures_make_nobody_wait(db: Database, kind) -> None:
    subject = somebody(kind)
    await fails(db, subject, times=FREE[kind])
    await limits.refuse_early(db, subject)
    await fails(db, subject)
    with pytest.raises(TooMany, match="Try again in"):
        await limits.refuse_early(db, subject)


@pytest.mark.asvs("6.3.1")
async def test_each_further_failure_doubles_the_wait_up_to_a_quarter_of_an_hour(
    db: Database,
) -> None:
    subject = somebody()
    await fails(db, subject, times=FREE["account"])
    waits = []
    for _ in range(12):
        await fails(db, subject)
        waits.append((await wait(db, subject)).total_seconds())
    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900]


@pytest.mark.asvs("6.3.1")
async def test_a_wait_ends_by_itself(db: Database) -> None:
    subject = somebody()
    await fails(db, subject, times=40)
    async with db.transaction(NOBODY, writes=True) as tx:
        await tx.connection.execute(
            "UPDATE attempt SET next_at = now() WHERE subject = $1", subject.hash
        )
    await limits.refuse_early(db, subject)


async def test_one_subject_that_waits_is_enough_and_others_are_free(db: Database) -> None:
    slow, quick = somebody(), somebody("address")
    await fails(db, slow, quick, times=10)
    await limits.refuse_early(db, quick)
    with pytest.raises(TooMany):
        await limits.refuse_early(db, quick, slow)
    await limits.refuse_early(db, somebody())


async def test_a_way_of_signing_in_is_counted_apart_from_the_others(db: Database) -> None:
    subject = somebody()
    await fails(db, subject, times=40)
    await limits.refuse_early(db, Subject("account", "code", subject.value))


async def test_after_a_success_it_is_counted_anew(db: Database) -> None:
    subject = somebody()
    await fails(db, subject, times=10)
    async with db.transaction(NOBODY, writes=True) as tx:
        await limits.forget(tx, subject)
    await limits.refuse_early(db, subject)
    await fails(db, subject, times=FREE["account"])
    await limits.refuse_early(db, subject)


async def test_the_account_is_kept_as_a_hash(db: Database) -> None:
    subject = Subject("account", "password", "somebody@example.nhs.uk")
    await fails(db, subject)
    async with db.transaction(NOBODY) as tx:
        rows = await tx.connection.fetch("SELECT attempt::text AS row FROM attempt")
    assert not [row for row in rows if "somebody" in row["row"]]


@pytest.mark.asvs("6.3.1")
async def test_of_many_tries_at_the_same_moment_only_the_free_ones_are_looked_at(
    db: Database,
) -> None:
    subject = somebody()

    async def tries() -> bool:
        try:
            await limits.claim_try(db, subject)
        except TooMany:
            return False
        return True

    claimed = await asyncio.gather(*(tries() for _ in range(20)))
    assert claimed.count(True) == FREE["account"] + 1


async def test_a_network_address_where_somebody_mistypes_now_and_then_never_waits(
    db: Database,
) -> None:
    subject = somebody("address")
    for _ in range(3):
        await fails(db, subject, times=FREE["address"])
        await limits.refuse_early(db, subject)
        async with db.transaction(NOBODY, writes=True) as tx:
            await tx.connection.execute(
                "UPDATE attempt SET last_at = last_at - interval '1 hour' WHERE subject = $1",
                subject.hash,
            )
    await fails(db, subject, times=FREE["address"] + 1)
    with pytest.raises(TooMany):
        await limits.refuse_early(db, subject)
