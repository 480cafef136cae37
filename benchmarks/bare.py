"""The ceiling: what this database can be asked for in Python with nothing around it.

A bare ASGI app on asyncpg and msgspec. It answers the same addresses with the same bytes of JSON
as the product, from the same rows under the same row-level security, its context set in one
message, and opens the same sealed bodies. It knows no sign-in, no policies, no pages, no
compression and no framework: who asks is known from the workspace's name alone.
"""

import base64
import os
from datetime import datetime
from typing import Any, get_type_hints
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from engagements.portal.page import PortalRow, composed
from engagements.portal.queries import portal_row
from tenancy.database.context import Context, opening

Send = Any


class Note(Struct):
    id: UUID
    engagement_id: UUID
    session_id: UUID | None
    kind: str
    audience: str
    author_id: UUID
    author: str
    own: bool
    readers: list[str]
    reader_ids: list[UUID]
    version: int
    written_at: datetime
    body: str


class Copy(Struct):
    id: UUID
    based_on: int
    written_at: datetime
    body: str


class NoteList(Struct):
    engagement_id: UUID
    engagement: str
    on_team: bool
    notes: list[Note]
    older: UUID | None


class NotePage(Struct):
    note: Note
    copies: list[Copy]
    coaching: None = None


class Asker(Struct):
    """A member: the message that begins their transactions, and their workspace's cipher."""

    tenant: UUID
    member: UUID
    time_zone: ZoneInfo
    opening: str
    cipher: AESGCM


NOTES = """
SELECT n.id, n.engagement_id, n.session_id, n.kind, n.audience, n.author_id, a.name,
       n.author_id = $2,
       ARRAY(SELECT r.name FROM member r WHERE r.tenant_id = $1 AND r.id = ANY(n.readers)),
       n.readers, n.version, n.written_at, n.sealed{more}
  FROM note n
  JOIN member a ON a.tenant_id = $1 AND a.id = n.author_id
"""
LIST = f"""{NOTES.format(more=", e.title")}
  JOIN engagement e ON e.tenant_id = $1 AND e.id = n.engagement_id
 WHERE n.tenant_id = $1 AND n.engagement_id = $3 ORDER BY n.id DESC LIMIT 50
"""
DETAIL = f"{NOTES.format(more='')} WHERE n.tenant_id = $1 AND n.id = $3"
COPIES = """
SELECT id, number, written_at, sealed FROM note_revision
 WHERE tenant_id = $1 AND author_id = $2 AND note_id = $3 AND kind = 'conflict' ORDER BY id
"""
ASKERS = """
SELECT w.slug, w.time_zone, r.tenant_id, r.member_id, r.role, r.team, r.sponsored
  FROM reach r JOIN workspace w ON w.id = r.tenant_id WHERE r.role = $1
"""
WRAPPED = "SELECT wrapped FROM data_key WHERE tenant_id = $1"

MASTER = AESGCM(base64.b64decode(os.environ["COCREATE_MASTER_KEY"]))

ANYBODY = Context(surface="portal", tenant=UUID(int=1), member=UUID(int=2))
PORTAL_VALUES = portal_row.arguments(ANYBODY, {"engagement": "engagement", "today": "today"})
PORTAL_NESTED = {
    position: msgspec.json.Decoder(kind)
    for position, kind in enumerate(get_type_hints(PortalRow).values())
    if position >= 7 and kind is not bool
}


class Bare:
    """The ASGI app."""

    async def __call__(self, scope: Any, receive: Any, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        page: Struct
        match scope["path"].split("/"):
            case ["", "w", slug, "engagements", engagement, "notes"]:
                page = await self._list(self._staff[slug], UUID(engagement))
            case ["", "w", slug, "notes", note]:
                page = await self._detail(self._staff[slug], UUID(note))
            case ["", "portal", slug, engagement]:
                page = await self._portal(self._sponsors[slug], UUID(engagement))
        await _answer(send, msgspec.json.encode(page))

    async def _list(self, asker: Asker, engagement: UUID) -> NoteList:
        rows = await self._read(asker, (LIST, asker.tenant, asker.member, engagement))
        notes = [_note(asker, row) for row in rows[0]]
        older = notes[-1].id if len(notes) == 50 else None
        return NoteList(engagement, rows[0][0][13], True, notes, older)

    async def _detail(self, asker: Asker, id: UUID) -> NotePage:
        who = asker.tenant, asker.member
        found, copies = await self._read(asker, (DETAIL, *who, id), (COPIES, *who, id))
        kept = [Copy(row[0], row[1], row[2], _open(asker, id, row[3])) for row in copies]
        return NotePage(_note(asker, found[0]), kept)

    async def _portal(self, asker: Asker, engagement: UUID) -> Struct:
        today = datetime.now(asker.time_zone).date()
        known = {
            ANYBODY.tenant: asker.tenant,
            ANYBODY.member: asker.member,
            "engagement": engagement,
            "today": today,
        }
        values = [known.get(value, value) for value in PORTAL_VALUES]
        rows = await self._read(asker, (portal_row.sql, *values))
        row = list(rows[0][0])
        for position, decoder in PORTAL_NESTED.items():
            if row[position] is not None:
                row[position] = decoder.decode(row[position])
        page = PortalRow(*row)
        assert page.update is not None
        return composed(page, page.update, today)

    async def _read(self, asker: Asker, *reads: tuple[Any, ...]) -> list[list[asyncpg.Record]]:
        async with self._pool.acquire() as connection:
            await connection.execute(asker.opening)
            rows = [await connection.fetch(*read) for read in reads]
            await connection.execute("COMMIT")
        return rows

    async def _live(self, receive: Any, send: Send) -> None:
        await receive()
        self._pool = await asyncpg.create_pool(
            os.environ["DATABASE_APP_URL"], min_size=1, max_size=10, reset=_nothing
        )
        self._staff = await self._askers("consultant", "workspace")
        self._sponsors = await self._askers("sponsor", "portal")
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await self._pool.close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _askers(self, role: Any, surface: Any) -> dict[str, Asker]:
        """Everybody of a role, by the name of their workspace."""
        found = {}
        for slug, zone, tenant, member, _, team, sponsored in await self._pool.fetch(ASKERS, role):
            context = Context(
                surface=surface,
                tenant=tenant,
                member=member,
                role=role,
                team=tuple(team),
                sponsored=tuple(sponsored),
            )
            asker = Asker(tenant, member, ZoneInfo(zone), opening(context), MASTER)
            wrapped = (await self._read(asker, (WRAPPED, tenant)))[0][0][0]
            key = MASTER.decrypt(wrapped[:12], wrapped[12:], tenant.bytes)
            asker.cipher = AESGCM(key)
            found[slug] = asker
        return found


def _note(asker: Asker, row: asyncpg.Record) -> Note:
    values: list[Any] = [*row[:12], _open(asker, row[0], row[12])]
    return Note(*values)


def _open(asker: Asker, note: UUID, sealed: bytes) -> str:
    """The body: 16 bytes of its revision's id, 1 of the format, 12 of the nonce, then the text."""
    belongs_to = asker.tenant.bytes + note.bytes + sealed[:16]
    return asker.cipher.decrypt(sealed[17:29], sealed[29:], belongs_to).decode()


async def _answer(send: Send, body: bytes) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _nothing(_connection: object) -> None:
    """The context is local to its transaction."""
