"""What others will be able to read of somebody who joins: said before they accept.

By role, and as the product holds it: the audiences of a note, the agreement, and publications.
"""

from tenancy.database.context import Role

_AGREEMENT = (
    "If you accept the agreement, everybody whom it concerns sees that you did. If you say no, "
    "your consultants alone see it."
)
_SESSIONS = (
    "Your consultants see the sessions that you are asked to, whether you came, and what you "
    "promised to do."
)
_NAME = "People who work on the same engagement see your name and your post."

READ_BY_OTHERS: dict[Role, tuple[str, ...]] = {
    "participant": (
        "What you write for yourself is read by you alone. Nobody at {workspace} can open it.",
        "What you write for your coach is read by the two of you, and when your coach opens it "
        "you see that they did. When you open a note of theirs, they see it too.",
        _SESSIONS,
        "Your sponsor never reads a note. A sentence of yours reaches them only if the agreement "
        "allows it and you have approved that very sentence; you can take it back.",
        "If the agreement allows it, your sponsor reads how many people came to sessions, never "
        "who.",
        _AGREEMENT,
        _NAME,
    ),
    "sponsor": (
        "You read what your consultants publish for you. You write no notes, and read none.",
        _AGREEMENT,
        _SESSIONS,
        _NAME,
    ),
    "delegate": (
        "You read what your sponsor reads. You write no notes, read none, and decide nothing in "
        "their place.",
        _SESSIONS,
        _NAME,
    ),
}
"""Nothing for colleagues: what they write says on its label who reads it."""


def read_by_others(role: Role, workspace: str) -> list[str]:
    """A sentence for each thing that others will be able to read, or never will be."""
    return [sentence.format(workspace=workspace) for sentence in READ_BY_OTHERS.get(role, ())]
