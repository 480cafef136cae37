"""A framework is a versioned document, offered for comment. Every member reads it."""

from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from tenancy.database.base import TenantBase, one_of, to
from tenancy.database.walls import EVERYONE, Policies, has_role

_DOCUMENT = Policies(
    select={"workspace": EVERYONE, "portal": EVERYONE, "job": EVERYONE},
    insert={"workspace": has_role("owner", "consultant"), "job": EVERYONE},
)


class FrameworkVersion(TenantBase):
    __tablename__ = "framework_version"
    __table_args__ = (one_of("state", "draft for comment", "published"),)
    __one_per__ = (("number",),)
    __policies__ = _DOCUMENT

    number: Mapped[int]
    name: Mapped[str]
    state: Mapped[str]
    attribution: Mapped[str]
    limits: Mapped[str]
    """What must be said beside it: not validated, edit for others."""


class Domain(TenantBase):
    __tablename__ = "domain"
    __references__ = (to("framework_version", cascade=True),)
    __one_per__ = (("framework_version_id", "code"),)
    __policies__ = _DOCUMENT

    framework_version_id: Mapped[UUID]
    code: Mapped[str]
    position: Mapped[int]
    name: Mapped[str]
    intent: Mapped[str]


class Element(TenantBase):
    __tablename__ = "element"
    __references__ = (to("domain", cascade=True),)
    __one_per__ = (("domain_id", "code"),)
    __policies__ = _DOCUMENT

    domain_id: Mapped[UUID]
    code: Mapped[str]
    position: Mapped[int]
    name: Mapped[str]


class Behaviour(TenantBase):
    """What two people watching a meeting could agree happened, or did not."""

    __tablename__ = "behaviour"
    __table_args__ = (one_of("direction", "more of", "less of"),)
    __references__ = (to("element", cascade=True),)
    __one_per__ = (("element_id", "direction", "position"),)
    __policies__ = _DOCUMENT

    element_id: Mapped[UUID]
    direction: Mapped[str]
    position: Mapped[int] = mapped_column()
    text: Mapped[str]
