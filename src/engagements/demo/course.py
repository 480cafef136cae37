"""Telling the course of the work: sessions, notes, actions, figures, and what was published."""

from collections.abc import Iterable
from contextlib import suppress
from datetime import date, datetime, timedelta
from uuid import UUID

from msgspec.structs import replace

from engagements.actions import service as actions
from engagements.commercial import service as agreements
from engagements.demo.calendar import moment
from engagements.demo.scene import Scene
from engagements.demo.script import (
    ActionPart,
    AgreementPart,
    FilePart,
    IndicatorPart,
    NotePart,
    SessionPart,
    UpdatePart,
    UpwardPart,
    WavePart,
    Work,
    unwrapped,
)
from engagements.framework import queries as framework
from engagements.measures import service as measures
from engagements.notes import attachments
from engagements.notes.attachments import AttachmentsDraft
from engagements.notes.readings import note_readings
from engagements.notes.service import NoteDraft, write
from engagements.portal.drafting import UpdateDraft
from engagements.portal.service import publish_update
from engagements.portfolio.service import StateChange, change_state
from engagements.sessions.service import Register, SessionDraft, cancel, hold, plan_session
from engagements.upward import service as upward
from tenancy.database.pool import Transaction
from tenancy.errors import KeptAside
from tenancy.files.kinds import Upload
from tenancy.files.store import Files
from tenancy.ids import new_id

STILL_FRESH = timedelta(days=6)
AGREED_BEFORE = timedelta(days=28)
PLANNED_BEFORE = timedelta(days=21)
READ_AFTER = timedelta(hours=13)
"""A note is read the next morning, if it is not of the last days."""


async def go_through(scene: Scene, engagement: UUID, work: Work) -> None:
    """All that happened in an engagement, up to today."""
    sessions = await meet_in_sessions(scene, engagement, work.sessions)
    days = {part.key: scene.calendar.day(part.day) for part in work.sessions}
    notes = await write_notes(scene, engagement, work.notes, sessions, days)
    for agreement in work.agreements:
        await agree_on(scene, engagement, agreement)
    await agree_actions(scene, engagement, work.actions, sessions, days)
    async with scene.speaking(work.lead):
        for wave in work.waves:
            await record_wave(scene, engagement, wave)
        with scene.on(scene.calendar.month(0), "11:15"):
            series = {
                part.draft.title: await count(scene, engagement, part) for part in work.indicators
            }
        for update in work.updates:
            await publish(scene, engagement, update, series)
    for part in work.upward:
        await show_upward(scene, notes[part.note], part)
    if work.closed is not None:
        on = scene.calendar.day(work.closed)
        with scene.on(on, "17:00"):
            async with scene.speaking(work.lead) as tx:
                await change_state(tx, engagement, StateChange(state="closed"), on=on)


async def meet_in_sessions(
    scene: Scene, engagement: UUID, parts: Iterable[SessionPart]
) -> dict[str, UUID]:
    """Plan every session, and record who came to those in the past."""
    sessions = {}
    for part in parts:
        day = scene.calendar.day(part.day)
        draft = SessionDraft(
            kind=part.kind,
            title=part.title,
            starts_on=day,
            starts_at=part.at,
            minutes=part.minutes,
            place=part.place,
            link=part.link,
            attendee_ids=scene.ids(part.expected),
        )
        async with scene.speaking(part.lead) as tx:
            with scene.on(day - PLANNED_BEFORE, "11:50"):
                session = (await plan_session(tx, engagement, draft)).id
            if part.cancelled:
                with scene.on(day - timedelta(days=1), "16:30"):
                    await cancel(tx, session)
            elif part.day < 0:
                came = (key for key in part.expected if key not in part.missing)
                with scene.on(day, "18:00"):
                    await hold(tx, session, Register(came_ids=scene.ids(came)))
        sessions[part.key] = session
    return sessions


async def write_notes(
    scene: Scene,
    engagement: UUID,
    parts: Iterable[NotePart],
    sessions: dict[str, UUID],
    days: dict[str, date],
) -> dict[str, UUID]:
    """Write every note, the oldest first, since a list of notes has their order.

    Returns:
        The notes that have a key, by it.
    """
    written: dict[str, UUID] = {}

    def day(part: NotePart) -> date:
        return days[part.session] if part.session else scene.calendar.any_day(part.day)

    for part in sorted(parts, key=lambda part: (day(part), part.at)):
        draft = NoteDraft(
            body=unwrapped(part.body),
            audience=part.audience,
            reader_ids=scene.ids(part.readers),
            kind=part.kind,
            engagement_id=engagement,
            session_id=sessions[part.session] if part.session else None,
        )
        note, at = new_id(), moment(day(part), part.at)
        with scene.on(day(part), part.at):
            async with scene.speaking(part.author) as tx:
                await write(tx, note, draft, at=at)
                await write_again(tx, note, draft, part, at)
                if part.files:
                    await put_files(tx, scene.files, note, part.files)
        if scene.calendar.today - day(part) > STILL_FRESH:
            for reader in part.readers:
                async with scene.speaking(reader) as tx:
                    whose = (note, engagement, scene.members[part.author])
                    await note_readings(tx, [whose], at=at + READ_AFTER)
        if part.key:
            written[part.key] = note
    return written


