"""Proposing words of a note for the sponsor, and answering for one's own."""

from typing import Annotated
from uuid import UUID

from litestar import post
from litestar.di import NamedDependency
from litestar.handlers import HTTPRouteHandler
from litestar.params import FromPath
from msgspec import Meta, Struct
from msgspec.structs import replace

from engagements.upward import queries, service
from engagements.upward.queries import ProposalPage, ProposalRow, WordsForm
from engagements.upward.service import Approval, WordsDraft
from frontend.access import WRITERS
from frontend.representation import Representation
from frontend.routes import deed, page
from tenancy.database.pool import Transaction


class Selected(Struct, kw_only=True):
    """Words as they were selected in a note."""

    words: Annotated[str, Meta(max_length=600, title="the words")] = ""


class TakenDown(Struct):
    publication_id: UUID


def _shown(proposal: ProposalRow) -> str:
    return f"/proposals/{proposal.id}"


@page("/notes/{id:uuid}/proposals/new", template="workspace/upward/form.html", policy=WRITERS)
async def new_proposal(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> WordsForm:
    """The form for words of a note."""
    return await queries.words_form(tx, id)


# Words of a note have no place in an address, so what was selected comes by POST.
@post(
    "/notes/{id:uuid}/proposals/draft",
    opt={
        "policy": WRITERS,
        "page": "workspace/upward/form.html",
        "body": Selected,
        "again": new_proposal,
    },
    status_code=200,
    response_class=Representation,
)
async def selected_words(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[Selected]
) -> WordsForm:
    """The form with the words that were selected. Nothing is proposed yet."""
    return replace(await queries.words_form(tx, id), words=draft.words)


@deed(
    "/notes/{id:uuid}/proposals",
    policy=WRITERS,
    body=WordsDraft,
    again=new_proposal,
    creates=True,
    then=_shown,
)
async def propose_words(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[WordsDraft]
) -> ProposalRow:
    """Propose words for the sponsor; one's own are approved by that."""
    proposal = await service.propose(tx, id, draft)
    return await queries.proposal_row(tx, proposal.id)


@page("/proposals/{id:uuid}", template="workspace/upward/show.html", policy=WRITERS)
async def show_proposal(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> ProposalPage:
    """Words that were proposed, who would read them, and what became of them."""
    return await queries.proposal_page(tx, id)


@deed(
    "/proposals/{id:uuid}/approval",
    policy=WRITERS,
    body=Approval,
    again=show_proposal,
    then=_shown,
    says="The sponsor reads it now. You can take it back at any time.",
)
async def approve_words(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[Approval]
) -> ProposalRow:
    """Let the sponsor read one's words, as they are or softened."""
    await service.approve(tx, id, draft)
    return await queries.proposal_row(tx, id)


@deed(
    "/proposals/{id:uuid}/refusal",
    policy=WRITERS,
    again=show_proposal,
    then=_shown,
    says="It stays between you. The sponsor never learns that you were asked.",
)
async def refuse_words(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> ProposalRow:
    """Say no to one's words being read by the sponsor."""
    await service.refuse(tx, id)
    return await queries.proposal_row(tx, id)


@deed(
    "/proposals/{id:uuid}/withdrawal",
    policy=WRITERS,
    again=show_proposal,
    then=_shown,
    says="It is taken back.",
)
async def take_words_back(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> ProposalRow:
    """Withdraw one's consent, or a proposal that was not answered yet."""
    await service.take_back(tx, id)
    return await queries.proposal_row(tx, id)


@deed(
    "/words/{id:uuid}/withdrawal",
    policy=WRITERS,
    then=lambda _: "",
    says="It is taken back. The sponsor does not read it any more.",
)
async def take_own_words_down(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> TakenDown:
    """Withdraw a sentence of one's own from the portal, whose proposal went with its note."""
    await service.take_down_own(tx, id)
    return TakenDown(id)


UPWARD: list[HTTPRouteHandler] = [
    new_proposal,
    selected_words,
    propose_words,
    show_proposal,
    approve_words,
    refuse_words,
    take_words_back,
    take_own_words_down,
]
