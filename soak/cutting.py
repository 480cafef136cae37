"""A line that is cut off: the request reached the server, and its answer does not come back.

One request a connection. It is passed on whole. Of the answer the client gets nothing, before or
after the server has made it, or a part, or all.
"""

import asyncio
from random import Random
from typing import Self

FATES = ("unheard", "torn", "whole")


class Line:
    """Listens at `address` and passes on to the server at a port; `cut` counts lost answers."""

    def __init__(self, server_port: int, chance: Random) -> None:
        self._server_port = server_port
        self._chance = chance
        self.cut = 0

    async def __aenter__(self) -> Self:
        self._listening = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        self.address = f"http://127.0.0.1:{self._listening.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        self._listening.close()
        await self._listening.wait_closed()

    async def _carry(self, asked: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        try:
            request = await _message(asked)
            answered, on = await asyncio.open_connection("127.0.0.1", self._server_port)
            try:
                on.write(request)
                await on.drain()
                back.write(await self._left_of(answered))
                await back.drain()
            finally:
                on.close()
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            back.close()

    async def _left_of(self, answered: asyncio.StreamReader) -> bytes:
        fate = self._chance.choice(FATES)
        self.cut += fate != "whole"
        if fate == "unheard":
            return b""
        answer = await _message(answered)
        return answer if fate == "whole" else answer[: self._chance.randrange(len(answer))]


async def _message(reader: asyncio.StreamReader) -> bytes:
    """A request or an answer, whose length its head says."""
    head = await reader.readuntil(b"\r\n\r\n")
    _, _, length = head.lower().partition(b"\r\ncontent-length: ")
    return head + await reader.readexactly(int(length.partition(b"\r\n")[0] or 0))
