"""The ceiling: what this database can be asked for in Python with nothing around it.

A bare ASGI app on asyncpg and msgspec. It answers the same addresses with the same bytes of JSON
as the product, from the same rows under the same row-level security, its context set in one
message, and opens the same sealed bodies. It knows no sign-in, no policies, no pages, no
compression and no framework: who asks is known from the workspace's name alone.
"""

import base64
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import asyncpg
import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct

from engagements.actions.queries import ActionRow, around_session
from engagements.portal.page import PortalRow, composed
from engagements.portal.queries import portal_row
from engagements.retention.queries import Kept, kept_note
from engagements.sessions.prep import Prep, prepared
from engagements.sessions.prep_queries import between_sessions
from engagements.sessions.queries import SessionPage, session_page
from tenancy.database.context import Context, opening
from tenancy.database.read import Read

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
    written_by: str | None
    writable: bool
    drafted: bool
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
    team: list[str]
    notes: list[Note]
    older: UUID | None


class Reading(Struct):
    reader_id: UUID
    reader: str
    first_at: datetime
    last_at: datetime


class NotePage(Struct):
    note: Note
    team: list[str]
    readings: list[Reading]
    copies: list[Copy]
    attachments: list[None]
    kept: Kept
    coaching: None = None


class Sheet(Struct):
    session: SessionPage
    on_team: bool
    prep: Prep
    team: list[str]
    notes: list[Note]
    actions: list[ActionRow]


class Asker(Struct):
    """A member: the message that begins their transactions, and their workspace's cipher."""

    tenant: UUID
    member: UUID
    time_zone: ZoneInfo
    context: Context
    opening: str
    cipher: AESGCM


NOTES = """
SELECT n.id, n.engagement_id, n.session_id, n.kind, n.audience, n.author_id, a.name,
       n.author_id = $2,
       ARRAY(SELECT r.name FROM member r WHERE r.tenant_id = $1 AND r.id = ANY(n.readers)),
       n.readers, n.version, n.written_at,
       CASE WHEN n.written_by_id <> n.author_id THEN
            (SELECT w.name FROM member w WHERE w.tenant_id = $1 AND w.id = n.written_by_id) END,
       n.author_id = $2 OR (n.audience = 'team' AND n.kind IN ('working', 'session')),
       n.drafted, n.sealed
  FROM note n
  JOIN member a ON a.tenant_id = $1 AND a.id = n.author_id
"""
LIST = f"""{NOTES}
 WHERE n.tenant_id = $1 AND n.engagement_id = $3 ORDER BY n.id DESC LIMIT 50
"""
DETAIL = f"{NOTES} WHERE n.tenant_id = $1 AND n.id = $3"
OF_SESSION = f"""{NOTES}
 WHERE n.tenant_id = $1 AND n.session_id = $3 ORDER BY n.id
"""
CIRCLE = """
SELECT e.title,
       ARRAY(SELECT m.name FROM member m
               JOIN assignment a ON a.tenant_id = $1 AND a.member_id = m.id
              WHERE m.tenant_id = $1 AND a.engagement_id = e.id AND a.relation = 'team'
                AND a.starts_on <= current_date
                AND (a.ends_on IS NULL OR a.ends_on >= current_date)
              ORDER BY m.name)
  FROM engagement e WHERE e.tenant_id = $1 AND e.id = $2
"""
READINGS = """
SELECT r.reader_id, m.name, r.first_at, r.last_at
  FROM note_reading r JOIN member m ON m.tenant_id = $1 AND m.id = r.reader_id
 WHERE r.tenant_id = $1 AND r.note_id = $3 AND r.author_id = $2 ORDER BY r.first_at, r.id
"""
ATTACHMENTS = """
SELECT id, sealed_name, media_type, size FROM attachment
 WHERE tenant_id = $1 AND note_id = $2 AND removed_at IS NULL ORDER BY id
"""
COPIES = """
SELECT id, number, written_at, sealed FROM note_revision
 WHERE tenant_id = $1 AND author_id = $2 AND note_id = $3 AND kind = 'conflict'
   AND settled_at IS NULL
 ORDER BY id
"""
ASKERS = """
SELECT w.slug, w.time_zone, r.tenant_id, r.member_id, r.role, r.team, r.sponsored
  FROM reach r JOIN workspace w ON w.id = r.tenant_id WHERE r.role = $1
"""
WRAPPED = "SELECT wrapped FROM data_key WHERE tenant_id = $1"

MASTER = AESGCM(base64.b64decode(os.environ["COCREATE_MASTER_KEY"]))

