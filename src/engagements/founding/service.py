"""Signing up: ask for a code, and found the workspace with it.

The code works only in the browser in which the form was filled in, so a mail scanner that opens
the link, or sends the form behind it, founds nothing.
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import select

from engagements.founding import slugs
from engagements.founding.models import SignUp
from engagements.founding.queries import lately, waiting
from engagements.framework.service import adopt_default
from engagements.inputs import Email, Line
from engagements.sample.telling import put_in
from tenancy.database.context import Context
from tenancy.database.pool import NOBODY, Database, Transaction
from tenancy.errors import Conflict, Invalid, TooMany
from tenancy.files.store import Files
from tenancy.identity import codes, sessions
from tenancy.identity.limits import take_turns
from tenancy.identity.queries import place_of
from tenancy.identity.requests import CODE_LASTS, TRIES
from tenancy.identity.service import known_as, second_factors
from tenancy.identity.sessions import Device, NewSession
from tenancy.ids import new_id
from tenancy.jobs.queue import enqueue
from tenancy.mail.service import Letter
from tenancy.workspaces import service as workspaces
from tenancy.workspaces.keys import Keyring
from tenancy.workspaces.models import Workspace

MAIL_CODE = "mail sign-up code"
WITHIN = timedelta(hours=1)
PER_ACCOUNT = 3
PER_ADDRESS = 5
LETTER = "sign_up_code"


class SignUpDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    name: Annotated[Line, Meta(title="your name")]
    email: Annotated[
        Email, Meta(title="your e-mail address", description="Write it like name@example.org.")
    ]
    consultancy: Annotated[Line, Meta(title="the consultancy's name")]
    slug: Annotated[str, Meta(max_length=slugs.LONGEST, title="the address")] = ""
    """Left out: made from the name."""
    time_zone: Annotated[str, Meta(min_length=1, max_length=60, title="your time zone")]
    begin: Annotated[Literal["look", "own"], Meta(title="how to begin")]


class Asked(Struct, frozen=True):
    """A code was asked for: the token that stays in the browser."""

    browser_token: str


class Founded(Struct, frozen=True):
    slug: str
    session: NewSession | None
    """The owner's first; None where the same code was sent twice, for the second, and where a
    second factor is to be proved first."""


class Mailing(Struct):
    """The job's payload."""

    sign_up: UUID


class Taken(Invalid):
    """Somebody else was given the address meanwhile; `draft` is what was typed."""

    def __init__(self, draft: SignUpDraft) -> None:
        super().__init__({"slug": slugs.taken(draft.slug)})
        self.draft = draft


async def ask(db: Database, keyring: Keyring, draft: SignUpDraft, *, address: str) -> Asked:
    """Keep what was typed, sealed, and mail a code to its address. Nothing is founded yet.

    Args:
        address: the network address that asks.

    Raises:
        Invalid: the workspace's address or the time zone cannot be used.
        TooMany: this network address asked too often.
    """
    draft = await _checked(db, draft)
    account, source = codes.token_hash(draft.email), codes.token_hash(address)
    code, token = codes.new_code(), codes.new_token()
    async with db.transaction(NOBODY, writes=True) as tx:
        await take_turns(tx, account, source)
        counts = await tx.one(lately, account=account, address=source, within=WITHIN)
        if counts.address >= PER_ADDRESS:
            raise TooMany("Too many sign-ups came from this network. Try again in an hour.")
        sign_up = SignUp(
            id=new_id(),
            account_hash=account,
            address_hash=source,
            browser_hash=codes.token_hash(token),
            code_hash=codes.code_hash(token, code),
            expires_at=datetime.now(UTC) + CODE_LASTS,
        )
        tx.session.add(sign_up)
        form = msgspec.json.encode(draft)
        sign_up.sealed = keyring.seal(form, belongs_to=_form_of(sign_up.id))
        if counts.account < PER_ACCOUNT:
            sign_up.sealed_code = keyring.seal(code.encode(), belongs_to=_code_of(sign_up.id))
            await enqueue(tx, MAIL_CODE, Mailing(sign_up=sign_up.id))
    return Asked(token)


async def found(
    db: Database, keyring: Keyring, files: Files, browser_token: str, typed: str, *, device: Device
) -> Founded:
    """Found the workspace, and sign its owner in. Each try is counted, also the wrong ones.

    A code that is sent twice founds once.

    Raises:
        Invalid: the code is wrong, out of time, or was asked for in another browser.
        Taken: another workspace was given the address meanwhile; the code still works.
    """
    code = codes.read(typed)
    draft: SignUpDraft | None = None
    context = Context(surface="job", tenant=new_id())
    try:
        async with db.transaction(context, writes=True) as tx:
            sign_up = await _sign_up_of(tx, browser_token)
            founded = None
            if sign_up is not None and _is_right(sign_up, browser_token, code):
                draft = _draft(keyring, sign_up)
                founded = await _founded_before(tx, sign_up)
                if draft is not None and founded is None:
                    owner = await _found(tx, keyring, files, draft)
                    founded = await _signed_in(tx, sign_up, draft, owner, device)
    except Conflict as failure:
        if draft is not None and await db.look_up(place_of, slug=draft.slug) is not None:
            raise Taken(draft) from failure
        raise
    if founded is None:
        raise Invalid({"code": _why_not(sign_up)})
    return founded


