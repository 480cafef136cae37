"""What every route is about, and who may do it: the checked-in half of the isolation matrix.

Who may *read* a thing is `canaries.REACH`; here each route says which things it shows or changes,
and, where that is narrower, which of their readers it is for.
"""

from base64 import b64encode
from collections.abc import Callable
from typing import Any
from uuid import UUID

from msgspec import Struct, field

from canaries import Work
from engagements.retention.classes import CLASSES
from estate import Estate
from frontend.assets import version
from providing import CLIENT
from tenancy.ids import new_id
from world import OPERATOR

NOWHERE = "0198c0de-0000-7000-8000-000000000000"
"""An id that nothing has."""

Facts = Callable[[Estate, Work], dict[str, Any]]


class Target(Struct, frozen=True, kw_only=True):
    """What a route is about, by the names that the estate has for things; nothing when empty."""

    things: tuple[str, ...] = ()
    only: frozenset[str] | None = None
    """Of those who may read the thing, whom this is for; None: all of them."""
    body: Facts | None = None
    """What has to be in the body beside the smallest."""
    path: dict[str, str | Callable[[Estate], object]] = field(default_factory=dict)
    """What fills parameters of the address that are not those of the thing."""
    query: str = ""
    """What stands behind the path."""
    removes: bool = False
    ends_access: bool = False
    """Whoever does it is nobody afterwards, so it is done when all else is."""
    answers: frozenset[int] = frozenset({200, 303})
    """What those get who may read it."""
    closed: int = 404
    """The answer to those whom the route is open to, but not with this thing."""


def about(*things: str, only: str = "", **facts: Any) -> Target:
    words = frozenset(word.strip() for word in only.split(",")) if only else None
    return Target(things=things, only=words, **facts)


def id_of(name: str, parameter: str = "id") -> Callable[[Estate, Work], UUID]:
    return lambda estate, work: estate.things(name, work)[0].path[parameter]


def lead_of(estate: Estate, work: Work) -> UUID:
    return estate.people[{"ours": "bob", "theirs": "cora", "elsewhere": "other bob"}[work]].id


def participant_of(estate: Estate, work: Work) -> UUID:
    return estate.people[{"ours": "pat", "theirs": "quinn", "elsewhere": "other pat"}[work]].id


FIELDS: dict[str, Callable[[Estate, Work], UUID]] = {
    "organisation_id": id_of("client"),
    "engagement_id": id_of("engagement"),
    "engagement_ids": id_of("engagement"),
    "session_id": id_of("session"),
    "contact_id": id_of("contact"),
    "unit_id": id_of("unit"),
    "parent_id": id_of("unit"),
    "phase_id": id_of("phase"),
    "indicator_id": id_of("indicator"),
    "domain_id": id_of("domain"),
    "elements": id_of("element"),
    "owner_id": lead_of,
    "lead_id": lead_of,
    "speaker_id": participant_of,
    "member_id": lead_of,
    "reader_ids": lead_of,
    "widening_to": lead_of,
    "settles": id_of("copy to merge", "copy"),
    "attendee_ids": lead_of,
    "came_ids": lead_of,
}
"""What the ids in bodies are the ids of, by the field's name."""

MADE_BY_THE_CLIENT = {"id", "mutation_id"}


def scores(estate: Estate, work: Work) -> dict[str, Any]:
    every = [str(thing.path["id"]) for thing in estate.things("domain", work)]
    return {"domain_id": every, "answers": [20] * len(every), "mean": [6.5] * len(every)}


def promise(estate: Estate, work: Work) -> dict[str, Any]:
    doer = {"ours": "pat", "theirs": "quinn", "elsewhere": "other pat"}[work]
    return {"owner_id": str(estate.people[doer].id), "shown_to": "sponsor"}


def promises(estate: Estate, work: Work) -> dict[str, Any]:
    owner = str(lead_of(estate, work))
    return {"text": ["Do it"], "owner_id": [owner], "due_on": [""], "shown_to": ["team"]}


def words(estate: Estate, work: Work) -> dict[str, Any]:
    return {"headline": "Something new", "figures_to": "2026-10-31"}


