"""An update as it is drafted, and the frozen parts that it would publish."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from engagements.commercial import queries as agreements
from engagements.commercial.queries import InForce
from engagements.commercial.rules import why_not
from engagements.inputs import Line, Paragraph, lines
from engagements.measures.queries import all_series, domain_scores
from engagements.people import Setting
from engagements.portal.freeze import (
    Frozen,
    FrozenAttendance,
    FrozenQuote,
    FrozenThemes,
    FrozenTurnout,
    FrozenUpdate,
    frozen_domains,
    frozen_measure,
)
from engagements.portal.names import named_in
from engagements.portal.queries import MOST_QUOTES
from engagements.sessions.clock import in_utc
from engagements.sessions.turnout import turnout
from tenancy.database.pool import Transaction
from tenancy.errors import Invalid

Words = Annotated[str, Meta(max_length=600)]
Speaker = Annotated[str, Meta(max_length=120)]

MOST_THEMES = 5
LONGEST_THEME = 240
AGREED = "Tick this once they have agreed to these words."


class UpdateDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    """A finding for the sponsors, with its evidence, what the team hears, and words of at most
    three people who have no account.

    The quotes are flat, so that a form and a JSON body say them alike.
    """

    headline: Annotated[Line, Meta(title="the finding, as a sentence")]
    summary: Annotated[Paragraph, Meta(title="what it means")]
    figures_to: Annotated[date, Meta(title="the last day of the figures")]
    indicator_id: Annotated[UUID | None, Meta(title="the chart behind the headline")] = None
    with_domains: Annotated[bool, Meta(title="the domains")] = False
    themes: Annotated[str, Meta(max_length=1_300, title="what you are hearing")] = ""
    """Sentences, one a line."""
    with_attendance: Annotated[bool, Meta(title="attendance")] = False
    quote_1: Annotated[Words, Meta(title="the first person's words")] = ""
    said_by_1: Annotated[Speaker, Meta(title="who said it")] = ""
    permission_1: Annotated[bool, Meta(title="their permission")] = False
    quote_2: Annotated[Words, Meta(title="the second person's words")] = ""
    said_by_2: Annotated[Speaker, Meta(title="who said it")] = ""
    permission_2: Annotated[bool, Meta(title="their permission")] = False
    quote_3: Annotated[Words, Meta(title="the third person's words")] = ""
    said_by_3: Annotated[Speaker, Meta(title="who said it")] = ""
    permission_3: Annotated[bool, Meta(title="their permission")] = False
    open_portal: Annotated[bool, Meta(title="opening the portal")] = False


class Part(Struct):
    """A frozen content, and the rows that it was made from."""

    kind: str
    content: Frozen
    source_kind: str = ""
    sources: Sequence[UUID] = ()


async def frozen_parts(
    tx: Transaction, setting: Setting, draft: UpdateDraft, agreement: InForce | None
) -> list[Part]:
    """What the draft asks for, the finding first.

    Raises:
        Invalid: something of it cannot be shown, or the agreement does not allow it.
    """
    errors: dict[str, str] = {}
    if draft.figures_to > datetime.now(UTC).date():
        errors["figures_to"] = "Choose a day that has passed: no figures reach into the future."
    parts = [Part("update", FrozenUpdate(draft.headline, draft.summary))]
    try:
        parts += await _evidence(tx, setting.engagement_id, draft)
    except Invalid as failure:
        errors |= failure.fields
    parts += _themes(setting, draft, errors)
    parts += await _attendance(tx, setting, draft, errors)
    parts += [Part("quote", quote) for quote in _quotes(draft, errors)]
    errors |= _forbidden(draft, agreement)
    if errors:
        raise Invalid(errors)
    return parts


async def agreement_in_force(tx: Transaction, engagement_id: UUID) -> InForce | None:
    """Under what the team publishes."""
    return await tx.maybe(agreements.in_force, engagement=engagement_id)


def _forbidden(draft: UpdateDraft, agreement: InForce | None) -> dict[str, str]:
    """A sentence for each field of the draft that the agreement does not allow."""
    asked = {
        "themes": ("themes", bool(draft.themes)),
        "with_attendance": ("attendance", draft.with_attendance),
        **{f"quote_{n}": ("quote", bool(getattr(draft, f"quote_{n}"))) for n in (1, 2, 3)},
    }
    return {
        field: why_not(kind, agreed=agreement is not None)
        for field, (kind, wanted) in asked.items()
        if wanted and not (agreement and agreement.rules.allow(kind))
    }


async def _evidence(tx: Transaction, engagement_id: UUID, draft: UpdateDraft) -> list[Part]:
    parts: list[Part] = []
    if draft.with_domains:
        scores = await tx.all(domain_scores, engagement=engagement_id)
        domains = frozen_domains(scores, draft.figures_to)
        if domains is None:
            raise Invalid({"with_domains": "No domain was surveyed by that day. Leave them out."})
        used = [score.id for domain in scores for score in domain.until(draft.figures_to).scores]
        parts.append(Part("domains", domains, "domain scores", used))
    if draft.indicator_id is not None:
        every = await tx.all(all_series, engagement=engagement_id)
        series = next((one for one in every if one.id == draft.indicator_id), None)
        if series is None:
            raise Invalid({"indicator_id": "Choose an indicator of this engagement."})
        measure = frozen_measure(series, draft.figures_to)
        if measure is None:
            raise Invalid({"indicator_id": f"“{series.title}” has no figure up to that day."})
        parts.append(Part("measure", measure, "indicator", [series.id]))
    return parts


def _themes(setting: Setting, draft: UpdateDraft, errors: dict[str, str]) -> list[Part]:
    """What the team hears; what is wrong with it goes to `errors`."""
    sentences = lines(draft.themes)
    if not sentences:
        return []
    names = [person.name for person in setting.everybody if not person.is_team]
    named = next((name for line in sentences if (name := named_in(line, names))), "")
    if named:
        errors["themes"] = f"Leave names out of what you are hearing: “{named}” is in it."
    elif len(sentences) > MOST_THEMES:
        errors["themes"] = f"Say it in {MOST_THEMES} sentences or fewer, one a line."
    elif any(len(line) > LONGEST_THEME for line in sentences):
        errors["themes"] = f"Keep each sentence to {LONGEST_THEME} characters or fewer."
    return [Part("themes", FrozenThemes(sentences))]


async def _attendance(
    tx: Transaction, setting: Setting, draft: UpdateDraft, errors: dict[str, str]
) -> list[Part]:
    """Sessions and people counted up to the day of the figures; their lack goes to `errors`."""
    if not draft.with_attendance:
        return []
    until = in_utc(draft.figures_to + timedelta(days=1), time(), setting.time_zone)
    rows = await tx.all(turnout, engagement=setting.engagement_id, until=until)
    if not rows:
        errors["with_attendance"] = "No session was held by that day. Leave attendance out."
    counts = [
        FrozenTurnout(row.kind, row.held, row.cancelled, row.expected, row.came) for row in rows
    ]
    return [Part("attendance", FrozenAttendance(counts))]


def _quotes(draft: UpdateDraft, errors: dict[str, str]) -> list[FrozenQuote]:
    """The quotes of a draft; what is wrong with them goes to `errors`."""
    quotes: list[FrozenQuote] = []
    for n in range(1, MOST_QUOTES + 1):
        text, said_by = getattr(draft, f"quote_{n}"), getattr(draft, f"said_by_{n}")
        if not text:
            continue
        if not said_by:
            errors[f"said_by_{n}"] = "Say whose words these are, by role: “Ward manager, medicine”."
        if not getattr(draft, f"permission_{n}"):
            errors[f"permission_{n}"] = AGREED
        quotes.append(FrozenQuote(text, said_by))
    return quotes
