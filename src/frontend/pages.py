"""Templates: where they are, what they may call, and the words for dates and times."""

from contextvars import ContextVar
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from engagements.members.visibility import read_by_others
from engagements.sessions.prep import known_to
from frontend.assets import static
from frontend.prose import markdown, note_text

HOUSE = Path(__file__).parent
_zone: ContextVar[str] = ContextVar("zone", default="UTC")


def render(template: str, *, zone: str = "UTC", **values: Any) -> str:
    """A page or fragment; its times are those of `zone`."""
    token = _zone.set(zone)
    try:
        return _environment.get_template(template).render(values)
    finally:
        _zone.reset(token)


def in_zone(moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(_zone.get()))


def today() -> date:
    """The date where the page is read."""
    return in_zone(datetime.now(UTC)).date()


def day(value: date | datetime | str) -> str:
    """27 March 2027; the facts of a letter have it as "2027-03-27"."""
    value = _date(value)
    return f"{value.day} {value:%B %Y}"


def day_short(value: date | datetime) -> str:
    """27 Mar"""
    value = _date(value)
    return f"{value.day} {value:%b}"


def weekday(value: date | datetime | str) -> str:
    """Saturday"""
    return f"{_date(value):%A}"


def month(value: date | datetime) -> str:
    """March 2027"""
    return f"{_date(value):%B %Y}"


def clock(value: datetime | str) -> str:
    """9:30 am; the facts of a letter have it as "09:30", local already."""
    local = time.fromisoformat(value) if isinstance(value, str) else in_zone(value)
    return f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"


def moment(value: datetime) -> str:
    """Thursday 3 December, 9:30 am"""
    local = in_zone(value)
    return f"{local:%A} {local.day} {local:%B}, {clock(value)}"


def isodate(value: date | datetime) -> str:
    """For `<time datetime>`: local, with its offset where there is a time."""
    return in_zone(value).isoformat() if isinstance(value, datetime) else value.isoformat()


def _date(value: date | datetime | str) -> date:
    if isinstance(value, str):
        return date.fromisoformat(value)
    return in_zone(value).date() if isinstance(value, datetime) else value


_environment = Environment(
    loader=FileSystemLoader(HOUSE),
    autoescape=select_autoescape(disabled_extensions=("txt",), default=True),
    undefined=StrictUndefined,
    auto_reload=False,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals.update(static=static, today=today)
_environment.filters.update(
    day=day,
    day_short=day_short,
    weekday=weekday,
    month=month,
    clock=clock,
    moment=moment,
    isodate=isodate,
    markdown=markdown,
    note_text=note_text,
    known_to=known_to,
    read_by_others=read_by_others,
)
