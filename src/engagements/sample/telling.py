"""Putting the sample into a new workspace, through the services, as the demo tells its stories."""

from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from engagements.clients.service import Organisations
from engagements.demo.calendar import ZONE, Calendar
from engagements.demo.course import go_through
from engagements.demo.opening import begin, describe
from engagements.demo.scene import Scene
from engagements.demo.script import ClientPart
from engagements.sample import finished
from tenancy.audit import service as audit
from tenancy.database.pool import Transaction
from tenancy.files.store import Files
from tenancy.identity.models import Identity
from tenancy.ids import new_id
from tenancy.workspaces import reach
from tenancy.workspaces import service as workspaces
from tenancy.workspaces.models import Member

CAME_ON = -640
"""The day on which the fictional colleagues came."""


async def put_in(tx: Transaction, files: Files, owner: UUID, name: str) -> None:
    """Tell the finished engagement, led by the owner. In a transaction of the system itself.

    Args:
        owner: the member.
        name: what they are called in full.
    """
    client, work = finished.client(name), finished.work(name)
    members = {finished.LEAD: owner}
    scene = Scene(tx, files, Calendar(workspaces.today_in(ZONE)), "", members)
    tx.fiction = True
    await _are_known(tx, client)
    for colleague in finished.colleagues():
        admitted = await workspaces.admit(
            tx,
            name=colleague.name,
            email=colleague.email,
            role=colleague.role,
            title=colleague.title,
            on=scene.calendar.day(CAME_ON),
        )
        members[colleague.key] = admitted.id
    draft = client.organisation
    organisation = await Organisations(tx).add(
        id=new_id(),
        name=draft.name,
        kind=draft.kind,
        ods_code=draft.ods_code,
        stage="former",
        enquiry=draft.enquiry,
        sample=True,
    )
    await describe(scene, work.lead, organisation.id, client)
    engagement = await begin(scene, organisation.id, client, work)
    await go_through(scene, engagement, work)
    await _step_back(tx, [member for member in members.values() if member != owner])
    tx.fiction = False
    await audit.record(tx, "sample put in", organisation)


async def _are_known(tx: Transaction, client: ClientPart) -> None:
    """The same fictional people are in every sample: two that begin at once make them once.

    They belong to no workspace, and stay when a sample goes.
    """
    cast = {person.email: person.name for person in finished.colleagues()}
    cast |= {person.email: person.name for person in client.contacts if person.key}
    people = [
        {"id": new_id(), "email": email, "name": name} for email, name in sorted(cast.items())
    ]
    await tx.session.execute(insert(Identity).values(people).on_conflict_do_nothing())


async def _step_back(tx: Transaction, fictional: list[UUID]) -> None:
    """From now on they reach nothing, so that nobody can sign in as one of them."""
    statement = update(Member).where(
        Member.tenant_id == tx.context.tenant, Member.id.in_(fictional)
    )
    await tx.session.execute(statement.values(sample=True))
    for member in fictional:
        await reach.rewrite(tx, member)
