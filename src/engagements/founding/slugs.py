"""The address of a workspace: what it may be, and what is proposed for a name."""

import re
import unicodedata

from tenancy.workspaces.service import SLUG

LONGEST = 40
RESERVED = frozenset(
    re.findall(
        r"[a-z-]+",
        """
        about accessibility account accounts admin administrator api app apps auth billing blog
        cocreate contact dashboard demo docs download email example files framework health help
        home icon images info invite join legal login logout mail news nhs outbox owner password
        portal postmaster press pricing privacy root sample sandbox search security session
        settings shop sign-in sign-out sign-up signin signup staff static status store support
        survey system team terms test tests user users waiting webmaster welcome workspace write
        www
        """,
    )
)
"""What people would take for Cocreate itself, or for a page of it."""


def proposed(name: str) -> str:
    """An address for a consultancy's name: "Żółw & Partners Ltd" makes `zow-partners-ltd`.

    Empty where the name has too few letters of the alphabet.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain.replace("'", ""))[:LONGEST].strip("-")
    return words if SLUG.fullmatch(words) else ""


def wrong_with(slug: str) -> str:
    """A sentence about an address that cannot be used; empty when it can."""
    if not slug:
        return "Choose an address of 3 to 40 small letters, figures and dashes."
    if not SLUG.fullmatch(slug):
        return "Use 3 to 40 small letters, figures and dashes, with no dash at either end."
    if slug in RESERVED:
        return f"“{slug}” is kept for Cocreate itself. Choose another, such as {slug}-consulting."
    return ""


def taken(slug: str) -> str:
    """The sentence about an address that another workspace has."""
    return f"“{slug}” is taken already. Add a word, or a place, to make it yours."
