"""Founding workspaces, admitting members, and assigning them to engagements."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from sqlalchemy import select

from tenancy.audit import service as audit
from tenancy.database.clock import now_in
from tenancy.database.context import Context, Role
from tenancy.database.entities import Entities
from tenancy.database.pool import Database, Transaction
from tenancy.errors import Invalid, NotFound, Refused
from tenancy.identity.service import known_as
from tenancy.ids import new_id
from tenancy.workspaces import reach
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.models import Assignment, Member, SecondFactorFor, Workspace

STAFF_ROLES: tuple[Role, ...] = ("owner", "consultant", "associate")
SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{1,38}[a-z0-9])")


class Members(Entities[Member]):
    model = Member


class Assignments(Entities[Assignment]):
    model = Assignment


async def found(
    db: Database,
    keyring: Keyring,
    *,
    slug: str,
    name: str,
    time_zone: str,
    owner_name: str,
    owner_email: str,
    owner_title: str = "",
) -> Context:
    """Found a workspace with its key and first owner; the context of that owner.

    Raises:
        Invalid: the slug or the time zone cannot be used.
        Conflict: there is a workspace of that slug.
    """
    async with db.transaction(Context(surface="job", tenant=new_id()), writes=True) as tx:
        return await found_within(
            tx,
            keyring,
            slug=slug,
            name=name,
            time_zone=time_zone,
            owner_name=owner_name,
            owner_email=owner_email,
            owner_title=owner_title,
        )


async def found_within(
    tx: Transaction,
    keyring: Keyring,
    *,
    slug: str,
    name: str,
    time_zone: str,
    owner_name: str,
    owner_email: str,
    owner_title: str = "",
) -> Context:
    """As `found`, in a transaction of the system itself whose context names the new tenant."""
    if not SLUG.fullmatch(slug):
        raise Invalid({"slug": "Use 3 to 40 small letters, figures and dashes."})
    if time_zone not in time_zones():
        raise Invalid({"time_zone": "Choose a time zone such as Europe/London."})
    tenant = tx.context.tenant
    tx.session.add(Workspace(id=tenant, slug=slug, name=name.strip(), time_zone=time_zone))
    await tx.session.flush()
    await audit.begin(tx)
    await keyring.cut(tx)
    owner = await admit(tx, name=owner_name, email=owner_email, role="owner", title=owner_title)
    return Context(surface="workspace", tenant=tenant, member=owner.id, role="owner")


async def admit(
    tx: Transaction,
    *,
    name: str,
    email: str,
    role: Role,
    title: str = "",
    on: date | None = None,
) -> Member:
    """Make the person of an address a member. One who is a member already stays as they are.

    Args:
        on: the day on which they came, for what is entered later; else today.

    Raises:
        Refused: only an owner, or the system itself, admits staff; or they have left, or their
            access is paused.
    """
    if role in STAFF_ROLES and tx.context.role != "owner" and tx.context.surface != "job":
        raise Refused("Only an owner can admit people of the consultancy.")
    identity = await known_as(tx, email, name)
    existing = await _member_of(tx, identity.id)
    if existing is not None:
        _refuse_who_is_away(existing)
        return existing
    member = await Members(tx).add(
        id=new_id(),
        identity_id=identity.id,
        role=role,
        name=name.strip(),
        title=title.strip(),
        email=identity.email,
        joined_on=on or now_in(tx).date(),
    )
    await reach.rewrite(tx, member.id)
    await audit.record(tx, "member admitted", member)
    return member


async def assign(
    tx: Transaction,
    *,
    member: UUID,
    engagement: UUID,
    organisation: UUID,
    relation: str,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Assignment:
    """Give a member a place on an engagement. An ended place of the same kind is taken up again.

    Raises:
        NotFound: no such member.
        Refused: they have left the workspace, their access is paused, or they are only a part of
            the sample.
    """
    assignments = Assignments(tx)
    person = await held_here(tx, member)
    if person.sample:
        raise Refused(f"{person.name} is a part of the sample, and takes part in nothing else.")
    assert tx.context.tenant is not None, "an assignment belongs to a workspace"
    place = await assignments.get_one_or_none(
        tenant_id=tx.context.tenant,
        member_id=member,
        engagement_id=engagement,
        relation=relation,
    )
    if place is None:
        place = await assignments.add(
            member_id=member,
            engagement_id=engagement,
            organisation_id=organisation,
            relation=relation,
            starts_on=starts_on or now_in(tx).date(),
            ends_on=ends_on,
        )
    else:
        place.ends_on = ends_on
    await tx.session.flush()
    await reach.rewrite(tx, member)
    await audit.record(tx, f"{relation} assigned", place)
    return place


async def release(tx: Transaction, assignment: UUID) -> Assignment:
    """End a place today; the member loses access at once.

    Raises:
        NotFound: no such assignment within reach.
    """
    whose = await tx.session.scalar(
        select(Assignment.member_id).where(
            Assignment.tenant_id == tx.context.tenant, Assignment.id == assignment
        )
    )
    if whose is None:
        raise NotFound
    await held(tx, whose)
    place = await Assignments(tx).find(assignment)
    place.ends_on = yesterday()
    await tx.session.flush()
    await reach.rewrite(tx, place.member_id)
    await audit.record(tx, f"{place.relation} released", place)
    return place


async def held(tx: Transaction, member: UUID) -> Member:
    """A member, as they are by now; nobody else changes their places until the transaction ends.

    The member is held before their places, always, so that no two wait for each other.

    Raises:
        NotFound: no such member.
    """
    async with tx.acting("job"):
        statement = (
            select(Member)
            .where(Member.tenant_id == tx.context.tenant, Member.id == member)
            .with_for_update(key_share=True)
            .execution_options(populate_existing=True)
        )
        found = (await tx.session.execute(statement)).scalar_one_or_none()
    if found is None:
        raise NotFound
    return found


async def held_here(tx: Transaction, member: UUID) -> Member:
    """A member who has access, held so that they keep it until the transaction ends.

    Raises:
        NotFound: no such member.
        Refused: they have left the workspace, or their access is paused.
    """
    found = await held(tx, member)
    _refuse_who_is_away(found)
    return found


def _refuse_who_is_away(member: Member) -> None:
    if member.left_on is not None:
        raise Refused(
            f"{member.name} has left this workspace. An owner can admit them again in its settings."
        )
    if member.suspended_at is not None:
        raise Refused(
            f"{member.name}’s access is paused. An owner can reinstate them in the settings first."
        )


def yesterday() -> date:
    """The last day of a place that ends now: a place holds on the whole of its last day."""
    return datetime.now(UTC).date() - timedelta(days=1)


async def require_second_factor(tx: Transaction, whom: SecondFactorFor) -> None:
    """Say who opens nothing in this workspace before they have proved a second factor.

    Raises:
        NotFound: who asks is no owner.
    """
    if tx.context.role != "owner" or tx.context.tenant is None:
        raise NotFound
    place = await tx.session.get_one(Workspace, tx.context.tenant)
    place.second_factor_for = whom
    await audit.record_of(tx, f"second factor asked of {whom}", "workspace", place.id)


async def _member_of(tx: Transaction, identity: UUID) -> Member | None:
    async with tx.acting("job"):
        statement = select(Member).where(
            Member.tenant_id == tx.context.tenant, Member.identity_id == identity
        )
        return (await tx.session.execute(statement)).scalar_one_or_none()


@cache
def time_zones() -> set[str]:
    """The names of all time zones; looking for them in the system's folders takes a while."""
    return available_timezones()


def today_in(time_zone: str) -> date:
    """The date where the workspace is."""
    return datetime.now(ZoneInfo(time_zone)).date()
