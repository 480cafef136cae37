"""From the clock on the wall to UTC, and back."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from tenancy.errors import Invalid


def in_utc(on: date, at: time, time_zone: str) -> datetime:
    """The moment of a local date and time. Of an hour that comes twice, the first.

    Raises:
        Invalid: the clocks go forward over that time, so it does not exist.
    """
    zone = ZoneInfo(time_zone)
    local = datetime.combine(on, at, tzinfo=zone)
    moment = local.astimezone(UTC)
    shown = moment.astimezone(zone)
    if shown.replace(tzinfo=None) != local.replace(tzinfo=None):
        skipped = f"There is no {at:%H:%M} on {on.day} {on:%B %Y}: the clocks go forward."
        raise Invalid({"starts_at": f"{skipped} Choose another time, such as {shown:%H:%M}."})
    return moment


def on_the_wall(moment: datetime, time_zone: str) -> tuple[str, str]:
    """The local date and time of a moment: ("2026-11-24", "14:00")."""
    local = moment.astimezone(ZoneInfo(time_zone))
    return local.date().isoformat(), f"{local:%H:%M}"
