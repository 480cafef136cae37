"""The smallest body that a Struct accepts, made from the types and bounds of its fields."""

import re
import types
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import count
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints
from uuid import UUID

from msgspec import Meta, Struct
from msgspec.structs import fields

from tenancy.ids import new_id

FIRST_DAY, APART = date(2025, 1, 6), timedelta(days=200)
EXAMPLES = ("x", "14:30", "somebody@example.nhs.uk", "XXXXXXXX", "12", "https://example.nhs.uk")


@cache
def hints_of(body: type[Struct]) -> dict[str, Any]:
    """The types of its fields, which take long to find."""
    return get_type_hints(body, include_extras=True)


def smallest(body: type[Struct], given: Callable[[str], Any | None]) -> dict[str, Any]:
    """A value for each field that must be there, as JSON spells it.

    Args:
        given: the value of a field by its name, where a row's id is wanted; None for any other.
    """
    hints = hints_of(body)
    days = (FIRST_DAY + APART * step for step in count())
    return {
        field.encode_name: _value(hints[field.name], field.name, given, days)
        for field in fields(body)
        if field.required
    }


def ids_of(body: type[Struct]) -> dict[str, bool]:
    """The fields that hold rows' ids, and whether each holds a list of them."""
    hints = hints_of(body)
    found: dict[str, bool] = {}
    for field in fields(body):
        kind = plain(hints[field.name])
        if kind is UUID:
            found[field.encode_name] = False
        elif get_origin(kind) is list and plain(get_args(kind)[0]) is UUID:
            found[field.encode_name] = True
    return found


def plain(hint: Any) -> Any:
    """The type without its annotations and without None."""
    if get_origin(hint) is Annotated:
        return plain(get_args(hint)[0])
    if get_origin(hint) in (Union, types.UnionType):
        return plain(next(part for part in get_args(hint) if part is not type(None)))
    return hint


def _value(hint: Any, name: str, given: Callable[[str], Any | None], days: Iterator[date]) -> Any:
    kind = plain(hint)
    if get_origin(kind) is Literal:
        return get_args(kind)[0]
    if get_origin(kind) is list:
        return []
    if isinstance(kind, type) and issubclass(kind, Struct):
        return smallest(kind, given)
    if kind is UUID:
        return str(given(name) or new_id())
    if kind is date:
        return next(days).isoformat()
    if kind is str:
        return _text(_metas(hint))
    simple: dict[Any, Any] = {
        bool: True,
        int: _at_least(_metas(hint)),
        float: float(_at_least(_metas(hint))),
        time: "14:30",
        datetime: "2025-01-06T14:30:00Z",
    }
    return simple[kind]


def _metas(hint: Any) -> list[Meta]:
    found = [part for part in getattr(hint, "__metadata__", ()) if isinstance(part, Meta)]
    for part in get_args(hint):
        found += _metas(part) if get_origin(part) is Annotated else []
    return found


def _at_least(metas: list[Meta]) -> int:
    return int(max((meta.ge or 0 for meta in metas), default=0)) or 1


def _text(metas: list[Meta]) -> str:
    patterns = [meta.pattern for meta in metas if meta.pattern]
    shortest = max((meta.min_length or 0 for meta in metas), default=0)
    for example in EXAMPLES:
        if len(example) >= shortest and all(re.search(pattern, example) for pattern in patterns):
            return example
    raise LookupError(f"add an example to bodies.py that matches {patterns}")
