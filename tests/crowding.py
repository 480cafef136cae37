"""Everybody of the matrix, asking the product for what the matrix wants."""

import asyncio
from base64 import b64decode
from collections.abc import Iterable
from typing import Any

import httpx
from msgspec import Struct

from engagements.tables import metadata
from estate import Estate
from frontend.access import SESSION_COOKIE
from frontend.cross_site import masked
from frontend.inputs import upload_fields
from matrix import CSRF, Answer, Ask, Cell

AT_ONCE = 4


class Crowd:
    """Everybody in the cast, each with a signed-in browser, on one connection pool."""

    def __init__(self, estate: Estate, client: httpx.AsyncClient, tokens: dict[str, str]) -> None:
        self.estate = estate
        self.escaped: list[str] = []
        """Each canary that somebody met who must not."""
        self.cells: set[Cell] = set()
        """Where the matrix was asked."""
        self.sent = 0
        self.met: set[str] = set()
        """The kinds of thing of which somebody met a canary."""
        self.client = client
        self.cookies: dict[str, str] = {}
        self.tokens: dict[str, str] = {}
        """Against cross-site changes, by key in the cast."""
        self.sign_in(tokens)

    def sign_in(self, sessions: dict[str, str]) -> None:
        """Give people the tokens of their sessions, by key in the cast."""
        self.cookies |= {key: f"{SESSION_COOKIE}={token}" for key, token in sessions.items()}
        self.tokens |= {key: masked(token) for key, token in sessions.items()}

    async def send_all(self, wanted: Iterable[Ask]) -> list[Answer]:
        """The answers, in no order."""
        left, answers = iter(wanted), list[Answer]()

        async def work() -> None:
            for ask in left:
                answers.append(await self.send(ask))

        await asyncio.gather(*(work() for _ in range(AT_ONCE)))
        return answers

    async def send(self, ask: Ask) -> Answer:
        got = await self.client.send(self.request(ask))
        body = CSRF.sub(r"\1", got.text)
        answer = Answer(ask=ask, status=got.status_code, headers=got.headers, body=body)
        self._scan(answer)
        self.cells.add(ask.cell)
        self.sent += 1
        return answer

    async def fetch(self, ask: Ask, accept: str) -> httpx.Response:
        """The answer as it is, for what is accepted."""
        request = self.request(ask)
        request.headers["accept"] = accept
        return await self.client.send(request)

    async def look(self, key: str, path: str, accept: str) -> httpx.Response:
        """What somebody of the cast is answered at an address."""
        headers = {"cookie": self.cookies[key], "accept": accept}
        return await self.client.get(path, headers=headers)

    def request(self, ask: Ask) -> httpx.Request:
        headers = {"accept": "text/html" if ask.as_page else "application/json"}
        if ask.actor.key in self.cookies:
            headers["cookie"] = self.cookies[ask.actor.key]
        if not ask.route.deed:
            return self.client.build_request("GET", ask.path, headers=headers)
        headers["x-csrf-token"] = self.tokens.get(ask.actor.key, "")
        if ask.as_page:
            headers["sec-fetch-site"] = "same-origin"
            files = upload_fields(ask.route.body or Struct)
            typed = {name: _typed(value) for name, value in ask.body.items() if name not in files}
            parts = [part for name in files for part in _parts(name, ask.body[name])]
            return self.client.build_request(
                "POST", ask.path, headers=headers, data=typed, files=parts or None
            )
        return self.client.build_request(ask.route.method, ask.path, headers=headers, json=ask.body)

    def _scan(self, answer: Answer) -> None:
        aviary, ask = self.estate.aviary, answer.ask
        self.met |= {thing.kind for thing in aviary.met(answer.shape)}
        for thing in aviary.escaped(answer.shape, ask.actor, ask.route.surface):
            self.escaped.append(f"{ask}: holds {thing.kind} of {thing.work}")


def _typed(value: Any) -> Any:
    """A value as a form sends it."""
    if isinstance(value, bool):
        return "true" if value else ""
    return [str(each) for each in value] if isinstance(value, list) else str(value)


def _parts(name: str, uploads: list[dict[str, str]]) -> list[tuple[str, tuple[str, bytes]]]:
    """Files as a form sends them."""
    return [(name, (upload["name"], b64decode(upload["content"]))) for upload in uploads]


async def rows_of(superuser: Any) -> dict[str, str]:
    """A digest of each table, as a superuser reads it."""
    digest = "SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM \"{}\" t"
    tables = [table.name for table in metadata.sorted_tables]
    return {table: await superuser.fetchval(digest.format(table)) for table in tables}
