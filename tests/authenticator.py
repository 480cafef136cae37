"""An authenticator in software: it makes passkeys and signs with them, as a phone would.

Its signatures are real. What a thief, a phishing site or a broken device would do is an argument.
"""

import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url, encode_cbor

PRESENT, VERIFIED, BACKED_UP, ATTESTED = 0x01, 0x04, 0x18, 0x40


@dataclass
class Held:
    """A key pair on the authenticator."""

    id: bytes
    host: str
    handle: bytes
    key: ec.EllipticCurvePrivateKey


@dataclass
class Authenticator:
    """A device of one person."""

    origin: str
    counts: bool = True
    """Whether it counts how often it signs; those that copy themselves to a cloud do not."""
    count: int = 0
    held: list[Held] = field(default_factory=list)

    def make(self, options: dict[str, Any], *, verified: bool = True, **changed: Any) -> str:
        """A new passkey, as the browser sends it.

        Args:
            changed: `challenge`, `origin`, `host` or `kind`, other than the options and the
                address have them; `id`, that of an older passkey.
        """
        host = changed.get("host", options["rp"]["id"])
        handle = base64url_to_bytes(options["user"]["id"])
        key = ec.generate_private_key(ec.SECP256R1())
        made = Held(changed.get("id", secrets.token_bytes(32)), host, handle, key)
        self.held.append(made)
        client = self._client("webauthn.create", options, changed)
        attested = bytes(16) + len(made.id).to_bytes(2, "big") + made.id + _cose(key)
        data = self._data(host, ATTESTED, verified) + attested
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": data})
        response = {"clientDataJSON": client, "attestationObject": attestation}
        return _sent(made.id, response, transports=["internal", "carrier-pigeon"])

    def sign(self, options: dict[str, Any], *, verified: bool = True, **changed: Any) -> str:
        """The challenge of the options signed with the newest passkey that they allow.

        Args:
            changed: as in `make`; also `handle`, `key` and `credential`.
        """
        allowed = [base64url_to_bytes(one["id"]) for one in options["allowCredentials"]]
        usable = [one for one in self.held if one.id in allowed or not allowed]
        used = usable[-1]
        client = self._client("webauthn.get", options, changed)
        data = self._data(changed.get("host", options["rpId"]), 0, verified)
        key = changed.get("key", used.key)
        signature = key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        response = {
            "clientDataJSON": client,
            "authenticatorData": data,
            "signature": signature,
            "userHandle": changed.get("handle", used.handle),
        }
        return _sent(changed.get("credential", used.id), response)

    def _client(self, kind: str, options: dict[str, Any], changed: dict[str, Any]) -> bytes:
        said = {
            "type": changed.get("kind", kind),
            "challenge": changed.get("challenge", options["challenge"]),
            "origin": changed.get("origin", self.origin),
            "crossOrigin": False,
        }
        return json.dumps(said).encode()

    def _data(self, host: str, flags: int, verified: bool) -> bytes:
        self.count += 1
        flags |= PRESENT | (VERIFIED if verified else 0) | (0 if self.counts else BACKED_UP)
        count = self.count if self.counts else 0
        return hashlib.sha256(host.encode()).digest() + bytes([flags]) + count.to_bytes(4, "big")


def _cose(key: ec.EllipticCurvePrivateKey) -> bytes:
    point = key.public_key().public_numbers()
    return encode_cbor(
        {1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
    )


def _sent(id: bytes, response: dict[str, bytes], **more: Any) -> str:
    name = bytes_to_base64url(id)
    texts = {key: bytes_to_base64url(value) for key, value in response.items()}
    return json.dumps(
        {"id": name, "rawId": name, "type": "public-key", "response": {**texts, **more}}
    )
