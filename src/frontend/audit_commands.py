"""What an operator asks of the trail: `cocreate audit verify`."""

import asyncio

from frontend.operations import Ground, ground_for, opened, workspaces_named
from tenancy.audit.chain import Mark
from tenancy.audit.verification import Verified, verify
from tenancy.errors import Refused


def verify_trails(slug: str | None, noted: Mark | None) -> int:
    """Follow the chain of one workspace, or of all; 1 when one is broken."""
    if noted and not slug:
        raise Refused("Say of which workspace the entry is that you noted down.")
    with ground_for(beside=True) as ground:
        found = asyncio.run(_verified(ground, slug, noted))
    for name, verified in found.items():
        print(f"{name}: {_said(verified)}")
    return 1 if any(verified.broken for verified in found.values()) else 0


def _said(verified: Verified) -> str:
    entries = "1 entry" if verified.entries == 1 else f"{verified.entries:,} entries"
    if verified.broken:
        return f"{verified.broken} Before it, {entries} as they were written."
    return f"{entries}, unbroken. It ends at {verified.head}"


async def _verified(ground: Ground, slug: str | None, noted: Mark | None) -> dict[str, Verified]:
    async with opened(ground) as database:
        return {
            place.slug: await verify(database, place.id, noted)
            for place in await workspaces_named(database, slug)
        }
