"""Where a story is told: one transaction in one workspace, and who is known in it."""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, date, datetime
from uuid import UUID

from msgspec import Struct, field
from msgspec.structs import replace

from engagements.demo.calendar import Calendar, moment
from tenancy.database.context import Surface
from tenancy.database.pool import Transaction
from tenancy.files.store import Files
from tenancy.workspaces.reach import context_of


class Scene(Struct):
    """Members and contacts are found by their key in the cast."""

    tx: Transaction
    files: Files
    calendar: Calendar
    home: str
    members: dict[str, UUID]
    contacts: dict[str, UUID] = field(default_factory=dict)

    @asynccontextmanager
    async def speaking(
        self, key: str, surface: Surface = "workspace"
    ) -> AsyncIterator[Transaction]:
        """What happens inside is done by this person, with the reach that they have by now."""
        context = await context_of(self.tx, self.members[key])
        async with self.tx.speaking_for(replace(context, surface=surface)):
            yield self.tx

    @contextmanager
    def on(self, day: date, at: str = "09:30") -> Iterator[None]:
        """What happens inside happened then; in the story nothing has happened after today."""
        before = self.tx.told_at
        self.tx.told_at = min(moment(day, at), datetime.now(UTC))
        yield
        self.tx.told_at = before

    def ids(self, keys: Iterable[str]) -> list[UUID]:
        return [self.members[key] for key in keys]
