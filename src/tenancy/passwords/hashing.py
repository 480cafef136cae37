"""Hashing passwords: slow and large on purpose, so a few at a time, in threads of their own."""

import asyncio
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar
from unicodedata import normalize

from msgspec import Struct
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from tenancy.errors import TooMany

T = TypeVar("T")

MEMORY = 64 * 1024
"""KiB for each password that is hashed."""
PASSES = 3
LANES = 1
AT_ONCE = 2
IN_LINE = 20
"""So many wait for their turn, a few seconds at most; whoever comes then is asked to return."""

_argon2id = PasswordHash([Argon2Hasher(memory_cost=MEMORY, time_cost=PASSES, parallelism=LANES)])


def _base64(content: bytes) -> str:
    return b64encode(content).decode().rstrip("=")


DECOY = f"$argon2id$v=19$m={MEMORY},t={PASSES},p={LANES}${_base64(bytes(16))}${_base64(bytes(32))}"
"""What is compared where there is nothing to compare: it costs the same."""


class Verdict(Struct, frozen=True):
    right: bool
    renewed: str | None
    """A hash of the same password to keep instead, where the kept one has other parameters."""


class Hasher:
    """Hashes passwords `at_once` at a time, while at most `in_line` wait."""

    def __init__(self, at_once: int = AT_ONCE, in_line: int = IN_LINE) -> None:
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="password")
        self._most = at_once + in_line
        self._there = 0

    async def hash(self, password: str) -> str:
        """The hash to be kept.

        Raises:
            TooMany: too many wait.
        """
        return await self._in_turn(lambda: _argon2id.hash(_canonical(password)))

    async def verify(self, password: str, hash: str | None) -> Verdict:
        """Whether a password is the one that was hashed; None costs as much, and is never right.

        Raises:
            TooMany: too many wait.
        """
        known = hash or DECOY
        right, renewed = await self._in_turn(
            lambda: _argon2id.verify_and_update(_canonical(password), known)
        )
        return Verdict(right and hash is not None, renewed)

    async def _in_turn(self, work: Callable[[], T]) -> T:
        if self._there >= self._most:
            raise TooMany("Many people are signing in just now. Try again in a few seconds.")
        self._there += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work)
        finally:
            self._there -= 1


def _canonical(password: str) -> bytes:
    """Composed accents and accents by themselves look the same, and are typed by different keys."""
    return normalize("NFC", password).encode()


hasher = Hasher()
