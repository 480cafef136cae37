"""Those who have no access to a workspace, and what was deleted from it with every word.

People who were of the team, took part, or sponsored, and were suspended, left, or were released;
sessions that ran out or were ended; somebody invited; operators. They leave something behind, and
keep the cookies and the tokens of programs that they had.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
from msgspec import Struct, field

from building import Filling, Names, admitted, members_of, passkey_of, released
from engagements.tables import metadata
from estate import Estate
from frontend.access import REQUEST_COOKIE
from signing import cookie_of
from tenancy.database.context import Context, Role
from tenancy.identity import sessions, tokens
from tenancy.identity.codes import token_hash
from tenancy.identity.service import known_as
from tenancy.identity.sessions import Device
from tenancy.identity.tokens import SCOPES
from tenancy.support import service as support
from tenancy.support.service import SupportDraft
from tenancy.workspaces import reach
from tenancy.workspaces.leaving import depart
from tenancy.workspaces.suspending import suspend
from world import OPERATOR, signed_in_token

LOCKED_OUT = "locked-out@cocreate.example"
OPERATING = (OPERATOR, LOCKED_OUT)
PLACES: list[tuple[str, Role, str]] = [
    ("cal", "consultant", "team"),
    ("sol", "sponsor", "sponsor"),
    ("sue", "consultant", "team"),
    ("saul", "sponsor", "sponsor"),
    ("lee", "owner", "team"),
    ("lou", "participant", "participant"),
]
"""Who comes to have a place in "ours", and loses it."""
RAN_OUT = {
    "idle": ("alice", "last_used_at = now() - interval '7 days'"),
    "expired": ("bob", "expires_at = now()"),
    "ended": ("pat", "ended_at = now()"),
}
"""Whose session it was, and what became of it."""
STILL_OPEN = ("sue", "lee")
"""Whose sessions were not ended with their access: what they reach has to keep them out alone."""


class Outside(Struct):
    """What those outside have left of their access."""

    sessions: dict[str, str] = field(default_factory=dict)
    """Tokens of sessions, by key in the cast."""
    programs: dict[str, str] = field(default_factory=dict)
    """Tokens for programs."""
    browsers: dict[str, str] = field(default_factory=dict)
    """Cookies of browsers in which nobody has signed in."""


async def come_and_gone(estate: Estate, superuser: Any) -> Outside:
    """Everybody of `OUTSIDE` and `RELEASED` comes and goes, and an engagement is deleted."""
    found = Outside()
    await _come(estate, found)
    await _go(estate)
    await _run_out(estate, found, superuser)
    await _operators(estate, found)
    await _deleted(estate, superuser)
    return found


async def _come(estate: Estate, found: Outside) -> None:
    north, [engagement] = estate.worlds["north"], estate.things("engagement", "ours")
    [client] = estate.things("client", "ours")
    ours = Filling(estate, Names("ours", north, "bob", "pat", "sam", {}))
    ours.engagement, ours.organisation = engagement.path["id"], client.path["id"]
    for key, role, relation in PLACES:
        await admitted(estate, "north", key, role, "ours")
        person = estate.people[key]
        await ours.join(ours.engagement, person, relation)
        found.sessions[key] = await signed_in_token(north, person)
        if role in ("owner", "consultant"):
            async with north.transaction(person) as tx:
                made = await tokens.make(
                    tx,
                    identity=await north.identity_of(person),
                    name="A program",
                    scopes=[*SCOPES],
                    engagements={},
                    lasts=timedelta(days=1),
                )
            found.programs[key] = made.token
    for key in ("cal", "sue"):
        await ours.note(key, "me")
    await ours.note("lou", "me", kind="reflection")


async def _go(estate: Estate) -> None:
    north = estate.worlds["north"]
    await released(estate, "cal")
    await released(estate, "sol")
    for key, goes in (("sue", suspend), ("saul", suspend), ("lee", depart), ("lou", depart)):
        async with north.transaction(north.alice) as tx:
            await goes(tx, estate.people[key].id)


async def _run_out(estate: Estate, found: Outside, superuser: Any) -> None:
    north = estate.worlds["north"]
    becomes = "UPDATE sign_in_session SET {} WHERE token_hash = $1"
    for key, (whose, change) in RAN_OUT.items():
        found.sessions[key] = await signed_in_token(north, estate.people[whose])
        await superuser.execute(becomes.format(change), token_hash(found.sessions[key]))
    for key in STILL_OPEN:
        reopened = becomes.format("ended_at = NULL")
        await superuser.execute(reopened, token_hash(found.sessions[key]))


async def _operators(estate: Estate, found: Outside) -> None:
    north = estate.worlds["north"]
    draft = SupportDraft(operator=LOCKED_OUT, hours=1, reason="A letter did not come.")
    async with north.transaction(north.alice) as tx:
        passing = await support.let_in(tx, draft, OPERATING)
    for key, email in (("operator", OPERATOR), ("locked out", LOCKED_OUT)):
        async with north.db.transaction(Context(surface="public"), writes=True) as tx:
            identity = await known_as(tx, email, email)
            session = await sessions.begin(
                tx,
                identity=identity.id,
                tenant=north.tenant,
                factor="code",
                device=Device("test", "test"),
            )
        assert session is not None
        found.sessions[key] = session.token
    async with north.transaction(north.alice) as tx:
        await support.end(tx, passing.id)


async def _deleted(estate: Estate, superuser: Any) -> None:
    """An engagement with everything in it, of the same people, deleted with its client."""
    north, began = estate.worlds["north"], datetime.now(UTC)
    await admitted(estate, "north", "gil", "delegate", "gone")
    names = Names("gone", north, "bob", "pat", "sam", {"gil": "delegate"})
    filling = Filling(estate, names)
    await filling.fill()
    await members_of(estate, names)
    await passkey_of(estate, names)
    people = {estate.people[key].id for key in ("bob", "pat", "sam")}
    [client] = estate.things("client", "gone")
    await superuser.execute("DELETE FROM organisation WHERE id = $1", client.path["id"])
    # What hangs on no client: spare members, passkeys, tokens, consents, invitations.
    for name in ("member", "member to look at as"):
        estate.things(name, "gone")[:] = estate.things("former member", "gone")
    own = [thing for thing in estate.every("gone") if thing.kind != "workspace"]
    ids = {id for thing in own for id in thing.path.values()} - people
    ids.add(estate.people["gil"].id)
    for table in reversed(metadata.sorted_tables):
        for column in {"id", "access_id", "member_id", "invitation_id"} & {*table.c.keys()}:
            sql = f'DELETE FROM "{table.name}" WHERE "{column}" = ANY($1::uuid[])'
            await superuser.execute(sql, ids)
    await superuser.execute("DELETE FROM mail WHERE created_at >= $1", began)
    async with north.db.transaction(Context(surface="job", tenant=north.tenant), writes=True) as tx:
        for member in people:
            await reach.rewrite(tx, member)


async def invited(estate: Estate, client: httpx.AsyncClient) -> str:
    """The cookie of a browser that asked for the code of an invitation."""
    world, invitation = estate.worlds["north"], estate.things("invitation", "ours")[0]
    asked = await client.post(f"/join/{world.slug}/{invitation.path['id']}/code", json={})
    assert asked.json()["sent"], asked.text
    return cookie_of(asked, REQUEST_COOKIE)["cookie"]
