"""Where the agreement of an engagement stands, as a part of selects of engagements."""

from typing import cast

from sqlalchemy import ColumnElement, Table, exists, or_, select

from engagements.commercial.models import Agreement, Consent
from engagements.portfolio.models import Engagement
from tenancy.database.read import me, tenant

_agreement = cast(Table, Agreement.__table__).c
_consent = cast(Table, Consent.__table__).c
_engagement = cast(Table, Engagement.__table__).c


def is_open(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether a version is proposed or in force."""
    return exists().where(
        _agreement.tenant_id == tenant,
        _agreement.engagement_id == _engagement.id,
        or_(_agreement.state == "proposed", _agreement.state == "in force"),
        *conditions,
    )


_answered_by_me = exists().where(
    _consent.tenant_id == tenant,
    _consent.agreement_id == _agreement.id,
    _consent.member_id == me,
)
waits_for_me = is_open(~_answered_by_me)
"""Whether a version waits for the reader's answer."""


def number_of(state: str) -> ColumnElement[int | None]:
    """The number of the version in a state, if there is one."""
    return (
        select(_agreement.number)
        .where(
            _agreement.tenant_id == tenant,
            _agreement.engagement_id == _engagement.id,
            _agreement.state == state,
        )
        .scalar_subquery()
    )
