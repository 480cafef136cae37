"""Mutants of a rule: each part of it that AND and OR put together, made to hold always or never."""

from collections.abc import Iterator
from typing import NamedTuple


class Mutant(NamedTuple):
    """A policy of which one part always holds, or never."""

    part: str
    always: bool
    rule: str

    def __str__(self) -> str:
        return f"{self.part} {'always' if self.always else 'never'} holds"


def mutants(rule: str) -> Iterator[Mutant]:
    for start, end in _parts(rule, 0):
        part = rule[start:end]
        for word in {"true", "false"} - {part}:
            yield Mutant(part, word == "true", rule[:start] + word + rule[end:])


def _parts(rule: str, at: int) -> Iterator[tuple[int, int]]:
    """Where the parts stand that AND and OR put together."""
    cuts = [*_joints(rule), (len(rule), len(rule))]
    if len(cuts) > 1:
        begin = 0
        for start, end in cuts:
            yield from _parts(rule[begin:start], at + begin)
            begin = end
    elif rule.startswith("(") and rule.endswith(")"):
        yield from _parts(rule[1:-1], at + 1)
    else:
        yield at, at + len(rule)


def _joints(rule: str) -> Iterator[tuple[int, int]]:
    depth = 0
    for place, character in enumerate(rule):
        depth += {"(": 1, ")": -1}.get(character, 0)
        for word in (" AND ", " OR "):
            if depth == 0 and rule.startswith(word, place):
                yield place, place + len(word)
