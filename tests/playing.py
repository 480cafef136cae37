"""A play: what people do with notes, done to the product and told to the oracle."""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import asyncpg

from engagements.notes import attachments, service
from engagements.notes.attachments import AttachmentsDraft
from engagements.notes.audience import Audience
from engagements.notes.service import NoteDraft
from engagements.portfolio.service import StateChange, change_state
from engagements.retention.destroying import destroy_due
from oracle import WITHIN, File, Note, Revision, Somebody, Thing
from staging import Work, marker, set_up
from telling import Telling
from tenancy.database.pool import Database
from tenancy.errors import KeptAside
from tenancy.files.kinds import Upload
from tenancy.files.store import Files
from tenancy.ids import new_id
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.leaving import depart
from tenancy.workspaces.queries import Tenant
from tenancy.workspaces.service import assign, release
from tenancy.workspaces.suspending import reinstate, suspend

YEARS = timedelta(days=366 * 20)
"""Longer than anything is kept."""


class Play(Telling):
    """People join and leave; they write, share, attach, and come too late."""

    # Places.

    async def joins(self, who: Somebody, work: Work, relation: str) -> None:
        async with self.as_the_system(who.tenant) as tx:
            await assign(
                tx,
                member=who.id,
                engagement=work.id,
                organisation=work.organisation,
                relation=relation,
            )
        self.oracle.places.append((who.id, work.id, relation))
        if relation == "participant":
            self.oracle.took_part.add((who.id, work.id))

    async def leaves(self, place: tuple[UUID, UUID, str]) -> None:
        found = await self.superuser.fetchrow(
            "SELECT tenant_id, id FROM assignment"
            " WHERE member_id = $1 AND engagement_id = $2 AND relation = $3",
            *place,
        )
        async with self.as_the_system(found["tenant_id"]) as tx:
            await release(tx, found["id"])
        self.oracle.places.remove(place)

    async def leaves_the_workspace(self, who: Somebody) -> None:
        async with self.acting(who) as tx:
            await depart(tx, who.id)
        self.oracle.gone.add(who.id)
        self.oracle.suspended.discard(who.id)
        self.oracle.places = [place for place in self.oracle.places if place[0] != who.id]

    async def is_suspended(self, who: Somebody) -> None:
        async with self.acting(self._owner(who.tenant)) as tx:
            await suspend(tx, who.id)
        self.oracle.suspended.add(who.id)

    async def is_reinstated(self, who: Somebody) -> None:
        """Everything is theirs again. Signing in anew is theirs to do, as nobody does it here."""
        async with self.acting(self._owner(who.tenant)) as tx:
            await reinstate(tx, who.id)
        self.oracle.suspended.discard(who.id)

    def _owner(self, tenant: UUID) -> Somebody:
        [owner] = [w for w in self.oracle.people if (w.tenant, w.role) == (tenant, "owner")]
        return owner

    async def years_pass(self, work: Work) -> None:
        """The work is over, and all of it was kept for as long as was promised."""
        if work.id not in self.over:
            async with self.acting(self._owner(work.tenant)) as tx:
                await change_state(tx, work.id, StateChange(state="closed"))
            self.over.add(work.id)
        tenant = Tenant(work.tenant, self.slug(work.tenant), "Europe/London")
        await destroy_due(self.db, tenant, on=datetime.now(UTC).date() + YEARS)
        self.oracle.things = [
            thing for thing in self.oracle.things if not self._was_due(thing, work.tenant)
        ]

    def _was_due(self, thing: Thing, tenant: UUID) -> bool:
        """What belongs to work that is over; elsewhere, what only somebody could read who left."""
        if thing.engagement in self.over or thing.tenant != tenant:
            return thing.tenant == tenant
        note = thing if isinstance(thing, Note) else getattr(thing, "note", None)
        if note is None or note.audience != "me":
            return False
        return not self.oracle.places_of(note.author, note.engagement) & WITHIN

    # Notes.

    async def writes(
        self,
        author: Somebody,
        work: Work,
        *,
        kind: Literal["working", "session", "reflection", "supervision"] = "working",
        audience: Audience = "me",
        readers: Collection[Somebody] = (),
        in_session: bool = False,
        drafted: bool = False,
    ) -> Note:
        """A new note. Kept while it is typed, it is its author's alone, whatever the form says."""
        on_team = "team" in self.oracle.relations(author.id, work.id)
        shared = not drafted
        note = Note(
            id=new_id(),
            tenant=work.tenant,
            engagement=work.id,
            author=author.id,
            kind=kind if on_team else "reflection",
            audience=audience if shared else "me",
            readers=_named(audience if shared else "me", readers),
            session=work.session if in_session else None,
            drafted=drafted,
        )
        draft = NoteDraft(
            body=a_body(),
            engagement_id=work.id,
            session_id=note.session,
            kind=kind,
            audience=audience,
            reader_ids=[one.id for one in readers],
            autosaved=drafted,
            mutation_id=new_id(),
            identifiers_kept=True,
        )
        async with self.acting(author) as tx:
            await service.write(tx, note.id, draft)
        self.oracle.things.append(note)
        self._wrote(note, author, draft)
        return note

    async def writes_on(
        self,
        writer: Somebody,
        note: Note,
        *,
        audience: Audience | None = None,
        readers: Collection[Somebody] = (),
        settles: Revision | None = None,
    ) -> None:
        """The next version. Only its author says who reads it: `audience`; None leaves it."""
        draft = NoteDraft(
            body=a_body(),
            version=note.version,
            audience=audience or "me",
            reader_ids=[one.id for one in readers],
            autosaved=audience is None,
            widening_to=self._everybody(note),
            settles=await self._row_of(settles) if settles else None,
            mutation_id=new_id(),
            identifiers_kept=True,
        )
        async with self.acting(writer) as tx:
            await service.write(tx, note.id, draft)
        if audience is not None:
            self._opened_to(note, audience, readers)
        if settles is not None:
            settles.settled = True
        self._wrote(note, writer, draft)

    async def comes_too_late(self, writer: Somebody, note: Note) -> Revision:
        """A text that is based on an earlier version is kept beside the note, for its writer."""
        draft = NoteDraft(
            body=a_body(), version=note.version - 1, mutation_id=new_id(), identifiers_kept=True
        )
        try:
            async with self.acting(writer) as tx:
                await service.write(tx, note.id, draft)
        except KeptAside:
            return self._wrote(note, writer, draft, kept_aside=True)
        raise AssertionError("a late text was taken as the next version")

    async def lays_aside(self, copy: Revision) -> None:
        async with self.acting(self.person(copy.writer)) as tx:
            await service.settle(tx, copy.note.id, await self._row_of(copy))
        copy.settled = True

    async def shares(
        self, note: Note, audience: Audience, readers: Collection[Somebody] = ()
    ) -> None:
        """The author says anew who reads it, and agrees to everybody who is let in."""
        async with self.acting(self.person(note.author)) as tx:
            await service.change_audience(
                tx,
                note.id,
                audience,
                [one.id for one in readers],
                widening_to=self._everybody(note),
            )
        self._opened_to(note, audience, readers)

    async def attaches(self, who: Somebody, note: Note) -> File:
        name, content = f"{marker()}.txt", marker()
        draft = AttachmentsDraft(files=[Upload(name, content.encode())])
        context = await self.context(who)
        there = await attachments.attach(self.db, self.files, context, note.id, draft)
        [id] = [row.id for row in there if row.name == name]
        file = File(
            id=id,
            tenant=note.tenant,
            engagement=note.engagement,
            note=note,
            attached_by=who.id,
            name=name,
            content=content,
        )
        self.oracle.things.append(file)
        return file

    async def removes(self, who: Somebody, file: File) -> None:
        async with self.acting(who) as tx:
            await attachments.remove(tx, file.id)
        file.removed = True

    # Who can do what, so that a play goes on.

    def workers(self, engagement: UUID) -> list[Somebody]:
        """Who may write notes in an engagement, and be named on them."""
        return self.oracle.present(engagement, *WITHIN)

    def writers(self, note: Note) -> list[Somebody]:
        """Who may write on in a note."""
        colleagues = self.oracle.present(note.engagement, "team") if note.is_the_teams else []
        authors = [one for one in self.workers(note.engagement) if one.id == note.author]
        return authors + [one for one in colleagues if one.id != note.author]

    def _everybody(self, note: Note) -> list[UUID]:
        return [who.id for who in self.oracle.people if who.tenant == note.tenant]

    async def _row_of(self, revision: Revision) -> UUID:
        by_mutation = "SELECT id FROM note_revision WHERE mutation_id = $1"
        found: UUID = await self.superuser.fetchval(by_mutation, revision.id)
        return found

    def _wrote(
        self, note: Note, writer: Somebody, draft: NoteDraft, *, kept_aside: bool = False
    ) -> Revision:
        assert draft.mutation_id is not None
        revision = Revision(
            id=draft.mutation_id,
            tenant=note.tenant,
            engagement=note.engagement,
            note=note,
            writer=writer.id,
            body=draft.body,
            number=draft.version if kept_aside else note.version + 1,
            audience="me" if kept_aside else note.audience,
            kept_aside=kept_aside,
        )
        if not kept_aside:
            note.body, note.version = draft.body, revision.number
        self.oracle.things.append(revision)
        return revision

    def _opened_to(self, note: Note, audience: Audience, readers: Collection[Somebody]) -> None:
        """What the team could read of earlier versions is taken back when the note is."""
        if note.audience == "team" != audience:
            for revision in self.oracle.every(Revision):
                if revision.note is note:
                    revision.audience = "me"
        note.audience, note.readers, note.drafted = audience, _named(audience, readers), False


def a_body() -> str:
    """Two lines, each with a marker of its own; the second is what can be proposed of it."""
    return f"{marker()} came in late.\n\n{marker()} was said in confidence."


def _named(audience: Audience, readers: Collection[Somebody]) -> frozenset[UUID]:
    return frozenset(one.id for one in readers) if audience == "named" else frozenset()


async def begun(
    db: Database, keyring: Keyring, files: Files, superuser: "asyncpg.Connection[Any]"
) -> Play:
    """A play at its beginning.

    Args:
        superuser: finds the ids of rows that the product makes by itself.
    """
    play = Play(db, files, superuser)
    await set_up(play, keyring)
    return play
