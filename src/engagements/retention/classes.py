"""The classes of record: what each holds, and for how long it is kept unless an owner says else."""

from typing import Literal, get_args

from msgspec import Struct

Key = Literal[
    "private", "shared", "reflection", "supervision", "action", "publication", "mail", "trail"
]
KEYS: tuple[Key, ...] = get_args(Key)
LONGEST = 240
"""Months."""


class RecordClass(Struct, frozen=True):
    """Records that are kept equally long.

    The periods are those that the field uses: private notes a year after the work, session notes
    two, supervision three, what was agreed and shown six years and the current one.
    """

    key: Key
    name: str
    holds: str
    since: str
    """From when its months are counted."""
    months: int
    """Where the workspace has not said anything else."""
    least: int = 1
    leaves_trace: bool = True
    """Whether a line stays behind that says what was destroyed, when and why."""


_AFTER = "the engagement ended"

CLASSES: tuple[RecordClass, ...] = (
    RecordClass(
        "private",
        "Private notes",
        "Working and session notes that their author kept to themselves, with their files.",
        f"{_AFTER}, or their author left it",
        12,
    ),
    RecordClass(
        "shared",
        "Shared notes",
        "Working and session notes for named people or the team, with their files.",
        _AFTER,
        24,
    ),
    RecordClass(
        "reflection",
        "Reflections",
        "What participants wrote between sessions, for themselves or for their coach.",
        _AFTER,
        12,
    ),
    RecordClass(
        "supervision",
        "Notes for supervision",
        "What a coach takes to their supervisor; nobody else reads it.",
        f"{_AFTER}, or their author left it",
        36,
    ),
    RecordClass("action", "Actions", "What people promised, and whether it was done.", _AFTER, 24),
    RecordClass(
        "publication",
        "What was agreed and shown",
        "Agreements, who accepted them, and everything that was published to a portal.",
        f"{_AFTER} and something was last published",
        84,
    ),
    RecordClass(
        "mail",
        "Letters",
        "To whom which letter was sent, and who was invited. Their words are erased as soon as "
        "they are sent.",
        "they were sent, or the invitation was over",
        12,
        leaves_trace=False,
    ),
    RecordClass(
        "trail",
        "The trail",
        "Who did what to which record, without a word of it; and who of support was let in, and "
        "why.",
        "it was written down, or their access ended",
        84,
        least=12,
        leaves_trace=False,
    ),
)
BY_KEY: dict[str, RecordClass] = {each.key: each for each in CLASSES}
