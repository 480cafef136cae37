"""The units of a client."""

from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from engagements.clients import queries, service
from engagements.clients.queries import ClientPage, UnitRecord
from engagements.clients.service import UnitDraft
from frontend.access import STAFF
from frontend.routes import deed, page
from tenancy.database.pool import Transaction


class UnitForm(Struct):
    """What the form needs: the client with its other units, and the unit as it is."""

    client: ClientPage
    unit: UnitRecord | None

    @property
    def places(self) -> list[tuple[UUID, str]]:
        """Where the unit can stand: below any unit but itself, set in by depth."""
        own = self.unit.id if self.unit else None
        return [
            (unit.id, "\u2014 " * unit.depth + unit.name)
            for unit in self.client.units
            if unit.id != own
        ]


def _of_client(unit: UnitRecord) -> str:
    return f"/clients/{unit.organisation_id}"


@page("/clients/{id:uuid}/units/new", template="workspace/clients/unit.html", policy=STAFF)
async def new_unit(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> UnitForm:
    """An empty unit."""
    return UnitForm(await tx.one(queries.client_page, organisation=id), None)


@deed(
    "/clients/{id:uuid}/units",
    policy=STAFF,
    body=UnitDraft,
    again=new_unit,
    creates=True,
    then=_of_client,
    says="The unit was added.",
)
async def add_unit(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[UnitDraft]
) -> UnitRecord:
    """Add a directorate, service or team."""
    added = await service.add_unit(tx, id, draft)
    return await tx.one(queries.unit, unit=added.id)


@page("/units/{id:uuid}/edit", template="workspace/clients/unit.html", policy=STAFF)
async def edit_unit(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> UnitForm:
    """A unit, to be changed, moved or removed."""
    unit = await tx.one(queries.unit, unit=id)
    return UnitForm(await tx.one(queries.client_page, organisation=unit.organisation_id), unit)


@deed(
    "/units/{id:uuid}",
    policy=STAFF,
    body=UnitDraft,
    again=edit_unit,
    then=_of_client,
    says="The unit was changed.",
)
async def change_unit(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[UnitDraft]
) -> UnitRecord:
    """Rename, recount or move a unit."""
    await service.change_unit(tx, id, draft)
    return await tx.one(queries.unit, unit=id)


@deed(
    "/units/{id:uuid}/removal",
    policy=STAFF,
    again=edit_unit,
    then=_of_client,
    says="The unit was removed.",
)
async def remove_unit(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> UnitRecord:
    """Remove a unit that stands empty; the answer is the unit as it was."""
    unit = await tx.one(queries.unit, unit=id)
    await service.remove_unit(tx, id)
    return unit


UNITS = [new_unit, add_unit, edit_unit, change_unit, remove_unit]
