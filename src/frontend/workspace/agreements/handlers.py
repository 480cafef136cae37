"""The agreement of an engagement, for the team and for those who take part."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from litestar.di import NamedDependency
from litestar.params import FromPath
from msgspec import Struct

from engagements.commercial import queries, service
from engagements.commercial.queries import AgreementPage, Version
from engagements.commercial.rules import DEFAULT_EXCEPTIONS
from engagements.commercial.service import AgreementDraft, Answer
from frontend.access import STAFF, WRITERS
from frontend.routes import deed, page
from tenancy.database.pool import Transaction


class AgreementForm(Struct):
    """What the form begins with: the rules in force, else a page that allows nothing."""

    engagement_id: UUID
    engagement: str
    version: Version | None

    def said(self, name: str, typed: Mapping[str, Any]) -> Any:
        """What a field holds: as it was typed just now, else as the version has it."""
        if typed or self.version is None:
            return typed.get(name, "")
        return getattr(self.version, name)

    def exceptions(self, typed: Mapping[str, Any]) -> str:
        said = self.said("safety_exceptions", typed)
        listed = DEFAULT_EXCEPTIONS if not typed and self.version is None else said
        return listed if isinstance(listed, str) else "\n".join(listed)


def _shown(shown: AgreementPage) -> str:
    return f"/engagements/{shown.engagement_id}/agreement"


@page("/engagements/{id:uuid}/agreement", template="workspace/agreements/show.html", policy=WRITERS)
async def show_agreement(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> AgreementPage:
    """The rules in force, the version that waits for answers, and what it would take down."""
    return await queries.agreement_page(tx, id)


@page(
    "/engagements/{id:uuid}/agreement/new", template="workspace/agreements/form.html", policy=STAFF
)
async def new_agreement(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> AgreementForm:
    """The form for a version, as the newest has it."""
    shown = await queries.agreement_page(tx, id)
    return AgreementForm(id, shown.engagement, shown.open_version)


@deed(
    "/engagements/{id:uuid}/agreement",
    policy=STAFF,
    body=AgreementDraft,
    again=new_agreement,
    creates=True,
    then=_shown,
    says="It is proposed. Those who take part and the sponsors have a letter with the link.",
)
async def propose_agreement(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[AgreementDraft]
) -> AgreementPage:
    """Propose a version; proposing is accepting."""
    await service.propose(tx, id, draft)
    return await queries.agreement_page(tx, id)


@deed(
    "/engagements/{id:uuid}/agreement/reminder",
    policy=STAFF,
    again=show_agreement,
    then=_shown,
    says="Those who have not answered have a letter.",
)
async def remind(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> AgreementPage:
    """Write to those who have not answered yet."""
    await service.remind(tx, id)
    return await queries.agreement_page(tx, id)


@deed(
    "/agreements/{id:uuid}/consent",
    policy=WRITERS,
    body=Answer,
    then=_shown,
    says="Your answer is kept.",
)
async def answer_agreement(
    tx: NamedDependency[Transaction], id: FromPath[UUID], draft: NamedDependency[Answer]
) -> AgreementPage:
    """Accept or refuse a version."""
    version = await service.answer(tx, id, draft.answer)
    return await queries.agreement_page(tx, version.engagement_id)


@deed(
    "/agreements/{id:uuid}/ending",
    policy=WRITERS,
    then=_shown,
    says="The agreement has ended. What it allowed is taken down.",
)
async def end_agreement(tx: NamedDependency[Transaction], id: FromPath[UUID]) -> AgreementPage:
    """End the agreement in force, at once."""
    version = await service.end(tx, id)
    return await queries.agreement_page(tx, version.engagement_id)


AGREEMENTS = [
    show_agreement,
    new_agreement,
    propose_agreement,
    remind,
    answer_agreement,
    end_agreement,
]
