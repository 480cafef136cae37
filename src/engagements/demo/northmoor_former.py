"""What Huw, who has left since, wrote and promised at Northmoor Vale."""

from engagements.demo.script import ActionPart, NotePart

NOTES = (
    NotePart(
        author="huw",
        kind="session",
        session="listening",
        at="18:40",
        for_team=True,
        body="""
            I stood at the other end of the coffee room from Imran and mostly held cups. What I
            noticed is who leaves when whom comes in: two people put their toast down half eaten.
            Nobody looked up, so I think it happens every day.

            A question for us: do we say that we saw it? I would like to ask Sunita first.
            """,
    ),
    NotePart(
        author="huw",
        kind="working",
        day=-131,
        at="21:15",
        body="""
            I am better at noticing than at saying. In the room I wait for Ros, who waits for me
            so that I learn it. I have seen through that.
            """,
    ),
    NotePart(
        author="huw",
        kind="working",
        day=-77,
        at="16:30",
        for_team=True,
        body="""
            For whoever takes over from me on the look-backs:

            - the six questions fit on a card, and the card is better than the poster
            - recovery begins on time if the newest person holds the card
            - anaesthetics want to know who reads what is written down, so say it every time

            Thank you for the fourteen early mornings. I learnt more in that coffee room than in
            my master's degree.
            """,
    ),
)

ACTIONS = (
    ActionPart(
        text="Turn the six questions of the look-back into a card that fits a pocket",
        owner="huw",
        by="huw",
        due=16,
        shown_to="team",
    ),
)
