"""Requests to addresses that somebody typed: nothing inside is ever connected to."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address

import flask
import pytest

from providing import served
from tenancy.outbound import LARGEST, Outbound, OutOfReach, is_public

PUBLIC = "93.184.216.34"


class Trap:
    """A server on every address of this machine, which counts who connects."""

    def __init__(self) -> None:
        self.connections = 0
        self._listening = [
            socket.create_server(("", 0)),
        ]
        self.port: int = self._listening[0].getsockname()[1]
        six = socket.socket(socket.AF_INET6)
        six.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        six.bind(("::", self.port))
        six.listen()
        self._listening.append(six)
        for one in self._listening:
            threading.Thread(target=self._accept, args=(one,), daemon=True).start()

    def _accept(self, listening: socket.socket) -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            self.connections += 1
            connection.close()

    def close(self) -> None:
        for one in self._listening:
            one.close()


@pytest.fixture
def trap() -> Iterator[Trap]:
    made = Trap()
    yield made
    made.close()


INSIDE = [
    "127.0.0.1",
    "127.0.0.2",
    "127.1",
    "127.0.1",
    "0.0.0.0",
    "0",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "2130706433",
    "0x7f000001",
    "0x7f.0.0.1",
    "0177.0.0.1",
    "017700000001",
    "127.000.000.001",
    "１２７.0.0.1",
    "127。0。0。1",
    "①②⑦.0.0.1",
    "%31%32%37.0.0.1",
    "[::1]",
    "[::]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[64:ff9b:1::7f00:1]",
    "[2002:7f00:1::]",
    "[2001:0:7f00:1::]",
    "[fe80::1]",
    "[fe80::1%25lo]",
    "[fec0::1]",
    "[fc00::1]",
    "[ff02::1]",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "100.64.0.1",
    "169.254.169.254",
    "[fd00:ec2::254]",
    "192.0.0.1",
    "198.18.0.1",
    "224.0.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "user@127.0.0.1",
    "login.example@127.0.0.1",
    "127.0.0.1#@login.example",
    "127.0.0.1\\@login.example",
]


@pytest.mark.asvs("1.3.6")
@pytest.mark.parametrize("host", INSIDE)
async def test_nothing_inside_is_connected_to_however_it_is_written(trap: Trap, host: str) -> None:
    for scheme in ("https", "http"):
        with pytest.raises(OutOfReach):
            await Outbound().get(f"{scheme}://{host}:{trap.port}/")
    await asyncio.sleep(0)
    assert trap.connections == 0


@pytest.mark.asvs("1.3.6")
@pytest.mark.parametrize(
    "address",
    [
        "ftp://login.example/",
        "file:///etc/passwd",
        "gopher://login.example/",
        "//login.example/",
        "login.example",
        "https://",
        "https:///path",
        "https://login.example:0x50/",
        "https://login.example:99999/",
        "http://login.example/",
        "javascript:alert(1)",
        "https://[::1/",
        "https://a b/",
        "",
    ],
)
async def test_only_an_address_of_a_server_that_answers_by_https_is_asked(address: str) -> None:
    asked: list[str] = []

    async def lookup(host: str, _: int) -> list[str]:
        asked.append(host)
        return [PUBLIC]

    with pytest.raises(OutOfReach):
        await Outbound(lookup=lookup).get(address)
    assert asked == []


def answering(*answers: list[str]) -> Callable[[str, int], object]:
    """A name's server that changes its mind: each answer once, the last for ever."""
    left = [*answers]

    async def lookup(_: str, __: int) -> list[str]:
        return left.pop(0) if len(left) > 1 else left[0]

    return lookup


