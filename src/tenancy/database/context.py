"""Who is asking, as PostgreSQL is told it: the settings that every policy reads."""

from collections.abc import Iterable
from typing import Literal, get_args
from uuid import UUID

from msgspec import Struct

Role = Literal["owner", "consultant", "associate", "participant", "sponsor", "delegate"]
Surface = Literal["workspace", "portal", "survey", "public", "job", "custody", "support"]
"""`job` is the system's work on what is not private; `custody` keeps sealed records without reading
them to anybody: seals them under a new key, counts and destroys what is due; `support` is an
operator whom an owner let in, who reads nothing that was written."""

Through = Literal["browser", "notes", "records"]
"""By which way a member asks: themselves in a browser, or a program with their token, for which
there are notes that others can read too (`notes`), or none at all (`records`)."""

ROLES: tuple[Role, ...] = get_args(Role)
SURFACES: tuple[Surface, ...] = get_args(Surface)
THROUGH: tuple[Through, ...] = get_args(Through)


class Context(Struct, frozen=True, kw_only=True):
    """The member who asks, on which surface, and the engagements within reach.

    Without a tenant (signing in, health) no row of any tenant table can be seen or written.
    """

    surface: Surface
    tenant: UUID | None = None
    member: UUID | None = None
    role: Role | None = None
    team: tuple[UUID, ...] = ()
    coached: tuple[UUID, ...] = ()
    sponsored: tuple[UUID, ...] = ()
    organisations: tuple[UUID, ...] = ()
    through: Through = "browser"


def opening(context: Context) -> str:
    """The one message that begins a transaction and states its context.

    `SET LOCAL` and never `set_config()`: Citus passes only the former on to its shards.

    Raises:
        ValueError: a value is neither a UUID nor one of the closed set of words.
    """
    return f"BEGIN;{stated(context)}"


def stated(context: Context) -> str:
    """All of a context, for the rest of the transaction.

    Raises:
        ValueError: as in `opening`.
    """
    if context.role is not None and context.role not in ROLES:
        raise ValueError(f"{context.role!r} is no role")
    if context.through not in THROUGH:
        raise ValueError(f"{context.through!r} is no way to ask")
    return (
        f"{on_surface(context.surface)}"
        f"SET LOCAL app.tenant = '{_id(context.tenant)}';"
        f"SET LOCAL app.member = '{_id(context.member)}';"
        f"SET LOCAL app.role = '{context.role or ''}';"
        f"SET LOCAL app.through = '{context.through}';"
        f"{engagements(context)}"
    )


def on_surface(surface: Surface) -> str:
    """The part of the context that says on which surface the member asks."""
    if surface not in SURFACES:
        raise ValueError(f"{surface!r} is no surface")
    return f"SET LOCAL app.surface = '{surface}';"


def engagements(context: Context) -> str:
    """The part of the context that says which engagements are within reach."""
    return (
        f"SET LOCAL app.team = '{_ids(context.team)}';"
        f"SET LOCAL app.coached = '{_ids(context.coached)}';"
        f"SET LOCAL app.sponsored = '{_ids(context.sponsored)}';"
        f"SET LOCAL app.organisations = '{_ids(context.organisations)}';"
    )


def _id(value: UUID | None) -> str:
    return "" if value is None else _checked(value)


def _ids(values: Iterable[UUID]) -> str:
    return "{" + ",".join(_checked(value) for value in values) + "}"


def _checked(value: UUID) -> str:
    if not isinstance(value, UUID):
        raise ValueError(f"{value!r} is no UUID")
    return str(UUID(int=value.int))
