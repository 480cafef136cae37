"""A form or a JSON body -> a Struct, with a kind sentence for each field that does not fit."""

import json
import math
import re
import types
from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints
from uuid import UUID

import msgspec
from litestar import Request
from litestar.datastructures import UploadFile
from litestar.exceptions import SerializationException
from litestar.exceptions.http_exceptions import RequestEntityTooLarge
from msgspec import Meta, Struct
from msgspec.structs import fields

from engagements.inputs import YEARS
from tenancy.errors import Failure, Invalid
from tenancy.files.kinds import Upload
from tenancy.passwords.strength import LONGEST

T = TypeVar("T", bound=Struct)
Typed = dict[str, Any]

CSRF_FIELD = "csrf_token"
SECRETS = frozenset({"password", "current_password", "code", "credential", "client_secret"})
"""Fields of forms that no page ever shows again."""
SentPassword = Annotated[
    str,
    Meta(min_length=1, max_length=LONGEST, title="your password", extra={"blanks": "kept"}),
]
"""Taken as it was typed: every space of it counts."""
JSON_TYPES = ("application/json", "")
UNIONS = (Union, types.UnionType)


class TooLarge(Failure):
    """More was sent at once than the route takes."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"This is too large to be sent at once. The limit is {limit // 1_000_000} MB: "
            "send one after another, or make it smaller."
        )


async def typed_into(request: Request[Any, Any, Any], body: type[Struct]) -> Typed:
    """What was sent, as text or lists of text by field name; kept to show the form again.

    Where the field of `body` is an `Upload`, a file stays what it is; elsewhere it is its text.

    Raises:
        Invalid: the body is no JSON object.
        TooLarge: it is more than the route takes.
    """
    try:
        if request.content_type[0] in JSON_TYPES:
            return await _json(request)
        form = await request.form()
    except RequestEntityTooLarge as failure:
        limit = request.route_handler.resolve_request_max_body_size() or 0
        raise TooLarge(limit) from failure
    many = {field.encode_name for field in fields(body) if _is_list(field.type)}
    files = upload_fields(body)
    typed: Typed = {}
    for name in form:
        read = _upload if name in files else _text
        values = [await read(value) for value in form.getall(name)]
        # Whoever reads the first and whoever reads the last must not read two things.
        typed[name] = values[0] if name not in many and len({*values}) == 1 else values
    return typed


def shown_again(typed: Typed) -> Typed:
    """What was typed, without secrets."""
    return {name: value for name, value in typed.items() if name not in SECRETS}


def refuse_repeats(request: Request[Any, Any, Any]) -> None:
    """Refuse an address that asks twice for one thing: no route takes a list there.

    Raises:
        Invalid: names what stands twice.
    """
    names = [name for name, _ in request.query_params.multi_items()]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise Invalid(dict.fromkeys(twice, "This stands twice in the address. Say it once."))


def upload_fields(body: type[Struct]) -> set[str]:
    """The fields of a body that hold files."""
    return {field.encode_name for field in fields(body) if _item(field.type) is Upload}


async def _json(request: Request[Any, Any, Any]) -> Typed:
    if not await request.body():
        return {}
    try:
        sent = await request.json()
        json.loads(await request.body(), object_pairs_hook=_each_once)
    except (SerializationException, ValueError, RecursionError) as failure:
        raise Invalid({"": "Send a JSON object; this could not be read as JSON."}) from failure
    if not isinstance(sent, dict):
        raise Invalid({"": "Send a JSON object with a value for each field."})
    return sent


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) < len(pairs):
        raise Invalid({"": "Send each field once: a name stands twice in this JSON object."})
    return named


async def _upload(value: Any) -> Upload | str:
    """A file; where none was chosen, or text was typed instead, that text."""
    if not isinstance(value, UploadFile):
        return str(value)
    content = await value.read()
    await value.close()
    return Upload(value.filename, content)


async def _text(value: Any) -> str:
    if isinstance(value, UploadFile):
        raw = await value.read()
        for encoding in ("utf-8-sig", "cp1252"):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
        return raw.decode("latin-1")
    return str(value).replace("\r\n", "\n")


def decode(typed: Typed, body: type[T], *, from_form: bool) -> T:
    """Every field of `body` from what was typed.

    Text is stripped of white space around it, except a password; an empty field counts as left out.

    Raises:
        Invalid: a sentence for each field that is missing, does not fit or is not known.
    """
    hints = get_type_hints(body, include_extras=True)
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in fields(body):
        name, hint = field.encode_name, hints[field.name]
        sent = _cleaned(typed.get(name), hint)
        if sent is None:
            if field.required:
                errors[name] = f"{_verb(hint)} {title_of(name, hint)}."
            continue
        if from_form and isinstance(sent, list) and not _is_list(hint):
            errors[name] = f"Send {title_of(name, hint)} once: it was sent more than once."
            continue
        try:
            values[field.name] = _converted(sent, hint, from_form)
        except msgspec.ValidationError as failure:
            errors[name] = _sentence(name, hint, str(failure))
    errors.update(_strays(typed, body, from_form))
    if errors:
        raise Invalid(errors)
    return body(**values)


def _converted(sent: Any, hint: Any, from_form: bool) -> Any:
    value = msgspec.convert(sent, hint, strict=not from_form, dec_hook=_unknown)
    if isinstance(value, float) and not math.isfinite(value):
        raise msgspec.ValidationError("`nan` and `inf` can be typed, but count nothing")
    if isinstance(value, date) and value.year not in YEARS:
        raise msgspec.ValidationError(FAR)
    return value


def _cleaned(value: Any, hint: Any) -> Any:
    if isinstance(value, str):
        return value or None if _keeps_blanks(hint) else _storable(value).strip() or None
    if isinstance(value, list) and _is_list(hint):
        items = [_storable(item) if isinstance(item, str) else item for item in value]
        return items if _keeps_blanks(hint) else [item for item in items if item != ""]
    return value


def _keeps_blanks(hint: Any) -> bool:
    """Whether a text is taken as it was typed, or a list's items belong to those of another."""
    return any((meta.extra or {}).get("blanks") == "kept" for meta in _metas(hint))


