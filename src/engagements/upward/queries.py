"""Reading proposals: what waits for a speaker, what became of what one proposed, and its words."""

from datetime import datetime
from typing import Any, cast
from uuid import UUID

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Select, Table, bindparam, exists, func, select

from engagements.notes.queries import NoteRow, note, note_page
from engagements.people import FORMER, Person, Setting, name_of, setting_of
from engagements.portal.models import Publication
from engagements.portfolio.models import Engagement
from engagements.upward.models import Proposal
from engagements.upward.sealing import unseal
from tenancy.database.pool import Transaction
from tenancy.database.read import Read, me, tenant
from tenancy.database.sealing import OpenSafe
from tenancy.workspaces.models import Assignment, Member

_assignment = cast(Table, Assignment.__table__).c
_engagement = cast(Table, Engagement.__table__).c
_proposal = cast(Table, Proposal.__table__).c
_proposer = cast(Table, Member.__table__).alias("proposer").c
_publication = cast(Table, Publication.__table__).c
_speaker = cast(Table, Member.__table__).alias("speaker").c


class _Sealed(Struct, frozen=True):
    id: UUID
    engagement_id: UUID
    engagement: str
    note_id: UUID
    proposed_by_id: UUID
    proposed_by: str
    speaker_id: UUID
    speaker: str
    said_by: str
    state: str
    proposed_at: datetime
    answered_at: datetime | None
    publication_state: str | None
    has_note: bool
    sealed: bytes
    sealed_approved: bytes | None


class _Place(Struct, frozen=True):
    id: UUID


class ProposalRow(Struct, frozen=True):
    """Words that were proposed for the sponsor, as one of the two who know of them reads it."""

    id: UUID
    engagement_id: UUID
    engagement: str
    note_id: UUID
    proposed_by_id: UUID
    proposed_by: str
    speaker_id: UUID
    speaker: str
    said_by: str
    state: str
    proposed_at: datetime
    answered_at: datetime | None
    words: str
    approved: str
    """What its speaker let be read; empty until then."""
    shown: bool
    """Whether the sponsor can read it now."""
    has_note: bool
    """Whether the reader can open the note in which the words stand."""


class ProposalPage(Struct, frozen=True):
    proposal: ProposalRow
    is_speaker: bool
    readers: list[str]
    """Who would read it: the sponsors and those who stand in for them, by name."""


class OwnQuote(Struct, frozen=True):
    """A participant's own sentence that the sponsor reads now."""

    publication_id: UUID
    engagement: str
    text: str
    said_by: str
    published_at: datetime
    proposal_id: UUID | None
    """None once its note, and the proposal with it, was destroyed."""


class WordsForm(Struct, frozen=True):
    """What the form needs: whose words they can be."""

    note: NoteRow
    speakers: list[Person]
    """Empty where there is nothing to choose: the words are the note's author's, or one's own."""
    speaker: str
    """Of whom the words are, where there is nothing to choose."""
    own: bool
    said_by: str
    readers: list[str]
    closed: bool
    """Whether the participant who wrote it is gone, so that nobody can approve its words."""
    words: str = ""

    @property
    def choices(self) -> list[tuple[UUID, str]]:
        return [
            (person.id, ", ".join(filter(None, (person.name, person.title))))
            for person in self.speakers
        ]


def _proposals(*conditions: Any) -> Select[Any]:
    return (
        select(
            _proposal.id,
            _proposal.engagement_id,
            _engagement.title,
            _proposal.note_id,
            _proposal.proposed_by_id,
            func.coalesce(_proposer.name, FORMER),
            _proposal.speaker_id,
            name_of(_speaker),
            _proposal.said_by,
            _proposal.state,
            _proposal.proposed_at,
            _proposal.answered_at,
            _publication.state,
            exists().where(note.tenant_id == tenant, note.id == _proposal.note_id),
            _proposal.sealed,
            _proposal.sealed_approved,
        )
        .join(
            _engagement.id.table,
            (_engagement.tenant_id == tenant) & (_engagement.id == _proposal.engagement_id),
        )
        .outerjoin(
            _proposer.id.table,
            (_proposer.tenant_id == tenant) & (_proposer.id == _proposal.proposed_by_id),
        )
        .outerjoin(
            _speaker.id.table,
            (_speaker.tenant_id == tenant) & (_speaker.id == _proposal.speaker_id),
        )
        .outerjoin(
            _publication.id.table,
            (_publication.tenant_id == tenant) & (_publication.id == _proposal.publication_id),
        )
        .where(_proposal.tenant_id == tenant, *conditions)
        .order_by(_proposal.proposed_at.desc(), _proposal.id)
    )


