"""Figures as people have them: two columns from a spreadsheet, a date and a value.

A missing value is empty or "-". What cannot be read for certain is refused with the line and the
remedy, never guessed.
"""

import csv
import re
from collections.abc import Sequence
from datetime import date

from engagements.measures.periods import Frequency, PeriodError, period_name, read_period
from tenancy.errors import Invalid

MOST_LINES = 2_000
MOST_ERRORS = 10

LONGEST_LINE = 1_000

Delimiter = str

_MISSING = {"", "-", "–", "—"}
_PLAIN = re.compile(r"\d{1,15}(\.\d{1,15})?|\.\d{1,15}")
_THOUSANDS = re.compile(r"[1-9]\d{0,2}(,\d{3})+(\.\d{1,15})?")
_SPACED_THOUSANDS = re.compile(r"[1-9]\d{0,2}( \d{3})+(\.\d{1,15})?")
_DECIMAL_COMMA = re.compile(r"\d{1,15},\d{1,15}")
_SPACES = str.maketrans({"\N{NO-BREAK SPACE}": " ", "\N{NARROW NO-BREAK SPACE}": " "})


class FigureError(ValueError):
    """Text that is no figure; the message is a sentence without the place where it stood."""


def read_figures(text: str, frequency: Frequency) -> dict[date, float | None]:
    """The value of each period in a file of `date,value`, None where it is missing.

    Commas, semicolons or tabs part the columns; a header is optional.

    Raises:
        Invalid: under `csv`, a sentence for each wrong line (at most ten), none of them imported.
    """
    lines = text.removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}").splitlines()
    if len(lines) > MOST_LINES:
        raise Invalid(
            {"csv": f"There are {len(lines):,} lines. Import at most {MOST_LINES:,} at once."}
        )
    delimiter = _delimiter(lines)
    figures: dict[date, float | None] = {}
    stands_in: dict[date, int] = {}
    wrong: list[str] = []
    for number, line in _lines_with_figures(lines, delimiter):
        try:
            period, value = _figure(_cells(line, delimiter), frequency, delimiter)
            if period in figures:
                raise PeriodError(
                    f"{period_name(period, frequency)} stands in line {stands_in[period]} "
                    "already. Keep one of the two."
                )
        except (PeriodError, FigureError) as failure:
            wrong.append(f"Line {number}: {failure}")
            continue
        figures[period], stands_in[period] = value, number
    _refuse(wrong, figures)
    return figures


def read_value(text: str, delimiter: Delimiter = ",") -> float | None:
    """A figure as a spreadsheet writes it: "12.5", "12.5%", "1,234", "£1,234.50".

    Raises:
        FigureError: it is no figure, or its comma could mean two things.
    """
    shown = text.translate(_SPACES)
    bare = shown.replace("−", "-").removesuffix("%").strip()
    if bare in _MISSING:
        return None
    sign = -1 if bare.startswith("-") else 1
    digits = bare.removeprefix("-").removeprefix("£")
    if _PLAIN.fullmatch(digits):
        return sign * float(digits)
    if _THOUSANDS.fullmatch(digits):
        if delimiter == ";" and digits.count(",") == 1 and "." not in digits:
            raise FigureError(
                f"“{shown}” could be {digits.replace(',', '')} or {digits.replace(',', '.')}. "
                "Write it without the comma, or with a decimal point."
            )
        return sign * float(digits.replace(",", ""))
    if _SPACED_THOUSANDS.fullmatch(digits):
        return sign * float(digits.replace(" ", ""))
    if _DECIMAL_COMMA.fullmatch(digits):
        return sign * float(digits.replace(",", "."))
    raise FigureError(
        f"“{shown[:40]}” is no figure. Write it as 12.5, or leave it empty if nobody counted."
    )


def _delimiter(lines: Sequence[str]) -> Delimiter:
    first = next((line for line in lines if line.strip()), "")
    return next((mark for mark in "\t;" if mark in first), ",")


def _lines_with_figures(lines: Sequence[str], delimiter: Delimiter) -> list[tuple[int, str]]:
    """The lines that say something, with their numbers as an editor counts; not the header."""
    numbered = [(n, line) for n, line in enumerate(lines, start=1) if line.strip(", ;\t")]
    return numbered[1:] if numbered and _is_header(numbered[0][1], delimiter) else numbered


def _is_header(line: str, delimiter: Delimiter) -> bool:
    """Whether the first column has no figure in it, and the second is none."""
    first, *rest = line.split(delimiter)
    if not first.strip() or any(character.isdigit() for character in first):
        return False
    return not rest or not _is_figure(rest[0].strip(' "'))


def _is_figure(text: str) -> bool:
    try:
        read_value(text)
    except FigureError:
        return False
    return True


def _cells(line: str, delimiter: Delimiter) -> list[str]:
    if len(line) > LONGEST_LINE:
        raise FigureError("it is far too long for a date and a value.")
    cells = [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]
    while not cells[-1]:
        cells.pop()
    return cells


def _figure(
    cells: Sequence[str], frequency: Frequency, delimiter: Delimiter
) -> tuple[date, float | None]:
    if len(cells) > 2:
        raise FigureError(
            f"there are {len(cells)} columns instead of a date and a value. "
            "Write decimals with a point and thousands without a comma."
        )
    if not cells[0]:
        raise PeriodError("the date is missing.")
    period = read_period(cells[0].translate(_SPACES)[:40], frequency)
    return period, read_value(cells[1], delimiter) if len(cells) == 2 else None


def _refuse(wrong: Sequence[str], figures: dict[date, float | None]) -> None:
    if wrong:
        more = len(wrong) - MOST_ERRORS
        left = [f"{more} more lines cannot be read either."] if more > 0 else []
        raise Invalid({"csv": "\n".join([*wrong[:MOST_ERRORS], *left])})
    if not figures:
        raise Invalid({"csv": "Give at least one line: a date, a comma and its value."})