def paper(*_: Any) -> dict[str, Any]:
    return {"files": [{"name": "agenda.txt", "content": b64encode(b"Who opens?").decode()}]}


def sentence(estate: Estate, work: Work) -> dict[str, Any]:
    """What stands in every note; whose it is, where its author is of the team."""
    return {"words": "was said in confidence.", "speaker_id": str(participant_of(estate, work))}


def periods(*_: Any) -> dict[str, Any]:
    return {each.key: each.months for each in CLASSES}


def token(*_: Any) -> dict[str, Any]:
    return {"name": "Figures into a spreadsheet", "scopes": ["records:read"]}


def one_engagement(estate: Estate, work: Work) -> dict[str, Any]:
    return {"engagement_id": str(id_of("engagement")(estate, work))}


def same_provider(estate: Estate, work: Work) -> dict[str, Any]:
    return {"issuer": estate.issuer, "client_id": CLIENT, "second_factor_by": "person"}


def newcomer(estate: Estate, work: Work) -> dict[str, Any]:
    return {"relation": "participant", "contact_id": str(id_of("newcomer")(estate, work))}


def team(estate: Estate, work: Work) -> dict[str, Any]:
    return {"engagement_id": str(id_of("engagement")(estate, work)), "relation": "team"}


def guests(estate: Estate, work: Work) -> dict[str, Any]:
    engagement = str(id_of("engagement")(estate, work))
    addresses = f"{new_id().hex}@trust.example"
    return {"role": "participant", "engagement_ids": [engagement], "addresses": addresses}


def north(estate: Estate) -> str:
    return estate.worlds["north"].slug


LINK: dict[str, str | Callable[[Estate], object]] = {
    "slug": north,
    "id": lambda estate: id_of("invitation")(estate, "ours"),
}
"""The link of an invitation, which anybody may open; it says no more than its mail did."""

PUBLIC = {
    "GET /join/{slug:str}/{id:uuid}": about(path=LINK),
    "GET /join/{slug:str}/{id:uuid}/code": about(path=LINK),
    "DO /join/{slug:str}/{id:uuid}": about(path=LINK),
    "DO /join/{slug:str}/{id:uuid}/code": about(path=LINK),
    "DO /join/{slug:str}/{id:uuid}/acceptance": about(path=LINK),
    "GET /": about(),
    "GET /accessibility": about(),
    "GET /api": about(),
    "GET /demo/outbox": about(),
    "GET /favicon.ico": about(),
    "GET /health/live": about(),
    "GET /health/ready": about(),
    "GET /help": about(),
    "GET /privacy": about(),
    "GET /security": about(),
    "GET /session": about(),
    "GET /sign-in": about(),
    "GET /sign-in/code": about(),
    "GET /sign-up": about(),
    "GET /sign-up/code": about(),
    "GET /sign-in/password": about(),
    "GET /sign-in/second-step": about(),
    "GET /sign-in/sso/{slug:str}": about(),
    # Whoever comes back without having gone is told so.
    "GET /sign-in/callback": about(answers=frozenset({403})),
    "GET /sw.js": about(),
    "GET /manifest.webmanifest": about(),
    "GET /waiting": about(),
    "GET /write": about(),
    "GET /static/{stamp:str}/{name:path}": about(path={"stamp": version(), "name": "css/app.css"}),
    "DO /sign-in": about(),
    "DO /sign-in/code": about(),
    # The smallest body names no time zone that there is, so nobody is mailed here.
    "DO /sign-up": about(),
    "DO /sign-up/code": about(),
    "DO /sign-in/password": about(),
    "DO /sign-in/second-step": about(),
    "DO /sign-in/sso/{slug:str}": about(),
    "DO /sign-out": about(),
}

SUPPORT = {
    "GET /support": about(),
    "GET /support/{slug:str}": about(path={"slug": north}),
    "GET /support/{slug:str}/trail": about(path={"slug": north}),
    "DO /support/sign-out": about(),
}