_took_part = Read(
    select(_assignment.id).where(
        _assignment.tenant_id == tenant,
        _assignment.engagement_id == bindparam("engagement"),
        _assignment.member_id == bindparam("member"),
        _assignment.relation == "participant",
    ),
    _Place,
)
_one = Read(_proposals(_proposal.id == bindparam("id")), _Sealed)
_waiting = Read(_proposals(_proposal.speaker_id == me, _proposal.state == "proposed"), _Sealed)
_by_me = Read(
    _proposals(
        _proposal.proposed_by_id == me,
        _proposal.speaker_id != me,
        _proposal.engagement_id == bindparam("engagement"),
    ),
    _Sealed,
)
my_quotes = Read(
    select(
        _publication.id,
        _engagement.title,
        _publication.content["text"].astext,
        _publication.content["said_by"].astext,
        _publication.published_at,
        _proposal.id,
    )
    .join(
        _engagement.id.table,
        (_engagement.tenant_id == tenant) & (_engagement.id == _publication.engagement_id),
    )
    .outerjoin(
        _proposal.id.table,
        (_proposal.tenant_id == tenant) & (_proposal.publication_id == _publication.id),
    )
    .where(
        _publication.tenant_id == tenant,
        _publication.kind == "quote",
        _publication.state == "published",
        _publication.published_by_id == me,
    )
    .order_by(_publication.published_at.desc(), _publication.id),
    OwnQuote,
)
"""The member's own words that a sponsor reads now."""


async def proposal_row(tx: Transaction, id: UUID) -> ProposalRow:
    """One proposal, opened.

    Raises:
        NotFound: there is none of that id that the member proposed or speaks in.
    """
    row = await tx.one(_one, id=id)
    return await tx.opened(lambda safe: _opened(safe, row))


async def proposal_page(tx: Transaction, id: UUID) -> ProposalPage:
    """One proposal, with the names of those who would read the words.

    Raises:
        NotFound: as in `proposal_row`.
    """
    row = await proposal_row(tx, id)
    setting = await setting_within(tx, row.engagement_id)
    return ProposalPage(row, row.speaker_id == tx.context.member, readers_of(setting))


async def waiting_for_me(tx: Transaction) -> list[ProposalRow]:
    """The member's own words that somebody would like the sponsor to read, unanswered."""
    return await _all_opened(tx, _waiting)


async def proposed_by_me(tx: Transaction, engagement_id: UUID) -> list[ProposalRow]:
    """What the member proposed of others' words in an engagement, newest first."""
    return await _all_opened(tx, _by_me, engagement=engagement_id)


async def words_form(tx: Transaction, note_id: UUID) -> WordsForm:
    """What it takes to propose words of a note.

    Raises:
        NotFound: there is no note of that id that the member may read.
    """
    found = await note_page(tx, note_id)
    setting = await setting_within(tx, found.engagement_id)
    certain = speaker_of(tx, setting, found)
    speakers = [] if certain else [one for one in setting.people if one.is_participant]
    return WordsForm(
        found,
        speakers,
        certain.name if certain else "",
        certain is not None and certain.id == tx.context.member,
        certain.title if certain else "",
        readers_of(setting),
        await of_a_participant_gone(tx, setting, found),
    )


async def setting_within(tx: Transaction, engagement_id: UUID) -> Setting:
    """The engagement and its people, for somebody who was let in already."""
    async with tx.acting("job"):
        return await setting_of(tx, engagement_id)


async def of_a_participant_gone(tx: Transaction, setting: Setting, note: NoteRow) -> bool:
    """Whether a note is of somebody who took part and works on the engagement no more. Nobody
    speaks for them, whoever is left."""
    author = setting.person(note.author_id)
    if author is not None and (author.is_team or author.is_participant):
        return False
    async with tx.acting("job"):
        took_part = await tx.maybe(_took_part, engagement=note.engagement_id, member=note.author_id)
    return took_part is not None


def speaker_of(tx: Transaction, setting: Setting, note: NoteRow) -> Person | None:
    """Whose words a note's are, where nothing has to be chosen: a participant who wrote it, or
    the participant who proposes words that somebody else wrote down."""
    author = setting.person(note.author_id)
    if author is not None and author.is_participant:
        return author
    reader = setting.person(tx.context.member)
    return reader if reader is not None and not reader.is_team else None


def readers_of(setting: Setting) -> list[str]:
    """The names of the sponsors, then of those who stand in for them."""
    return [
        person.name
        for relation in ("sponsor", "delegate")
        for person in setting.everybody
        if relation in person.relations
    ]


async def _all_opened(tx: Transaction, read: Read[_Sealed], **values: object) -> list[ProposalRow]:
    rows = await tx.all(read, **values)
    return await tx.opened(lambda safe: [_opened(safe, row) for row in rows]) if rows else []


def _opened(safe: OpenSafe, row: _Sealed) -> ProposalRow:
    facts = asdict(row)
    sealed, approved = facts.pop("sealed"), facts.pop("sealed_approved")
    shown = facts.pop("publication_state") == "published"
    return ProposalRow(
        **facts,
        words=unseal(safe, sealed, row.id),
        approved=unseal(safe, approved, row.id) if approved else "",
        shown=shown,
    )