async def mail_code(
    db: Database, keyring: Keyring, send: Callable[[Letter], Awaitable[bool]], payload: bytes
) -> None:
    """Mail a code, once: the row is locked until the server has taken the letter."""
    wanted = msgspec.json.decode(payload, type=Mailing).sign_up
    async with db.transaction(NOBODY, writes=True) as tx:
        sign_up = await tx.session.get(SignUp, wanted, with_for_update=True)
        letter = _letter(keyring, sign_up) if sign_up is not None else None
        if sign_up is not None and letter is not None and await send(letter):
            sign_up.sealed_code = None


async def letters(db: Database, keyring: Keyring) -> list[Letter]:
    """The letters that wait, the newest first: all of them, where there is no mail server."""
    async with db.transaction(NOBODY, writes=True) as tx:
        found = [await tx.session.get(SignUp, row.id) for row in await tx.all(waiting)]
    written = [_letter(keyring, sign_up) for sign_up in found if sign_up is not None]
    return [letter for letter in written if letter is not None]


async def _checked(db: Database, draft: SignUpDraft) -> SignUpDraft:
    """The draft in its final form."""
    slug = draft.slug.strip().lower() or slugs.proposed(draft.consultancy)
    errors = {}
    if wrong := slugs.wrong_with(slug):
        errors["slug"] = wrong
    elif await db.look_up(place_of, slug=slug) is not None:
        errors["slug"] = slugs.taken(slug)
    if draft.time_zone not in workspaces.time_zones():
        errors["time_zone"] = "Choose a time zone from the list."
    if errors:
        raise Invalid(errors)
    email = draft.email.strip().lower()
    return msgspec.structs.replace(draft, slug=slug, email=email)


async def _sign_up_of(tx: Transaction, browser_token: str) -> SignUp | None:
    statement = (
        select(SignUp)
        .where(SignUp.browser_hash == codes.token_hash(browser_token))
        .with_for_update()
    )
    sign_up = (await tx.session.execute(statement)).scalar_one_or_none()
    if sign_up is not None:
        sign_up.tries += 1
    return sign_up


def _is_right(sign_up: SignUp, browser_token: str, code: str) -> bool:
    right = codes.same(sign_up.code_hash, codes.code_hash(browser_token, code))
    return right and _alive(sign_up)


def _alive(sign_up: SignUp) -> bool:
    return sign_up.expires_at > datetime.now(UTC) and sign_up.tries <= TRIES


async def _founded_before(tx: Transaction, sign_up: SignUp) -> Founded | None:
    """What the same code has founded: a button that is pressed twice sends it twice."""
    if sign_up.tenant_id is None:
        return None
    statement = select(Workspace.slug).where(Workspace.id == sign_up.tenant_id)
    return Founded((await tx.session.execute(statement)).scalar_one(), None)


async def _found(tx: Transaction, keyring: Keyring, files: Files, draft: SignUpDraft) -> Context:
    """The workspace with its framework, and the sample where that was chosen; its owner."""
    owner = await workspaces.found_within(
        tx,
        keyring,
        slug=draft.slug,
        name=draft.consultancy,
        time_zone=draft.time_zone,
        owner_name=draft.name,
        owner_email=draft.email,
    )
    await adopt_default(tx)
    if draft.begin == "look":
        assert owner.member is not None, "an owner is a member"
        await put_in(tx, files, owner.member, draft.name)
    return owner


async def _signed_in(
    tx: Transaction, sign_up: SignUp, draft: SignUpDraft, owner: Context, device: Device
) -> Founded:
    """The owner's first session; what was typed is not needed any more.

    Who has set up a second factor elsewhere signs in with it, here as there.
    """
    assert owner.tenant is not None, "an owner is somewhere"
    person = await known_as(tx, draft.email, draft.name)
    session = None
    if not second_factors(person.factors):
        session = await sessions.begin(
            tx, identity=person.id, tenant=owner.tenant, factor="code", device=device
        )
    sign_up.used_at, sign_up.tenant_id = datetime.now(UTC), owner.tenant
    sign_up.sealed = sign_up.sealed_code = None
    return Founded(draft.slug, session)


def _why_not(sign_up: SignUp | None) -> str:
    if sign_up is None:
        return "Begin again in this browser: a code works only where it was asked for."
    if _alive(sign_up) and sign_up.tries < TRIES:
        return "That is not the code we sent. Check the newest mail and type it again."
    return "This code no longer works. Begin again, and a new one is sent."


def _draft(keyring: Keyring, sign_up: SignUp) -> SignUpDraft | None:
    """What was typed; None once it is used, or the master key was replaced since."""
    if sign_up.sealed is None:
        return None
    text = keyring.open(sign_up.sealed, belongs_to=_form_of(sign_up.id))
    return msgspec.json.decode(text, type=SignUpDraft) if text else None


def _letter(keyring: Keyring, sign_up: SignUp) -> Letter | None:
    draft = _draft(keyring, sign_up)
    if draft is None or sign_up.sealed_code is None or not _alive(sign_up):
        return None
    code = keyring.open(sign_up.sealed_code, belongs_to=_code_of(sign_up.id))
    if code is None:
        return None
    facts = {
        "code": codes.shown(code.decode()),
        "minutes": CODE_LASTS.seconds // 60,
        "path": "/sign-up/code",
    }
    # Nothing else that was typed: nobody has shown yet that the address is theirs, and a mail of
    # ours must not carry a stranger's words.
    address, at = draft.email, sign_up.created_at
    return Letter(sign_up.id, LETTER, address, address, "waiting", at, facts)


def _form_of(id: UUID) -> bytes:
    return b"sign-up form" + id.bytes


def _code_of(id: UUID) -> bytes:
    return b"sign-up code" + id.bytes
