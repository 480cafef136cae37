"""What is asked of an authenticator, and whether what it signed is right. No database.

One rule for all of it: the person is verified by the authenticator (a PIN, a finger, a face), so
that a passkey is two factors at once.
"""

from collections.abc import Iterable, Sequence
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from msgspec import Struct
from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    options_to_json_dict,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

PATIENCE = 300_000
"""Milliseconds that a browser waits for its person."""

Options = dict[str, Any]
"""As the browser's `PublicKeyCredential.parse...OptionsFromJSON` reads them."""


DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class Site(Struct, frozen=True):
    """The one address that passkeys are made for and work at."""

    host: str
    origin: str
    """As browsers spell it: lower case, without the port that the scheme has by itself."""

    @classmethod
    def at(cls, public_url: str) -> "Site":
        parts = urlsplit(public_url.lower())
        place = parts.netloc.removesuffix(DEFAULT_PORTS.get(parts.scheme, ""))
        return cls(parts.hostname or "", f"{parts.scheme}://{place}")

    @property
    def has_name(self) -> bool:
        """Whether passkeys can be made for it: never for a number."""
        try:
            ip_address(self.host)
        except ValueError:
            return self.host != ""
        return False


class Credential(Struct, frozen=True):
    """A passkey as browsers are told of it."""

    id: bytes
    transports: Sequence[str]


class Made(Struct, frozen=True):
    """A passkey that an authenticator has just made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: list[str]
    aaguid: UUID
    backed_up: bool


class Signed(Struct, frozen=True):
    """What an authenticator says while it signs."""

    sign_count: int
    backed_up: bool


def creation_options(
    site: Site,
    challenge: bytes,
    *,
    handle: UUID,
    email: str,
    name: str,
    existing: Iterable[Credential],
) -> Options:
    """What makes a new passkey for a person, on a device that has none of `existing`."""
    return options_to_json_dict(
        generate_registration_options(
            rp_id=site.host,
            rp_name="Cocreate",
            user_id=handle.bytes,
            user_name=email,
            user_display_name=name,
            challenge=challenge,
            timeout=PATIENCE,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=_described(existing),
        )
    )


def request_options(site: Site, challenge: bytes, allowed: Iterable[Credential] = ()) -> Options:
    """What has a challenge signed by one of the passkeys `allowed`, or by any of the site's."""
    return options_to_json_dict(
        generate_authentication_options(
            rp_id=site.host,
            challenge=challenge,
            timeout=PATIENCE,
            allow_credentials=_described(allowed),
            user_verification=UserVerificationRequirement.REQUIRED,
        )
    )


def read_made(sent: str) -> tuple[RegistrationCredential, bytes] | None:
    """A new passkey as the browser sent it, with the challenge that it answers; None if neither."""
    try:
        made = parse_registration_credential_json(sent)
        return made, parse_client_data_json(made.response.client_data_json).challenge
    except Exception:  # What a stranger sent: the parsers below let errors of all kinds through.
        return None


def read_signed(sent: str) -> tuple[AuthenticationCredential, bytes] | None:
    """A signature as the browser sent it, with the challenge that it answers; None if neither."""
    try:
        signed = parse_authentication_credential_json(sent)
        return signed, parse_client_data_json(signed.response.client_data_json).challenge
    except Exception:  # As above.
        return None


def verify_made(site: Site, made: RegistrationCredential, challenge: bytes) -> Made | None:
    """The new passkey; None unless it was made here, for this challenge, by a verified person."""
    try:
        right = verify_registration_response(
            credential=made,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except Exception:  # As above.
        return None
    return Made(
        right.credential_id,
        right.credential_public_key,
        right.sign_count,
        [one.value for one in made.response.transports or []],
        UUID(right.aaguid),
        right.credential_backed_up,
    )


def verify_signed(
    site: Site, signed: AuthenticationCredential, challenge: bytes, public_key: bytes
) -> Signed | None:
    """What the authenticator said; None unless it signed here, for this challenge, with this key.

    Whether its count went on is for the caller to see: a copy signs as well as its original.
    """
    try:
        right = verify_authentication_response(
            credential=signed,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=0,
            require_user_verification=True,
        )
    except Exception:  # As above.
        return None
    return Signed(right.new_sign_count, right.credential_backed_up)


def is_copy(known: int, said: int) -> bool:
    """Whether a count that only goes up did not: then two authenticators hold the same key."""
    return (known > 0 or said > 0) and said <= known


def _described(credentials: Iterable[Credential]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=one.id, transports=[AuthenticatorTransport(way) for way in one.transports]
        )
        for one in credentials
    ]
