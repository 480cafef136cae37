"""The demo's outbox: what was mailed in the workspaces of the demo, and to those who sign up here.

Whoever runs it reads it. On their own machine they also read what was mailed in the workspaces that
were signed up since: nobody else reaches it, and no mail leaves it.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from msgspec import Struct

from engagements.demo.queries import told_or_later
from engagements.founding.service import letters as letters_of_sign_ups
from tenancy.database.context import Context
from tenancy.database.pool import NOBODY, Database
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
    database: Database,
    keyring: Keyring,
    write: Callable[[Letter], Written],
    *,
    on_own_machine: bool,
) -> list[DemoMail]:
    """At most 50 a workspace and 20 of sign-ups, newest first."""
    letters = await letters_of_sign_ups(database, keyring)
    async with database.transaction(NOBODY) as tx:
        places = await tx.all(told_or_later)
    for place in places:
        if on_own_machine or place.of_demo:
            async with database.transaction(Context(surface="job", tenant=place.tenant)) as tx:
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
