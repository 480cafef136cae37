"""Inviting several people at once, for the same role and engagements."""

from typing import Annotated, Literal, cast
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ARRAY, Table, Text, bindparam, func, select

from engagements.members.addresses import Entry, entries
from engagements.portfolio.entities import Engagements
from engagements.portfolio.invited import is_open
from engagements.portfolio.models import Engagement
from engagements.portfolio.people import Relation, has_something_to_read
from tenancy.database.context import Role
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, tenant
from tenancy.errors import Invalid
from tenancy.workspaces.invitations import Guest, Offer, invite_many
from tenancy.workspaces.models import Invitation, Member
from tenancy.workspaces.service import STAFF_ROLES

MOST = 200
"""People at once."""
State = Literal["new", "invited", "member", "twice", "unusable"]
"""`invited`: they have an open invitation, and are offered these places with it."""

_invitation = cast(Table, Invitation.__table__).c
_member = cast(Table, Member.__table__).c
_emails = bindparam("emails", type_=ARRAY(Text()))


class InvitationsDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    role: Annotated[Role, Meta(title="their role")]
    engagement_ids: Annotated[list[UUID], Meta(title="the engagements")] = []
    addresses: Annotated[str, Meta(min_length=1, max_length=60_000, title="their addresses")]
    write_now: Annotated[bool, Meta(title="whether sponsors are written to now")] = False


class Understood(Struct, frozen=True):
    """One line of what was pasted: whom it names, and what comes of it."""

    text: str
    email: str
    name: str
    state: State
    why: str = ""
    """Why nobody is invited by it."""

    @property
    def usable(self) -> bool:
        return self.state in ("new", "invited")


class Outcome(Struct, frozen=True):
    """Who was invited, and the lines by which nobody was."""

    invited: list[Understood]
    left_out: list[Understood]


class _Known(Struct, frozen=True):
    email: str
    name: str
    left: bool


class _Asked(Struct, frozen=True):
    email: str
    name: str
    role: Role


_known = Read(
    select(_member.email, _member.name, _member.left_on.is_not(None)).where(
        _member.tenant_id == tenant, _member.email == func.any(_emails)
    ),
    _Known,
)
_asked = Read(
    select(_invitation.email, _invitation.name, _invitation.role).where(
        _invitation.tenant_id == tenant, _invitation.email == func.any(_emails), is_open
    ),
    _Asked,
)


async def understand(tx: Transaction, draft: InvitationsDraft) -> list[Understood]:
    """What comes of each line, before anybody is invited.

    Raises:
        Invalid: they are too many at once.
    """
    found = entries(draft.addresses)
    emails = [entry.email for entry in found if entry.email]
    if len({*emails}) > MOST:
        raise Invalid(
            {"addresses": f"Invite {MOST} people at once, or fewer. These are {len({*emails})}."}
        )
    async with tx.acting("job"):
        members = {one.email: one for one in await tx.all(_known, emails=emails)}
        asked = {one.email: one for one in await tx.all(_asked, emails=emails)}
    lines: list[Understood] = []
    before: set[str] = set()
    for entry in found:
        lines.append(
            _twice(entry)
            if entry.email in before
            else _understood(entry, draft.role, members.get(entry.email), asked.get(entry.email))
        )
        if entry.email:
            before.add(entry.email)
    return lines


async def invite_people(tx: Transaction, draft: InvitationsDraft) -> Outcome:
    """Invite everybody whom the lines name, except those who need no invitation.

    Raises:
        Refused: the member may not invite anybody to this.
        Invalid: no line can be used, they are too many, or an engagement is missing or not theirs.
    """
    lines = await understand(tx, draft)
    usable = [line for line in lines if line.usable]
    if not usable:
        raise Invalid({"addresses": "Nobody can be invited by these lines. " + _reasons(lines)})
    engagements = await _engagements(tx, draft)
    relation = cast(Relation, "team" if draft.role in STAFF_ROLES else draft.role)
    await invite_many(
        tx,
        [Guest(line.email, line.name) for line in usable],
        role=draft.role,
        offers=[Offer(one.id, one.organisation_id, relation) for one in engagements],
        send=draft.write_now
        or not engagements
        or any(has_something_to_read(one, relation) for one in engagements),
    )
    return Outcome(usable, [line for line in lines if not line.usable])


async def _engagements(tx: Transaction, draft: InvitationsDraft) -> list[Engagement]:
    if not draft.engagement_ids and draft.role not in STAFF_ROLES:
        raise Invalid({"engagement_ids": "Choose the engagements that they are to be part of."})
    found = [
        await Engagements(tx).get_one_or_none(tenant_id=tx.context.tenant, id=id)
        for id in dict.fromkeys(draft.engagement_ids)
    ]
    chosen = [one for one in found if one is not None]
    if len(chosen) != len(found):
        raise Invalid({"engagement_ids": "Choose among your engagements."})
    return chosen


def _understood(
    entry: Entry, role: Role, member: _Known | None, asked: _Asked | None
) -> Understood:
    if not entry.email:
        why = "There is no address here that a mail could reach."
        return Understood(entry.text, "", "", "unusable", why)
    if member is not None:
        why = (
            f"{member.name} has left. An owner can admit them again."
            if member.left
            else f"{member.name} is a member already."
        )
        return Understood(entry.text, entry.email, member.name, "member", why)
    if asked is None:
        return Understood(entry.text, entry.email, entry.name, "new")
    if asked.role != role and {asked.role, role} & {*STAFF_ROLES}:
        why = f"{asked.name} is invited already, in another role. Take that invitation back first."
        return Understood(entry.text, entry.email, asked.name, "unusable", why)
    return Understood(entry.text, entry.email, asked.name, "invited")


def _twice(entry: Entry) -> Understood:
    why = "The same address stands further up."
    return Understood(entry.text, entry.email, entry.name, "twice", why)


def _reasons(lines: list[Understood]) -> str:
    return " ".join(dict.fromkeys(line.why for line in lines))
