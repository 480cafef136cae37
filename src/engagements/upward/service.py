"""Proposing words of a note for the sponsor, and the answer of the one whose words they are.

What their speaker approves becomes a publication of the speaker's, with nothing in it that leads
back to the note. The note stays as it is, for whom it is.
"""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Meta, Struct

from engagements.commercial import queries as agreements
from engagements.commercial.queries import Version
from engagements.commercial.rules import why_not
from engagements.notes.queries import NoteRow, note_page
from engagements.people import Person, Setting
from engagements.portal.entities import Publications, take_down
from engagements.portal.freeze import FrozenQuote
from engagements.upward.models import Proposal
from engagements.upward.queries import of_a_participant_gone, setting_within, speaker_of
from engagements.upward.sealing import seal
from engagements.upward.words import occur
from tenancy.audit import service as audit
from tenancy.database.entities import Entities
from tenancy.database.pool import Transaction
from tenancy.errors import Invalid, NotFound, Refused
from tenancy.ids import new_id
from tenancy.mail.service import post

GONE = "Who wrote this takes part no longer, and nobody else can approve their words."
Words = Annotated[str, Meta(min_length=1, max_length=600, title="the words")]
Role = Annotated[str, Meta(min_length=1, max_length=120, title="who said it, by role")]


class WordsDraft(Struct, kw_only=True, forbid_unknown_fields=True):
    """Words of a note, as they are proposed."""

    words: Words
    said_by: Role
    speaker_id: Annotated[UUID | None, Meta(title="whose words these are")] = None
    """Needed for a note that somebody of the team wrote."""


class Approval(Struct, kw_only=True, forbid_unknown_fields=True):
    """The words as their speaker lets them be read, and how they are attributed."""

    words: Words
    said_by: Role


class Proposals(Entities[Proposal]):
    model = Proposal


async def propose(
    tx: Transaction, note_id: UUID, draft: WordsDraft, *, at: datetime | None = None
) -> Proposal:
    """Propose words of a note for the sponsor. One's own words are approved by that.

    Args:
        at: when they were proposed, for what is entered later; else now.

    Raises:
        NotFound: there is no note of that id that the member may read.
        Invalid: the words do not stand in it, or nobody was said to have spoken them.
        Refused: they are another participant's, or the agreement does not allow it.
    """
    note = await note_page(tx, note_id)
    if not occur(draft.words, note.body):
        raise Invalid({"words": "Choose words as they stand in the note; they are softened later."})
    setting = await setting_within(tx, note.engagement_id)
    if await of_a_participant_gone(tx, setting, note):
        raise Refused(GONE)
    speaker = _speaker(tx, setting, note, draft.speaker_id)
    await _allowed(tx, note.engagement_id, speaker)
    id, at = new_id(), at or datetime.now(UTC)
    proposal = await Proposals(tx).add(
        id=id,
        engagement_id=note.engagement_id,
        note_id=note.id,
        proposed_by_id=tx.context.member,
        speaker_id=speaker.id,
        sealed=seal(await tx.safe(), draft.words, id),
        said_by=draft.said_by,
        state="proposed",
        proposed_at=at,
    )
    await audit.record(tx, "words proposed", proposal)
    if speaker.id == tx.context.member:
        approval = Approval(words=draft.words, said_by=draft.said_by)
        return await approve(tx, proposal.id, approval, at=at)
    await _ask(tx, setting, proposal, speaker)
    return proposal


async def approve(
    tx: Transaction, proposal_id: UUID, approval: Approval, *, at: datetime | None = None
) -> Proposal:
    """Let the sponsor read one's words, as they are or softened. Only this text is published.

    Args:
        at: when it was approved, for what is entered later; else now.

    Raises:
        NotFound: there is no proposal of that id in which the member speaks.
        Refused: it was answered before, or the agreement does not allow it any more.
    """
    proposal = await _of_speaker(tx, proposal_id)
    if proposal.state != "proposed":
        raise Refused(f"This was {proposal.state} already, so it cannot be approved any more.")
    setting = await setting_within(tx, proposal.engagement_id)
    speaker = setting.person(tx.context.member)
    if speaker is None:
        raise NotFound
    agreement = await _allowed(tx, proposal.engagement_id, speaker)
    at = at or datetime.now(UTC)
    quote = await Publications(tx).add(
        engagement_id=proposal.engagement_id,
        published_by_id=tx.context.member,
        kind="quote",
        content=msgspec.to_builtins(FrozenQuote(approval.words, approval.said_by)),
        figures_to=at.astimezone(ZoneInfo(setting.time_zone)).date(),
        quotes_by=agreement.id,
        published_at=at,
    )
    proposal.sealed_approved = seal(await tx.safe(), approval.words, proposal.id)
    proposal.said_by, proposal.publication_id = approval.said_by, quote.id
    proposal.state, proposal.answered_at = "approved", at
    await audit.record(tx, "words approved", proposal)
    await audit.record(tx, "quote published", quote)
    return proposal


