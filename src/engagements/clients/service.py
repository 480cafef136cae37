"""Clients: organisations, their units and their contacts."""

import re
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import ColumnElement, exists, select

from engagements.clients import queries
from engagements.clients.models import Contact, Kind, Organisation, RoleInWork, Stage, Unit
from engagements.inputs import Email, Line, OptionalLine, OptionalParagraph
from tenancy.audit import service as audit
from tenancy.database.entities import Entities
from tenancy.database.pool import Transaction
from tenancy.errors import Invalid, Refused
from tenancy.workspaces.models import Member

ODS_CODE = re.compile(r"[A-Z0-9]{3,10}")
"""All that can be checked without the register: trusts, sites, practices and boards differ."""


class Organisations(Entities[Organisation]):
    model = Organisation


class Units(Entities[Unit]):
    model = Unit


class Contacts(Entities[Contact]):
    model = Contact


class OrganisationDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[Line, Meta(title="the client's name")]
    kind: Annotated[Kind, Meta(title="the kind of organisation")]
    ods_code: Annotated[OptionalLine, Meta(title="the ODS code")] = ""
    stage: Annotated[Stage, Meta(title="how far you have come with them")] = "conversation"
    enquiry: Annotated[OptionalParagraph, Meta(title="the client's first words")] = ""


class UnitDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[Line, Meta(title="the unit's name")]
    parent_id: Annotated[UUID | None, Meta(title="the unit it is part of")] = None
    head_count: Annotated[int, Meta(ge=1, le=200_000, title="the head count")] | None = None


class ContactDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[Line, Meta(title="the person's name")]
    email: Annotated[Email, Meta(title="their e-mail address")] | None = None
    post: Annotated[OptionalLine, Meta(title="their post")] = ""
    role_in_work: Annotated[RoleInWork, Meta(title="their role in the work")] = "other"
    unit_id: Annotated[UUID | None, Meta(title="the unit they work in")] = None


async def add_organisation(tx: Transaction, draft: OrganisationDraft) -> Organisation:
    """Add a client, from the first enquiry on.

    Raises:
        Refused: somebody other than an owner or a consultant asks.
        Invalid: the ODS code has the wrong form.
    """
    if tx.context.role not in ("owner", "consultant"):
        raise Refused("Owners and consultants add clients. Ask one of them to add this one.")
    organisation = await Organisations(tx).add(
        name=draft.name.strip(),
        kind=draft.kind,
        ods_code=_ods_code(draft.ods_code),
        stage=draft.stage,
        enquiry=draft.enquiry.strip(),
    )
    await audit.record(tx, "client added", organisation)
    return organisation


async def change_organisation(
    tx: Transaction, organisation_id: UUID, draft: OrganisationDraft
) -> Organisation:
    """Say anew what is known of a client.

    Raises:
        NotFound: no such client that the member may change.
        Invalid: the ODS code has the wrong form.
    """
    code = _ods_code(draft.ods_code)
    organisation = await Organisations(tx).find(organisation_id)
    organisation.name, organisation.kind = draft.name.strip(), draft.kind
    organisation.ods_code, organisation.stage = code, draft.stage
    organisation.enquiry = draft.enquiry.strip()
    await audit.record(tx, "client changed", organisation)
    return organisation


async def add_unit(tx: Transaction, organisation_id: UUID, draft: UnitDraft) -> Unit:
    """Add a directorate, service or team to a client.

    Raises:
        NotFound: no such client that the member may change.
        Invalid: the unit above is another client's.
    """
    await Organisations(tx).find(organisation_id)
    if draft.parent_id is not None:
        await _check_unit(tx, organisation_id, draft.parent_id, "parent_id")
    unit = await Units(tx).add(
        organisation_id=organisation_id,
        parent_id=draft.parent_id,
        name=draft.name.strip(),
        head_count=draft.head_count,
    )
    await audit.record(tx, "unit added", unit)
    return unit


async def change_unit(tx: Transaction, unit_id: UUID, draft: UnitDraft) -> Unit:
    """Rename, recount or move a unit.

    Raises:
        NotFound: no such unit that the member may change.
        Invalid: the unit above is another client's, or stands below this one.
    """
    unit = await _locked_unit(tx, unit_id)
    if draft.parent_id is not None:
        await _check_unit(tx, unit.organisation_id, draft.parent_id, "parent_id")
        await _check_no_circle(tx, unit, draft.parent_id)
    unit.name, unit.parent_id = draft.name.strip(), draft.parent_id
    unit.head_count = draft.head_count
    await audit.record(tx, "unit changed", unit)
    return unit


