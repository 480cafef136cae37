"""Harbour Community Health, a community trust that is being listened to. All of it is fictional."""

from engagements.clients.service import OrganisationDraft
from engagements.demo.script import (
    ActionPart,
    ClientPart,
    ContactPart,
    IndicatorPart,
    MilestonePart,
    NotePart,
    ObjectivePart,
    SessionPart,
    UnitPart,
    Work,
)
from engagements.measures.service import IndicatorDraft

CLIENT = ClientPart(
    OrganisationDraft(
        name="Harbour Community Health NHS Trust",
        kind="community trust",
        ods_code="RZ7",
        stage="client",
        enquiry=(
            "Our nurses drive past each other all day and hardly ever meet. Somebody at Northmoor "
            "Vale said you begin by listening. Is that true? Ruth Calloway"
        ),
    ),
    (
        UnitPart(
            "Adult community services",
            480,
            (
                UnitPart("District nursing north", 62),
                UnitPart("District nursing south", 58),
                UnitPart("Therapies", 110),
            ),
        ),
        UnitPart("Children and families", 240, (UnitPart("Health visiting", 96),)),
        UnitPart("Trust office", 90),
    ),
    (
        ContactPart(
            "Amara Nwosu",
            "Chief executive",
            "executive sponsor",
            "Trust office",
            "amara.nwosu@harbourcommunity.example",
        ),
        ContactPart(
            "Ruth Calloway",
            "Director of nursing and therapies",
            "clinical lead",
            "Trust office",
            "ruth.calloway@harbourcommunity.example",
        ),
        ContactPart("Owen Trask", "Team leader", "team leader", "District nursing south"),
        ContactPart("Leila Haddad", "Physiotherapist", "change team", "Therapies"),
    ),
)

_SESSIONS = (
    SessionPart(
        key="ruth",
        day=-96,
        at="15:00",
        kind="interview",
        title="First conversation with Ruth Calloway",
        lead="imran",
        expected=("imran",),
        link="https://meet.northlight.example/harbour",
    ),
    SessionPart(
        key="north",
        day=-53,
        at="08:00",
        kind="interview",
        title="Listening in the car park, district nursing north",
        lead="imran",
        expected=("imran", "bethan"),
        place="Quayside clinic",
    ),
    SessionPart(
        key="south",
        day=-25,
        at="08:00",
        kind="interview",
        title="Listening at the handover, district nursing south",
        lead="bethan",
        expected=("bethan",),
        place="Saltings health centre",
        minutes=90,
    ),
    SessionPart(
        key="themes",
        day=13,
        at="13:30",
        kind="workshop",
        title="What we heard: sorting the themes",
        lead="imran",
        expected=("imran", "bethan"),
        place="Quayside clinic",
        minutes=150,
    ),
)

_ACTIONS = (
    ActionPart(
        text="Ring the six colleagues from south who asked to speak on their own",
        owner="bethan",
        by="bethan",
        due=5,
        shown_to="team",
        session="south",
    ),
    ActionPart(
        text="Agree with Ruth how the themes come back, and to whom first",
        owner="imran",
        by="imran",
        due=9,
        shown_to="team",
    ),
    ActionPart(
        text="Find out how the lone-worker telephones are shared out",
        owner="bethan",
        by="imran",
        due=-40,
        done=-41,
        shown_to="team",
        session="north",
    ),
)

_NOTES = (
    NotePart(
        author="imran",
        kind="session",
        session="ruth",
        at="16:40",
        for_team=True,
        body="""
            Ruth came with no slides. She said the teams are good and the trust is lonely, and
            that she can tell which by the car park: in north they eat in one car, in south each
            in their own.

            She wants to know what the difference is before anybody tries to copy it. So do I.
            """,
    ),
    NotePart(
        author="imran",
        kind="working",
        session="ruth",
        at="17:05",
        body="""
            She is easy to like, and I noticed that I promised a date I had not looked up. Slow
            down. The chief executive has not been in the room yet.
            """,
    ),
    NotePart(
        author="bethan",
        kind="session",
        session="north",
        at="10:30",
        for_team=True,
        body="""
            Eleven people in an hour and a half, in twos and threes. What they do that they do not
            call anything: whoever is nearest rings at eleven and asks “who is drowning?” And
            somebody always answers.

            Worry: it depends on two people, and one of them retires next year.
            """,
    ),
    NotePart(
        author="imran",
        kind="working",
        day=-50,
        at="18:10",
        readers=("bethan",),
        body="""
            Bethan, you asked what I noticed. You let the silence stand after the question about
            mistakes, and the quietest person filled it. I would have jumped in. Please do that
            again in south, and lead it yourself; I will stay away.
            """,
    ),
    NotePart(
        author="bethan",
        kind="session",
        session="south",
        at="11:15",
        for_team=True,
        body="""
            Harder. They waited to see who else would speak, and then nobody did. The handover is
            eight minutes, standing, read from a list. Afterwards six people, one at a time, asked
            if they could talk to me on their own.

            I said yes, and what I would do with it and what I would not.
            """,
    ),
    NotePart(
        author="bethan",
        kind="reflection",
        day=-23,
        at="21:00",
        body="""
            First time leading alone. I was so busy being calm that I forgot to be curious for the
            first half hour. It turned when I admitted that I did not know what a syringe driver
            check involves. Write that down for next time: ask the thing you are ashamed not to
            know.
            """,
    ),
)

WORK = Work(
    lead="imran",
    title="Closer",
    purpose="That community teams who rarely meet can ask each other for help, and get it.",
    presenting_issue=(
        "“We are good one at a time. I would like us to be good together, and I do not know what "
        "is in the way.” Ruth Calloway, director of nursing and therapies"
    ),
    opened_as="agreed",
    became="running",
    starts=-4,
    months=14,
    phases_passed=1,
    team=("bethan", "owen"),
    focus=("TW2", "PA2"),
    milestones=(
        MilestonePart("Scope", "Agreement signed, with what we will not report", -84, -85),
        MilestonePart("Discover", "Sixty conversations held across four bases", 20),
        MilestonePart("Discover", "Themes read back to those who spoke", 34),
    ),
    objectives=(
        ObjectivePart("TW", "Somebody who is overloaded is noticed and helped the same day."),
        ObjectivePart("PA", "North and south learn from each other without being compared."),
    ),
    sessions=_SESSIONS,
    actions=_ACTIONS,
    notes=_NOTES,
    indicators=(
        IndicatorPart(
            IndicatorDraft(
                title="Colleagues who would recommend us as a place to work",
                definition="Share of replies to the monthly question that agree or strongly agree.",
                unit="%",
                direction="increase",
                source="Trust office, monthly question",
            ),
            ((48, 51, 47, 50, 49),),
        ),
    ),
)
