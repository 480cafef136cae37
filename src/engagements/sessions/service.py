"""Planning sessions, moving and cancelling them, and recording who came."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated, Literal
from uuid import UUID

from msgspec import Meta, Struct

from engagements.inputs import OptionalLine
from engagements.people import Setting, setting_for_team
from engagements.sessions.clock import in_utc
from engagements.sessions.invitations import tell
from engagements.sessions.models import TITLES, Attendance, Session
from tenancy.audit import service as audit
from tenancy.database.entities import Entities
from tenancy.database.pool import Transaction
from tenancy.errors import Invalid, Refused

Kind = Literal["coaching", "team", "workshop", "interview", "review"]
LATE = timedelta(hours=48)
"""A cancellation with less notice than this is a late one."""

ClockTime = Annotated[
    str, Meta(pattern=r"^([01]\d|2[0-3]):[0-5]\d$", description="Write it like 14:30.")
]


class SessionDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    """A session as it is planned; its time is the one on the wall where the workspace is."""

    kind: Annotated[Kind, Meta(title="the kind of session")]
    title: Annotated[OptionalLine, Meta(title="the title")] = ""
    starts_on: Annotated[date, Meta(title="the day")]
    starts_at: Annotated[ClockTime, Meta(title="the time")]
    minutes: Annotated[int, Meta(ge=15, le=480, title="the length in minutes")] = 60
    place: Annotated[OptionalLine, Meta(title="the place")] = ""
    link: Annotated[str, Meta(max_length=2_000, title="the link for joining")] = ""
    attendee_ids: Annotated[list[UUID], Meta(title="who is expected")] = []
    lead_id: Annotated[UUID | None, Meta(title="who leads it")] = None
    """Left out: whoever leads it already, and at first whoever plans it."""


class Register(Struct, kw_only=True, forbid_unknown_fields=True):
    """Who came to a session, of those who were expected."""

    came_ids: Annotated[list[UUID], Meta(title="who came")] = []


class Sessions(Entities[Session]):
    model = Session


class Attendances(Entities[Attendance]):
    model = Attendance


async def plan_session(tx: Transaction, engagement_id: UUID, draft: SessionDraft) -> Session:
    """Plan a session, and write to everybody else expected.

    A session in the past can be entered too, and then nobody is written to.

    Raises:
        NotFound: no such engagement within reach.
        Refused: the member is not on its team.
        Invalid: a time that the clocks skip, a link that is not https, a person who has no place
            on the engagement, or a lead who is not on its team.
    """
    setting = await setting_for_team(tx, engagement_id)
    facts = _facts(setting, draft)
    lead = _lead(setting, draft.lead_id or tx.context.member)
    session = await Sessions(tx).add(
        engagement_id=engagement_id, lead_id=lead, state="planned", **facts
    )
    await _expect(tx, session, session.attendee_ids)
    await audit.record(tx, "session planned", session)
    await tell(tx, "session_planned", setting, session, session.attendee_ids)
    return session


async def change_session(tx: Transaction, session_id: UUID, draft: SessionDraft) -> Session:
    """Change what was planned, and write to those whom it concerns.

    Raises:
        NotFound: no session of that id that the member may change.
        Refused: the member is not on its team, or it was held or cancelled.
        Invalid: as in `plan_session`.
    """
    session = await Sessions(tx).find(session_id)
    if session.state != "planned":
        raise Refused(f"This session was {session.state}, so its plan cannot change any more.")
    setting = await setting_for_team(tx, session.engagement_id)
    before, expected = _appointment(session), set(session.attendee_ids)
    was_at = session.starts_at
    # Whose access is paused cannot be chosen, and is expected again once they have it back.
    away = [one.id for one in setting.everybody if one.suspended and one.id in expected]
    for name, value in _facts(setting, draft, *away).items():
        setattr(session, name, value)
    await _expect(tx, session, session.attendee_ids)
    await audit.record(tx, "session changed", session)
    if draft.lead_id not in (None, session.lead_id):
        session.lead_id = _lead(setting, draft.lead_id)
        await audit.record(tx, "session handed over", session)

    now_expected = set(session.attendee_ids)
    await tell(tx, "session_planned", setting, session, now_expected - expected)
    await tell(tx, "session_cancelled", setting, session, expected - now_expected, released=True)
    if _appointment(session) != before:
        staying = expected & now_expected
        await tell(tx, "session_changed", setting, session, staying, was_at=was_at)
    return session


async def hold(tx: Transaction, session_id: UUID, register: Register) -> Session:
    """Record that a session was held, and who came. Recording it again corrects who came.

    Raises:
        NotFound: no session of that id that the member may change.
        Refused: the member is not on its team, or it was cancelled, or has not begun.
        Invalid: somebody came who was not expected.
    """
    session = await Sessions(tx).find(session_id)
    await setting_for_team(tx, session.engagement_id)
    if session.state.startswith("cancelled"):
        raise Refused("This session was cancelled, so it cannot be recorded as held.")
    if session.starts_at > datetime.now(UTC):
        raise Refused("This session has not begun yet. Record who came once it has.")
    if not set(register.came_ids) <= set(session.attendee_ids):
        raise Invalid({"came_ids": "Choose among the people who were expected."})
    session.state = "held"
    for attendance in await _attendances(tx, session):
        attendance.came = attendance.member_id in register.came_ids
    await audit.record(tx, "session held", session)
    return session


async def cancel(tx: Transaction, session_id: UUID) -> Session:
    """Cancel a planned session: late, with less than 48 hours' notice.

    Raises:
        NotFound: no session of that id that the member may change.
        Refused: the member is not on its team, or it was held, or cancelled before.
    """
    session = await Sessions(tx).find(session_id)
    if session.state == "held":
        raise Refused("This session was held, so it cannot be cancelled.")
    if session.state != "planned":
        raise Refused("This session is cancelled already.")
    setting = await setting_for_team(tx, session.engagement_id)
    notice = session.starts_at - datetime.now(UTC)
    session.state = "cancelled late" if notice < LATE else "cancelled"
    await audit.record(tx, f"session {session.state}", session)
    await tell(tx, "session_cancelled", setting, session, session.attendee_ids, released=False)
    return session


async def expect_lead(
    tx: Transaction, engagement_id: UUID, lead: UUID, *, instead_of: UUID | None
) -> None:
    """Expect whoever leads an engagement from now on at each of its sessions to come.

    Args:
        instead_of: who leaves its team; what they were to lead is led by the new lead.
    """
    planned = await Sessions(tx).list(
        Session.starts_at > datetime.now(UTC),
        tenant_id=tx.context.tenant,
        engagement_id=engagement_id,
        state="planned",
    )
    for session in planned:
        session.attendee_ids = sorted({*session.attendee_ids, lead})
        await _expect(tx, session, [lead])
        if session.lead_id == instead_of:
            session.lead_id = lead
            await audit.record(tx, "session handed over", session)


def _facts(setting: Setting, draft: SessionDraft, *staying: UUID) -> dict[str, object]:
    link = draft.link.strip()
    if link and not link.startswith("https://"):
        raise Invalid({"link": "Enter a link that begins with https://."})
    if any(setting.person(attendee) is None for attendee in draft.attendee_ids):
        raise Invalid({"attendee_ids": "Choose among the people of this engagement."})
    at = time.fromisoformat(draft.starts_at)
    return {
        "kind": draft.kind,
        "title": draft.title.strip() or TITLES[draft.kind],
        "starts_at": in_utc(draft.starts_on, at, setting.time_zone),
        "minutes": draft.minutes,
        "place": draft.place.strip(),
        "link": link,
        "attendee_ids": sorted({*draft.attendee_ids, *staying}),
    }


def _lead(setting: Setting, chosen: UUID | None) -> UUID:
    if chosen is None or not setting.has_on_team(chosen):
        raise Invalid({"lead_id": "Choose somebody of this engagement's team."})
    return chosen


def _appointment(session: Session) -> tuple[object, ...]:
    """What has to be in a person's diary."""
    return session.starts_at, session.minutes, session.place, session.link


async def _expect(tx: Transaction, session: Session, people: Iterable[UUID]) -> None:
    known = {attendance.member_id for attendance in await _attendances(tx, session)}
    await Attendances(tx).add_all(
        [
            {
                "session_id": session.id,
                "engagement_id": session.engagement_id,
                "member_id": member,
            }
            for member in people
            if member not in known
        ]
    )


async def _attendances(tx: Transaction, session: Session) -> Sequence[Attendance]:
    return await Attendances(tx).list(tenant_id=session.tenant_id, session_id=session.id)