async def remove_unit(tx: Transaction, unit_id: UUID) -> None:
    """Remove a unit that stands empty.

    Raises:
        NotFound: no such unit that the member may change.
        Refused: units or contacts belong to it.
    """
    unit = await _locked_unit(tx, unit_id)
    if await _any(tx, Unit, Unit.parent_id == unit_id):
        raise Refused(f"{unit.name} has units below it. Move or remove those first.")
    if await _any(tx, Contact, Contact.unit_id == unit_id):
        raise Refused(f"People work in {unit.name}. Move them to another unit first.")
    await audit.record(tx, "unit removed", unit)
    await tx.session.delete(unit)


async def add_contact(tx: Transaction, organisation_id: UUID, draft: ContactDraft) -> Contact:
    """Add a person at a client.

    Raises:
        NotFound: no such client that the member may change.
        Invalid: the unit is another client's.
    """
    await Organisations(tx).find(organisation_id)
    if draft.unit_id is not None:
        await _check_unit(tx, organisation_id, draft.unit_id, "unit_id")
    contact = await Contacts(tx).add(
        organisation_id=organisation_id,
        unit_id=draft.unit_id,
        name=draft.name.strip(),
        email=_email(draft.email),
        post=draft.post.strip(),
        role_in_work=draft.role_in_work,
    )
    await audit.record(tx, "contact added", contact)
    return contact


async def connect(tx: Transaction, organisation_id: UUID, member: Member) -> None:
    """Make a contact of the client and a member known as one; add the contact if there is none.

    Raises:
        NotFound: no such client that the member who acts may change.
    """
    contacts = Contacts(tx)
    there = await contacts.list(
        tenant_id=tx.context.tenant, organisation_id=organisation_id, email=member.email
    )
    for contact in there:
        contact.member_id = contact.member_id or member.id
    if not there:
        draft = ContactDraft(name=member.name, email=member.email, post=member.title)
        (await add_contact(tx, organisation_id, draft)).member_id = member.id


async def change_contact(tx: Transaction, contact_id: UUID, draft: ContactDraft) -> Contact:
    """Say anew what is known of a contact.

    Raises:
        NotFound: no such contact that the member may change.
        Invalid: the unit is another client's, or the person signs in with the address.
    """
    contact = await Contacts(tx).find(contact_id)
    if draft.unit_id is not None:
        await _check_unit(tx, contact.organisation_id, draft.unit_id, "unit_id")
    email = _email(draft.email)
    if contact.member_id is not None and email != contact.email:
        raise Invalid(
            {"email": f"{contact.name} signs in as {contact.email}. Leave that address as it is."}
        )
    contact.name, contact.email = draft.name.strip(), email
    contact.post, contact.role_in_work = draft.post.strip(), draft.role_in_work
    contact.unit_id = draft.unit_id
    await audit.record(tx, "contact changed", contact)
    return contact


async def remove_contact(tx: Transaction, contact_id: UUID) -> None:
    """Remove a contact who has no account.

    Raises:
        NotFound: no such contact that the member may change.
        Refused: the person is a member, and what they did stays theirs.
    """
    contact = await Contacts(tx).find(contact_id)
    if contact.member_id is not None:
        raise Refused(
            f"{contact.name} takes part in an engagement, so this contact stays. "
            "End their place on the engagement instead."
        )
    await audit.record(tx, "contact removed", contact)
    await tx.session.delete(contact)


def _ods_code(typed: str) -> str | None:
    code = typed.strip().upper()
    if not code:
        return None
    if not ODS_CODE.fullmatch(code):
        raise Invalid({"ods_code": "Enter 3 to 10 letters and figures, such as RJ1 or QMJ."})
    return code


def _email(typed: str | None) -> str | None:
    return typed.strip().lower() if typed else None


async def _locked_unit(tx: Transaction, unit_id: UUID) -> Unit:
    """The client is locked before its unit, so that two moves at once can make no circle."""
    place = await tx.one(queries.unit, unit=unit_id)
    await Organisations(tx).find(place.organisation_id)
    return await Units(tx).find(unit_id)


async def _check_unit(tx: Transaction, organisation_id: UUID, unit_id: UUID, field: str) -> None:
    place = await tx.maybe(queries.unit, unit=unit_id)
    if place is None or place.organisation_id != organisation_id:
        raise Invalid({field: "Choose a unit of this organisation."})


async def _check_no_circle(tx: Transaction, unit: Unit, parent_id: UUID) -> None:
    above: UUID | None = parent_id
    while above is not None:
        if above == unit.id:
            raise Invalid(
                {"parent_id": f"{unit.name} cannot be part of itself or of a unit below it."}
            )
        above = (await tx.one(queries.unit, unit=above)).parent_id


async def _any(tx: Transaction, model: type[Unit | Contact], rule: ColumnElement[bool]) -> bool:
    statement = select(exists().where(model.tenant_id == tx.context.tenant, rule))
    return bool((await tx.session.execute(statement)).scalar_one())
