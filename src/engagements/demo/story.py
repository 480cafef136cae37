"""The demo: two fictional consultancies, told through the services.

Each workspace is told in one transaction, so that it is there as a whole or not at all.
"""

from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select

from engagements.demo import harbour, kelder, northmoor, prospects, tidewater
from engagements.demo.calendar import ZONE, Calendar
from engagements.demo.cast import (
    NEWCOMER,
    NORTHLIGHT,
    SUPPORT,
    TIDEWATER,
    WHO_IS_AWAY,
    WHO_LEFT,
    DemoPerson,
)
from engagements.demo.course import go_through
from engagements.demo.opening import INVITED_ON, begin, meet
from engagements.demo.scene import Scene
from engagements.demo.script import ClientPart, Work
from engagements.framework.service import adopt_default
from engagements.retention.service import HoldDraft, place_hold
from tenancy.audit.service import record_of
from tenancy.database.clock import now_in
from tenancy.database.context import Context
from tenancy.database.pool import Database
from tenancy.files.store import Files
from tenancy.identity.codes import new_token, token_hash
from tenancy.identity.models import SignInSession
from tenancy.identity.queries import place_of
from tenancy.identity.sessions import ABSOLUTE
from tenancy.identity.tokens import make
from tenancy.ids import new_id
from tenancy.support.service import SupportDraft, end, let_in
from tenancy.workspaces import service as workspaces
from tenancy.workspaces.invitations import Guest, invite
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.leaving import depart
from tenancy.workspaces.models import Member
from tenancy.workspaces.suspending import suspend

FOUNDED_ON, CAME_ON, LEFT_ON = -668, -640, -74
"""When Northlight began, when its colleagues came, and when one of them left."""
PAUSED_ON = -12
MET_BEFORE, MET_LATELY = timedelta(days=37), -9
"""How long before the work a client is met; and when the others were."""
HELD_ON, TOKEN_ON, HELPED_ON = -46, -58, -33
LAST_HERE = {
    "helen": (-8, "07:50"),
    "sunita": (-6, "13:25"),
    "david": (-5, "18:40"),
    "bethan": (-3, "16:05"),
    "maya": (-2, "21:50"),
    "imran": (-1, "15:30"),
    "ros": (-1, "17:10"),
}
HELPED_FOR = "The mails about a new session had not reached two people. Were they sent?"


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
                scene = Scene(tx, files, calendar, f"/w/{slug}", {})
                with scene.on(calendar.day(FOUNDED_ON)):
                    await _found(scene, keyring, slug, cast[0])
                await telling(scene)
            told = True
    return told


async def _found(scene: Scene, keyring: Keyring, slug: str, owner: DemoPerson) -> None:
    """A workspace with its framework, and its owner."""
    context = await workspaces.found_within(
        scene.tx,
        keyring,
        slug=slug,
        name=slug.capitalize(),
        time_zone=ZONE,
        owner_name=owner.name,
        owner_email=owner.email,
        owner_title=owner.title,
    )
    assert context.member is not None, "an owner is a member"
    await adopt_default(scene.tx)
    scene.members[owner.key] = context.member


async def _tell_northlight(scene: Scene) -> None:
    for colleague in (*NORTHLIGHT, WHO_LEFT, WHO_IS_AWAY):
        if colleague.role in ("consultant", "associate"):
            scene.members[colleague.key] = await _admit(scene, colleague)
    longest = await _tell_work(scene, northmoor.CLIENT, northmoor.WORK)
    with scene.on(scene.calendar.day(HELD_ON)):
        async with scene.speaking("ros") as tx:
            await place_hold(tx, HoldDraft(engagement_id=longest, reason=northmoor.HELD_BECAUSE))
    await _tell_work(scene, harbour.CLIENT, harbour.WORK)
    await _tell_work(scene, prospects.FENWICK, prospects.FENWICK_WORK)
    await _tell_work(scene, kelder.CLIENT, kelder.WORK)
    await meet(scene, "ros", prospects.ST_BRANNOCS, scene.calendar.day(MET_LATELY))
    await _let_go(scene)
    await _open_to_others(scene)
    for key, (day, at) in LAST_HERE.items():
        await _was_here(scene, key, day, at)


async def _let_go(scene: Scene) -> None:
    """A colleague leaves, and another is away for a time."""
    left_on, paused_on = scene.calendar.day(LEFT_ON), scene.calendar.day(PAUSED_ON)
    async with scene.speaking("ros") as tx:
        with scene.on(left_on, "17:15"):
            await depart(tx, scene.members[WHO_LEFT.key], on=left_on)
        with scene.on(paused_on, "17:20"):
            await suspend(tx, scene.members[WHO_IS_AWAY.key])


async def _open_to_others(scene: Scene) -> None:
    """A newcomer is invited, a program asks with a token, and support was let in once."""
    async with scene.speaking("ros") as tx:
        with scene.on(scene.calendar.day(INVITED_ON), "11:30"):
            await invite(tx, Guest(NEWCOMER.email, NEWCOMER.name, NEWCOMER.title), role="associate")
        helped_on = scene.calendar.day(HELPED_ON)
        with scene.on(helped_on, "10:40"):
            draft = SupportDraft(operator=SUPPORT, hours=4, reason=HELPED_FOR)
            access = await let_in(tx, draft, [SUPPORT])
        with scene.on(helped_on, "11:55"):
            await end(tx, access.id)
    with scene.on(scene.calendar.day(TOKEN_ON), "15:05"):
        async with scene.speaking("imran") as tx:
            await make(
                tx,
                identity=await _identity_of(scene, "imran"),
                name="Figures into our spreadsheet",
                scopes=["records:read"],
                engagements={},
                lasts=timedelta(days=180),
            )


async def _admit(scene: Scene, person: DemoPerson) -> UUID:
    with scene.on(scene.calendar.day(CAME_ON)):
        async with scene.speaking("ros") as tx:
            member = await workspaces.admit(
                tx,
                name=person.name,
                email=person.email,
                role=person.role,
                title=person.title,
            )
    return member.id


async def _was_here(scene: Scene, key: str, day: int, at: str) -> None:
    """Somebody signs in, and out again a quarter of an hour later."""
    with scene.on(scene.calendar.day(day), at):
        async with scene.speaking(key) as tx:
            came = now_in(tx)
            left = came + timedelta(minutes=15)
            tx.session.add(
                SignInSession(
                    token_hash=token_hash(new_token()),
                    identity_id=await _identity_of(scene, key),
                    tenant_id=tx.context.tenant,
                    factor="code",
                    created_at=came,
                    proved_at=came,
                    device="",
                    last_used_at=left,
                    expires_at=came + ABSOLUTE,
                    ended_at=left,
                )
            )
            await record_of(tx, "signed in", "member", scene.members[key])


async def _identity_of(scene: Scene, key: str) -> UUID:
    identity = await scene.tx.session.scalar(
        select(Member.identity_id).where(
            Member.tenant_id == scene.tx.context.tenant, Member.id == scene.members[key]
        )
    )
    assert identity is not None, "a member is somebody"
    return identity


async def _tell_tidewater(scene: Scene) -> None:
    await _tell_work(scene, tidewater.CLIENT, tidewater.WORK)


async def _tell_work(scene: Scene, part: ClientPart, work: Work) -> UUID:
    lately = scene.calendar.day(MET_LATELY)
    met = min(scene.calendar.months_away(work.starts) - MET_BEFORE, lately)
    client = await meet(scene, work.lead, part, met)
    engagement = await begin(scene, client, part, work)
    await go_through(scene, engagement, work)
    return engagement
