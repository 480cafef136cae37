"""The databases that are measured: workspaces alike in all but their ids and their seals.

Each workspace has one engagement with a consultant, a colleague, a participant and a sponsor, a
portal with something on it, and notes of about 600 bytes under the workspace's own key, 60 of them
of one session. The notes of all workspaces lie mixed in their table, as time would have written
them.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import product as pairs
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import asyncpg
from msgspec import Struct
from published import published
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

from engagements.actions.models import Action
from engagements.commercial.models import Agreement
from engagements.notes.sealing import seal
from engagements.portal.models import Publication
from engagements.portfolio.models import Engagement, Milestone, Phase
from engagements.sessions.models import TITLES, Attendance, Session
from tenancy.audit.chain import BEGINNING
from tenancy.audit.models import AuditHead
from tenancy.database.base import Base
from tenancy.database.context import Context
from tenancy.database.pool import Database
from tenancy.database.prepare import app_url, create_database, prepare
from tenancy.database.sealing import Safe
from tenancy.identity.codes import new_token, token_hash
from tenancy.identity.models import Identity, SignInSession
from tenancy.ids import new_id
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.models import Assignment, Member, Reach, Workspace

APP_PASSWORD = "benchmark"
ROLES = ("consultant", "associate", "participant", "sponsor")
"""Of the four people of a workspace; each has the address ROLE@SLUG.example."""
NOW = datetime.now(UTC)
TODAY = NOW.date()
HELD = NOW - timedelta(days=1)
"""When the session was that has notes; another was five weeks before it."""
SESSION_NOTES = 60
PHASES = ("Listen", "Agree", "Practise", "Hold")
AUDIENCES = ("team", "me", "named", "team")
BODIES = [
    f"Two people said that handover felt different in week {week}.\n\n"
    "- Ask the theatre lead to open the next huddle, and to wait for an answer.\n"
    "- Send the wording of the three questions by Thursday.\n\n"
    "**Someone junior** challenged the plan, and nobody flinched. The rota is still the first "
    "thing that anybody mentions, and it hides the second. Silence after the second question; I "
    "let it stand, and it helped.\n\n"
    "Next time: what would have to be true for this to be said in the room? The medical director "
    "wants to hear it from the teams and not from a report, so we agreed that the ward managers "
    "bring one example each.\n"
    for week in range(50)
]
"""Of about 600 bytes, in the light Markdown that people write."""

UNCHECKED = "SET session_replication_role = replica"
"""The rows fit together as they are made; checking each reference would take longest."""

NOTE = (
    *("tenant_id", "id", "engagement_id", "session_id", "author_id", "kind"),
    *("audience", "readers", "sealed", "version", "written_at", "written_by_id"),
)
REVISIONS = """
INSERT INTO note_revision (tenant_id, id, note_id, engagement_id, author_id, note_author_id, kind,
                           number, audience, mutation_id, sealed, written_at)
SELECT tenant_id, mutation, id, engagement_id, author_id, author_id, 'revision', 1, audience,
       mutation, sealed, written_at
  FROM (SELECT *, encode(substring(sealed FOR 16), 'hex')::uuid AS mutation FROM note) AS note
"""
"""Every note has the revision that wrote it; the first 16 bytes of a sealed body name it."""

INDEXES_REST = """
UPDATE pg_index SET indisready = false
 WHERE indrelid IN ('note'::regclass, 'note_revision'::regclass)
