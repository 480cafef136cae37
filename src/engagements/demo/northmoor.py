"""Northmoor Vale, an acute trust fourteen months into the work. Everybody in it is fictional."""

from engagements.clients.service import OrganisationDraft
from engagements.demo import (
    northmoor_agreement,
    northmoor_figures,
    northmoor_former,
    northmoor_notes,
    northmoor_plan,
    northmoor_reflections,
    northmoor_summaries,
)
from engagements.demo.cast import NORTHLIGHT
from engagements.demo.script import ClientPart, ContactPart, UnitPart, Work, of_cast

_CAST = {person.key: person for person in NORTHLIGHT}

_UNITS = (
    UnitPart(
        "Surgery and anaesthetics",
        1240,
        (
            UnitPart(
                "Theatres and anaesthetics",
                310,
                (
                    UnitPart("Main theatres", 142),
                    UnitPart("Day surgery", 58),
                    UnitPart("Recovery", 46),
                    UnitPart("Anaesthetics", 64),
                ),
            ),
            UnitPart(
                "General surgery",
                188,
                (UnitPart("Ashdown ward", 38), UnitPart("Surgical assessment", 44)),
            ),
        ),
    ),
    UnitPart(
        "Medicine and urgent care",
        1610,
        (
            UnitPart(
                "Emergency care",
                265,
                (UnitPart("Emergency department", 198), UnitPart("Same-day emergency care", 67)),
            ),
            UnitPart(
                "Older people's medicine",
                220,
                (UnitPart("Linden ward", 36), UnitPart("Rowan ward", 34)),
            ),
        ),
    ),
    UnitPart("Women and children", 720, (UnitPart("Maternity", 260),)),
    UnitPart(
        "Corporate services",
        540,
        (UnitPart("Executive office", 12), UnitPart("People and development", 74)),
    ),
)

_CONTACTS = (
    of_cast(_CAST["helen"], "executive sponsor", "Executive office", "sponsor"),
    of_cast(_CAST["david"], "clinical lead", "Executive office", "participant"),
    of_cast(_CAST["maya"], "clinical lead", "Theatres and anaesthetics", "participant"),
    of_cast(_CAST["sunita"], "team leader", "Main theatres", "participant"),
    ContactPart(
        "Gareth Ellis",
        "Chief people officer",
        "people and OD",
        "People and development",
        "gareth.ellis@northmoorvale.example",
    ),
    ContactPart(
        "Joan Fairley",
        "Trust secretary",
        "other",
        "Executive office",
        "joan.fairley@northmoorvale.example",
    ),
    ContactPart(
        "Tom Ashworth",
        "Lead nurse, emergency department",
        "team leader",
        "Emergency department",
        "tom.ashworth@northmoorvale.example",
        "tom",
        invited=True,
    ),
    ContactPart(
        "Precious Ndlovu",
        "Freedom to Speak Up guardian",
        "change team",
        "People and development",
        "precious.ndlovu@northmoorvale.example",
    ),
    ContactPart("Carys Bowen", "Chair of staff side", "change team", "Recovery"),
    ContactPart(
        "Neil Partridge",
        "Deputy chief finance officer",
        "finance",
        "Corporate services",
        "neil.partridge@northmoorvale.example",
    ),
)

CLIENT = ClientPart(
    OrganisationDraft(
        name="Northmoor Vale NHS Foundation Trust",
        kind="acute trust",
        ods_code="RZ9",
        stage="client",
        enquiry=(
            "We met at the regional improvement day. You said culture is made in the next "
            "conversation, and I have not been able to put that down. Could we talk? It is about "
            "our theatres. Helen Marsh"
        ),
    ),
    _UNITS,
    _CONTACTS,
)

WORK = Work(
    lead="ros",
    title="Working Together",
    purpose=(
        "That colleagues in theatres and emergency care say early what they see, and that those "
        "who lead them act on it as one team."
    ),
    presenting_issue=(
        "“We have had three reviews of theatres in four years, and they all say the same. People "
        "tell the reviewer what they will not tell each other. Good people leave, and I hear why "
        "at the exit interview. I do not want a fourth report. I want them to be able to talk.” "
        "Helen Marsh, chief executive"
    ),
    opened_as="agreed",
    became="running",
    starts=-14,
    months=20,
    phases_passed=3,
    team=("imran", "huw"),
    focus=("PS1", "CL3", "TW4"),
    milestones=northmoor_plan.MILESTONES,
    objectives=northmoor_plan.OBJECTIVES,
    sessions=northmoor_plan.SESSIONS,
    actions=(*northmoor_plan.ACTIONS, *northmoor_former.ACTIONS),
    notes=(
        *northmoor_notes.NOTES,
        *northmoor_summaries.NOTES,
        *northmoor_reflections.NOTES,
        *northmoor_former.NOTES,
    ),
    indicators=northmoor_figures.INDICATORS,
    waves=northmoor_figures.WAVES,
    updates=northmoor_figures.UPDATES,
    agreements=northmoor_agreement.AGREEMENTS,
    upward=northmoor_agreement.UPWARD,
)

HELD_BECAUSE = (
    "Freedom of information request 26/0417 to the trust: everything stays as it is until it has "
    "been answered."
)
