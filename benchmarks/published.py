"""What every portal of the benchmark shows: a finding, its chart, four domains and two voices."""

from datetime import date
from random import Random
from typing import Any

import msgspec

from engagements.measures.domain_change import Change
from engagements.measures.spc import chart
from engagements.measures.spc_profile import method_note
from engagements.measures.spc_sentence import assurance_sentence, sentence
from engagements.portal.freeze import (
    Frozen,
    FrozenDomain,
    FrozenDomains,
    FrozenMeasure,
    FrozenQuote,
    FrozenScore,
    FrozenUpdate,
)

MONTHS = [date(2024 + month // 12, month % 12 + 1, 1) for month in range(24)]
DOMAINS = ("Speaking up", "Learning from error", "Working across teams", "Leading together")


def published() -> list[tuple[str, Any]]:
    """The kind of each publication, and its content in JSON types."""
    update = FrozenUpdate(
        "More colleagues feel safe to speak up in theatres",
        "Since the huddles began, concerns are raised earlier and answered the same day.",
    )
    parts: list[tuple[str, Frozen]] = [
        ("update", update),
        ("domains", _domains()),
        ("measure", _measure()),
        ("quote", FrozenQuote("I just said it, and it was heard.", "Ward manager, medicine")),
        ("quote", FrozenQuote("We stopped guessing what he thinks.", "Theatre nurse")),
    ]
    return [(kind, msgspec.to_builtins(content)) for kind, content in parts]


def _domains() -> FrozenDomains:
    before, after = FrozenScore(MONTHS[2], 5.9, 140), FrozenScore(MONTHS[14], 6.8, 152)
    change = Change("improving", 0.9, 0.4, 1.4)
    return FrozenDomains(
        "Pulse of the theatre teams",
        [
            FrozenDomain(f"D{number}", name, "People say what they see.", before, after, change)
            for number, name in enumerate(DOMAINS, 1)
        ],
    )


def _measure() -> FrozenMeasure:
    chance = Random(24)
    values = [chance.gauss(52 if number < 12 else 61, 3) for number in range(len(MONTHS))]
    judged = chart(zip(MONTHS, values, strict=True), direction="increase", target=60)
    return FrozenMeasure(
        title="Concerns answered within a day",
        definition="Share of the concerns raised in a huddle that were answered by the next one.",
        unit="%",
        frequency="month",
        source="Huddle log",
        chart=judged,
        rebases=[],
        sentence=sentence(judged, "month"),
        assurance_sentence=assurance_sentence(judged),
        method=list(method_note(judged.profile, baseline=None)),
    )
