"""OpenID Connect with a workspace's provider: the authorization code, with PKCE and a nonce.

What it says is believed only if its own key signed it, for this client, in answer to this browser.
"""

import base64
import hashlib
import hmac
import re
from typing import Any, cast
from urllib.parse import quote_plus, urlencode

import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import Key, KeySet, RSAKey
from msgspec import Struct

from tenancy.errors import Refused
from tenancy.outbound import Outbound, OutOfReach
from tenancy.sso.queries import Heard

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"]
"""Those of a key pair. With a shared secret, whoever holds it could sign; `none` signs nothing."""
KEY_KINDS = {"RSA", "EC"}
MOST_KEYS = 50
SMALLEST_RSA = 2048
"""Bits; what is smaller can be factored by whoever wants it enough."""
SKEW = 60
"""Seconds that two clocks may differ."""
LONGEST_SUBJECT = 255
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class NotVouched(Refused):
    """A provider did not say who somebody is, or not so that it can be believed."""


class Metadata(Struct, frozen=True):
    """What a provider says of itself (OpenID Connect Discovery 1.0)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


class Secrets(Struct, frozen=True):
    """What a browser takes to its provider: made of its token, so it is kept nowhere else."""

    state: str
    nonce: str
    verifier: str

    @classmethod
    def of(cls, browser_token: str) -> "Secrets":
        return cls(*(_made_of(browser_token, use) for use in ("state", "nonce", "verifier")))

    @property
    def challenge(self) -> str:
        """S256 of RFC 7636."""
        return _base64(hashlib.sha256(self.verifier.encode()).digest())


class Client(Struct, frozen=True):
    """What we are to a provider."""

    issuer: str
    id: str
    secret: str
    redirect_uri: str


async def discover(outbound: Outbound, issuer: str) -> Metadata:
    """What the provider says of itself, if it calls itself what the owner called it.

    Raises:
        OutOfReach: it does not answer, or is not where it may be asked.
        NotVouched: it says that it is another, or too little.
    """
    found = await outbound.get(issuer.rstrip("/") + "/.well-known/openid-configuration")
    try:
        metadata = msgspec.convert(found, Metadata)
    except msgspec.ValidationError as failure:
        raise NotVouched("The provider does not say what is needed to sign in.") from failure
    if metadata.issuer != issuer:
        raise NotVouched("The provider calls itself by another name than the issuer given here.")
    for address in (metadata.authorization_endpoint, metadata.token_endpoint, metadata.jwks_uri):
        outbound.refuse_unless_fit(address)
    return metadata


def way_to(metadata: Metadata, client: Client, secrets: Secrets) -> str:
    """Where the browser goes."""
    query = urlencode(
        {
            "response_type": "code",
            "client_id": client.id,
            "redirect_uri": client.redirect_uri,
            "scope": "openid profile email",
            "state": secrets.state,
            "nonce": secrets.nonce,
            "code_challenge": secrets.challenge,
            "code_challenge_method": "S256",
        }
    )
    joint = "&" if "?" in metadata.authorization_endpoint else "?"
    return f"{metadata.authorization_endpoint}{joint}{query}"


def refuse_another(metadata: Metadata, named: str | None) -> None:
    """Refuse an answer that another provider gave (RFC 9207).

    Raises:
        NotVouched: it names another, or none where this one always does.
    """
    silent = named is None and metadata.authorization_response_iss_parameter_supported
    if silent or named not in (None, metadata.issuer):
        raise NotVouched("The answer came from another provider than the one that was asked.")


async def exchange(
    outbound: Outbound, metadata: Metadata, client: Client, secrets: Secrets, code: str
) -> Heard:
    """Whom the provider vouches for, in exchange for the code.

    Raises:
        OutOfReach: it does not answer.
        NotVouched: it refuses the code, or what it says cannot be believed.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.redirect_uri,
        "code_verifier": secrets.verifier,
    }
    headers = {}
    if "client_secret_post" in metadata.token_endpoint_auth_methods_supported:
        form |= {"client_id": client.id, "client_secret": client.secret}
    else:
        headers["authorization"] = _basic(client)
    try:
        answer = await outbound.post(metadata.token_endpoint, form, **headers)
    except OutOfReach as failure:
        if failure.status not in (400, 401):
            raise
        raise NotVouched(
            "The provider refused this sign-in: it was used before, it is too old, or the client "
            "secret is wrong or has run out."
        ) from failure
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise NotVouched("The provider did not say who you are.")
    keys = _usable(await outbound.get(metadata.jwks_uri))
    return _believed(token, keys, client, secrets)