@pytest.mark.asvs("1.3.6")
@pytest.mark.parametrize(
    "answers",
    [
        [["127.0.0.1"]],
        [[PUBLIC, "127.0.0.1"]],
        [["127.0.0.1", PUBLIC]],
        [["::1"]],
        [["::ffff:127.0.0.1"]],
        [[PUBLIC, "fd00:ec2::254"]],
        [[]],
    ],
    ids=str,
)
async def test_a_name_that_leads_inside_is_not_connected_to(
    trap: Trap, answers: list[list[str]]
) -> None:
    outbound = Outbound(lookup=answering(*answers))
    with pytest.raises(OutOfReach):
        await outbound.get(f"https://rebinding.example:{trap.port}/")
    assert trap.connections == 0


@pytest.mark.asvs("1.3.6")
async def test_a_name_is_looked_up_once_and_the_address_that_was_looked_at_is_connected_to(
    trap: Trap, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second answer would be the trap; the first is an address that nobody has."""
    looked_up: list[str] = []

    async def lookup(host: str, _: int) -> list[str]:
        looked_up.append(host)
        return ["2001:4860:4860::ffff"] if len(looked_up) == 1 else ["127.0.0.1"]

    monkeypatch.setattr("tenancy.outbound.SECONDS", 1.0)
    with pytest.raises(OutOfReach, match="does not answer"):
        await Outbound(lookup=lookup).get(f"https://rebinding.example:{trap.port}/")
    assert (looked_up, trap.connections) == (["rebinding.example"], 0)


@contextmanager
def answers_of(**paths: Callable[[], object]) -> Iterator[tuple[Outbound, str]]:
    """A server inside that the operator allows."""
    app = flask.Flask("inside")
    for path, answer in paths.items():
        app.add_url_rule(f"/{path}", path, answer)
    with served(app) as address:
        yield Outbound(frozenset({address.removeprefix("http://")})), address


async def test_what_the_operator_names_is_asked_also_inside_and_without_tls() -> None:
    with answers_of(right=lambda: {"here": True}) as (outbound, address):
        assert await outbound.get(f"{address}/right") == {"here": True}
        with pytest.raises(OutOfReach):
            await Outbound().get(f"{address}/right")


@pytest.mark.asvs("1.3.6", "15.3.2")
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_nothing_is_followed_elsewhere(trap: Trap, status: int) -> None:
    inside = {"location": f"http://127.0.0.1:{trap.port}/"}
    with (
        answers_of(away=lambda: ("", status, inside)) as (outbound, address),
        pytest.raises(OutOfReach, match=f"answered with {status}"),
    ):
        await outbound.get(f"{address}/away")
    assert trap.connections == 0


@pytest.mark.asvs("15.2.2")
@pytest.mark.parametrize(
    "answer",
    [
        lambda: ("x" * (LARGEST + 1), 200),
        lambda: ((b"x" * 65536 for _ in range(100_000)), 200),
        lambda: ("[]", 200),
        lambda: ("nonsense", 200),
        lambda: ("[" * 100_000, 200),
        lambda: ("{}", 404),
        lambda: ("{}", 200, {"content-encoding": "gzip"}),
    ],
    ids=["large", "endless", "a list", "no JSON", "nested", "missing", "compressed"],
)
async def test_an_answer_is_not_taken_that_is(answer: Callable[[], object]) -> None:
    with answers_of(wrong=answer) as (outbound, address), pytest.raises(OutOfReach):
        await outbound.get(f"{address}/wrong")


@pytest.mark.asvs("15.2.2")
async def test_a_server_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tenancy.outbound.SECONDS", 0.3)
    waiting = threading.Event()

    def drip() -> object:
        def drops() -> Iterator[bytes]:
            while not waiting.wait(0.05):
                yield b" "

        return drops(), 200

    with answers_of(slow=drip) as (outbound, address):
        with pytest.raises(OutOfReach, match="does not answer"):
            await outbound.get(f"{address}/slow")
        waiting.set()


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700::1111", "2a00:1450::1"])
def test_addresses_of_the_public_internet_are_public(address: str) -> None:
    assert is_public(ip_address(address))
