"""Sessions of an engagement: planning, changing, cancelling, and who came."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Request, Response, get
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from engagements.actions.queries import ActionRow
from engagements.notes import queries as notes
from engagements.notes.queries import NoteRow
from engagements.people import Person, setting_for_team, setting_of
from engagements.sessions import queries, service
from engagements.sessions.calendar import calendar_file
from engagements.sessions.prep import Prep
from engagements.sessions.prep_queries import prep_for
from engagements.sessions.queries import SessionPage, SessionRow
from engagements.sessions.service import Register, SessionDraft
from frontend.access import STAFF, WRITERS, Viewer
from frontend.routes import deed, page
from tenancy.database.pool import Transaction
from tenancy.workspaces.service import today_in


class SessionList(Struct):
    engagement_id: UUID
    engagement: str
    on_team: bool
    upcoming: list[SessionRow]
    past: list[SessionRow]


class SessionForm(Struct):
    """What the form needs: who can be expected, and the session as it is planned."""

    engagement_id: UUID
    engagement: str
    people: list[Person]
    session: SessionPage | None

    @property
    def choices(self) -> list[tuple[UUID, str, str]]:
        return [(person.id, person.name, person.title) for person in self.people]

    @property
    def leads(self) -> list[tuple[UUID, str]]:
        return [(person.id, person.name) for person in self.people if person.is_team]

    @property
    def expected(self) -> list[UUID]:
        if self.session:
            return [attendee.id for attendee in self.session.attendees]
        return [person.id for person in self.people if person.is_participant]


class SessionSheet(Struct):
    """A session with what to have in mind before it, and what came of it."""

    session: SessionPage
    on_team: bool
    prep: Prep
    team: list[str]
    """The names of those who read what is for the team."""
    notes: list[NoteRow]
    actions: list[ActionRow]

    @property
    def choices(self) -> list[tuple[UUID, str]]:
        return [(attendee.id, attendee.name) for attendee in self.session.attendees]

    @property
    def came(self) -> list[UUID]:
        """Who is ticked in the register: everybody, until somebody says otherwise."""
        return [attendee.id for attendee in self.session.attendees if attendee.came is not False]


@page("/engagements/{id:uuid}/sessions", template="workspace/sessions/list.html", policy=STAFF)
async def session_list(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> SessionList:
    """The sessions of an engagement: those to come, and those that were."""
    setting = await setting_of(tx, id)
    return SessionList(
        id,
        setting.engagement,
        setting.has_on_team(viewer.member),
        await tx.all(queries.upcoming, engagement=id),
        await tx.all(queries.past, engagement=id),
    )


@page("/engagements/{id:uuid}/sessions/new", template="workspace/sessions/form.html", policy=STAFF)
async def new_session(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> SessionForm:
    """An empty plan of a session."""
    setting = await setting_for_team(tx, id)
    return SessionForm(id, setting.engagement, setting.people, None)


@deed(
    "/engagements/{id:uuid}/sessions",
    policy=STAFF,
    body=SessionDraft,
    again=new_session,
    creates=True,
    then=lambda session: f"/sessions/{session.id}",
    says="The session is planned.",
)
async def plan_session(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[SessionDraft]
) -> SessionPage:
    """Plan a session. Everybody expected is written to."""
    session = await service.plan_session(tx, id, draft)
    return await tx.one(queries.session_page, id=session.id)


@page("/sessions/{id:uuid}", template="workspace/sessions/show.html", policy=WRITERS)
async def show_session(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> SessionSheet:
    """One session, for its team and for the participants expected at it."""
    session = await tx.one(queries.session_page, id=id)
    on_team = session.engagement_id in viewer.context.team
    prep, agreed = await prep_for(tx, session, today_in(viewer.time_zone))
    written = await notes.notes_of_session(tx, id)
    shared = any(note.audience == "team" for note in written)
    team = (await notes.circle_of(tx, session.engagement_id)).team if shared else []
    return SessionSheet(session, on_team, prep, team, written, agreed)


@page("/sessions/{id:uuid}/edit", template="workspace/sessions/form.html", policy=STAFF)
async def edit_session(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> SessionForm:
    """The plan of a session, to be changed."""
    session = await tx.one(queries.session_page, id=id)
    setting = await setting_for_team(tx, session.engagement_id)
    return SessionForm(setting.engagement_id, setting.engagement, setting.people, session)


@deed(
    "/sessions/{id:uuid}",
    policy=STAFF,
    body=SessionDraft,
    again=edit_session,
    then=lambda session: f"/sessions/{session.id}",
    says="The session was changed.",
)
async def change_session(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[SessionDraft]
) -> SessionPage:
    """Change the plan of a session. Those whom it concerns are written to."""
    await service.change_session(tx, id, draft)
    return await tx.one(queries.session_page, id=id)


@deed(
    "/sessions/{id:uuid}/register",
    policy=STAFF,
    body=Register,
    again=show_session,
    then=lambda session: f"/sessions/{session.id}",
    says="Recorded: the session was held.",
)
async def record_session(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[Register]
) -> SessionPage:
    """Record that a session was held, and who came."""
    await service.hold(tx, id, draft)
    return await tx.one(queries.session_page, id=id)


@deed(
    "/sessions/{id:uuid}/cancellation",
    policy=STAFF,
    again=show_session,
    then=lambda session: f"/sessions/{session.id}",
    says="The session is cancelled.",
)
async def cancel_session(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> SessionPage:
    """Cancel a session. Everybody expected is written to."""
    await service.cancel(tx, id)
    return await tx.one(queries.session_page, id=id)


@get("/sessions/{id:uuid}/calendar.ics", opt={"policy": WRITERS})
async def session_calendar(
    request: Request[object, object, State],
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    id: FromPath[UUID],
) -> Response[bytes]:
    """A session as a file for a calendar (RFC 5545)."""
    session = await tx.one(queries.session_page, id=id)
    url = f"{request.app.state.settings.public_url}{viewer.base}/sessions/{id}"
    return Response(
        calendar_file(session, url=url, written_at=datetime.now(UTC)),
        media_type="text/calendar",
        headers={"Content-Disposition": f'attachment; filename="session-{id}.ics"'},
    )


SESSIONS = [
    session_list,
    new_session,
    plan_session,
    show_session,
    edit_session,
    change_session,
    record_session,
    cancel_session,
    session_calendar,
]
