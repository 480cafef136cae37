"""A sign-in that fails: for a wrong password, for one that is not set, for an unknown address.

What each costs must tell nobody which it was. The three take turns; each figure is the middle.

Run: python benchmarks/failed_sign_in.py
"""

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter

from processor import seconds_of

from tenancy.database.context import Context
from tenancy.database.embedded import running
from tenancy.database.pool import NOBODY, Database
from tenancy.database.prepare import app_url, create_database, prepare
from tenancy.errors import Invalid
from tenancy.passwords.service import set_password, sign_in
from tenancy.workspaces import service as workspaces
from tenancy.workspaces.keys import Keyring

ROUNDS = 40
ARMS = {
    "a wrong password": "owner@northlight.example",
    "no password set": "colleague@northlight.example",
    "nobody's address": "nobody@northlight.example",
}


async def _compare(superuser_url: str, postmaster: int, rounds: int) -> None:
    owner_url = await create_database(superuser_url, "bench_sign_in")
    await prepare(owner_url, "app-password")
    keyring = Keyring(os.urandom(32))
    database = Database(app_url(owner_url, "app-password"), keyring)
    await database.open()
    try:
        await _fill(database, keyring)
        times = await _times(database, postmaster, rounds)
    finally:
        await database.close()
    print(f"A sign-in that fails, {rounds} times each: milliseconds, and the processor's")
    for arm, taken in times.items():
        wall, cpu = (median(column) * 1e3 for column in zip(*taken, strict=True))
        print(f"{arm:<18}{wall:>8.1f}{cpu:>8.1f}")


async def _fill(database: Database, keyring: Keyring) -> None:
    owner = await workspaces.found(
        database,
        keyring,
        slug="northlight",
        name="Northlight",
        time_zone="Europe/London",
        owner_name="Ros",
        owner_email=ARMS["a wrong password"],
    )
    async with database.transaction(owner, writes=True) as tx:
        await workspaces.admit(tx, name="Maya", email=ARMS["no password set"], role="consultant")
        identity = await tx.connection.fetchval(
            "SELECT identity_id FROM reach WHERE member_id = $1", owner.member
        )
    context = Context(surface="public", tenant=owner.tenant)
    await set_password(database, context, identity, new="seven quiet lanterns")


async def _times(
    database: Database, postmaster: int, rounds: int
) -> dict[str, list[tuple[float, float]]]:
    times: dict[str, list[tuple[float, float]]] = {arm: [] for arm in ARMS}
    for _ in range(rounds):
        for arm, email in ARMS.items():
            cpu, start = _spent(postmaster), perf_counter()
            try:
                await sign_in(database, email, "eleven slow rivers", address="here", device="")
            except Invalid:
                times[arm].append((perf_counter() - start, _spent(postmaster) - cpu))
            async with database.transaction(NOBODY, writes=True) as tx:
                await tx.connection.execute("DELETE FROM attempt")
    return times


def _spent(postmaster: int) -> float:
    """Processor time of this process and of all of PostgreSQL."""
    return seconds_of(os.getpid()) + seconds_of(postmaster, with_children=True)


def main(rounds: int = ROUNDS) -> None:
    with tempfile.TemporaryDirectory(prefix="cocreate-bench-") as folder:
        data = Path(folder) / "postgresql"
        with running(data) as database:
            postmaster = int((data / "data/postmaster.pid").read_text().splitlines()[0])
            asyncio.run(_compare(database.superuser_url, postmaster, rounds))


if __name__ == "__main__":
    main(2 if "--quick" in sys.argv else ROUNDS)
