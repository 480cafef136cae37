"""The OpenAPI document: complete, valid, and a page that loads nothing from elsewhere."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from litestar import Litestar
from msgspec import Struct
from msgspec.structs import fields

from frontend.access import routes_of
from matrix import Route
from served import Visitor

PARAMETER = re.compile(r"\{(\w+)(?::\w+)?\}")
METHODS = {"get", "put", "post", "delete", "patch"}


@pytest.fixture
async def browser(site: str):
    async with Visitor(base_url=site) as visitor:
        yield visitor


@pytest.fixture
async def document(browser: Visitor) -> dict[str, Any]:
    return await browser.json("/api")


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def references(value: Any) -> Iterator[str]:
    """Every `$ref` in the document."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "$ref":
                yield inner
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


def described(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    """The schema, or what it refers to."""
    name = schema.get("$ref", "").rpartition("/")[2]
    return document["components"]["schemas"][name] if name else schema


async def test_the_document_has_the_parts_that_openapi_3_1_wants(document) -> None:
    assert document["openapi"].startswith("3.1.")
    assert document["info"].keys() >= {"title", "version", "description"}
    assert document["paths"]
    for path, method, operation in operations(document):
        assert path.startswith("/")
        assert method in METHODS
        assert operation["responses"], path
        for response in operation["responses"].values():
            assert response["description"], path


async def test_every_route_is_in_the_document(document, every_route: list[Route]) -> None:
    for route in every_route:
        methods = document["paths"][PARAMETER.sub(r"{\1}", route.path)]
        assert methods[route.method.lower()]["x-policy"] == route.policy.name


async def test_every_operation_says_what_it_does(document) -> None:
    named = [operation["operationId"] for _, _, operation in operations(document)]
    assert len(named) == len(set(named))
    without = [
        path for path, _, operation in operations(document) if "description" not in operation
    ]
    assert not without, f"these handlers need a docstring: {without}"


async def test_the_parameters_of_each_path_are_described(document) -> None:
    for path, _, operation in operations(document):
        given = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
        assert given == {*PARAMETER.findall(path)}, path


async def test_every_reference_leads_somewhere_in_the_document(document) -> None:
    prefix = "#/components/schemas/"
    wanted = {*references(document)}
    assert all(reference.startswith(prefix) for reference in wanted)
    assert {reference.removeprefix(prefix) for reference in wanted} <= {
        *document["components"]["schemas"]
    }


async def test_every_schema_is_a_json_schema(document) -> None:
    for schema in document["components"]["schemas"].values():
        Draft202012Validator.check_schema(schema)


async def test_every_body_is_described_with_its_fields(document, every_route: list[Route]) -> None:
    for route in every_route:
        operation = document["paths"][PARAMETER.sub(r"{\1}", route.path)][route.method.lower()]
        assert ("requestBody" in operation) == (route.body is not None), route.name
        if route.body is not None:
            for content in operation["requestBody"]["content"].values():
                shown = described(document, content["schema"])
                assert shown["properties"].keys() == names_of(route.body), route.name


async def test_every_answer_is_described_with_its_fields(document, app: Litestar) -> None:
    for path, handler in routes_of(app):
        kind = handler.parsed_fn_signature.return_type.annotation
        if not isinstance(kind, type) or not issubclass(kind, Struct):
            continue
        for method in handler.http_methods:
            operation = document["paths"][PARAMETER.sub(r"{\1}", path)][method.lower()]
            [answer] = [one for status, one in operation["responses"].items() if status[0] == "2"]
            [content] = answer["content"].values()
            shown = described(document, content["schema"])
            assert shown["properties"].keys() == names_of(kind), path


def names_of(kind: type[Struct]) -> set[str]:
    return {field.encode_name for field in fields(kind)}


async def test_a_failure_is_described_as_a_problem(document) -> None:
    for path, _, operation in operations(document):
        [content] = operation["responses"]["default"]["content"].items()
        assert content[0] == "application/problem+json"
        shown = described(document, content[1]["schema"])
        said = {"title", "status", "detail", "errors", "people", "type"}
        assert shown["properties"].keys() == said, path


async def test_the_page_of_the_document_loads_nothing_from_other_hosts(browser: Visitor) -> None:
    page = await browser.page("/api")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "/w/{slug}/notes/{id}" in page.text
    loaded = re.findall(r"<(?:script|img|iframe|link)[^>]*?(?:src|href)=\"([^\"]+)", page.text)
    assert loaded
    own = ("/static/", "/manifest.webmanifest")
    assert all(address.startswith(own) for address in loaded)


@pytest.mark.asvs("13.4.5")
async def test_litestars_own_addresses_for_the_document_are_closed(
    browser: httpx.AsyncClient,
) -> None:
    for path in ("/schema", "/schema/openapi.json", "/schema/swagger"):
        assert (await browser.get(path)).status_code in (401, 404), path
