"""What an operator does with keys: `cocreate keys check | master | workspace`."""

import asyncio

from engagements.sealed import sealed_in
from frontend.operations import Ground, ground_for, opened, workspaces_named
from tenancy.errors import Refused
from tenancy.workspaces.key_check import KeyCheck, check_keys
from tenancy.workspaces.rotation import Rewrapping, renew_keys, rewrap_keys


def check() -> int:
    """Say which keys are needed and whether they are at hand; 1 when something is missing."""
    with ground_for(beside=True) as ground:
        found = asyncio.run(_check(ground))
    for sentence in (*found.lines, *found.missing):
        print(sentence)
    if not found.missing:
        print("Every key is at hand.")
    return 1 if found.missing else 0


def master(*, new: bool) -> int:
    """Wrap every workspace's keys with the present master key; 1 when one could not be."""
    with ground_for(beside=True) as ground:
        done, present = asyncio.run(_master(ground, new=new))
    keys = "1 key was" if done.rewrapped == 1 else f"{done.rewrapped:,} keys were"
    print(f"{keys} wrapped anew, with master key {present}.")
    if done.secrets:
        print(f"So were the secrets of {done.secrets:,} authenticator apps.")
    if done.secrets_left:
        print(
            f"The secrets of {done.secrets_left:,} authenticator apps were left as they were, "
            "because the master key that wrapped them is not at hand. `cocreate keys check` says "
            "which one it is."
        )
    if done.left:
        print(
            f"The keys of {', '.join(done.left)} were left as they were, because the master key "
            "that wrapped them is not at hand. `cocreate keys check` says which one it is."
        )
    if done.left or done.secrets_left:
        return 1
    print(
        "This database needs no earlier master key any more. Backups that were made before now do: "
        "keep the earlier one with them."
    )
    return 0


def workspace(slug: str | None) -> int:
    """Renew the keys of one workspace, or of all."""
    with ground_for(beside=True) as ground:
        renewed = asyncio.run(_workspace(ground, slug))
    if slug and not renewed:
        raise Refused(f"The key of {slug} was destroyed, so there is nothing to seal anew.")
    for name in renewed:
        print(f"{name} has a new key. Everything is sealed with it, and the earlier is destroyed.")
    return 0


async def _check(ground: Ground) -> KeyCheck:
    async with opened(ground) as database:
        return await check_keys(database, ground.keyring, sealed_in(ground.files))


async def _master(ground: Ground, *, new: bool) -> tuple[Rewrapping, str]:
    keyring = ground.keyring
    if new and keyring.file is None:
        raise Refused(
            "The master key comes from COCREATE_MASTER_KEY. Put a new one there and the present "
            "one into COCREATE_OLD_MASTER_KEYS, restart, then run `cocreate keys master`."
        )
    async with opened(ground) as database:
        done = await rewrap_keys(database, keyring, renewing=new)
    return done, keyring.present.id


async def _workspace(ground: Ground, slug: str | None) -> list[str]:
    async with opened(ground) as database:
        chosen = await workspaces_named(database, slug)
        return await renew_keys(database, ground.keyring, sealed_in(ground.files), chosen)
