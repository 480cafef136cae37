"""One's own passkeys: a list, a new one, another name, away; and confirming with one."""

from typing import Annotated
from uuid import UUID

from litestar.di import NamedDependency
from litestar.handlers import post
from litestar.params import FromPath
from litestar.response.base import ASGIResponse
from msgspec import Meta, Struct

from frontend.access import MEMBERS, Viewer
from frontend.account.confirmation import confirmation, confirmed_with, proved
from frontend.account.devices import device_named
from frontend.account.recovery_codes import recovery_codes_shown
from frontend.entering import address_of, device_of, session_cookie
from frontend.passkeys import Credential, Signature, site_of
from frontend.representation import AnyRequest, json_response, notice, see_other, wants_page
from frontend.routes import deed, page
from tenancy.database.pool import Database, Transaction
from tenancy.identity import sessions
from tenancy.passkeys import proving, service
from tenancy.passkeys.queries import PasskeyRow, passkey_of, passkeys_of

Name = Annotated[str, Meta(min_length=1, max_length=80, title="a name for the passkey")]


class PasskeysPage(Struct):
    passkeys: list[PasskeyRow]
    device: str
    """What this browser calls itself, as a first name for a passkey made here."""
    other_sessions: int
    """In how many other browsers the person is signed in."""


class NewPasskey(Struct, forbid_unknown_fields=True):
    credential: Credential
    name: Name


class PasskeyName(Struct, forbid_unknown_fields=True):
    name: Name


class AddedPasskey(Struct):
    """The session's new cookie came with this, and its new token against cross-site changes."""

    id: UUID
    first: bool
    recovery_codes: list[str]
    """Issued with a person's first second factor, and never shown again."""
    csrf_token: str


class Removed(Struct):
    removed: bool


@page("/account/passkeys", template="account/passkeys.html", policy=MEMBERS, fresh=True)
async def passkeys(
    request: AnyRequest, tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer]
) -> PasskeysPage:
    """One's own passkeys."""
    return PasskeysPage(
        await tx.all(passkeys_of, identity=viewer.identity),
        device_named(device_of(request).name),
        len(await sessions.open_of(tx, viewer.identity)) - 1,
    )


@post("/account/passkeys/options", opt={"policy": MEMBERS, "fresh": True}, status_code=200)
async def options_to_add(
    request: AnyRequest, tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer]
) -> ASGIResponse:
    """What the browser makes a new passkey from. It can be added in this session alone, once."""
    return json_response(
        await service.options_to_add(
            tx, site_of(request), identity=viewer.identity, session=viewer.session
        )
    )


@post(
    "/account/passkeys",
    opt={"policy": MEMBERS, "body": NewPasskey, "again": passkeys, "fresh": True},
)
async def add_passkey(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    draft: NamedDependency[NewPasskey],
    database: NamedDependency[Database],
) -> ASGIResponse:
    """Add a passkey that the browser has made. It counts as proved in this session."""
    added = await service.add(
        database,
        site_of(request),
        draft.credential,
        name=draft.name,
        context=viewer.context,
        identity=viewer.identity,
        session=viewer.session,
    )
    cookies = session_cookie(added.session)
    renewed = viewer.under(added.session.token)
    if wants_page(request) and added.recovery_codes:
        return recovery_codes_shown(request, renewed, added.recovery_codes, cookies)
    if wants_page(request):
        wanted = viewer.lacks_second_factor
        cookies.append(notice(f"“{draft.name}” was added. We have mailed you about it."))
        return see_other(
            "/account/second-factor" if wanted else "/account/passkeys", cookies=cookies
        )
    shown = AddedPasskey(added.id, added.first, added.recovery_codes, renewed.csrf)
    return json_response(shown, 201, cookies=cookies)


@page("/account/passkeys/{id:uuid}", template="account/passkey.html", policy=MEMBERS, fresh=True)
async def passkey(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> PasskeyRow:
    """One of one's own passkeys."""
    return await tx.one(passkey_of, identity=viewer.identity, passkey=id)


def _list(_: object) -> str:
    return "/account/passkeys"


@deed(
    "/account/passkeys/{id:uuid}",
    policy=MEMBERS,
    absolute=True,
    body=PasskeyName,
    again=passkey,
    then=_list,
    says="The passkey has its new name.",
    fresh=True,
)
async def rename_passkey(
    tx: NamedDependency[Transaction],
    viewer: NamedDependency[Viewer],
    id: FromPath[UUID],
    draft: NamedDependency[PasskeyName],
) -> PasskeyRow:
    """Call one of one's own passkeys something else."""
    await service.rename(tx, id, draft.name, identity=viewer.identity)
    return await tx.one(passkey_of, identity=viewer.identity, passkey=id)


@deed(
    "/account/passkeys/{id:uuid}/removal",
    policy=MEMBERS,
    absolute=True,
    again=passkey,
    then=_list,
    says="The passkey was removed, and opens nothing any more. We have mailed you about it.",
    fresh=True,
)
async def remove_passkey(
    tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer], id: FromPath[UUID]
) -> Removed:
    """Take one of one's own passkeys away."""
    await service.remove(tx, id, identity=viewer.identity)
    return Removed(True)


@post("/account/confirmation/passkey/options", opt={"policy": MEMBERS}, status_code=200)
async def options_to_confirm(
    request: AnyRequest, tx: NamedDependency[Transaction], viewer: NamedDependency[Viewer]
) -> ASGIResponse:
    """What the browser asks one's own passkeys with."""
    return json_response(
        await proving.options_to_confirm(
            tx, site_of(request), identity=viewer.identity, session=viewer.session
        )
    )


@post(
    "/account/confirmation/passkey",
    opt={"policy": MEMBERS, "body": Signature, "again": confirmation},
    status_code=200,
)
async def confirm_with_passkey(
    request: AnyRequest,
    viewer: NamedDependency[Viewer],
    draft: NamedDependency[Signature],
    database: NamedDependency[Database],
) -> ASGIResponse:
    """Confirm with a passkey."""
    proof = proving.confirm(
        database,
        site_of(request),
        draft.credential,
        identity=viewer.identity,
        session=viewer.session,
        address=address_of(request),
    )
    session = await proved(database, viewer, proof)
    return confirmed_with(request, viewer, session, draft.next)


PASSKEYS = [
    passkeys,
    options_to_add,
    add_passkey,
    passkey,
    rename_passkey,
    remove_passkey,
    options_to_confirm,
    confirm_with_passkey,
]