ANYBODY = Context(surface="portal", tenant=UUID(int=1), member=UUID(int=2))
PORTAL_VALUES = portal_row.arguments(ANYBODY, {"engagement": "engagement", "today": "today"})
PORTAL_NESTED = dict(portal_row.nested)


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
            case ["", "w", slug, "sessions", session]:
                page = await self._session(self._staff[slug], UUID(session))
            case ["", "portal", slug, engagement]:
                page = await self._portal(self._sponsors[slug], UUID(engagement))
        await _answer(send, msgspec.json.encode(page))

    async def _list(self, asker: Asker, engagement: UUID) -> NoteList:
        circle, rows = await self._read(
            asker,
            (CIRCLE, asker.tenant, engagement),
            (LIST, asker.tenant, asker.member, engagement),
        )
        notes = [_note(asker, row) for row in rows]
        older = notes[-1].id if len(notes) == 50 else None
        return NoteList(engagement, circle[0][0], True, circle[0][1], notes, older)

    async def _detail(self, asker: Asker, id: UUID) -> NotePage:
        who = asker.tenant, asker.member
        async with self._begun(asker) as connection:
            note = _note(asker, await connection.fetchrow(DETAIL, *who, id))
            shared = note.audience == "team"
            circle = (asker.tenant, note.engagement_id)
            team = (await connection.fetchrow(CIRCLE, *circle))[1] if shared else []
            readings = await connection.fetch(READINGS, *who, id) if note.own else []
            copies = await connection.fetch(COPIES, *who, id) if note.writable else []
            assert not await connection.fetch(ATTACHMENTS, asker.tenant, id)
            [kept] = await _rows(connection, asker, kept_note, id=id)
        beside = [Copy(row[0], row[1], row[2], _open(asker, id, row[3])) for row in copies]
        return NotePage(note, team, [Reading(*row) for row in readings], beside, [], kept)

    async def _session(self, asker: Asker, id: UUID) -> Sheet:
        who, today = (asker.tenant, asker.member), datetime.now(asker.time_zone).date()
        async with self._begun(asker) as connection:
            [session] = await _rows(connection, asker, session_page, id=id)
            place = {"engagement": session.engagement_id}
            people = [attendee.id for attendee in session.attendees]
            around = place | {"session": id, "owners": people, "today": today}
            since = session.previous_at
            actions = await _rows(connection, asker, around_session, **around, since=since.date())
            [happened] = await _rows(
                connection, asker, between_sessions, **place, expected=people, since=since
            )
            notes = await connection.fetch(OF_SESSION, *who, id)
            circle = await connection.fetchrow(CIRCLE, asker.tenant, session.engagement_id)
        clients = [person for person in people if person != session.lead_id]
        card = prepared(
            actions,
            happened.changed,
            happened.unread,
            session_id=id,
            expected=clients,
            first=False,
            asks=True,
        )
        agreed = [action for action in actions if action.session_id == id]
        return Sheet(session, True, card, circle[1], [_note(asker, row) for row in notes], agreed)

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
        async with self._begun(asker) as connection:
            return [await connection.fetch(*read) for read in reads]

    @asynccontextmanager
    async def _begun(self, asker: Asker) -> AsyncIterator[Any]:
        async with self._pool.acquire() as connection:
            await connection.execute(asker.opening)
            yield connection
            await connection.execute("COMMIT")

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
            asker = Asker(tenant, member, ZoneInfo(zone), context, opening(context), MASTER)
            wrapped = (await self._read(asker, (WRAPPED, tenant)))[0][0][0]
            key = MASTER.decrypt(wrapped[:12], wrapped[12:], tenant.bytes)
            asker.cipher = AESGCM(key)
            found[slug] = asker
        return found


async def _rows(connection: Any, asker: Asker, read: Read[Any], **values: Any) -> list[Any]:
    """What the product's own statement finds, as its Structs."""
    found = await connection.fetch(read.sql, *read.arguments(asker.context, values))
    return [read.build(row) for row in found]


def _note(asker: Asker, row: asyncpg.Record) -> Note:
    values: list[Any] = [*row[:15], _open(asker, row[0], row[15])]
    return Note(*values)


def _open(asker: Asker, note: UUID, sealed: bytes) -> str:
    """The body: 16 bytes of its revision's id, 5 of format and key, 12 of the nonce, the text."""
    belongs_to = asker.tenant.bytes + note.bytes + sealed[:16]
    return asker.cipher.decrypt(sealed[21:33], sealed[33:], belongs_to).decode()


async def _answer(send: Send, body: bytes) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def _nothing(_connection: object) -> None:
    """The context is local to its transaction."""
