"""Which texts hold the words that somebody looks for, and where. Without a database."""

import re
import unicodedata
from collections.abc import Iterator

from msgspec import Struct

LONGEST = 200
"""Characters of a query."""

EXCERPT = 220
"""Characters of an excerpt."""

LEAD_IN = 60
"""Characters of an excerpt before the first word that was found."""

_QUOTED = re.compile(r'"([^"]*)"?|([^\s"]+)')
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")
_COMBINING = re.compile("[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]")
_MARKUP = re.compile(r"^[ \t]*(?:[-*+>]|#{1,6}|[0-9]{1,3}\.)[ \t]+|\*\*|__|`", re.MULTILINE)
_TYPOGRAPHY = [*zip("’‘“”„–—…•\u00a0", '\'\'"""--.* ', strict=True)]


class Term(Struct, frozen=True):
    """Words that stand beside each other; most often a single one. The last may go on."""

    words: tuple[str, ...]
    pattern: re.Pattern[str]

    @classmethod
    def of(cls, words: list[str]) -> "Term":
        return cls(
            tuple(words),
            re.compile(r"(?<![^\W_])" + r"[\W_]+".join(map(re.escape, words)) + r"[^\W_]*"),
        )


class Sought(Struct, frozen=True):
    """What somebody looks for: each of the terms has to occur."""

    terms: tuple[Term, ...]

    def is_in(self, text: str) -> bool:
        folded = fold(text)
        return all(
            term.words[0] in folded and term.pattern.search(folded) is not None
            for term in self.terms
        )


class Piece(Struct, frozen=True):
    """A part of an excerpt, and whether it is what was looked for."""

    text: str
    found: bool


def sought_in(query: str) -> Sought:
    """The terms of a query: its words, and its “quoted phrases”. None in mere punctuation."""
    terms: list[Term] = []
    for phrase, word in _QUOTED.findall(_typed(query)):
        words = _WORD.findall(fold(phrase or word))
        if words and words not in [[*term.words] for term in terms]:
            terms.append(Term.of(words))
    return Sought(tuple(terms))


def fold(text: str) -> str:
    """The text as it is compared: without capitals, accents and typographic punctuation."""
    typed = _typed(text)
    if typed.isascii():
        return typed.lower()
    return _COMBINING.sub("", unicodedata.normalize("NFD", typed)).casefold()


def _typed(text: str) -> str:
    """With the punctuation of a keyboard. Most texts are ASCII then, which is quickly compared."""
    for fine, plain in _TYPOGRAPHY:
        text = text.replace(fine, plain)
    return text


def marked(text: str, sought: Sought) -> list[Piece]:
    """The whole text in pieces, so that what was looked for can be shown."""
    composed = unicodedata.normalize("NFC", text)
    return _pieces(composed, _spans(composed, sought))


def excerpt(text: str, sought: Sought) -> list[Piece]:
    """The part of a text where most of what was looked for stands, on one line."""
    line = " ".join(_MARKUP.sub(" ", unicodedata.normalize("NFC", text)).split())
    spans = _spans(line, sought)
    start = _fullest(spans)
    if start:
        start = line.find(" ", max(0, start - LEAD_IN), start) + 1 or start
    end = start + EXCERPT
    if end < len(line):
        end = max(line.rfind(" ", start, end), start) or end
    inside = [(a - start, b - start) for a, b in spans if start <= a and b <= end]
    before, after = "… " if start else "", " …" if end < len(line) else ""
    pieces = _pieces(line[start:end], inside)
    return [Piece(before, False)] * bool(before) + pieces + [Piece(after, False)] * bool(after)


def _fullest(spans: list[tuple[int, int]]) -> int:
    """Where the excerpt with most of the spans has its first; 0 when that is near the start."""
    if not spans:
        return 0

    def number_from(first: int) -> int:
        return sum(first <= start < first + EXCERPT - LEAD_IN for start, _ in spans)

    best = max((start for start, _ in spans), key=number_from)
    return best if best > LEAD_IN else 0


def _spans(text: str, sought: Sought) -> list[tuple[int, int]]:
    """Where the terms stand in the text as it was written, in order, without overlaps."""
    folded, origins = _folded_with_origins(text)
    found = sorted(
        (origins[match.start()], origins[match.end() - 1] + 1)
        for term in sought.terms
        for match in term.pattern.finditer(folded)
    )
    spans: list[tuple[int, int]] = []
    for start, end in found:
        if spans and start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def _folded_with_origins(text: str) -> tuple[str, list[int]]:
    """The folded text, and for each of its characters the place of the one it came from."""
    folded: list[str] = []
    origins: list[int] = []
    for place, character in enumerate(text):
        plain = fold(character)
        folded.append(plain)
        origins.extend([place] * len(plain))
    return "".join(folded), origins


def _pieces(text: str, spans: list[tuple[int, int]]) -> list[Piece]:
    return [piece for piece in _cut(text, spans) if piece.text]


def _cut(text: str, spans: list[tuple[int, int]]) -> Iterator[Piece]:
    done = 0
    for start, end in spans:
        yield Piece(text[done:start], False)
        yield Piece(text[start:end], True)
        done = end
    yield Piece(text[done:], False)
