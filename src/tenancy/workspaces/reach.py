"""Reach: what each member may touch, derived from members and assignments.

One service changes members and assignments, and rewrites the member's row here in the same
transaction. `differences` rebuilds it all and names what does not agree.
"""

from datetime import UTC, date, datetime
from typing import cast
from uuid import UUID

from msgspec import Struct
from sqlalchemy import Table, bindparam, delete, exists, select, update
from sqlalchemy.dialects.postgresql import insert

from tenancy.database.context import Context, Role
from tenancy.database.pool import NOBODY, Database, Transaction
from tenancy.database.read import Read, tenant
from tenancy.workspaces.models import Assignment, Member, Reach
from tenancy.workspaces.queries import tenants

_assignment = cast(Table, Assignment.__table__).c
_member = cast(Table, Member.__table__).c
_reach = cast(Table, Reach.__table__).c


class Place(Struct, frozen=True):
    engagement: UUID
    organisation: UUID
    relation: str


class Person(Struct, frozen=True):
    id: UUID
    identity: UUID
    role: Role
    left_on: date | None
    suspended_at: datetime | None
    sample: bool
    engagements: list[UUID]

    @property
    def is_let_in(self) -> bool:
        """Whether their places open anything."""
        return self.left_on is None and self.suspended_at is None


class Extent(Struct, frozen=True):
    """The arrays of one row of `reach`, each sorted."""

    member: UUID
    role: Role
    team: list[UUID]
    coached: list[UUID]
    sponsored: list[UUID]
    organisations: list[UUID]

    @property
    def engagements(self) -> list[UUID]:
        return sorted({*self.team, *self.coached, *self.sponsored})


class Stranger(Struct, frozen=True):
    """Somebody who has reach in a workspace without being its member."""

    identity: UUID


_places = Read(
    select(_assignment.engagement_id, _assignment.organisation_id, _assignment.relation).where(
        _assignment.tenant_id == tenant,
        _assignment.member_id == bindparam("member"),
        _assignment.starts_on <= bindparam("on"),
        (_assignment.ends_on.is_(None)) | (_assignment.ends_on >= bindparam("on")),
    ),
    Place,
)
_person_columns = (
    _member.id,
    _member.identity_id,
    _member.role,
    _member.left_on,
    _member.suspended_at,
    _member.sample,
    _member.engagement_ids,
)
_people = Read(select(*_person_columns).where(_member.tenant_id == tenant), Person)
# Two who change one member's places at once wait here for each other, so that the later one
# counts what the earlier one wrote. The weaker lock lets references to the member be written.
_person = Read(
    select(*_person_columns)
    .where(_member.tenant_id == tenant, _member.id == bindparam("member"))
    .with_for_update(key_share=True),
    Person,
)
_strangers = Read(
    select(_reach.identity_id).where(
        _reach.tenant_id == tenant,
        ~exists().where(_member.tenant_id == tenant, _member.identity_id == _reach.identity_id),
    ),
    Stranger,
)
_kept = Read(
    select(
        _reach.member_id,
        _reach.role,
        _reach.team,
        _reach.coached,
        _reach.sponsored,
        _reach.organisations,
    ).where(_reach.tenant_id == tenant, _reach.identity_id == bindparam("identity")),
    Extent,
)
_of_member = Read(
    select(
        _reach.member_id,
        _reach.role,
        _reach.team,
        _reach.coached,
        _reach.sponsored,
        _reach.organisations,
    ).where(_reach.tenant_id == tenant, _reach.member_id == bindparam("member")),
    Extent,
)


async def rewrite(tx: Transaction, member: UUID) -> None:
    """Make a member's reach follow from their assignments. Call it after every change of either."""
    async with tx.acting("job"):
        person = await tx.one(_person, member=member)
        extent = await _due(tx, person)
        await _keep(tx, person.identity, extent if person.is_let_in else None)
        await tx.session.execute(
            update(Member)
            .where(Member.tenant_id == tx.context.tenant, Member.id == member)
            .values(engagement_ids=extent.engagements if extent else [])
        )


async def context_of(tx: Transaction, member: UUID) -> Context:
    """The context that a request of this member would have by now, in the workspace.

    Raises:
        NotFound: no such member, or they have left, or their access is paused.
    """
    extent = await tx.one(_of_member, member=member)
    return Context(
        surface="workspace",
        tenant=tx.context.tenant,
        member=extent.member,
        role=extent.role,
        team=tuple(extent.team),
        coached=tuple(extent.coached),
        sponsored=tuple(extent.sponsored),
        organisations=tuple(extent.organisations),
    )


async def differences(db: Database, *, repair: bool = False) -> list[str]:
    """Rebuild every member's reach; one sentence for each row that was not as it follows.

    Args:
        repair: rewrite the rows that differ, and take away those of people who are no members.
    """
    async with db.transaction(NOBODY) as tx:
        places = await tx.all(tenants)
    found: list[str] = []
    for place in places:
        async with db.transaction(Context(surface="job", tenant=place.id), writes=repair) as tx:
            for person in await tx.all(_people):
                if not await _agrees(tx, person):
                    found.append(f"{place.slug}: the reach of member {person.id} differs")
                    if repair:
                        await rewrite(tx, person.id)
            for stranger in await tx.all(_strangers):
                found.append(f"{place.slug}: identity {stranger.identity} is no member")
                if repair:
                    await _keep(tx, stranger.identity, None)
    return found


async def _agrees(tx: Transaction, person: Person) -> bool:
    due = await _due(tx, person)
    engagements = due.engagements if due else []
    kept = await tx.maybe(_kept, identity=person.identity)
    return kept == (due if person.is_let_in else None) and person.engagements == engagements


async def _due(tx: Transaction, person: Person) -> Extent | None:
    """What follows from the person's places of today; None for who has left, or never was.

    Whose access is paused still shares engagements with others, who go on to read their name.
    """
    if person.left_on is not None or person.sample:
        return None
    today = datetime.now(UTC).date()
    return _extent(person, await tx.all(_places, member=person.id, on=today))


def _extent(person: Person, places: list[Place]) -> Extent:
    def within(*relations: str) -> list[UUID]:
        return sorted({place.engagement for place in places if place.relation in relations})

    return Extent(
        member=person.id,
        role=person.role,
        team=within("team"),
        coached=within("participant"),
        sponsored=within("sponsor", "delegate"),
        organisations=sorted({place.organisation for place in places}),
    )


async def _keep(tx: Transaction, identity: UUID, extent: Extent | None) -> None:
    key = {"identity_id": identity, "tenant_id": tx.context.tenant}
    if extent is None:
        await tx.session.execute(delete(Reach).filter_by(**key))
        return
    values = {
        "member_id": extent.member,
        "role": extent.role,
        "team": extent.team,
        "coached": extent.coached,
        "sponsored": extent.sponsored,
        "organisations": extent.organisations,
    }
    statement = insert(Reach).values(**key, **values)
    await tx.session.execute(
        statement.on_conflict_do_update(index_elements=["identity_id", "tenant_id"], set_=values)
    )
