"""Requests to servers whose address somebody typed: only to public ones, and only by https.

A name is looked up once; every address that it has must be public, and the one that was looked at
is the one that is connected to, so that a second answer of the name's server changes nothing.
Nothing is followed elsewhere. What is on the network of the server itself stays out of reach,
unless its operator names it.
"""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

import httpx
import msgspec

from tenancy.errors import Failure

HOST = re.compile(r"[a-z0-9.-]+|[0-9a-f:.]+")
LARGEST = 256 * 1024
"""Bytes of an answer; a provider's keys are some thousand."""
SECONDS = 10.0
"""For a whole request with its answer, however slowly it comes."""
EMBEDDING = (
    IPv6Network("64:ff9b::/96"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("2002::/16"),
    IPv6Network("2001::/32"),
    IPv6Network("::/96"),
)
"""IPv6 networks that lead on to an IPv4 address, whichever that is."""

Lookup = Callable[[str, int], Awaitable[list[str]]]
"""From a name and a port to all addresses, as text."""


class OutOfReach(Failure):
    """Another server was not asked, or did not answer as it should. The sentence says why.

    Args:
        status: what it answered with, where it did.
    """

    def __init__(self, sentence: str, status: int | None = None) -> None:
        super().__init__(sentence)
        self.status = status


class Outbound:
    """Asks other servers.

    Args:
        allowed: `host:port` as they stand in addresses; these may be inside, and without TLS.
        lookup: how names are looked up.
    """

    def __init__(self, allowed: frozenset[str] = frozenset(), lookup: Lookup | None = None) -> None:
        self._allowed = allowed
        self._lookup = lookup or addresses_of

    def refuse_unless_fit(self, address: str) -> None:
        """Refuse an address that would not be asked whatever its name leads to.

        Raises:
            OutOfReach: says why.
        """
        self._fit(address)

    async def get(self, address: str) -> dict[str, Any]:
        """The JSON object at an address.

        Raises:
            OutOfReach: there is none that may be read.
        """
        return await self._ask("GET", address)

    async def post(self, address: str, form: Mapping[str, str], **headers: str) -> dict[str, Any]:
        """The JSON object that a form is answered with.

        Raises:
            OutOfReach: there is none that may be read.
        """
        return await self._ask("POST", address, data=form, headers=headers)

    async def _ask(self, method: str, address: str, **sent: Any) -> dict[str, Any]:
        url = self._fit(address)
        try:
            async with asyncio.timeout(SECONDS):
                ip = await self._vetted(url)
                return await _fetch(method, url, ip, sent)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, OSError) as failure:
            raise OutOfReach(f"{url.host} does not answer just now.") from failure

    def _fit(self, address: str) -> httpx.URL:
        try:
            url = httpx.URL(address)
        except (httpx.InvalidURL, ValueError) as failure:
            raise OutOfReach("This is no address of a server.") from failure
        if not HOST.fullmatch(_host(url)) or not 0 < _port(url) < 65536:
            raise OutOfReach("This is no address of a server.")
        if url.userinfo or url.fragment:
            raise OutOfReach("This is no address of a server.")
        if url.scheme == "https" or (url.scheme == "http" and self._names(url)):
            return url
        raise OutOfReach("The address must begin with https://.")

    def _names(self, url: httpx.URL) -> bool:
        """Whether the operator named this server."""
        host = f"[{_host(url)}]" if ":" in _host(url) else _host(url)
        return f"{host}:{_port(url)}" in self._allowed

    async def _vetted(self, url: httpx.URL) -> str:
        """The address to connect to."""
        found = [ip_address(text) for text in await self._lookup(_host(url), _port(url))]
        if not found:
            raise OutOfReach(f"{url.host} does not answer just now.")
        if not self._names(url) and not all(is_public(ip) for ip in found):
            raise OutOfReach(f"{url.host} is not a server on the public internet.")
        return str(found[0])


def is_public(ip: IPv4Address | IPv6Address) -> bool:
    """Whether an address is one of the public internet, and stands for no other."""
    if isinstance(ip, IPv6Address):
        if ip.ipv4_mapped is not None or any(ip in network for network in EMBEDDING):
            return False
        if ip.scope_id is not None or ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


async def addresses_of(host: str, port: int) -> list[str]:
    """As the system looks a name up."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(entry[4][0]) for entry in found]


async def _fetch(method: str, url: httpx.URL, ip: str, sent: dict[str, Any]) -> dict[str, Any]:
    """Ask the server at `ip` as the one that the address names: TLS and `Host` are the name's."""
    headers = {
        "accept": "application/json",
        "accept-encoding": "identity",
        **sent.pop("headers", {}),
        "host": url.netloc.decode("ascii"),
    }
    # A client of its own for each request: no connection, cookie or proxy of another is used.
    async with (
        httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=SECONDS) as client,
        client.stream(
            method,
            url.copy_with(host=ip),
            headers=headers,
            extensions={"sni_hostname": _host(url)},
            **sent,
        ) as answer,
    ):
        if answer.status_code != 200 or "content-encoding" in answer.headers:
            raise OutOfReach(
                f"{url.host} answered with {answer.status_code}, not with what is due.",
                answer.status_code,
            )
        return _object(url, await _read(url, answer.aiter_raw()))


async def _read(url: httpx.URL, chunks: AsyncIterator[bytes]) -> bytes:
    body = b""
    async for chunk in chunks:
        body += chunk
        if len(body) > LARGEST:
            raise OutOfReach(f"{url.host} answered with more than is due.")
    return body


def _object(url: httpx.URL, body: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as failure:
        raise OutOfReach(f"{url.host} did not answer as it should.") from failure


def _host(url: httpx.URL) -> str:
    """As it is looked up: in ASCII, and an IPv6 address without brackets."""
    return url.raw_host.decode("ascii").strip("[]")


def _port(url: httpx.URL) -> int:
    return url.port or {"https": 443}.get(url.scheme, 80)
