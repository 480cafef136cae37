"""The contacts of a client."""

from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from engagements.clients import queries, service
from engagements.clients.models import ROLES_IN_WORK
from engagements.clients.queries import ClientPage, ContactRow
from engagements.clients.service import ContactDraft
from frontend.access import STAFF
from frontend.routes import deed, page
from frontend.workspace.choices import choices
from tenancy.database.pool import Transaction


class ContactForm(Struct):
    """What the form needs: the client with its units, and the contact as they are."""

    client: ClientPage
    contact: ContactRow | None

    @property
    def roles(self) -> list[tuple[str, str]]:
        return choices(ROLES_IN_WORK)

    @property
    def units(self) -> list[tuple[UUID, str]]:
        return [(unit.id, unit.name) for unit in self.client.units]


def _of_client(contact: ContactRow) -> str:
    return f"/clients/{contact.organisation_id}"


@page("/clients/{id:uuid}/contacts/new", template="workspace/clients/contact.html", policy=STAFF)
async def new_contact(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> ContactForm:
    """An empty contact."""
    return ContactForm(await tx.one(queries.client_page, organisation=id), None)


@deed(
    "/clients/{id:uuid}/contacts",
    policy=STAFF,
    body=ContactDraft,
    again=new_contact,
    creates=True,
    then=_of_client,
    says="The contact was added.",
)
async def add_contact(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[ContactDraft]
) -> ContactRow:
    """Add a person at the client."""
    added = await service.add_contact(tx, id, draft)
    return await tx.one(queries.contact, contact=added.id)


@page("/contacts/{id:uuid}/edit", template="workspace/clients/contact.html", policy=STAFF)
async def edit_contact(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> ContactForm:
    """A contact, to be changed or removed."""
    contact = await tx.one(queries.contact, contact=id)
    client = await tx.one(queries.client_page, organisation=contact.organisation_id)
    return ContactForm(client, contact)


@deed(
    "/contacts/{id:uuid}",
    policy=STAFF,
    body=ContactDraft,
    again=edit_contact,
    then=_of_client,
    says="The contact was changed.",
)
async def change_contact(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[ContactDraft]
) -> ContactRow:
    """Say anew what is known of a contact."""
    await service.change_contact(tx, id, draft)
    return await tx.one(queries.contact, contact=id)


@deed(
    "/contacts/{id:uuid}/removal",
    policy=STAFF,
    again=edit_contact,
    then=_of_client,
    says="The contact was removed.",
)
async def remove_contact(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> ContactRow:
    """Remove a contact who has no account; the answer is the contact as they were."""
    contact = await tx.one(queries.contact, contact=id)
    await service.remove_contact(tx, id)
    return contact


CONTACTS = [new_contact, add_contact, edit_contact, change_contact, remove_contact]
