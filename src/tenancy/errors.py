"""Expected failures. Each carries a sentence for a person; the frontend decides how to show it."""

from collections.abc import Mapping


class Failure(Exception):
    """An expected failure with a sentence that a person can act on."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotFound(Failure):
    """Missing, hidden or another workspace's: all three look the same."""

    def __init__(self, sentence: str = "There is nothing here that you can open.") -> None:
        super().__init__(sentence)


class Refused(Failure):
    """The deed does not apply to the thing in its present state."""


class Conflict(Failure):
    """Somebody else changed the thing first. What was written has been kept."""


class KeptAside(Conflict):
    """A write came too late, and its text was kept beside: what was done before it commits."""


class TooMany(Failure):
    """A limit was reached; the sentence says when to come back."""


class Invalid(Failure):
    """Input that cannot be used.

    Args:
        fields: for each field's name, a sentence that names the remedy.
    """

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(" ".join(fields.values()))
        self.fields = dict(fields)


class Unavailable(Failure):
    """Something that the product stands on, such as its database, cannot be reached."""
