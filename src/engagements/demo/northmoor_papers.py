"""What Ros, Imran and Maya put to their notes at Northmoor Vale."""

from engagements.demo.papers import page, wall
from engagements.demo.script import FilePart

_YELLOW, _GREEN, _ROSE = (244, 220, 120), (178, 212, 170), (232, 178, 176)

THE_WALL = FilePart(
    "What they chose, on the wall.png",
    wall(
        [
            (60, 60, _YELLOW),
            (210, 72, _YELLOW),
            (372, 54, _YELLOW),
            (540, 80, _ROSE),
            (96, 260, _GREEN),
            (280, 284, _GREEN),
            (470, 262, _ROSE),
        ]
    ),
)
FOR_THE_BOARD = FilePart(
    "For the board, first draft.pdf",
    page(
        "Working Together: what we ask of the board",
        [
            "What we cannot claim yet: that the programme caused the rise in the pulse,",
            "that teamworking is worse, or anything about the huddle and late starts.",
            "",
            "What we ask:",
            "1. Protect the four minutes before the first case.",
            "2. Go and see one, as a guest, and say nothing.",
            "3. Do not ask for a dashboard before the teams have read their own figures.",
            "",
            "Draft of the team, not yet read by anybody at Northmoor Vale.",
        ],
    ),
)
QUESTIONS = FilePart(
    "Four questions for the look-back.txt",
    b"Who was overloaded today, and who noticed?\r\n"
    b"What did somebody say early that helped?\r\n"
    b"What did we nearly not say?\r\n"
    b"Who do we thank?\r\n",
)
