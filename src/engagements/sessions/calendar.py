"""A session as a file that calendars read (RFC 5545)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from engagements.sessions.queries import SessionRow

LONGEST_LINE = 75
"""Octets, without the line break (RFC 5545, section 3.1)."""


def calendar_file(session: SessionRow, *, url: str, written_at: datetime) -> bytes:
    """One event in UTC; a cancelled session cancels the event that was imported before.

    Args:
        url: the address of the session's page.
        written_at: the moment at which the file is made.
    """
    ends_at = session.starts_at + timedelta(minutes=session.minutes)
    cancelled = session.state.startswith("cancelled")
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Cocreate//Sessions//EN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{session.id}@cocreate",
        f"DTSTAMP:{_moment(written_at)}",
        f"DTSTART:{_moment(session.starts_at)}",
        f"DTEND:{_moment(ends_at)}",
        f"SUMMARY:{_text(f'{session.title} with {session.lead}')}",
        f"LOCATION:{_text(session.place or session.link)}",
        f"DESCRIPTION:{_text(_description(session))}",
        f"URL:{url}",
        f"STATUS:{'CANCELLED' if cancelled else 'CONFIRMED'}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return b"".join(part for line in lines for part in _folded(line))


def _description(session: SessionRow) -> str:
    joining = f"Join: {session.link}" if session.link else ""
    return "\n".join(part for part in (session.engagement, joining) if part)


def _moment(value: datetime) -> str:
    return f"{value.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """Escaped as section 3.3.11 asks."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return "\\n".join(escaped.splitlines())


def _folded(line: str) -> Iterator[bytes]:
    """The line and its continuations, each begun with a space, and no character cut in two."""
    part = b""
    for character in line:
        octets = character.encode()
        if len(part) + len(octets) > LONGEST_LINE:
            yield part + b"\r\n"
            part = b" "
        part += octets
    yield part + b"\r\n"
