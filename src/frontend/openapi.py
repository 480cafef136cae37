"""The OpenAPI document: Litestar's, completed with the bodies that our routes decode."""

from functools import cache
from typing import Any

import msgspec
from litestar import Litestar
from litestar.response.base import ASGIResponse
from msgspec import Struct

from frontend.access import Policy, routes_of
from frontend.failures import Problem
from frontend.representation import AnyRequest, json_response, show, wants_page

REFERENCE = "#/components/schemas/{name}"
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
    components = schema.setdefault("components", {}).setdefault("schemas", {})
    bodies = {
        (path, method.lower()): handler.opt
        for path, handler in routes_of(app)
        for method in getattr(handler, "http_methods", ())
    }
    types = [opt["body"] for opt in bodies.values() if opt.get("body")]
    _, named = msgspec.json.schema_components([*types, Problem], ref_template=REFERENCE)
    components.update(named)
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            _complete(operation, bodies.get((_as_routed(path, bodies), method), {}))
    return schema


def _as_routed(path: str, bodies: dict[tuple[str, str], Any]) -> str:
    """The router's spelling of a documented path: `{id}` there is `{id:uuid}` here."""
    for routed, _ in bodies:
        plain = "/".join(
            "{" + part[1:-1].partition(":")[0] + "}" if part.startswith("{") else part
            for part in routed.split("/")
        )
        if plain == path:
            return routed
    return path


def _complete(operation: dict[str, Any], opt: dict[str, Any]) -> None:
    policy = opt.get("policy")
    if isinstance(policy, Policy):
        operation["x-policy"] = policy.name
    body: type[Struct] | None = opt.get("body")
    if body is not None:
        content = {"schema": {"$ref": REFERENCE.format(name=body.__name__)}}
        operation["requestBody"] = {
            "required": True,
            "content": {"application/json": content, "application/x-www-form-urlencoded": content},
        }
    problem = {"schema": {"$ref": REFERENCE.format(name="Problem")}}
    operation.setdefault("responses", {})["default"] = {
        "description": "A failure, with a sentence",
        "content": {"application/problem+json": problem},
    }


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
    return reference.rpartition("/")[2] or None