"""
"""Until they are made anew at the end: filling them row by row takes three times as long."""


class Place(Struct):
    """One workspace, and what it takes to ask for its pages."""

    tenant: UUID
    slug: str
    engagement: UUID
    consultant: UUID
    colleague: UUID
    participant: UUID
    sponsor: UUID
    session: UUID
    consultant_token: str
    sponsor_token: str
    notes: list[UUID]


class World(Struct):
    """A database with its workspaces; `url` is of the role that serves."""

    url: str
    places: list[Place]


async def build(superuser_url: str, master_key: bytes, workspaces: int, notes_each: int) -> World:
    """Make the database `bench_<workspaces>`, migrate it and fill it."""
    owner_url = await create_database(superuser_url, f"bench_{workspaces}")
    await prepare(owner_url, APP_PASSWORD)
    url = app_url(owner_url, APP_PASSWORD)
    places = [_place(number) for number in range(workspaces)]
    await _add_workspaces(owner_url, places)
    safes = await _cut_keys(url, master_key, places)
    await _write_notes(owner_url, _notes(places, safes, notes_each))
    return World(url, places)


def _place(number: int) -> Place:
    return Place(
        tenant=new_id(),
        slug=f"consultancy-{number}",
        engagement=new_id(),
        consultant=new_id(),
        colleague=new_id(),
        participant=new_id(),
        sponsor=new_id(),
        session=new_id(),
        consultant_token=new_token(),
        sponsor_token=new_token(),
        notes=[],
    )


async def _add_workspaces(owner_url: str, places: list[Place]) -> None:
    engine = create_async_engine(urlsplit(owner_url)._replace(scheme="postgresql+asyncpg").geturl())
    shown = published()
    async with AsyncSession(engine) as session, session.begin():
        await session.execute(text(UNCHECKED))
        for place in places:
            session.add_all(
                [*_people(place), *_work(place), *_sessions(place), *_portal(place, shown)]
            )
    await engine.dispose()


def _people(place: Place) -> Iterator[Base]:
    yield Workspace(id=place.tenant, slug=place.slug, name="Northlight", time_zone="Europe/London")
    yield AuditHead(
        tenant_id=place.tenant, number=0, hash=BEGINNING, chained_at=NOW, kept_number=0,
        kept_hash=BEGINNING,
    )  # fmt: skip
    for member, name, role, token in (
        (place.consultant, "Bob Hartley", "consultant", place.consultant_token),
        (place.colleague, "Ann Lowe", "associate", new_token()),
        (place.participant, "Pat Okafor", "participant", new_token()),
        (place.sponsor, "Sam Whitfield", "sponsor", place.sponsor_token),
    ):
        yield from _person(place, member, name, role, token)


def _person(place: Place, member: UUID, name: str, role: str, token: str) -> Iterator[Base]:
    identity, email, own = new_id(), f"{role}@{place.slug}.example", [place.engagement]
    who: dict[str, Any] = {"tenant_id": place.tenant, "identity_id": identity}
    yield Identity(id=identity, email=email, name=name)
    yield Member(
        **who, id=member, role=role, name=name, title=role.title(), email=email, joined_on=TODAY,
        left_on=None, engagement_ids=own,
    )  # fmt: skip
    relation = role if role in ("participant", "sponsor") else "team"
    yield Assignment(
        tenant_id=place.tenant, member_id=member, engagement_id=place.engagement,
        organisation_id=new_id(), relation=relation, starts_on=TODAY,
    )  # fmt: skip
    yield Reach(
        **who, member_id=member, role=role, team=own if relation == "team" else [],
        coached=own if relation == "participant" else [],
        sponsored=own if relation == "sponsor" else [], organisations=[],
    )  # fmt: skip
    yield SignInSession(
        **who, token_hash=token_hash(token), factor="code", device="benchmark", last_used_at=NOW,
        expires_at=NOW + timedelta(days=1),
    )  # fmt: skip


def _work(place: Place) -> Iterator[Base]:
    own: dict[str, Any] = {"tenant_id": place.tenant, "engagement_id": place.engagement}
    yield Engagement(
        tenant_id=place.tenant, id=place.engagement, organisation_id=new_id(),
        framework_version_id=new_id(), lead_id=place.consultant, title="Working together",
        client="Ashbourne Trust", purpose="Theatre teams that speak up early.", state="running",
        starts_on=TODAY - timedelta(days=250), ends_on=TODAY + timedelta(days=300),
        portal_opened_at=NOW,
    )  # fmt: skip
    for number, name in enumerate(PHASES):
        first = TODAY + timedelta(days=130 * number - 250)
        yield Phase(
            **own, position=number, name=name, gate_question="Is it time?", starts_on=first,
            ends_on=first + timedelta(days=129),
        )  # fmt: skip
        yield Milestone(**own, title=f"{name}: review", due_on=first + timedelta(days=120))
    for number in range(6):
        yield Action(
            **own, owner_id=place.consultant, text="Bring one example to the next huddle.",
            due_on=TODAY + timedelta(days=number), shown_to="sponsor",
        )  # fmt: skip


def _sessions(place: Place) -> Iterator[Base]:
    """One to come, one that was held, with what came of it, and one before that."""
    own: dict[str, Any] = {"tenant_id": place.tenant, "engagement_id": place.engagement}
    expected, before = [place.participant, place.colleague], new_id()
    for id, kind, starts_at, attendees in (
        (new_id(), "review", NOW + timedelta(days=9), [place.sponsor]),
        (place.session, "coaching", HELD, expected),
        (before, "coaching", HELD - timedelta(days=35), expected),
    ):
        yield Session(
            **own, id=id, lead_id=place.consultant, kind=kind, title=TITLES[kind],
            starts_at=starts_at, minutes=60, place="Board room", link="", attendee_ids=attendees,
            state="planned" if starts_at > NOW else "held",
        )  # fmt: skip
    for session in (place.session, before):
        for member in expected:
            yield Attendance(**own, session_id=session, member_id=member, came=True)
        for number in range(3):
            yield Action(
                **own, session_id=session, owner_id=expected[number % 2], shown_to="participant",
                text="Ask what would have to be true.", due_on=TODAY + timedelta(days=number),
            )  # fmt: skip


def _portal(place: Place, shown: list[tuple[str, Any]]) -> Iterator[Base]:
    agreement = Agreement(
        tenant_id=place.tenant, id=new_id(), engagement_id=place.engagement, number=1,
        purpose="So that people can speak freely.", themes=True, quotes=True, attendance=True,
        safety_exceptions=["A court order"], state="in force", proposed_by_id=place.consultant,
        proposed_at=NOW, in_force_at=NOW,
    )  # fmt: skip
    yield agreement
    for kind, content in shown:
        yield Publication(
            tenant_id=place.tenant, engagement_id=place.engagement, published_at=NOW,
            published_by_id=place.consultant, kind=kind, content=content, figures_to=TODAY,
            quotes_by=agreement.id if kind == "quote" else None,
        )  # fmt: skip


async def _cut_keys(url: str, master_key: bytes, places: list[Place]) -> list[Safe]:
    keyring = Keyring(master_key)
    database = Database(url, keyring)
    await database.open()
    safes = []
    for place in places:
        context = Context(surface="job", tenant=place.tenant)
        async with database.transaction(context, writes=True) as tx:
            await keyring.cut(tx)
            safes.append(await tx.safe())
    await database.close()
    return safes


def _notes(places: list[Place], safes: list[Safe], notes_each: int) -> Iterator[tuple[Any, ...]]:
    """The rows of `note`: the first of every workspace, then the second of every one ..."""
    for number in range(notes_each):
        audience, written_at = AUDIENCES[number % 4], NOW - timedelta(hours=notes_each - number)
        of_session = number < SESSION_NOTES
        for place, safe in zip(places, safes, strict=True):
            session, kind = (place.session, "session") if of_session else (None, "working")
            readers = [place.colleague] if audience == "named" else []
            id, sealed = _sealed(safe, number)
            place.notes.append(id)
            yield (
                place.tenant, id, place.engagement, session, place.consultant, kind,
                audience, readers, sealed, 1, written_at, place.consultant,
            )  # fmt: skip
    for number, (place, safe) in pairs(range(2), list(zip(places, safes, strict=True))):
        id, sealed = _sealed(safe, number)
        yield (
            place.tenant, id, place.engagement, None, place.participant, "reflection",
            "named", [place.consultant], sealed, 1, NOW, place.participant,
        )  # fmt: skip


def _sealed(safe: Safe, number: int) -> tuple[UUID, bytes]:
    """A new note's id and its sealed body."""
    id = new_id()
    return id, seal(safe, BODIES[number % len(BODIES)], id, new_id())


async def _write_notes(owner_url: str, rows: Iterator[tuple[Any, ...]]) -> None:
    connection = await asyncpg.connect(owner_url)
    await connection.execute(UNCHECKED)
    await connection.execute(INDEXES_REST)
    await connection.copy_records_to_table("note", records=rows, columns=NOTE)
    await connection.execute(REVISIONS)
    await connection.execute("SET maintenance_work_mem = '512MB'")
    await connection.execute("REINDEX TABLE note")
    await connection.execute("REINDEX TABLE note_revision")
    await connection.execute("VACUUM (ANALYZE)")
    await connection.execute("CHECKPOINT")
    await connection.close()
