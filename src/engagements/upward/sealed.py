"""Proposed words, as who keeps them sealed sees them."""

from typing import cast
from uuid import UUID

from sqlalchemy import Table

from engagements.upward.models import Proposal
from tenancy.workspaces.sealed import SealedColumn

_proposal = cast(Table, Proposal.__table__).c


def _belongs_to(proposal: UUID, _prefix: bytes) -> bytes:
    return b"proposal" + proposal.bytes


PROPOSALS = SealedColumn("proposal", "proposals", _proposal.sealed, _belongs_to)
APPROVALS = SealedColumn(
    "approved proposal", "approved proposals", _proposal.sealed_approved, _belongs_to
)