ACCOUNT = {
    "GET /account": about(),
    "GET /account/second-factor": about(),
    "GET /account/confirmation": about(),
    "DO /account/confirmation": about(),
    "DO /account/confirmation/code": about(),
    "DO /account/confirmation/password": about(),
    "DO /account/confirmation/second-factor": about(),
    "GET /account/password": about(),
    "DO /account/password": about(body=lambda *_: {"password": "seven quiet lanterns"}),
    "DO /account/password/removal": about(),
    "GET /account/authenticator": about(),
    "DO /account/authenticator": about(),
    "DO /account/authenticator/confirmation": about(),
    "DO /account/authenticators/{id:uuid}/removal": about(path={"id": NOWHERE}),
    "DO /account/recovery-codes": about(),
    "DO /account/workspace": about(),
    "DO /account/sessions/{id:uuid}/end": about(path={"id": NOWHERE}),
    "DO /account/sessions/others/end": about(),
}
PASSKEYS = {
    "GET /sign-in/second-step": about(),
    "DO /sign-in/passkey": about(),
    "DO /sign-in/passkey/options": about(),
    "DO /sign-in/second-step/passkey": about(),
    "DO /sign-in/second-step/passkey/options": about(),
    "DO /account/confirmation/passkey": about(),
    "DO /account/confirmation/passkey/options": about(),
    "GET /account/passkeys": about(),
    "DO /account/passkeys": about(),
    "DO /account/passkeys/options": about(),
    "GET /account/passkeys/{id:uuid}": about("passkey"),
    "DO /account/passkeys/{id:uuid}": about("passkey"),
    "DO /account/passkeys/{id:uuid}/removal": about("passkey", removes=True),
}

