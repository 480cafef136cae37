"""What an operator does about retention: `cocreate retention preview | run`."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import date

from engagements.retention.classes import CLASSES
from engagements.retention.destroying import Destroyed, destroy_due, due_in
from frontend.operations import Ground, ground_for, opened, workspaces_named


def preview(slug: str | None, on: date | None) -> int:
    """Say how many records would be destroyed on a day, and destroy nothing."""
    with ground_for(beside=True) as ground:
        found = asyncio.run(_preview(ground, slug, on))
    for place, counts in found.items():
        print(f"{place}: {_listed(counts)} due" + (f" on {on.isoformat()}." if on else "."))
    return 0


def run(slug: str | None) -> int:
    """Destroy what is due today."""
    with ground_for(beside=True) as ground:
        done = asyncio.run(_run(ground, slug))
    for destroyed in done:
        print(f"{destroyed.place.slug}: {_listed(destroyed.counts)} destroyed.")
    return 0


async def _preview(
    ground: Ground, slug: str | None, on: date | None
) -> dict[str, Mapping[str, int]]:
    async with opened(ground) as database:
        return {
            place.slug: Counter(record.record_class for record in await due_in(database, place, on))
            for place in await workspaces_named(database, slug)
        }


async def _run(ground: Ground, slug: str | None) -> list[Destroyed]:
    async with opened(ground) as database:
        places = await workspaces_named(database, slug)
        return [await destroy_due(database, place) for place in places]


def _listed(counts: Mapping[str, int]) -> str:
    found = [f"{counts[each.key]} of {each.name.lower()}" for each in CLASSES if each.key in counts]
    return ", ".join(found) or "nothing is"
