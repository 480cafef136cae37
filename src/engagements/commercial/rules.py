"""What an agreement allows and when it counts, without a database."""

from collections.abc import Collection, Iterable
from typing import Literal
from uuid import UUID

from msgspec import Struct

Party = Literal["consultant", "participant", "sponsor"]
Reply = Literal["accepted", "refused"]

RULE_OF = {"themes": "themes", "quote": "quotes", "attendance": "attendance"}
"""The rule that allows a kind of publication. Kinds that are not here come from figures and plans,
not from what was said in confidence, and need no agreement."""

DEFAULT_EXCEPTIONS = (
    "A risk of serious harm to somebody",
    "Illegal activity",
    "A court order",
)
UNAGREED = {
    "themes": "the team tells the sponsor what it hears",
    "quote": "people’s words are shown to the sponsor",
    "attendance": "the sponsor is told about attendance",
}


class Rules(Struct, frozen=True):
    """The answers of a page of rules: what may be told to the sponsor."""

    themes: bool
    quotes: bool
    attendance: bool

    def allow(self, kind: str) -> bool:
        """Whether a publication of this kind may be."""
        rule = RULE_OF.get(kind)
        return rule is None or bool(getattr(self, rule))


NOTHING = Rules(themes=False, quotes=False, attendance=False)
"""What may be told without an agreement."""


class Signed(Struct, frozen=True):
    """Who accepted a version, and who of the client's people has ever answered one."""

    accepted: frozenset[UUID]
    speakers: frozenset[UUID]

    def holds_words_of_one_who_did_not(self, kind: str, published_by: UUID) -> bool:
        """Whether it is a participant's own sentence, and they did not accept this version."""
        own = kind == "quote" and published_by in self.speakers
        return own and published_by not in self.accepted


def counts(parties: Iterable[str]) -> bool:
    """Whether a version is in force once somebody of each of these parties accepted it."""
    return {"consultant", "participant", "sponsor"} <= set(parties)


def must_go(rules: Rules, signed: Signed, kind: str, published_by: UUID) -> bool:
    """Whether something published has to be withdrawn when a version comes into force."""
    return not rules.allow(kind) or signed.holds_words_of_one_who_did_not(kind, published_by)


def party_of(relations: Collection[str], *, on_portal: bool) -> Party | None:
    """For which party somebody answers where they are; None for those who decide nothing."""
    if on_portal:
        return "sponsor" if "sponsor" in relations else None
    if "team" in relations:
        return "consultant"
    return "participant" if "participant" in relations else None


def why_not(kind: str, *, agreed: bool) -> str:
    """Why a kind cannot be published: nothing is in force, or what is in force says no."""
    if not agreed:
        return f"No agreement is in force yet under which {UNAGREED[kind]}. Propose one first."
    return f"The agreement in force does not say that {UNAGREED[kind]}. Propose another version."
