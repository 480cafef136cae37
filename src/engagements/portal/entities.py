"""The publications that a member may change, and taking them down."""

from collections.abc import Iterable
from datetime import UTC, datetime

from engagements.portal.models import Publication, PublicationSource
from tenancy.audit import service as audit
from tenancy.database.entities import Entities
from tenancy.database.pool import Transaction


class Publications(Entities[Publication]):
    model = Publication


class PublicationSources(Entities[PublicationSource]):
    model = PublicationSource


async def take_down(tx: Transaction, publications: Iterable[Publication]) -> None:
    """Withdraw each of them at once, each with its entry in the trail."""
    for publication in publications:
        publication.state, publication.withdrawn_at = "withdrawn", datetime.now(UTC)
        publication.themes_by = publication.quotes_by = publication.attendance_by = None
        await audit.record(tx, f"{publication.kind} withdrawn", publication)
    # What allowed them may be ended by the next statement.
    await tx.session.flush()
