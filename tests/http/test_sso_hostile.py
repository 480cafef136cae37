"""A provider that lies: what it says is believed only if it is right in every part."""

import base64
import hmac
import json
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from providing import CLIENT, Liar
from served import Visit, Visitor
from vouching import as_at_first, connected, gone, idp, lying, site  # noqa: F401
from world import Consultancy

Token = Callable[[Liar, str], str]
SOON = 3600


@pytest.fixture
async def browser(site: str) -> AsyncIterator[httpx.AsyncClient]:  # noqa: F811
    async with Visitor(base_url=site) as client:
        yield client


def saying(**claims: Any) -> Token:
    return lambda issuer, nonce: issuer.signed(issuer.claims(nonce, **claims))


def encoded(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unsigned(issuer: Liar, nonce: str) -> str:
    return f"{encoded({'alg': 'none', 'typ': 'JWT'})}.{encoded(issuer.claims(nonce))}."


def without_signature(issuer: Liar, nonce: str) -> str:
    return issuer.signed(issuer.claims(nonce)).rpartition(".")[0] + "."


def changed_afterwards(issuer: Liar, nonce: str) -> str:
    head, _, tail = issuer.signed(issuer.claims(nonce)).split(".")
    return f"{head}.{encoded(issuer.claims(nonce, sub='somebody else'))}.{tail}"


def by_another_key(issuer: Liar, nonce: str) -> str:
    other = RSAKey.generate_key(2048, {"kid": "its own"})
    return jwt.encode({"alg": "RS256", "kid": "its own"}, issuer.claims(nonce), other)


def by_its_public_key_as_a_secret(issuer: Liar, nonce: str) -> str:
    """By hand: no library signs like this."""
    head = encoded({"alg": "HS256", "kid": "its own"})
    text = f"{head}.{encoded(issuer.claims(nonce))}"
    secret = issuer.key.as_pem(private=False)
    return f"{text}.{encoded(hmac.digest(secret, text.encode(), 'sha256'))}"


def by_a_secret_among_its_keys(issuer: Liar, nonce: str) -> str:
    secret = OctKey.import_key("a" * 40, {"kid": "secret"})
    issuer.keys = [secret.as_dict()]
    header = {"alg": "HS256", "kid": "secret"}
    return jwt.encode(header, issuer.claims(nonce), secret, algorithms=["HS256"])


def by_a_key_in_its_own_header(issuer: Liar, nonce: str) -> str:
    other = RSAKey.generate_key(2048, {"kid": "its own"})
    header = {"alg": "RS256", "kid": "its own", "jwk": other.as_dict(private=False)}
    return jwt.encode(header, issuer.claims(nonce), other)


def of_a_key_that_is_not_among_its_keys(issuer: Liar, nonce: str) -> str:
    issuer.keys = []
    return issuer.signed(issuer.claims(nonce))


def with_a_critical_header(issuer: Liar, nonce: str) -> str:
    """By hand: no library signs what it does not understand itself."""
    head = {"alg": "RS256", "kid": "its own", "crit": ["unheard"], "unheard": True}
    text = f"{encoded(head)}.{encoded(issuer.claims(nonce))}"
    signature = issuer.key.raw_value.sign(text.encode(), PKCS1v15(), SHA256())
    return f"{text}.{encoded(signature)}"


def now(seconds: int) -> int:
    return int(time.time()) + seconds


LIES: dict[str, Token] = {
    "not signed": unsigned,
    "its signature cut off": without_signature,
    "changed after it was signed": changed_afterwards,
    "signed with another key": by_another_key,
    "signed with the public key as a secret": by_its_public_key_as_a_secret,
    "signed with a secret that stands among the keys": by_a_secret_among_its_keys,
    "signed with a key that it brings itself": by_a_key_in_its_own_header,
    "of a provider without keys": of_a_key_that_is_not_among_its_keys,
    "with a critical header that nobody knows": with_a_critical_header,
    "no token at all": lambda issuer, nonce: "nonsense",
    "not an object": lambda issuer, nonce: "e30.W10.x",
    "of another issuer": saying(iss="https://login.example"),
    "of an issuer with a stroke more": lambda i, n: i.signed(i.claims(n, iss=i.issuer + "/")),
    "of no issuer": saying(iss=None),
    "for another client": saying(aud="another"),
    "for no client": saying(aud=None),
    "for several, made for none of them": saying(aud=[CLIENT, "another"]),
    "for several, made for another": saying(aud=[CLIENT, "another"], azp="another"),
    "for us, made for another": saying(azp="another"),
    "of another sign-in": saying(nonce="another"),
    "of no sign-in": saying(nonce=None),
    "of nobody": saying(sub=None),
    "of an empty subject": saying(sub=""),
    "of a subject that is a number": saying(sub=7),
    "of a subject that is a list": saying(sub=["somebody"]),
    "of a subject without end": saying(sub="s" * 256),
    "out of time": saying(exp=now(-90)),
    "without an end": saying(exp=None),
    "with an end that is no time": saying(exp="soon"),
    "of the future": saying(iat=now(SOON), exp=now(2 * SOON)),
    "not valid yet": saying(nbf=now(SOON)),
    "without a beginning": saying(iat=None),
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
async def test_a_token_is_not_believed_that_is(
    lie: Token,
    browser: httpx.AsyncClient,
    northlight: Consultancy,
    lying: Liar,  # noqa: F811
) -> None:
    await connected(northlight, lying.issuer)
    going = await gone(browser, northlight)
    lying.token = lie(lying, going.asked["nonce"])
    answer = await going.back()
    assert answer.status_code in (403, 409), answer.text
    assert "Your organisation" in answer.text
    assert "__Host-cocreate=" not in str(answer.headers)


TRUTHS: dict[str, Token] = {
    "plain": saying(),
    "for us in a list": saying(aud=[CLIENT]),
    "for several, made for us": saying(aud=[CLIENT, "another"], azp=CLIENT),
    "of a clock that is slow by less than a minute": lambda i, n: i.signed(
        i.claims(n, exp=now(-20))
    ),
}


@pytest.mark.parametrize("truth", TRUTHS.values(), ids=TRUTHS.keys())
async def test_a_token_that_is_right_in_every_part_is_believed(
    truth: Token,
    visit: Visit,
    northlight: Consultancy,
    lying: Liar,  # noqa: F811
) -> None:
    await connected(northlight, lying.issuer)
    bob = await visit(northlight, northlight.bob)
    going = await gone(bob, northlight)
    lying.token = truth(lying, going.asked["nonce"])
    assert (await going.back()).headers["location"] == f"/w/{northlight.slug}"


@pytest.mark.parametrize(
    "metadata",
    [
        {"issuer": "https://login.example"},
        {"issuer": None},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"authorization_endpoint": "http://login.example/authorization"},
        {"token_endpoint": "https://user:word@login.example/"},
        {"jwks_uri": "file:///etc/passwd"},
        {"jwks_uri": None},
        {"token_endpoint": ["https://login.example"]},
    ],
    ids=str,
)
async def test_nobody_is_sent_to_a_provider_that_says_of_itself(
    metadata: dict[str, Any],
    browser: httpx.AsyncClient,
    northlight: Consultancy,
    lying: Liar,  # noqa: F811
) -> None:
    await connected(northlight, lying.issuer)
    lying.metadata = metadata
    answer = await browser.post(f"/sign-in/sso/{northlight.slug}")
    assert answer.status_code in (403, 409)
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("inside", ["http://127.0.0.1:1/", "https://127.0.0.1:1/keys"])
async def test_no_key_is_fetched_from_inside(
    inside: str,
    browser: httpx.AsyncClient,
    northlight: Consultancy,
    lying: Liar,  # noqa: F811
) -> None:
    await connected(northlight, lying.issuer)
    going = await gone(browser, northlight)
    lying.metadata = {"jwks_uri": inside}
    lying.token = lying.signed(lying.claims(going.asked["nonce"]))
    assert (await going.back()).status_code == 409


async def test_an_answer_that_another_provider_gave_is_not_taken(
    visit: Visit,
    northlight: Consultancy,
    lying: Liar,  # noqa: F811
) -> None:
    await connected(northlight, lying.issuer)
    for always, named in ((False, "https://login.example"), (True, "")):
        lying.metadata = {"authorization_response_iss_parameter_supported": always}
        bob = await visit(northlight, northlight.bob)
        going = await gone(bob, northlight)
        lying.token = lying.signed(lying.claims(going.asked["nonce"]))
        answer = await going.back(**({"iss": named} if named else {}))
        assert answer.status_code == 403
        assert "another provider" in answer.text
    going = await gone(bob, northlight)
    lying.token = lying.signed(lying.claims(going.asked["nonce"]))
    assert (await going.back(iss=lying.issuer)).status_code == 303
