"""What an operator does for somebody who cannot sign in: `cocreate people reset-factors`."""

import asyncio

from frontend.operations import Ground, ground_for, opened
from tenancy.second_factors.reset import Reset, reset_factors


def reset(email: str) -> int:
    """Take away all that somebody proves themselves with, so that a code by mail lets them in."""
    with ground_for(beside=True) as ground:
        done = asyncio.run(_reset(ground, email))
    workspaces = "1 workspace" if done.places == 1 else f"{done.places} workspaces"
    print(
        f"{email} has no password, no second factor and no session any more, and signs in with a "
        f"code by mail. They are told by mail, and the trail of {workspaces} says it."
    )
    for slug in done.shut:
        print(
            f"{slug} asks people to sign in with its provider, and has no owner with two passkeys "
            "any more: nobody gets in on a day when that is down. Let an owner add two passkeys."
        )
    return 0


async def _reset(ground: Ground, email: str) -> Reset:
    async with opened(ground) as database:
        return await reset_factors(database, email)
