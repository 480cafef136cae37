"""What is counted at Northmoor Vale, and what was published of it.

The verdicts are the rules' own; `tests/engagements/test_demo.py` holds the words to them.
"""

from engagements.demo.script import IndicatorPart, UpdatePart, WavePart
from engagements.measures.service import IndicatorDraft

SPEAKING_UP = "I feel safe to speak up about anything that concerns me"

INDICATORS = (
    IndicatorPart(
        IndicatorDraft(
            title=SPEAKING_UP,
            definition=(
                "Share of replies to the trust's own monthly pulse that agree or strongly agree. "
                "Between 290 and 410 colleagues answer each month."
            ),
            unit="%",
            direction="increase",
            source="People directorate, monthly pulse",
            baseline=24,
        ),
        (
            (54, 57, 52, 56, 55, 58, 53, 51, 56, 54, 57, 55),
            (53, 52, 56, 58, 54, 55, 51, 53, 49, 52, 54, 53),
            (52, 55, 51, 57, 58, 59, 58, 61, 60, 63, 62, 64),
        ),
    ),
    IndicatorPart(
        IndicatorDraft(
            title="Sickness absence",
            definition="Days lost to sickness, as a share of days available, whole trust.",
            unit="%",
            direction="decrease",
            source="Electronic staff record",
            target=4.5,
        ),
        (
            (5.2, 4.9, 5.4, 5.1, 5.6, 5.0, 4.8, 5.3, 5.5, 5.0, 5.2, 4.7),
            (5.1, 5.5, 5.3, 4.9, 5.2, 5.6, 5.0, 5.4, 4.8, 5.1, 5.3, 5.0),
            (5.5, 4.9, 5.2, 5.4, 5.0, 5.3, 4.8, 5.2, 5.5, 5.1, 4.9, 5.2),
        ),
    ),
    IndicatorPart(
        IndicatorDraft(
            title="Theatre lists starting late",
            definition=(
                "Share of elective lists whose first case began more than fifteen minutes after "
                "the planned time. Main theatres and day surgery."
            ),
            unit="%",
            direction="decrease",
            source="Theatre management system",
        ),
        (
            (30, 33, 29, 32, 31, 28, 32, 30, 33, 29, 31, 32),
            (28, 31, 33, 30, 29, 32, 30, 31, 28, 33, 30, 29),
            (32, 30, 31, 29, 35, 36, 34, 37, 36, 37, 35, 36),
        ),
    ),
)

WAVES = (
    WavePart(
        11,
        {
            "PS": (146, 5.4, 1.9),
            "CL": (143, 4.9, 2.0),
            "TW": (145, 5.9, 1.8),
            "PA": (141, 5.1, 1.7),
        },
    ),
    WavePart(
        1,
        {
            "PS": (168, 6.5, 1.8),
            "CL": (167, 5.6, 1.9),
            "TW": (168, 5.6, 2.0),
            "PA": (164, 5.6, 1.8),
        },
    ),
)

UPDATES = (
    UpdatePart(
        day=-150,
        at="16:40",
        months_ago=6,
        headline="People told us what keeps them quiet, and theatres chose where to begin",
        summary="""
            One hundred and twenty conversations and the first Culture Pulse came back to the same
            point: people see a problem early and wait until they are sure. Main theatres and day
            surgery are trying a huddle before each list, and will add a look-back after it.

            It is too early to say whether anything has moved. One survey is a starting line.
            """,
        indicator=SPEAKING_UP,
        open_portal=True,
    ),
    UpdatePart(
        day=-4,
        at="15:10",
        months_ago=1,
        headline="More colleagues feel safe to speak up than at any point in three years",
        summary="""
            Three of the four domains are higher than in the first survey, by more than chance
            alone would explain. Teamworking shows no clear change.

            There is something to face. In each of the last eight months more theatre lists than
            average started late. The huddle may be part of the reason, so the teams look at the
            figures list by list before anybody decides what they mean.
            """,
        indicator=SPEAKING_UP,
        themes=(
            "People raise a worry earlier, and mostly to the person it concerns.",
            "When the list runs late the old silence comes back, and people notice it themselves.",
            "Those who lead are seen more often where the work is, and it is remarked on kindly.",
            "Many ask what happened to what they said last year, and want to hear it from the top.",
        ),
        with_attendance=True,
        quotes=(
            (
                "I used to rehearse bad news before I took it upstairs. Last week I just said it, "
                "and the first question back was what I needed.",
                "Ward manager, medicine",
            ),
            (
                "We still go quiet when the list is running late. That is the moment I want us to "
                "practise.",
                "Consultant anaesthetist, theatres",
            ),
        ),
    ),
)
