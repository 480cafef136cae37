"""Addresses as people paste them, one or many, from a mail, a list or a spreadsheet:
`Pat Okafor <pat@trust.example>`."""

import re

from msgspec import Struct

from engagements.inputs import ADDRESS

_LINES = re.compile(r"[\n\r;]+")
_LETTERS = r"[^\s<>,;:()\[\]\"'“”‘’]"
# Looked for where a word begins and nowhere within it: else a long word would be read again from
# each of its letters.
_ADDRESS = re.compile(rf"(?<!{_LETTERS}){_LETTERS}+@[^\s<>,;:()\[\]\"“”‘’]+")
_VALID = re.compile(ADDRESS)
_AROUND = " \t,\"'“”‘’<>()[]-–|:"
LONGEST = 254
LONGEST_NAME = 200


class Entry(Struct, frozen=True):
    """One person, or what could not be understood as one."""

    text: str
    """As it was typed."""
    email: str
    """Lower case; empty where none was found."""
    name: str


def entries(pasted: str) -> list[Entry]:
    """Everybody who is named in the text, in its order.

    People are told apart by line breaks and semicolons; commas, tabs and spaces stand between them,
    or between a name and its address.
    """
    return [entry for line in _LINES.split(pasted) if line.strip() for entry in _of_line(line)]


def _of_line(line: str) -> list[Entry]:
    found = list(_ADDRESS.finditer(line))
    if not found:
        return [Entry(line.strip(), "", "")]
    begins = [0, *(match.end() for match in found[:-1])]
    parts = [
        (line[begin : match.end()], match[0], line[begin : match.start()])
        for begin, match in zip(begins, found, strict=True)
    ]
    behind = line[found[-1].end() :].strip(_AROUND)
    if behind and len(found) == 1 and not parts[0][2].strip(_AROUND):
        return [_entry(line, found[0][0], behind)]
    made = [_entry(text, address, before) for text, address, before in parts]
    return [*made, Entry(behind, "", "")] if behind else made


def _entry(text: str, address: str, name: str) -> Entry:
    email = address.strip(".").lower()
    usable = _VALID.fullmatch(email) and len(email) <= LONGEST
    called = " ".join(name.strip(_AROUND).replace("\t", " ").split())[:LONGEST_NAME]
    shown = text.strip(" \t,")
    return (
        Entry(shown, email, _turned(called) or _guessed(email)) if usable else Entry(shown, "", "")
    )


def _turned(name: str) -> str:
    """`Okafor, Pat` is how a directory lists Pat Okafor."""
    last, comma, first = name.partition(",")
    return f"{first.strip()} {last.strip()}".strip() if comma else name


def _guessed(email: str) -> str:
    """`pat.okafor2@…` is Pat Okafor until somebody says otherwise."""
    words = re.split(r"[._+-]+", re.sub(r"\d+", "", email.partition("@")[0]))
    return " ".join(word.capitalize() for word in words if word) or email