def _believed(token: str, keys: KeySet, client: Client, secrets: Secrets) -> Heard:
    """What an id token says, once signature, issuer, audience, times and nonce are right."""
    registry = jwt.JWTClaimsRegistry(
        leeway=SKEW,
        iss={"essential": True, "value": client.issuer},
        aud={"essential": True, "value": client.id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": secrets.nonce},
    )
    try:
        decoded = jwt.decode(token, keys, algorithms=ALGORITHMS)
        registry.validate(decoded.claims)
    except (JoseError, ValueError) as failure:
        raise NotVouched(
            "What the provider said of you is not signed by it, not for this sign-in, or out of "
            "time."
        ) from failure
    if str(decoded.header.get("typ", "JWT")).upper() != "JWT":
        raise NotVouched("What the provider sent says something else than who you are.")
    _refuse_another_party(decoded.claims, client)
    return _heard(decoded.claims)


def _refuse_another_party(claims: dict[str, Any], client: Client) -> None:
    """Refuse a token for several, unless it was made for us (OpenID Connect Core 3.1.3.7)."""
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    party = claims.get("azp")
    if party != client.id and (several or party is not None):
        raise NotVouched("What the provider said of you was meant for another application.")


def _heard(claims: dict[str, Any]) -> Heard:
    subject = claims["sub"]
    if not 0 < len(subject) <= LONGEST_SUBJECT or "\x00" in subject:
        raise NotVouched("The provider did not say who you are.")
    email = _words(claims.get("email"))
    amr = claims.get("amr")
    return Heard(
        claims["iss"],
        subject,
        _words(claims.get("name")),
        email.lower() if email and EMAIL.fullmatch(email) else None,
        claims.get("email_verified") is True,
        [one for one in amr if _words(one)][:20] if isinstance(amr, list) else [],
        _words(claims.get("acr")),
    )


def _words(value: object) -> str | None:
    """A short text; what is none, or could not be kept, counts as left out."""
    fit = isinstance(value, str) and 0 < len(value) <= 320 and "\x00" not in value
    return cast(str, value) if fit else None


def _usable(found: dict[str, Any]) -> KeySet:
    """Its public keys for signatures; a shared secret among them is none."""
    listed = found.get("keys")
    keys = [
        key
        for key in (listed if isinstance(listed, list) else [])[:MOST_KEYS]
        if isinstance(key, dict) and key.get("kty") in KEY_KINDS and key.get("use") in (None, "sig")
    ]
    try:
        known = KeySet.import_key_set({"keys": keys}).keys
    except (JoseError, ValueError, KeyError, TypeError) as failure:
        raise OutOfReach("The provider's keys cannot be read.") from failure
    return KeySet([key for key in known if not _is_weak(key)])


def _is_weak(key: Key) -> bool:
    return isinstance(key, RSAKey) and key.raw_value.key_size < SMALLEST_RSA


def _basic(client: Client) -> str:
    pair = f"{quote_plus(client.id)}:{quote_plus(client.secret)}"
    return "Basic " + base64.b64encode(pair.encode()).decode()


def _made_of(browser_token: str, use: str) -> str:
    return _base64(hmac.digest(browser_token.encode(), f"sso {use}".encode(), "sha256"))


def _base64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
