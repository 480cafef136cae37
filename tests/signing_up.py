"""Signing up, as somebody does who reads the mail beside it."""

import itertools
from typing import Any

import httpx

from engagements.founding.service import letters
from served import Visitor
from tenancy.database.pool import Database
from tenancy.ids import new_id
from tenancy.workspaces.keys import Keyring

_hosts = itertools.count(1)


def own_network() -> dict[str, str]:
    """Headers of a network address that nobody else asks from; this machine may say whose it is."""
    number = next(_hosts)
    return {"x-forwarded-for": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}


def form(**changed: Any) -> dict[str, str]:
    """What somebody types whom nobody knows yet."""
    word = new_id().hex[-10:]
    return {
        "name": "Anna Weiss",
        "email": f"anna@{word}.example",
        "consultancy": f"Weiss {word}",
        "slug": f"weiss-{word}",
        "time_zone": "Europe/Vienna",
        "begin": "own",
        **changed,
    }


async def code_for(db: Database, keyring: Keyring, email: str) -> str:
    """The code of the newest letter to an address."""
    [code, *_] = [
        letter.facts["code"] for letter in await letters(db, keyring) if letter.to_address == email
    ]
    return str(code)


def browser_at(site: str) -> httpx.AsyncClient:
    """A browser of sorts on a network of its own. It keeps no cookies: see `kept`."""
    return Visitor(base_url=site, headers=own_network(), timeout=60)


def kept(answer: httpx.Response) -> dict[str, str]:
    """The cookies that an answer set, as a browser would send them back."""
    pairs = [line.split(";")[0] for line in answer.headers.get_list("set-cookie")]
    return {"cookie": "; ".join(pair for pair in pairs if not pair.endswith("="))}
