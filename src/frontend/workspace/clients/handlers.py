"""Clients: the list, and one of them with its units, contacts and engagements."""

from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery
from msgspec import Struct

from engagements.clients import queries, service
from engagements.clients.models import KINDS
from engagements.clients.queries import ClientPage, ClientRow
from engagements.clients.service import OrganisationDraft
from frontend.access import CONSULTANTS, STAFF
from frontend.routes import deed, page
from frontend.workspace.choices import choices
from frontend.workspace.clients.contacts import CONTACTS
from frontend.workspace.clients.units import UNITS
from tenancy.database.pool import Transaction

PAGE = 50
FIRST = UUID(int=0)


class ClientList(Struct):
    clients: list[ClientRow]
    search: str
    more: bool
    """There are more after the last of these: ask with `after_name` and `after_id` of that one."""


class ClientForm(Struct):
    """What the form needs: the client as it is."""

    client: ClientPage | None

    @property
    def kinds(self) -> list[tuple[str, str]]:
        return choices(KINDS)


@page("/clients", template="workspace/clients/list.html", policy=STAFF)
async def client_list(
    tx: NamedDependency[Transaction],
    search: FromQuery[str] = "",
    after_name: FromQuery[str] = "",
    after_id: FromQuery[UUID] = FIRST,
) -> ClientList:
    """Clients by name; `search` finds a part of the name, or the ODS code."""
    sought = search.strip()
    found = await tx.all(
        queries.client_list,
        sought=sought,
        after_name=after_name,
        after_id=after_id,
        limit=PAGE + 1,
    )
    return ClientList(found[:PAGE], sought, len(found) > PAGE)


@page("/clients/new", template="workspace/clients/form.html", policy=CONSULTANTS)
async def new_client() -> ClientForm:
    """An empty client."""
    return ClientForm(None)


@deed(
    "/clients",
    policy=CONSULTANTS,
    body=OrganisationDraft,
    again=new_client,
    creates=True,
    then=lambda client: f"/clients/{client.id}",
    says="The client was added.",
)
async def add_client(
    tx: NamedDependency[Transaction], draft: NamedDependency[OrganisationDraft]
) -> ClientPage:
    """Add a client, from the first enquiry on."""
    added = await service.add_organisation(tx, draft)
    return await tx.one(queries.client_page, organisation=added.id)


@page("/clients/{id:uuid}", template="workspace/clients/show.html", policy=STAFF)
async def show_client(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> ClientPage:
    """One client, with its units, contacts and engagements."""
    return await tx.one(queries.client_page, organisation=id)


@page("/clients/{id:uuid}/edit", template="workspace/clients/form.html", policy=STAFF)
async def edit_client(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> ClientForm:
    """A client, to be changed."""
    client = await tx.one(queries.client_page, organisation=id)
    return ClientForm(client)


@deed(
    "/clients/{id:uuid}",
    policy=STAFF,
    body=OrganisationDraft,
    again=edit_client,
    then=lambda client: f"/clients/{client.id}",
    says="The client was changed.",
)
async def change_client(
    tx: NamedDependency[Transaction],
    id: FromPath[UUID],
    draft: NamedDependency[OrganisationDraft],
) -> ClientPage:
    """Say anew what is known of a client."""
    await service.change_organisation(tx, id, draft)
    return await tx.one(queries.client_page, organisation=id)


CLIENTS = [
    client_list,
    new_client,
    add_client,
    show_client,
    edit_client,
    change_client,
    *UNITS,
    *CONTACTS,
]