HOME = {
    "GET /": about(),
    "GET /beginning": about(),
    "DO /beginning": about(),
    "GET /writing": about(),
    "GET /framework": about(),
    # Every marker begins like this, so that each person looks for all that there is.
    "GET /search": about(query="q=cnry"),
}
CLIENTS = {
    "GET /clients": about(),
    "GET /clients/new": about(),
    "DO /clients": about(),
    "GET /clients/{id:uuid}": about("client"),
    "GET /clients/{id:uuid}/edit": about("client"),
    "DO /clients/{id:uuid}": about("client"),
    "GET /clients/{id:uuid}/units/new": about("client"),
    "DO /clients/{id:uuid}/units": about("client"),
    "GET /units/{id:uuid}/edit": about("unit"),
    "DO /units/{id:uuid}": about("unit"),
    "DO /units/{id:uuid}/removal": about("unit", removes=True),
    "GET /clients/{id:uuid}/contacts/new": about("client"),
    "DO /clients/{id:uuid}/contacts": about("client"),
    "GET /contacts/{id:uuid}/edit": about("contact"),
    "DO /contacts/{id:uuid}": about("contact"),
    "DO /contacts/{id:uuid}/removal": about("contact", removes=True),
}
ENGAGEMENTS = {
    "GET /engagements": about(),
    "GET /engagements/new": about(),
    "DO /engagements": about(),
    "GET /engagements/{id:uuid}": about("engagement"),
    "GET /engagements/{id:uuid}/edit": about("engagement"),
    "DO /engagements/{id:uuid}": about("engagement"),
    "GET /engagements/{id:uuid}/state": about("engagement"),
    "DO /engagements/{id:uuid}/state": about("engagement", body=lambda *_: {"state": "paused"}),
    "GET /engagements/{id:uuid}/focus": about("engagement"),
    "DO /engagements/{id:uuid}/focus": about("engagement"),
    "GET /engagements/{id:uuid}/people": about("engagement"),
    "GET /engagements/{id:uuid}/people/new": about("engagement"),
    "DO /engagements/{id:uuid}/people": about("engagement", body=newcomer),
    "DO /engagements/{id:uuid}/people/{assignment:uuid}/release": about("place", removes=True),
    "DO /engagements/{id:uuid}/invitations/{invitation:uuid}/renewal": about(
        "invitation on an engagement"
    ),
    "DO /engagements/{id:uuid}/invitations/{invitation:uuid}/revocation": about(
        "invitation to take back on an engagement", removes=True
    ),
    "GET /engagements/{id:uuid}/lead": about("engagement"),
    "DO /engagements/{id:uuid}/lead": about("engagement"),
}
PLAN = {
    "GET /phases/{id:uuid}/edit": about("phase"),
    "DO /phases/{id:uuid}": about("phase"),
    "GET /engagements/{id:uuid}/milestones/new": about("engagement"),
    "DO /engagements/{id:uuid}/milestones": about("engagement"),
    "GET /milestones/{id:uuid}/edit": about("milestone"),
    "DO /milestones/{id:uuid}": about("milestone"),
    "DO /milestones/{id:uuid}/completion": about("milestone"),
    "DO /milestones/{id:uuid}/removal": about("milestone", removes=True),
    "GET /engagements/{id:uuid}/objectives/new": about("engagement"),
    "DO /engagements/{id:uuid}/objectives": about("engagement"),
    "GET /objectives/{id:uuid}": about("objective"),
    "DO /objectives/{id:uuid}/state": about("objective", body=lambda *_: {"state": "met"}),
}
NOTES = {
    "GET /engagements/{id:uuid}/notes": about("engagement"),
    "GET /engagements/{id:uuid}/notes.md": about("engagement"),
    "GET /engagements/{id:uuid}/notes/new": about("engagement", only="team"),
    "DO /engagements/{id:uuid}/notes": about("engagement", only="team"),
    "GET /notes/{id:uuid}": about("note"),
    "GET /notes/{id:uuid}/edit": about("note", only="author, writing"),
    "GET /notes/{id:uuid}/versions": about("note"),
    "DO /notes/{id:uuid}/versions/{number:int}/restoration": about(
        "note", only="author, writing", path={"number": "1"}, body=lambda *_: {"version": 2}
    ),
    "GET /notes/{id:uuid}/copies/{copy:uuid}": about("copy to merge", "copy to lay aside"),
    "DO /notes/{id:uuid}/copies/{copy:uuid}/merge": about(
        "copy to merge", body=lambda *_: {"version": 2}, removes=True
    ),
    "DO /notes/{id:uuid}/copies/{copy:uuid}/settlement": about("copy to lay aside", removes=True),
    "GET /notes/{id:uuid}/actions/new": about("note", only="team"),
    "DO /notes/{id:uuid}/actions": about("note", only="team", body=promises),
    "DO /notes/preview": about(),
    # An id that nobody can see may be a new note's: what is missing is its engagement.
    "DO /notes/{id:uuid}": about(
        "note",
        only="author, writing",
        body=lambda *_: {"version": 1, "autosaved": True},
        closed=422,
    ),
    "DO /notes/{id:uuid}/audience": about("note", only="author", removes=True),
    "DO /notes/{id:uuid}/attachments": about("note with files", only="author, writing", body=paper),
    "GET /attachments/{id:uuid}": about("attachment"),
    "DO /attachments/{id:uuid}/removal": about(
        "attachment to be removed", only="author", removes=True
    ),
}
SESSIONS = {
    "GET /engagements/{id:uuid}/sessions": about("engagement"),
    "GET /engagements/{id:uuid}/sessions/new": about("engagement", only="team"),
    "DO /engagements/{id:uuid}/sessions": about("engagement", only="team"),
    "GET /sessions/{id:uuid}": about("session", "past session"),
    "GET /sessions/{id:uuid}/edit": about("session", only="team"),
    "GET /sessions/{id:uuid}/calendar.ics": about("session"),
    "DO /sessions/{id:uuid}": about("session", only="team"),
    "DO /sessions/{id:uuid}/register": about("past session", only="team"),
    "DO /sessions/{id:uuid}/cancellation": about("session", only="team"),
}
ACTIONS = {
    "GET /engagements/{id:uuid}/actions": about("engagement"),
    "GET /engagements/{id:uuid}/actions/new": about("engagement", only="team"),
    "DO /engagements/{id:uuid}/actions": about("engagement", only="team"),
    "GET /actions/{id:uuid}": about("action"),
    "GET /actions/{id:uuid}/edit": about("action", only="team"),
    "DO /actions/{id:uuid}": about("action", only="team", body=promise),
    "DO /actions/{id:uuid}/completion": about("action", only="team, doing"),
    "DO /actions/{id:uuid}/drop": about("action to drop", only="team"),
}
COACHING = {
    "GET /engagements/{id:uuid}/reflections/new": about("engagement", only="participant"),
    "DO /engagements/{id:uuid}/reflections": about("engagement", only="participant"),
}
MEASURES = {
    "GET /engagements/{id:uuid}/measures": about("engagement"),
    "GET /engagements/{id:uuid}/measures/new": about("engagement"),
    "DO /engagements/{id:uuid}/measures": about("engagement", only="team"),
    "GET /engagements/{id:uuid}/measures/scores/new": about("engagement"),
    "DO /engagements/{id:uuid}/measures/scores": about("engagement", only="team", body=scores),
    "GET /indicators/{id:uuid}": about("indicator"),
    "GET /indicators/{id:uuid}/edit": about("indicator"),
    "DO /indicators/{id:uuid}": about("indicator", only="team"),
    "GET /indicators/{id:uuid}/figures/new": about("indicator"),
    "DO /indicators/{id:uuid}/figures": about(
        "indicator", only="team", body=lambda *_: {"csv": "month,value\n2026-09,61"}
    ),
    "DO /indicators/{id:uuid}/rebases": about(
        "indicator", only="team", body=lambda *_: {"period": "2026-03-31"}
    ),
    "DO /rebases/{id:uuid}/removal": about("rebase", only="team", removes=True),
}
PUBLICATIONS = {
    "GET /engagements/{id:uuid}/publications": about("engagement"),
    "GET /engagements/{id:uuid}/publications/new": about("engagement"),
    "GET /engagements/{id:uuid}/publications/preview": about("engagement"),
    "DO /engagements/{id:uuid}/publications": about("engagement", only="team", body=words),
    "DO /engagements/{id:uuid}/publications/preview": about("engagement", only="team", body=words),
    "DO /engagements/{id:uuid}/publications/draft": about("engagement", body=words),
    "DO /engagements/{id:uuid}/portal": about("engagement before its portal opens", only="team"),
    "DO /publications/{id:uuid}/withdrawal": about("publication", only="team"),
}
AGREEMENTS = {
    "GET /engagements/{id:uuid}/agreement": about("engagement"),
    "GET /engagements/{id:uuid}/agreement/new": about("engagement"),
    "DO /engagements/{id:uuid}/agreement": about("engagement", only="team"),
    "DO /engagements/{id:uuid}/agreement/reminder": about("engagement", only="team"),
    "DO /agreements/{id:uuid}/consent": about("agreement", only="team, participant"),
    "DO /agreements/{id:uuid}/ending": about("agreement", only="team, participant", removes=True),
}
UPWARD = {
    "GET /notes/{id:uuid}/proposals/new": about("note"),
    "DO /notes/{id:uuid}/proposals": about("note with words", body=sentence),
    "DO /notes/{id:uuid}/proposals/draft": about("note with words"),
    "GET /proposals/{id:uuid}": about("proposal", "approved proposal"),
    "DO /proposals/{id:uuid}/approval": about("proposal to approve", only="speaking"),
    "DO /proposals/{id:uuid}/refusal": about("proposal to refuse", only="speaking"),
    "DO /proposals/{id:uuid}/withdrawal": about("approved proposal", only="speaking"),
    "DO /words/{id:uuid}/withdrawal": about("own words", only="speaking"),
}
RETENTION = {
    "GET /settings/retention": about(),
    "DO /settings/retention/periods": about(body=periods),
    # Of one engagement: what is held altogether, nobody removes, not even the sample.
    "DO /settings/retention/holds": about(body=one_engagement),
    "DO /settings/retention/holds/{id:uuid}/lifting": about("legal hold", removes=True),
}
SETTINGS = {
    "GET /settings/sample": about(),
    "DO /settings/sample": about(),
    "GET /settings/members": about(),
    "GET /settings/members/{id:uuid}": about("member"),
    "GET /settings/members/{id:uuid}/edit": about("member"),
    "DO /settings/members/{id:uuid}": about("member to change"),
    "GET /settings/members/{id:uuid}/role": about("member"),
    "DO /settings/members/{id:uuid}/role": about(
        "member to change", body=lambda *_: {"role": "consultant"}
    ),
    "DO /settings/members/{id:uuid}/suspension": about("member to suspend"),
    "DO /settings/members/{id:uuid}/reinstatement": about("suspended member"),
    "GET /settings/members/{id:uuid}/places/new": about("member"),
    "DO /settings/members/{id:uuid}/places": about("member to change", body=team),
    "DO /settings/members/{id:uuid}/places/{assignment:uuid}/release": about(
        "place of a member", removes=True
    ),
    "GET /settings/members/{id:uuid}/view": about("member to look at as"),
    "GET /settings/members/{id:uuid}/view/{engagement:uuid}": about("portal of a member"),
    "GET /settings/members/{id:uuid}/departure": about("member"),
    "DO /settings/members/{id:uuid}/departure": about("member to take out", removes=True),
    "DO /settings/members/{id:uuid}/readmission": about("former member"),
    "GET /settings/invitations": about(),
    "GET /settings/invitations/new": about(),
    "DO /settings/invitations/preview": about(body=guests),
    "DO /settings/invitations": about(body=guests),
    "DO /settings/invitations/{id:uuid}/renewal": about("invitation"),
    "DO /settings/invitations/{id:uuid}/revocation": about("invitation to take back", removes=True),
    "GET /settings/leave": about(),
    "DO /settings/leave": about(ends_access=True),
    "GET /settings/tokens": about(),
    "DO /settings/tokens": about(body=token),
    "DO /settings/tokens/{id:uuid}/revocation": about("token", removes=True),
    "GET /settings/sign-in": about(),
    "DO /settings/sign-in": about(),
    "GET /settings/trail": about(),
    "GET /settings/trail/export": about(),
    "GET /settings/copy": about(),
    "GET /settings/copy.json": about(),
    "GET /settings/support": about(),
    "DO /settings/support": about(body=lambda *_: {"operator": OPERATOR}),
    "DO /settings/support/{id:uuid}/ending": about("support access", removes=True),
    "GET /settings/sso": about(),
    "DO /settings/sso": about(body=same_provider),
    "DO /settings/sso/test": about(),
    "DO /settings/sso/state": about(body=lambda *_: {"on": True}),
    "DO /settings/sso/requirement": about(body=lambda *_: {"sso_for": "nobody"}),
    "DO /settings/sso/people/{id:uuid}/disconnection": about(
        "connected person", only="owner", removes=True
    ),
}
PORTAL = {
    "GET /": about(),
    "GET /settings/leave": about(),
    "DO /settings/leave": about(ends_access=True),
    "GET /settings/copy": about(),
    "GET /settings/copy.json": about(),
    "GET /{id:uuid}/agreement": about("agreement of an engagement"),
    "DO /agreements/{id:uuid}/consent": about("agreement", only="sponsor"),
    "DO /agreements/{id:uuid}/ending": about("agreement to end", only="sponsor", removes=True),
    "GET /{id:uuid}": about("engagement", "engagement before its portal opens"),
    "GET /sessions/{id:uuid}/calendar.ics": about("session"),
}


def _below(prefix: str, targets: dict[str, Target]) -> dict[str, Target]:
    """The targets under their whole addresses."""
    named = (name.partition(" ") for name in targets)
    return {
        f"{method} {prefix}{'' if path == '/' else path}": targets[f"{method} {path}"]
        for method, _, path in named
    }


ROUTES: dict[str, Target] = (
    PUBLIC
    | ACCOUNT
    | SUPPORT
    | PASSKEYS
    | _below("/w/{slug:str}", HOME | CLIENTS | ENGAGEMENTS | PLAN | NOTES | SESSIONS | ACTIONS)
    | _below("/w/{slug:str}", COACHING | MEASURES | PUBLICATIONS | AGREEMENTS | UPWARD | SETTINGS)
    | _below("/w/{slug:str}", RETENTION)
    | _below("/portal/{slug:str}", PORTAL)
)
"""Each route by its name. A new one stays untested, and its test red, until it is written here."""