async def agree_on(scene: Scene, engagement: UUID, part: AgreementPart) -> None:
    """Propose a version, and have it answered where each person is."""
    on = scene.calendar.day(part.day)
    with scene.on(on, "10:20"):
        async with scene.speaking(part.by) as tx:
            version = await agreements.propose(tx, engagement, part.draft, at=moment(on, "10:20"))
    for key, day, surface in part.accepted:
        on = scene.calendar.day(day)
        with scene.on(on, "12:40"):
            async with scene.speaking(key, surface) as tx:
                await agreements.answer(tx, version.id, "accepted", at=moment(on, "12:40"))


async def show_upward(scene: Scene, note: UUID, part: UpwardPart) -> None:
    """Propose words of a note; softened, by the one who said them."""
    draft = upward.WordsDraft(words=part.words, said_by=part.said_by)
    on = scene.calendar.day(part.day)
    with scene.on(on, "17:30"):
        async with scene.speaking(part.by) as tx:
            proposal = await upward.propose(tx, note, draft, at=moment(on, "17:30"))
            speaker = proposal.speaker_id
    if part.approved_on is None:
        return
    key = next(key for key, member in scene.members.items() if member == speaker)
    approval = upward.Approval(words=part.softened, said_by=part.said_by)
    on = scene.calendar.day(part.approved_on)
    with scene.on(on, "21:05"):
        async with scene.speaking(key) as tx:
            await upward.approve(tx, proposal.id, approval, at=moment(on, "21:05"))


async def write_again(
    tx: Transaction, note: UUID, draft: NoteDraft, part: NotePart, at: datetime
) -> None:
    """The same note from the laptop an hour later, and from the telephone, which knew no better."""
    for minutes, text in ((60, part.again), (75, part.too_late)):
        if text:
            anew = replace(draft, body=unwrapped(text), version=1, mutation_id=None)
            with suppress(KeptAside):
                await write(tx, note, anew, at=at + timedelta(minutes=minutes))


async def put_files(tx: Transaction, files: Files, note: UUID, parts: Iterable[FilePart]) -> None:
    uploads = [Upload(part.name, part.content) for part in parts]
    sealed = await attachments.prepare(tx, note, AttachmentsDraft(files=uploads))
    await attachments.store(files, sealed)
    await attachments.add(tx, note, sealed)


async def agree_actions(
    scene: Scene,
    engagement: UUID,
    parts: Iterable[ActionPart],
    sessions: dict[str, UUID],
    days: dict[str, date],
) -> None:
    for part in parts:
        due = scene.calendar.day(part.due)
        lately = scene.calendar.day(-1)
        agreed = days[part.session] if part.session else min(due - AGREED_BEFORE, lately)
        draft = actions.ActionDraft(
            text=part.text,
            owner_id=scene.members[part.owner],
            due_on=due,
            kind=part.kind,
            shown_to=part.shown_to,
            session_id=sessions[part.session] if part.session else None,
        )
        async with scene.speaking(part.by) as tx:
            with scene.on(agreed, "16:45"):
                action = await actions.agree(tx, engagement, draft)
            if part.done is not None:
                done = scene.calendar.day(part.done)
                with scene.on(done, "13:10"):
                    await actions.complete(tx, action.id, done)
            if part.dropped:
                with scene.on(due, "09:50"):
                    await actions.drop(tx, action.id)


async def record_wave(scene: Scene, engagement: UUID, part: WavePart) -> None:
    version = await scene.tx.one(framework.newest_version)
    domains = await scene.tx.all(framework.domains, framework_version=version.id)
    scores = []
    for domain in domains:
        answers, mean, deviation = part.scores[domain.code]
        scores.append(
            measures.ScoreDraft(
                domain_id=domain.id, answers=answers, mean=mean, deviation=deviation
            )
        )
    on = scene.calendar.month(part.months_ago).replace(day=10)
    draft = measures.ScoresDraft(measured_on=on, scores=scores)
    with scene.on(on, "12:30"):
        await measures.record_scores(scene.tx, engagement, draft)


async def count(scene: Scene, engagement: UUID, part: IndicatorPart) -> UUID:
    indicator = await measures.add_indicator(scene.tx, engagement, part.draft)
    values = part.values()
    months = range(len(values), 0, -1)
    lines = [
        f"{scene.calendar.month(ago):%Y-%m},{value}"
        for ago, value in zip(months, values, strict=True)
    ]
    await measures.import_observations(scene.tx, indicator.id, "\n".join(["month,value", *lines]))
    return indicator.id


async def publish(
    scene: Scene, engagement: UUID, part: UpdatePart, series: dict[str, UUID]
) -> None:
    figures_to = scene.calendar.month(part.months_ago - 1) - timedelta(days=1)
    on = max(scene.calendar.day(part.day), figures_to + timedelta(days=1))
    draft = UpdateDraft(
        headline=part.headline,
        summary=unwrapped(part.summary),
        figures_to=figures_to,
        indicator_id=series[part.indicator],
        with_domains=True,
        themes="\n".join(part.themes),
        with_attendance=part.with_attendance,
        open_portal=part.open_portal,
    )
    for number, (words, said_by) in enumerate(part.quotes, start=1):
        setattr(draft, f"quote_{number}", words)
        setattr(draft, f"said_by_{number}", said_by)
        setattr(draft, f"permission_{number}", True)
    with scene.on(on, part.at):
        await publish_update(scene.tx, engagement, draft, at=moment(on, part.at))
