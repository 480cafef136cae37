"""Where a story is told: one transaction in one workspace, and who is known in it."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from uuid import UUID

from msgspec import Struct, field
from msgspec.structs import replace

from engagements.demo.calendar import Calendar
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

    def ids(self, keys: Iterable[str]) -> list[UUID]:
        return [self.members[key] for key in keys]
