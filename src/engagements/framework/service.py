"""Adopting a framework: the default document becomes the workspace's own, to be edited."""

from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct, field

from engagements.framework.models import Behaviour, Domain, Element, FrameworkVersion
from tenancy.audit import service as audit
from tenancy.database.entities import Entities
from tenancy.database.pool import Transaction
from tenancy.ids import new_id

DEFAULT = Path(__file__).with_name("default_framework.json")


class FrameworkVersions(Entities[FrameworkVersion]):
    model = FrameworkVersion


class Domains(Entities[Domain]):
    model = Domain


class Elements(Entities[Element]):
    model = Element


class Behaviours(Entities[Behaviour]):
    model = Behaviour


class ElementTemplate(Struct):
    """An element as the file has it, with what people do more of and less of."""

    code: str = field(name="id")
    name: str
    more_of: list[str]
    less_of: list[str]


class DomainTemplate(Struct):
    code: str = field(name="id")
    name: str
    intent: str
    elements: list[ElementTemplate]


class FrameworkTemplate(Struct):
    """The document of `default_framework.json`."""

    name: str
    attribution: str
    limits: str
    domains: list[DomainTemplate]


async def adopt_default(tx: Transaction) -> FrameworkVersion:
    """Write the default framework as the workspace's version 1, a draft for comment.

    Every engagement works with a version, so a workspace adopts this one when it is founded.
    """
    template = msgspec.json.decode(DEFAULT.read_bytes(), type=FrameworkTemplate)
    version = await FrameworkVersions(tx).add(
        id=new_id(),
        number=1,
        name=template.name,
        state="draft for comment",
        attribution=template.attribution,
        limits=template.limits,
    )
    domains = [
        _row(domain, position, framework_version_id=version.id, intent=domain.intent)
        for position, domain in enumerate(template.domains, start=1)
    ]
    elements = [
        _row(element, position, domain_id=row["id"])
        for domain, row in zip(template.domains, domains, strict=True)
        for position, element in enumerate(domain.elements, start=1)
    ]
    templates = [element for domain in template.domains for element in domain.elements]
    await Domains(tx).add_all(domains)
    await Elements(tx).add_all(elements)
    await Behaviours(tx).add_all(
        [
            behaviour
            for element, row in zip(templates, elements, strict=True)
            for behaviour in _behaviours(element, row)
        ]
    )
    await audit.record(tx, "framework adopted", version)
    return version


def _row(part: DomainTemplate | ElementTemplate, position: int, **values: Any) -> dict[str, Any]:
    return {
        "id": new_id(),
        "code": part.code,
        "position": position,
        "name": part.name,
        **values,
    }


def _behaviours(element: ElementTemplate, row: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"element_id": row["id"], "direction": direction, "position": position, "text": text}
        for direction, texts in (("more of", element.more_of), ("less of", element.less_of))
        for position, text in enumerate(texts, start=1)
    ]
