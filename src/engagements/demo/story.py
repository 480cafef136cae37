"""The demo: two fictional consultancies, told through the services.

Each workspace is told in one transaction, so that it is there as a whole or not at all.
"""

from datetime import date
from uuid import UUID

from engagements.demo import harbour, kelder, northmoor, prospects, tidewater
from engagements.demo.calendar import ZONE, Calendar
from engagements.demo.cast import NORTHLIGHT, TIDEWATER, WHO_LEFT, DemoPerson
from engagements.demo.course import go_through
from engagements.demo.opening import begin, meet
from engagements.demo.scene import Scene
from engagements.demo.script import ClientPart, Work
from engagements.framework.service import adopt_default
from engagements.retention.service import HoldDraft, place_hold
from tenancy.database.context import Context
from tenancy.database.pool import Database, Transaction
from tenancy.files.store import Files
from tenancy.identity.queries import place_of
from tenancy.ids import new_id
from tenancy.workspaces import service as workspaces
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.leaving import depart

CAME_ON, LEFT_ON = -640, -74
"""When the colleagues of Northlight came, and when one of them left."""


def people() -> tuple[DemoPerson, ...]:
    """Everybody who can sign in."""
    return NORTHLIGHT + TIDEWATER


async def tell(db: Database, keyring: Keyring, files: Files, today: date | None = None) -> bool:
    """Add the workspaces of the demo that are not there yet; whether there were any.

    Args:
        today: the day the story leads up to, not in the future; by default the real one.
    """
    calendar = Calendar(today or workspaces.today_in(ZONE))
    told = False
    for slug, cast, telling in (
        ("northlight", NORTHLIGHT, _tell_northlight),
        ("tidewater", TIDEWATER, _tell_tidewater),
    ):
        if await db.look_up(place_of, slug=slug) is None:
            async with db.transaction(Context(surface="job", tenant=new_id()), writes=True) as tx:
                members = await _founded(tx, keyring, slug, cast[0])
                await telling(Scene(tx, files, calendar, f"/w/{slug}", members))
            told = True
    return told


async def _founded(
    tx: Transaction, keyring: Keyring, slug: str, owner: DemoPerson
) -> dict[str, UUID]:
    """A workspace with its framework; its owner, by their key in the cast."""
    context = await workspaces.found_within(
        tx,
        keyring,
        slug=slug,
        name=slug.capitalize(),
        time_zone=ZONE,
        owner_name=owner.name,
        owner_email=owner.email,
        owner_title=owner.title,
    )
    assert context.member is not None, "an owner is a member"
    await adopt_default(tx)
    return {owner.key: context.member}


async def _tell_northlight(scene: Scene) -> None:
    for colleague in (*NORTHLIGHT, WHO_LEFT):
        if colleague.role in ("consultant", "associate"):
            scene.members[colleague.key] = await _admit(scene, colleague)
    longest = await _tell_work(scene, northmoor.CLIENT, northmoor.WORK)
    async with scene.speaking("ros") as tx:
        await place_hold(tx, HoldDraft(engagement_id=longest, reason=northmoor.HELD_BECAUSE))
    await _tell_work(scene, harbour.CLIENT, harbour.WORK)
    await _tell_work(scene, prospects.FENWICK, prospects.FENWICK_WORK)
    await _tell_work(scene, kelder.CLIENT, kelder.WORK)
    await meet(scene, "ros", prospects.ST_BRANNOCS)
    async with scene.speaking("ros") as tx:
        await depart(tx, scene.members[WHO_LEFT.key], on=scene.calendar.day(LEFT_ON))


async def _admit(scene: Scene, person: DemoPerson) -> UUID:
    async with scene.speaking("ros") as tx:
        member = await workspaces.admit(
            tx,
            name=person.name,
            email=person.email,
            role=person.role,
            title=person.title,
            on=scene.calendar.day(CAME_ON),
        )
    return member.id


async def _tell_tidewater(scene: Scene) -> None:
    await _tell_work(scene, tidewater.CLIENT, tidewater.WORK)


async def _tell_work(scene: Scene, part: ClientPart, work: Work) -> UUID:
    client = await meet(scene, work.lead, part)
    engagement = await begin(scene, client, part, work)
    await go_through(scene, engagement, work)
    return engagement
