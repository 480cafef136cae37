"""The days of a story, counted from the day on which it is told."""

from datetime import date, datetime, time, timedelta

from msgspec import Struct

from engagements.sessions.clock import in_utc

ZONE = "Europe/London"
SATURDAY = 5


class Calendar(Struct, frozen=True):
    today: date

    def day(self, days: int) -> date:
        """A working day: of a weekend, the Friday before it or, in the future, the Monday after."""
        day = self.today + timedelta(days=days)
        weekend = day.weekday() - SATURDAY
        if weekend < 0:
            return day
        return day + timedelta(days=2 - weekend if days > 0 else -1 - weekend)

    def any_day(self, days: int) -> date:
        """A day that may be one of a weekend."""
        return self.today + timedelta(days=days)

    def month(self, ago: int) -> date:
        """The first of a month; 0 is this month, 1 is last month."""
        months = self.today.year * 12 + self.today.month - 1 - ago
        return date(months // 12, months % 12 + 1, 1)

    def months_away(self, months: int) -> date:
        """The same day of another month, no later than its 28th."""
        return self.month(-months).replace(day=min(self.today.day, 28))


def moment(on: date, at: str) -> datetime:
    """When the clock on the wall shows `at` ("17:40")."""
    return in_utc(on, time.fromisoformat(at), ZONE)
