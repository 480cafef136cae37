"""For how long the notes that somebody kept to themselves stay sealed once they have left."""

from calendar import monthrange
from datetime import date

PRIVATE_MONTHS = 12
SUPERVISION_MONTHS = 36


def after(months: int, start: date) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    whole = start.year * 12 + start.month - 1 + months
    year, month = whole // 12, whole % 12 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))
