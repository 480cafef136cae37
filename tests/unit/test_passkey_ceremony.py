"""What a passkey must have signed, and where: rules without a database."""

import json
import secrets

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from authenticator import Authenticator
from tenancy.ids import new_id
from tenancy.passkeys import ceremony
from tenancy.passkeys.ceremony import Site

SITE = Site.at("https://work.example")


@pytest.mark.parametrize(
    ("public_url", "origin", "host"),
    [
        ("https://work.example", "https://work.example", "work.example"),
        ("https://Work.Example:443", "https://work.example", "work.example"),
        ("https://work.example:8443", "https://work.example:8443", "work.example"),
        ("http://localhost:8000", "http://localhost:8000", "localhost"),
        ("http://localhost:80", "http://localhost", "localhost"),
    ],
)
def test_a_site_is_spelt_as_browsers_spell_it(public_url: str, origin: str, host: str) -> None:
    site = Site.at(public_url)
    assert (site.origin, site.host, site.has_name) == (origin, host, True)


@pytest.mark.parametrize(
    "number", ["http://127.0.0.1:8000", "http://[::1]:8000", "https://10.0.0.9"]
)
def test_a_number_is_no_name(number: str) -> None:
    assert not Site.at(number).has_name


@pytest.mark.parametrize(
    ("known", "said", "copy"),
    [(0, 0, False), (0, 1, False), (5, 6, False), (5, 5, True), (5, 4, True), (5, 0, True)],
)
def test_a_count_that_does_not_go_on_shows_a_copy(known: int, said: int, copy: bool) -> None:
    assert ceremony.is_copy(known, said) is copy


def creation() -> tuple[bytes, dict]:
    challenge = secrets.token_bytes(32)
    options = ceremony.creation_options(
        SITE, challenge, handle=new_id(), email="bob@work.example", name="Bob", existing=[]
    )
    return challenge, json.loads(json.dumps(options))


def made(sent: str, challenge: bytes) -> object:
    read = ceremony.read_made(sent)
    return read and ceremony.verify_made(SITE, read[0], challenge)


def damaged(sent: str, name: str, where: int, bit: int) -> str:
    """One bit of one part of a credential turned."""
    credential = json.loads(sent)
    part = bytearray(base64url_to_bytes(credential["response"][name]))
    part[where % len(part)] ^= 1 << bit
    credential["response"][name] = bytes_to_base64url(bytes(part))
    return json.dumps(credential)


bits = {"where": st.integers(0, 10_000), "bit": st.integers(0, 7)}


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(["clientDataJSON", "attestationObject"]), **bits)
def test_a_damaged_new_passkey_is_refused_or_harmless_and_never_an_error(
    name: str, where: int, bit: int
) -> None:
    challenge, options = creation()
    sent = Authenticator(SITE.origin).make(options)
    assert made(sent, challenge)
    made(damaged(sent, name, where, bit), challenge)


@settings(max_examples=150, deadline=None)
@given(name=st.sampled_from(["clientDataJSON", "authenticatorData", "signature"]), **bits)
def test_no_bit_of_what_is_signed_can_be_turned(name: str, where: int, bit: int) -> None:
    challenge, options = creation()
    phone = Authenticator(SITE.origin)
    key = ceremony.read_made(phone.make(options))
    public = ceremony.verify_made(SITE, key[0], challenge)
    challenge = secrets.token_bytes(32)
    sent = phone.sign(ceremony.request_options(SITE, challenge))
    signed = ceremony.read_signed(sent)
    assert ceremony.verify_signed(SITE, signed[0], challenge, public.public_key)
    worse = ceremony.read_signed(damaged(sent, name, where, bit))
    assert worse is None or not ceremony.verify_signed(SITE, worse[0], challenge, public.public_key)


@settings(max_examples=200, deadline=None)
@given(
    st.recursive(
        st.none() | st.text(max_size=9) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["id", "rawId", "type", "response", "clientDataJSON", "attestationObject"]
                ),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    )
)
def test_nonsense_is_no_credential(nonsense: object) -> None:
    sent = json.dumps(nonsense)
    assert ceremony.read_made(sent) is None
    assert ceremony.read_signed(sent) is None
