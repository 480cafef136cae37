"""Removing the sample, with everything that was done in it."""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy import delete, select

from engagements.clients.models import Organisation
from engagements.portfolio.models import Engagement
from engagements.sample import queries
from tenancy.audit import service as audit
from tenancy.database.pool import Transaction
from tenancy.errors import Invalid, NotFound, Refused
from tenancy.files.jobs import destroy_later
from tenancy.workspaces import reach
from tenancy.workspaces.models import Member
from tenancy.workspaces.service import held


class Removal(Struct, kw_only=True, forbid_unknown_fields=True):
    notes: Annotated[int, Meta(ge=0, title="how many notes go with it")] = 0
    """How many notes of their own the owner has agreed to lose."""


async def remove(tx: Transaction, agreed: Removal) -> None:
    """Delete the sample client, and with it all that refers to it: nobody's own work does.

    PostgreSQL deletes no client but one that was made as a sample. The fictional people go too;
    real ones who had a place in it reach it no more.

    Raises:
        NotFound: somebody else than an owner asks.
        Refused: there is none, or a legal hold is in force.
        Invalid: more notes were written in it than the owner has agreed to lose.
    """
    if tx.context.role != "owner":
        raise NotFound
    statement = (
        select(Organisation)
        .where(Organisation.tenant_id == tx.context.tenant, Organisation.sample)
        .with_for_update()
    )
    organisation = (await tx.session.execute(statement)).scalar_one_or_none()
    if organisation is None:
        raise Refused("There is no sample here, or it was removed already.")
    # Whoever writes a note in one of them waits, and finds it gone: none is destroyed uncounted.
    await tx.session.execute(
        select(Engagement.id)
        .where(
            Engagement.tenant_id == tx.context.tenant,
            Engagement.organisation_id == organisation.id,
        )
        .with_for_update()
    )
    client = await tx.one(queries.sample_client)
    works = client.engagements
    if await tx.all(queries.holds, works=works):
        raise Refused("A legal hold keeps everything as it is. Lift it first, if you may.")
    notes = await queries.notes_since(tx, client)
    if notes != agreed.notes:
        raise Invalid({"notes": _how_many(notes)})
    people = await tx.all(queries.people, works=works)
    for person in people:
        await held(tx, person.id)
    async with tx.acting("custody"):
        objects = await tx.all(queries.objects, works=works)
    await destroy_later(tx, [each.name for each in objects])
    for model in (Organisation, Member):
        await tx.session.execute(
            delete(model).where(model.tenant_id == tx.context.tenant, model.sample)
        )
    for person in people:
        await reach.rewrite(tx, person.id)
    await audit.record(tx, "sample removed", organisation)


def _how_many(notes: int) -> str:
    if notes == 0:
        return "No note of your own is in it. Look at the page again, then repeat."
    what = "One note was" if notes == 1 else f"{notes} notes were"
    return f"{what} written in it since, and would go too. Look at the page again, then repeat."
