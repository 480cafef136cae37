"""What was agreed about confidence at Northmoor Vale, and the sentences that went upward."""

from engagements.commercial.service import AgreementDraft
from engagements.demo.script import AgreementPart, UpwardPart

AGREEMENTS = (
    AgreementPart(
        by="ros",
        day=-405,
        draft=AgreementDraft(
            purpose=(
                "So that people in theatres and emergency care can say what they see, and Helen "
                "knows what she will hear from us and what she will not."
            ),
            themes=True,
            quotes=False,
            attendance=True,
        ),
        accepted=(
            ("david", -404, "workspace"),
            ("maya", -403, "workspace"),
            ("helen", -402, "portal"),
        ),
    ),
    AgreementPart(
        by="ros",
        day=-171,
        draft=AgreementDraft(
            purpose=(
                "So that people in theatres and emergency care can say what they see, and Helen "
                "knows what she will hear from us and what she will not. New in this version: a "
                "sentence in somebody’s own words, if that person wants it read."
            ),
            themes=True,
            quotes=True,
            attendance=True,
        ),
        accepted=(
            ("imran", -171, "workspace"),
            ("maya", -170, "workspace"),
            ("helen", -167, "portal"),
            ("david", -163, "workspace"),
        ),
    ),
)

UPWARD = (
    UpwardPart(
        by="ros",
        note="the porter",
        words="he is right, and I have walked that corridor for nine years",
        said_by="Clinical director, theatres",
        day=-20,
        softened=(
            "It took a porter to show us why we start late. I have walked that corridor for nine "
            "years."
        ),
        approved_on=-18,
    ),
    UpwardPart(
        by="ros",
        note="late starts",
        words="The new practitioner asked first today, without being asked.",
        said_by="Clinical director, theatres",
        day=-1,
    ),
)
