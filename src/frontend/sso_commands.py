"""What an operator says of domains: `cocreate sso domains | confirm-domain | release-domain`."""

import asyncio

from frontend.operations import Ground, ground_for, opened, workspaces_named
from tenancy.sso import service
from tenancy.sso.queries import Domain


def domains() -> int:
    """List the domains that owners have named, and which of them count."""
    with ground_for(beside=True) as ground:
        lines = asyncio.run(_listed(ground))
    print("\n".join(lines) or "No owner has named a domain.")
    return 0


def confirm(slug: str, domain: str) -> int:
    """Lead the addresses of a domain to the provider that the workspace has now."""
    with ground_for(beside=True) as ground:
        done = asyncio.run(_confirm(ground, slug, domain))
    print(f"Addresses of {done.domain} are signed in to {slug} by {done.issuer} from now on.")
    return 0


def release(slug: str, domain: str) -> int:
    """Lead them there no longer."""
    with ground_for(beside=True) as ground:
        asyncio.run(_release(ground, slug, domain))
    print(f"Addresses of {domain} are led nowhere.")
    return 0


async def _listed(ground: Ground) -> list[str]:
    async with opened(ground) as database:
        return await service.waiting_domains(database, await workspaces_named(database, None))


async def _confirm(ground: Ground, slug: str, domain: str) -> Domain:
    async with opened(ground) as database:
        [place] = await workspaces_named(database, slug)
        return await service.confirm_domain(database, place, domain)


async def _release(ground: Ground, slug: str, domain: str) -> None:
    async with opened(ground) as database:
        [place] = await workspaces_named(database, slug)
        await service.release_domain(database, place, domain)
