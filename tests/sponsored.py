"""Everything that a sponsor can get, as bytes: pages, JSON, calendars and mails."""

import re
from uuid import UUID

from frontend.letters.writing import writer
from served import Visitor
from tenancy.database.context import Context
from tenancy.mail.service import outbox
from world import Consultancy, Person

TOKEN = re.compile(rb'(name="csrf[-_]token" (?:content|value)=")[^"]*')


async def everything_for(
    world: Consultancy, sponsor: Person, browser: Visitor, work: UUID
) -> dict[str, bytes]:
    """What the sponsor of an engagement is answered and sent, by where it comes from."""
    root = f"/portal/{world.slug}"
    found: dict[str, bytes] = {}
    addresses = [f"{root}/", f"{root}/{work}", f"{root}/{work}/agreement"]
    for address in addresses:
        for accept in ("text/html", "application/json"):
            answer = await browser.get(address, headers={"accept": accept})
            found[f"{address} as {accept}"] = TOKEN.sub(rb"\1", answer.content)
    shown = await browser.get(f"{root}/{work}", headers={"accept": "application/json"})
    if shown.status_code == 200 and (session := shown.json()["next_session"]):
        address = f"{root}/sessions/{session['id']}/calendar.ics"
        # A calendar says when it was written.
        found[address] = re.sub(rb"DTSTAMP:\S+", b"", (await browser.get(address)).content)
    return found | await mails_to(world, sponsor)


async def mails_to(world: Consultancy, person: Person) -> dict[str, bytes]:
    write = writer("https://cocreate.example")
    async with world.db.transaction(Context(surface="job", tenant=world.tenant)) as tx:
        letters = [mail for mail in await outbox(tx) if mail.to_address == person.email]
    return {f"mail {mail.id}": str((mail.facts, write(mail))).encode() for mail in letters}