async def refuse(tx: Transaction, proposal_id: UUID) -> Proposal:
    """Say no to one's words being read by the sponsor. Nobody has to say why.

    Raises:
        NotFound: there is no proposal of that id in which the member speaks.
        Refused: it was answered before.
    """
    proposal = await _of_speaker(tx, proposal_id)
    if proposal.state != "proposed":
        raise Refused(f"This was {proposal.state} already. What is published can be taken back.")
    proposal.state, proposal.answered_at = "refused", datetime.now(UTC)
    await audit.record(tx, "words refused", proposal)
    return proposal


async def take_back(tx: Transaction, proposal_id: UUID) -> Proposal:
    """Withdraw: as the speaker, one's consent, which takes the words down at once; as the one who
    proposed them, a proposal that is not answered yet.

    Raises:
        NotFound: there is no proposal of that id that the member proposed or speaks in.
        Refused: there is nothing that the member could take back.
    """
    proposal = await Proposals(tx).find(proposal_id)
    speaks = proposal.speaker_id == tx.context.member
    if proposal.state != ("approved" if speaks else "proposed"):
        raise Refused("There is nothing to take back here any more.")
    if proposal.publication_id is not None:
        quote = await Publications(tx).find(proposal.publication_id)
        if quote.state == "published":
            await take_down(tx, [quote])
    proposal.state, proposal.answered_at = "withdrawn", datetime.now(UTC)
    await audit.record(tx, "consent withdrawn" if speaks else "words taken back", proposal)
    return proposal


async def take_down_own(tx: Transaction, publication_id: UUID) -> None:
    """Withdraw a sentence of one's own, also when its note and its proposal are gone.

    Raises:
        NotFound: there is no such sentence of the member's.
        Refused: no sponsor reads it any more.
    """
    quote = await Publications(tx).find(publication_id)
    if quote.kind != "quote" or quote.published_by_id != tx.context.member:
        raise NotFound
    if quote.state != "published":
        raise Refused("This was taken back already, and no sponsor reads it.")
    await take_down(tx, [quote])


async def _of_speaker(tx: Transaction, proposal_id: UUID) -> Proposal:
    proposal = await Proposals(tx).find(proposal_id)
    if proposal.speaker_id != tx.context.member:
        raise NotFound
    return proposal


def _speaker(tx: Transaction, setting: Setting, note: NoteRow, chosen: UUID | None) -> Person:
    """Whose words they are: the note's author's, the member's own, or a participant's whom the
    team names."""
    speaker = speaker_of(tx, setting, note)
    if speaker is None:
        speaker = setting.person(chosen)
        if speaker is None or not speaker.is_participant:
            raise Invalid({"speaker_id": "Choose the person of this engagement who said it."})
    elif chosen not in (None, speaker.id):
        raise Invalid({"speaker_id": f"These are the words of {speaker.name}."})
    if speaker.id != tx.context.member and not setting.has_on_team(tx.context.member):
        raise Refused("You can propose your own words, and nobody else's.")
    return speaker


async def _allowed(tx: Transaction, engagement_id: UUID, speaker: Person) -> Version:
    """The agreement under which the speaker's words may be published.

    Raises:
        Refused: there is none; or they did not accept it.
    """
    every = await tx.all(agreements.versions, engagement=engagement_id)
    version = next((one for one in every if one.state == "in force"), None)
    if version is None or not version.quotes:
        raise Refused(why_not("quote", agreed=version is not None))
    if speaker.id not in {one.member_id for one in version.accepted}:
        own = speaker.id == tx.context.member
        who = "You have" if own else f"{speaker.name} has"
        raise Refused(f"{who} not accepted the agreement in force, so these words stay here.")
    return version


async def _ask(tx: Transaction, setting: Setting, proposal: Proposal, speaker: Person) -> None:
    """Write to the speaker, without the words."""
    sender = setting.person(tx.context.member)
    await post(
        tx,
        "words_proposed",
        to_name=speaker.name,
        to_address=speaker.email,
        workspace=setting.workspace,
        engagement=setting.engagement,
        sender=sender.name if sender else setting.workspace,
        path=f"/w/{setting.slug}/proposals/{proposal.id}",
    )
