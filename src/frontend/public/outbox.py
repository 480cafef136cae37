"""The demo's outbox: what was mailed in the workspaces of the demo, and to those who sign up here.

Whoever runs it reads it.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from engagements.demo.cast import WORKSPACES
from engagements.founding.service import letters as letters_of_sign_ups
from tenancy.database.context import Context
from tenancy.database.pool import Database
from tenancy.identity.queries import place_of
from tenancy.mail.delivery import Written
from tenancy.mail.service import Letter, outbox
from tenancy.workspaces.keys import Keyring


class DemoMail(Struct):
    id: UUID
    to: str
    name: str
    subject: str
    text: str
    at: datetime
    code: str | None


async def mails_of_the_demo(
    database: Database, keyring: Keyring, write: Callable[[Letter], Written]
) -> list[DemoMail]:
    """At most 50 a workspace and 20 of sign-ups, newest first."""
    letters = await letters_of_sign_ups(database, keyring)
    for slug in WORKSPACES:
        place = await database.look_up(place_of, slug=slug)
        if place is not None:
            context = Context(surface="job", tenant=place.tenant)
            async with database.transaction(context) as tx:
                letters += await outbox(tx)
    letters.sort(key=lambda letter: letter.id, reverse=True)
    return [_shown(letter, write(letter)) for letter in letters]


def _shown(letter: Letter, written: Written) -> DemoMail:
    return DemoMail(
        letter.id,
        letter.to_address,
        letter.to_name,
        written.subject,
        written.text,
        letter.created_at,
        letter.facts.get("code"),
    )
