"""Those with whom Northlight is still talking. All of them are fictional."""

from engagements.clients.service import OrganisationDraft
from engagements.demo.script import ClientPart, ContactPart, NotePart, UnitPart, Work

FENWICK = ClientPart(
    OrganisationDraft(
        name="Fenwick & Dale Integrated Care Board",
        kind="integrated care board",
        ods_code="QZ9",
        stage="conversation",
        enquiry=(
            "Four trusts, nine councils and one budget. We agree in the room and then go home. "
            "Can that be worked on? Philippa Stroud"
        ),
    ),
    (UnitPart("Strategy and partnerships", 38), UnitPart("Primary care", 51)),
    (
        ContactPart(
            "Philippa Stroud",
            "Director of strategy",
            "executive sponsor",
            "Strategy and partnerships",
            "philippa.stroud@fenwickdale.example",
        ),
        ContactPart("Dev Anand", "Clinical lead, frailty", "clinical lead", "Primary care"),
        ContactPart(
            "Moira Keane",
            "Contracts manager",
            "finance",
            "Strategy and partnerships",
            "moira.keane@fenwickdale.example",
        ),
    ),
)

FENWICK_WORK = Work(
    lead="ros",
    title="Good Neighbours",
    purpose="That the partners of one pathway decide together, and still agree a week later.",
    presenting_issue=(
        "“Everybody is polite. It is the politeness that worries me.” Philippa Stroud, director "
        "of strategy"
    ),
    opened_as="conversation",
    became="proposed",
    starts=2,
    months=9,
    notes=(
        NotePart(
            author="ros",
            kind="working",
            day=-27,
            at="17:30",
            for_team=True,
            body="""
                Proposed a small first step: eight conversations along the frailty pathway, one
                morning together, then a decision whether to go on. Philippa would have signed a
                year. I said that I would rather earn it.

                Open: who pays, since the budget belongs to five organisations. Moira will ask.
                """,
        ),
        NotePart(
            author="ros",
            kind="working",
            day=-8,
            at="08:20",
            body="""
                Dev rang from his car. He thinks the councils will not come if the invitation has
                our logo on it, and he is right. Let him invite them.
                """,
        ),
    ),
)

ST_BRANNOCS = ClientPart(
    OrganisationDraft(
        name="St Brannoc's Hospice",
        kind="independent or charity",
        stage="enquiry",
        enquiry=(
            "We look after everyone but each other. Two of our best nurses left this year and "
            "both said they did not want to make a fuss. We are small and cannot pay much. May I "
            "ring you? Hannah Lisle, matron"
        ),
    ),
    (UnitPart("In-patient unit", 41), UnitPart("Hospice at home", 23)),
    (
        ContactPart(
            "Hannah Lisle",
            "Matron",
            "clinical lead",
            "In-patient unit",
            "hannah.lisle@stbrannocs.example",
        ),
        ContactPart("Peter Gwynne", "Chair of trustees", "executive sponsor", "Hospice at home"),
    ),
)
