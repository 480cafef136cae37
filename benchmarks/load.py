"""Load: a counted number of requests over 16 connections that are kept open, to 127.0.0.1 only.

Each connection asks again as soon as its answer has come. It runs outside the servers' processes,
so that its work is not counted with theirs.
"""

import asyncio
import time
from collections import Counter, deque
from functools import partial
from statistics import median
from typing import cast

from msgspec import Struct

CONNECTIONS = 16
HEAD_END = b"\r\n\r\n"


class Ask(Struct):
    """A path, and the session that asks for it."""

    path: str
    token: str


class Plan(Struct):
    """`accept` and `encoding` are the headers of those names; "identity" is uncompressed."""

    port: int
    accept: str
    asks: list[Ask]
    encoding: str = "identity"


class Outcome(Struct):
    """How long all took, and the middle one of them, in seconds."""

    seconds: float
    p50: float
    statuses: dict[int, int]


class Client(asyncio.Protocol):
    """One connection, which asks until nothing is left to ask."""

    def __init__(self, left: deque[bytes], done: asyncio.Future[None]) -> None:
        self._left = left
        self._done = done
        self._received = bytearray()
        self.latencies: list[float] = []
        self.statuses: Counter[int] = Counter()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._received += data
        head_end = self._received.find(HEAD_END)
        if head_end < 0:
            return
        length = _length(bytes(self._received[:head_end]))
        if len(self._received) < head_end + len(HEAD_END) + length:
            return
        self.latencies.append(time.perf_counter() - self._asked)
        self.statuses[int(self._received[9:12])] += 1
        self._received.clear()
        self._ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed a connection"))

    def _ask(self) -> None:
        if self._left:
            self._asked = time.perf_counter()
            self._transport.write(self._left.popleft())
        elif not self._done.done():
            self._done.set_result(None)
            self._transport.close()


def _given(client: Client) -> Client:
    return client


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])


def message(plan: Plan, ask: Ask) -> bytes:
    return (
        f"GET {ask.path} HTTP/1.1\r\nHost: 127.0.0.1:{plan.port}\r\nAccept: {plan.accept}\r\n"
        f"Accept-Encoding: {plan.encoding}\r\nCookie: __Host-cocreate={ask.token}\r\n\r\n"
    ).encode()


async def run(plan: Plan) -> Outcome:
    loop = asyncio.get_running_loop()
    left = deque(message(plan, ask) for ask in plan.asks)
    ends = [loop.create_future() for _ in range(min(CONNECTIONS, len(left)))]
    began = time.perf_counter()
    clients = [Client(left, end) for end in ends]
    for client in clients:
        await loop.create_connection(partial(_given, client), "127.0.0.1", plan.port)
    await asyncio.gather(*ends)
    seconds = time.perf_counter() - began
    statuses = sum((client.statuses for client in clients), Counter[int]())
    latencies = [latency for client in clients for latency in client.latencies]
    return Outcome(seconds, median(latencies), dict(statuses))
