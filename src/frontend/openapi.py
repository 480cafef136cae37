"""The OpenAPI document: Litestar's, completed with the bodies that our routes decode."""

import re
from functools import cache
from typing import Any

import msgspec
from litestar import Litestar, Response
from litestar.handlers import BaseRouteHandler
from litestar.response import Stream
from litestar.response.base import ASGIResponse
from msgspec import Struct
from msgspec.structs import fields

from frontend.access import Policy, routes_of
from frontend.failures import Problem
from frontend.inputs import upload_fields
from frontend.representation import AnyRequest, json_response, show, wants_page

REFERENCE = "#/components/schemas/{name}"
PARAMETER = re.compile(r"\{(\w+):\w+\}")
"""As the router spells it; the document says `{id}`."""
References = dict[type[Struct], dict[str, Any]]
INTRODUCTION = (
    "Every page is also a resource: ask for it with `Accept: application/json`. Sign in with "
    "`POST /sign-in` and `POST /sign-in/code`, keep the cookies, and send the session's token as "
    "`X-CSRF-Token` with every change. Failures are problem+json with a sentence for each field."
)


class Operation(Struct):
    """One line of the page."""

    method: str
    path: str
    summary: str
    who: str
    body: str | None
    answer: str | None


class Group(Struct):
    name: str
    operations: list[Operation]


def document(request: AnyRequest) -> ASGIResponse:
    """The document as JSON; for a browser, a page of it."""
    schema = described(request.app)
    if wants_page(request):
        return show(request, "public/api.html", groups=_groups(schema), introduction=INTRODUCTION)
    return json_response(schema)


@cache
def described(app: Litestar) -> dict[str, Any]:
    """The whole document, made once."""
    schema: dict[str, Any] = app.openapi_schema.to_schema()
    schema["info"]["description"] = INTRODUCTION
    routed = {
        (PARAMETER.sub(r"{\1}", path), method.lower()): handler
        for path, handler in routes_of(app)
        for method in getattr(handler, "http_methods", ())
    }
    bodies = [handler.opt.get("body") for handler in routed.values()]
    references = _described_bodies(schema, bodies)
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            _complete(operation, routed[path, method], references)
    return schema


def _described_bodies(schema: dict[str, Any], bodies: list[type[Struct] | None]) -> References:
    """Describe what routes decode among the document's schemas; a reference to each.

    Two bodies of one name in two modules are told apart by msgspec.
    """
    types: list[type[Struct]] = list(dict.fromkeys([*filter(None, bodies), Problem]))
    references, named = msgspec.json.schema_components(types, ref_template=REFERENCE)
    schema.setdefault("components", {}).setdefault("schemas", {}).update(named)
    return dict(zip(types, references, strict=True))


def _complete(operation: dict[str, Any], handler: BaseRouteHandler, references: References) -> None:
    opt = handler.opt
    policy = opt.get("policy")
    if isinstance(policy, Policy):
        operation["x-policy"] = policy.name
    body: type[Struct] | None = opt.get("body")
    if body is not None:
        operation["requestBody"] = {"required": True, "content": _sent_as(body, references[body])}
    responses = operation.setdefault("responses", {})
    responses.pop("400", None)  # Litestar's own shape of a failure, which nobody is ever sent
    for response in responses.values():
        if response.get("content"):
            response["content"] = _answered_as(response["content"], handler)
    responses["default"] = {
        "description": "A failure, with a sentence",
        "content": {"application/problem+json": {"schema": references[Problem]}},
    }


def _answered_as(content: dict[str, Any], handler: BaseRouteHandler) -> dict[str, Any]:
    """The media types of an answer; a file is of any, and where else one is led is no shape."""
    if handler.parsed_fn_signature.return_type.annotation in (Response[bytes], Stream):
        return {"*/*": {}}
    for described in content.values():
        shapes = [shape for shape in described["schema"].get("oneOf", []) if shape]
        if len(shapes) == 1:
            described["schema"] = shapes[0]
    return content


def _sent_as(body: type[Struct], reference: dict[str, Any]) -> dict[str, Any]:
    """The media types of a body; one with files is a form of parts."""
    files = upload_fields(body)
    if not files:
        form = {"schema": reference}
        return {"application/json": form, "application/x-www-form-urlencoded": form}
    part = {"type": "array", "items": {"type": "string", "format": "binary"}}
    described = {
        field.encode_name: part if field.encode_name in files else msgspec.json.schema(field.type)
        for field in fields(body)
    }
    parts = {"type": "object", "properties": described}
    return {"application/json": {"schema": reference}, "multipart/form-data": {"schema": parts}}


def _groups(schema: dict[str, Any]) -> list[Group]:
    groups: dict[str, list[Operation]] = {}
    for path, methods in sorted(schema["paths"].items()):
        for method, operation in methods.items():
            groups.setdefault(_group_of(path), []).append(_operation(path, method, operation))
    return [Group(name, operations) for name, operations in groups.items()]


def _group_of(path: str) -> str:
    parts = [part for part in path.split("/") if part and not part.startswith("{")]
    if parts[:1] == ["w"]:
        return (parts[1:2] or ["home"])[0].capitalize()
    return {"portal": "Portal", "sign-in": "Signing in", "sign-out": "Signing in"}.get(
        (parts or [""])[0], "This server"
    )


def _operation(path: str, method: str, operation: dict[str, Any]) -> Operation:
    return Operation(
        method.upper(),
        path,
        operation.get("description", operation.get("summary", "")).split("\n")[0],
        operation.get("x-policy", ""),
        _name(operation.get("requestBody", {}).get("content", {})),
        _name(
            operation["responses"]
            .get("200", operation["responses"].get("201", {}))
            .get("content", {})
        ),
    )


def _name(content: dict[str, Any]) -> str | None:
    reference: str = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    return re.split(r"[/.]", reference)[-1] or None
