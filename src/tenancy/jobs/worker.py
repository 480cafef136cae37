"""The worker: runs jobs and schedules until it is told to stop."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any

import asyncpg
from msgspec import Struct
from pgqueuer import PgQueuer
from pgqueuer.executors import DatabaseRetryEntrypointExecutor, EntrypointExecutorParameters
from pgqueuer.models import Job, Schedule

from tenancy.database.failures import CONNECTION_FAILURES, unreachable

Handler = Callable[[bytes], Awaitable[None]]
Routine = Callable[[], Awaitable[None]]


class Routines(Struct, frozen=True):
    """What the worker can do: jobs by name, and routines by cron expression and name."""

    jobs: Mapping[str, Handler]
    scheduled: Mapping[tuple[str, str], Routine] = {}


async def work(url: str, routines: Routines, stop: asyncio.Event) -> None:
    """Work until `stop` is set. A failed job is tried again for about an hour, ever later.

    Args:
        url: a direct connection; LISTEN does not pass through a transaction pooler.

    Raises:
        Unavailable: the server cannot be reached.
    """
    try:
        connection = await asyncpg.connect(url)
    except CONNECTION_FAILURES as failure:
        raise unreachable(url, failure) from failure
    try:
        queuer = PgQueuer.from_asyncpg_connection(connection)
        for name, handler in routines.jobs.items():
            _register_job(queuer, name, handler)
        for (expression, name), routine in routines.scheduled.items():
            _register_schedule(queuer, expression, name, routine)
        queuer.shutdown = queuer.qm.shutdown = queuer.sm.shutdown = stop
        await queuer.run(dequeue_timeout=timedelta(seconds=5))
    finally:
        await connection.close()


def _register_job(queuer: PgQueuer, name: str, handler: Handler) -> None:
    @queuer.entrypoint(name, executor_factory=_retrying)
    async def run(job: Job) -> None:
        await handler(job.payload or b"")


def _register_schedule(queuer: PgQueuer, expression: str, name: str, routine: Routine) -> None:
    @queuer.schedule(name, expression, clean_old=True)
    async def run(_schedule: Schedule) -> None:
        await routine()


def _retrying(parameters: EntrypointExecutorParameters) -> Any:
    # After 1, 2, 4 ... seconds, then every five minutes: a mail server that restarts, or asks a new
    # sender to come back later, takes longer than the half minute of the five tries it has else.
    return DatabaseRetryEntrypointExecutor(parameters, max_attempts=20)
