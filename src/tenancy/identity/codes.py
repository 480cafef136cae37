"""Codes by mail: eight characters of Crockford's base32, and secrets that are kept as hashes."""

import hashlib
import hmac
import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_code() -> str:
    """40 random bits, as eight characters."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def shown(code: str) -> str:
    """In two groups of four, as people read it: `7KQ2-M8XD`."""
    return f"{code[:4]}-{code[4:]}"


def read(typed: str) -> str:
    """What was meant: case, spaces and dashes of any kind do not matter, O is 0, I and L are 1."""
    return "".join(filter(str.isalnum, typed.upper())).translate(_READ_AS)


def new_token() -> str:
    """32 random bytes, as text for a cookie."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def code_hash(browser_token: str, code: str) -> bytes:
    """Keyed by the browser's token, which the database lacks: its row alone opens nothing."""
    return hmac.digest(browser_token.encode(), code.encode(), "sha256")


def same(left: bytes, right: bytes) -> bool:
    return hmac.compare_digest(left, right)
