"""The other consultancy, which shares nothing with the first. Everybody in it is fictional."""

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
        name="Lowmarsh Mental Health NHS Trust",
        kind="mental health trust",
        ods_code="RZ5",
        stage="client",
        enquiry="We have lost the habit of asking each other how we are. Judith Amory",
    ),
    (
        UnitPart("Community mental health", 310, (UnitPart("Crisis team", 44),)),
        UnitPart("Trust office", 70),
    ),
    (
        ContactPart(
            "Judith Amory",
            "Medical director",
            "executive sponsor",
            "Trust office",
            "judith.amory@lowmarsh.example",
        ),
        ContactPart("Sam Tolley", "Team manager", "team leader", "Crisis team"),
    ),
)

WORK = Work(
    lead="tess",
    title="Steady Ground",
    purpose="That the crisis team can stop for each other as well as for those they serve.",
    presenting_issue="“We cope, and then somebody does not.” Judith Amory, medical director",
    opened_as="agreed",
    became="running",
    starts=-5,
    months=12,
    phases_passed=2,
    focus=("CL4", "TW4"),
    objectives=(ObjectivePart("TW", "The crisis team looks back together after a hard week."),),
    sessions=(
        SessionPart(
            key="judith",
            day=-72,
            at="10:00",
            kind="interview",
            title="First conversation with Judith Amory",
            lead="tess",
            expected=("tess",),
        ),
        SessionPart(
            key="crisis",
            day=-16,
            at="14:00",
            kind="team",
            title="Crisis team: the week behind us",
            lead="tess",
            expected=("tess",),
            minutes=90,
            place="Marsh House",
        ),
        SessionPart(
            key="crisis-2",
            day=12,
            at="14:00",
            kind="team",
            title="Crisis team: the week behind us",
            lead="tess",
            expected=("tess",),
            minutes=90,
            place="Marsh House",
        ),
    ),
    actions=(
        ActionPart(
            text="Send Sam the questions for the look-back, three and no more",
            owner="tess",
            by="tess",
            due=4,
            shown_to="team",
            session="crisis",
        ),
    ),
    notes=(
        NotePart(
            author="tess",
            kind="session",
            session="judith",
            at="11:30",
            for_team=True,
            body="""
                Judith said “cope” nine times. I asked what coping looks like from outside. A long
                pause, then: “Like a closed door.”
                """,
        ),
        NotePart(
            author="tess",
            kind="session",
            session="crisis",
            at="16:00",
            for_team=True,
            body="""
                They began by apologising for being tired. By the end two of them had swapped a
                night, without anybody asking. Start from that next time.
                """,
        ),
        NotePart(
            author="tess",
            kind="working",
            day=-5,
            at="19:15",
            body="""
                I like this team almost too much to be of use to them. Say so in supervision.
                """,
        ),
    ),
)
