"""What all pages with passkeys share: where passkeys work, and what a browser sends of one."""

from typing import Annotated

from msgspec import Meta, Struct

from frontend.representation import AnyRequest
from tenancy.errors import Refused
from tenancy.passkeys.ceremony import Site

Credential = Annotated[
    str,
    Meta(
        min_length=1,
        max_length=16_000,
        title="the passkey",
        description="The browser's PublicKeyCredential, as the text of its JSON.",
    ),
]


class Signature(Struct, forbid_unknown_fields=True):
    """A challenge, signed by a passkey."""

    credential: Credential
    next: Annotated[str, Meta(max_length=300)] = ""


def site_of(request: AnyRequest) -> Site:
    """Where passkeys are made for and work.

    Raises:
        Refused: nowhere, since the product has a number instead of a name.
    """
    site: Site = request.app.state.site
    if not site.has_name:
        raise Refused(
            "Passkeys need a name in the address, and this one has a number. Choose another way, "
            "and tell whoever runs Cocreate here."
        )
    return site