def _storable(text: str) -> str:
    """Without the one character that PostgreSQL keeps in no text."""
    return text.replace("\x00", "")


def _strays(typed: Mapping[str, Any], body: type[Struct], from_form: bool) -> dict[str, str]:
    if from_form:
        return {}
    known = {field.encode_name for field in fields(body)} | {CSRF_FIELD}
    return {
        name: f"There is no field {name!r} here. Leave it out."
        for name in typed
        if name not in known
    }


def title_of(name: str, hint: Any) -> str:
    """What a field is called in a sentence: its Meta's title, else its name."""
    for meta in _metas(hint):
        if meta.title:
            return meta.title
    return "the " + name.replace("_", " ")


def _metas(hint: Any) -> list[Meta]:
    """What is said of a type, the outermost first; `Email | None` says what `Email` says."""
    found = [part for part in getattr(hint, "__metadata__", ()) if isinstance(part, Meta)]
    bare = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    parts = get_args(bare) if get_origin(bare) in UNIONS else ()
    return [*reversed(found), *(meta for part in parts for meta in _metas(part))]


def _plain(hint: Any) -> Any:
    """The type without its annotations and without None."""
    if get_origin(hint) is Annotated:
        return _plain(get_args(hint)[0])
    if get_origin(hint) in UNIONS:
        rest = [part for part in get_args(hint) if part is not type(None)]
        return _plain(rest[0])
    return hint


def _is_list(hint: Any) -> bool:
    return get_origin(_plain(hint)) in (list, tuple)


def _item(hint: Any) -> Any:
    """The type of a field, or of the items where it is a list."""
    plain = _plain(hint)
    return _plain(get_args(plain)[0]) if _is_list(plain) else plain


def _verb(hint: Any) -> str:
    plain = _plain(hint)
    chosen = get_origin(plain) is Literal or plain in (UUID, bool, Upload) or _is_list(plain)
    return "Choose" if chosen else "Enter"


_FORMS: dict[Any, str] = {
    date: "a date, such as 27 March 2027 (in JSON: 2027-03-27)",
    datetime: "a date and time, such as 2027-03-27T14:30:00Z",
    int: "a whole number",
    float: "a number",
    UUID: "one of the choices",
    bool: "yes or no",
    Upload: "sent as multipart/form-data, or in JSON by name and content in base64",
}
FAR = f"between the years {YEARS[0]} and {YEARS[-1]}"
_BOUND = re.compile(r"`(?:int|float)` (>=|<=|>|<) ([\d.-]+)")


def _sentence(name: str, hint: Any, failure: str) -> str:
    title = title_of(name, hint)
    start = title[0].upper() + title[1:]
    plain = _plain(hint)
    if get_origin(plain) is Literal:
        return f"Choose {title}: {', '.join(map(str, get_args(plain)))}."
    if bound := _BOUND.search(failure):
        words = {">=": "at least", "<=": "at most", ">": "more than", "<": "less than"}
        return f"{start} must be {words[bound[1]]} {bound[2]}."
    if longest := re.search(r"length <= (\d+)", failure):
        return f"{start} must be {int(longest[1]):,} characters or fewer."
    if "length >=" in failure:
        return f"{_verb(hint)} {title}."
    if "matching regex" in failure:
        return f"{start} is not written as it should be. {_example(hint)}"
    form = FAR if failure == FAR else _FORMS.get(Upload if _item(hint) is Upload else plain)
    return f"{start} must be {form or 'of another kind: ' + failure}."


def _example(hint: Any) -> str:
    for meta in _metas(hint):
        if meta.description:
            return meta.description
        if meta.pattern and "@" in meta.pattern:
            return "Write it like name@example.nhs.uk."
    return "Look at the hint beside the field."


def _unknown(kind: type, value: Any) -> Any:
    raise NotImplementedError(f"{kind} cannot be read from {type(value)}")
