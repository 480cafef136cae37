"""Writing to the people whom a session concerns."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal
from uuid import UUID

from engagements.people import Setting
from engagements.sessions.clock import on_the_wall
from engagements.sessions.models import Session
from tenancy.database.pool import Transaction
from tenancy.mail.service import post

Letter = Literal["session_planned", "session_changed", "session_cancelled"]


async def tell(
    tx: Transaction,
    letter: Letter,
    setting: Setting,
    session: Session,
    people: Iterable[UUID],
    *,
    was_at: datetime | None = None,
    released: bool = False,
) -> None:
    """Post a letter about a session to come to each of `people`, except to the one who acts.

    Args:
        was_at: when the session was to begin, before it was changed.
        released: the session goes ahead without them.
    """
    if session.starts_at <= datetime.now(UTC):
        return
    facts = _facts(tx, setting, session)
    if was_at is not None:
        facts["was_date"], facts["was_time"] = on_the_wall(was_at, setting.time_zone)
    if letter == "session_cancelled":
        facts["released"] = released
    for member in sorted(set(people) - {tx.context.member}):
        if person := setting.person(member):
            await post(
                tx,
                letter,
                to_name=person.name,
                to_address=person.email,
                path=person.path(setting, f"sessions/{session.id}"),
                **facts,
            )


def _facts(tx: Transaction, setting: Setting, session: Session) -> dict[str, object]:
    date, time = on_the_wall(session.starts_at, setting.time_zone)
    sender = setting.person(tx.context.member)
    return {
        "workspace": setting.workspace,
        "engagement": setting.engagement,
        "sender": sender.name if sender else setting.workspace,
        "title": session.title,
        "date": date,
        "time": time,
        "minutes": session.minutes,
        "place": session.place,
        "link": session.link,
    }
