"""The token against changes that another site asks for: of one session, masked anew each time."""

import base64
import hashlib
import hmac
import secrets


def masked(session_token: str) -> str:
    """The token for one page. No two are alike, so that compression tells nothing of it."""
    pad = secrets.token_bytes(16)
    hidden = bytes(a ^ b for a, b in zip(pad, _secret(session_token), strict=True))
    return base64.urlsafe_b64encode(pad + hidden).decode()


def is_of(session_token: str, sent: str) -> bool:
    """Whether what came with a change is a token of this session."""
    try:
        raw = base64.urlsafe_b64decode(sent.encode())
    except ValueError:
        return False
    shown = bytes(a ^ b for a, b in zip(raw[:16], raw[16:], strict=False))
    return hmac.compare_digest(shown, _secret(session_token))


def _secret(session_token: str) -> bytes:
    return hmac.digest(session_token.encode(), b"cross-site", hashlib.sha256)[:16]
