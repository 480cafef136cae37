"""Kelder Valley, where the work is over and its records count down. All of it is fictional."""

from engagements.clients.service import OrganisationDraft
from engagements.demo.script import (
    ActionPart,
    ClientPart,
    ContactPart,
    NotePart,
    ObjectivePart,
    SessionPart,
    UnitPart,
    Work,
)

CLIENT = ClientPart(
    OrganisationDraft(
        name="Kelder Valley Ambulance Service NHS Trust",
        kind="ambulance trust",
        ods_code="RX0",
        stage="former",
        enquiry=(
            "Crews and control blame each other over the radio, and both are tired. Can we talk "
            "before it is a grievance? Colin Tait"
        ),
    ),
    (
        UnitPart("Operations", 640, (UnitPart("Kelder station", 58), UnitPart("Control room", 74))),
        UnitPart("Trust office", 60),
    ),
    (
        ContactPart(
            "Colin Tait",
            "Director of operations",
            "executive sponsor",
            "Operations",
            "colin.tait@keldervalley.example",
        ),
        ContactPart("Nadia Brandt", "Control room manager", "team leader", "Control room"),
    ),
)

WORK = Work(
    lead="imran",
    title="Same Radio",
    purpose="That crews and control can say what a shift was like, and to each other first.",
    presenting_issue="“We only meet by radio, and only when it is bad.” Nadia Brandt",
    opened_as="agreed",
    became="running",
    starts=-21,
    months=9,
    phases_passed=4,
    closed=-352,
    focus=("TW2",),
    objectives=(ObjectivePart("TW", "Crews and control sit in on each other's shifts."),),
    sessions=(
        SessionPart(
            key="sit-in",
            day=-470,
            at="19:00",
            kind="workshop",
            title="The first evening in the control room",
            lead="imran",
            expected=("imran",),
            place="Control room",
            minutes=120,
        ),
        SessionPart(
            key="last",
            day=-357,
            at="11:00",
            kind="review",
            title="Looking back with Colin Tait and Nadia Brandt",
            lead="imran",
            expected=("imran",),
            place="Trust office",
        ),
    ),
    actions=(
        ActionPart(
            text="Put the sitting-in rota into the induction of new staff",
            owner="imran",
            by="imran",
            due=-360,
            done=-362,
            shown_to="team",
            session="last",
        ),
    ),
    notes=(
        NotePart(
            author="imran",
            kind="session",
            session="sit-in",
            at="21:40",
            for_team=True,
            body="""
                Two crews came in their own time and sat beside the people whose voices they know.
                Nobody spoke for a while. Then somebody asked what the third screen is for.

                They want to do it again, the other way round.
                """,
        ),
        NotePart(
            author="imran",
            kind="working",
            session="sit-in",
            at="22:30",
            body="""
                I talked too much at the start because the silence made me nervous. It was the best
                thing that happened all evening. Remember this.
                """,
        ),
        NotePart(
            author="imran",
            kind="session",
            session="last",
            at="13:10",
            for_team=True,
            body="""
                The rota runs without us, which was the point. Colin asked whether we should stay
                another half year. Nadia said no, kindly. We end here.
                """,
        ),
        NotePart(
            author="imran",
            kind="working",
            session="last",
            at="13:35",
            body="""
                Sorry to leave, and I think that this is how it should feel. What I would do
                otherwise: meet the night shift in the first month, not in the fifth.
                """,
        ),
    ),
)
"""Its private notes are due within the month, the shared ones a year later."""
