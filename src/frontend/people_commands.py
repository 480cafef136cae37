"""What an operator does for somebody who cannot sign in: `cocreate people reset-factors`."""

import asyncio

from frontend.operations import Ground, ground_for, opened
from tenancy.second_factors.reset import reset_factors


def reset(email: str) -> int:
    """Take away all that somebody proves themselves with, so that a code by mail lets them in."""
    with ground_for(beside=True) as ground:
        places = asyncio.run(_reset(ground, email))
    workspaces = "1 workspace" if places == 1 else f"{places} workspaces"
    print(
        f"{email} has no password, no second factor and no session any more, and signs in with a "
        f"code by mail. They are told by mail, and the trail of {workspaces} says it."
    )
    return 0


async def _reset(ground: Ground, email: str) -> int:
    async with opened(ground) as database:
        return await reset_factors(database, email)
