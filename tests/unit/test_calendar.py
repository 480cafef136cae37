"""The file that puts a session into a calendar."""

from datetime import UTC, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from engagements.sessions.calendar import calendar_file
from engagements.sessions.queries import SessionRow

SESSION = SessionRow(
    id=UUID("01890000-0000-7000-8000-000000000001"),
    engagement_id=UUID("01890000-0000-7000-8000-000000000002"),
    engagement="Working together",
    kind="coaching",
    title="Coaching session",
    number=3,
    starts_at=datetime(2027, 6, 8, 14, 0, tzinfo=ZoneInfo("Europe/London")),
    minutes=90,
    place="Room 4, Level 2; by the lifts",
    link="https://meet.example/abc",
    state="planned",
    to_record=False,
    lead_id=UUID("01890000-0000-7000-8000-000000000003"),
    lead="Bob Hartley",
)


def written(session: SessionRow = SESSION) -> bytes:
    return calendar_file(
        session,
        url="https://cocreate.example/w/northlight/sessions/1",
        written_at=datetime(2027, 5, 1, 8, 30, tzinfo=UTC),
    )


def unfolded(file: bytes) -> list[str]:
    return file.replace(b"\r\n ", b"").decode().split("\r\n")


def test_the_event_begins_and_ends_in_utc() -> None:
    lines = unfolded(written())
    assert "DTSTART:20270608T130000Z" in lines
    assert "DTEND:20270608T143000Z" in lines
    assert "DTSTAMP:20270501T083000Z" in lines


def test_commas_semicolons_backslashes_and_line_breaks_are_escaped() -> None:
    lines = unfolded(written())
    assert "LOCATION:Room 4\\, Level 2\\; by the lifts" in lines
    assert "DESCRIPTION:Working together\\nJoin: https://meet.example/abc" in lines
    assert "SUMMARY:a\\\\b\\nc with Bob Hartley" in unfolded(
        written(replace(SESSION, title="a\\b\nc"))
    )


def test_a_title_cannot_add_a_line_of_its_own() -> None:
    for line_break in ("\n", "\r", "\r\n", "\u2028"):
        file = written(replace(SESSION, title=f"x{line_break}ATTENDEE:mailto:eve@example.com"))
        assert not [line for line in unfolded(file) if line.startswith("ATTENDEE")]


def test_no_line_is_longer_than_75_octets_and_no_character_is_cut() -> None:
    title = "Holding the line: ŵ and ŷ in " + "Llanfairpwllgwyngyllgogerychwyrndrobwll-" * 4
    file = written(replace(SESSION, title=title))
    assert max(len(line) for line in file.split(b"\r\n")) <= 75
    for line in file.split(b"\r\n"):
        line.decode()
    assert f"SUMMARY:{title} with Bob Hartley" in unfolded(file)


def test_every_line_ends_with_carriage_return_and_line_feed() -> None:
    file = written()
    assert file.endswith(b"END:VCALENDAR\r\n")
    assert file.count(b"\n") == file.count(b"\r\n")


def test_a_cancelled_session_cancels_the_event_of_the_same_name() -> None:
    for state in ("cancelled", "cancelled late"):
        lines = unfolded(written(replace(SESSION, state=state)))
        assert "STATUS:CANCELLED" in lines
        assert f"UID:{SESSION.id}@cocreate" in lines


def test_without_a_place_the_link_says_where_it_is() -> None:
    assert "LOCATION:https://meet.example/abc" in unfolded(written(replace(SESSION, place="")))
