"""Probes the product by its own OpenAPI document: bodies and queries that fit it, and that do not.

Addresses are those of things that there are, reached or not; half of the bodies begin with one
that would be done, so that what was made up gets past the first field that is missing.
"""

import re
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi import checks as documented

from canaries import CAST, Actor
from estate import Estate
from matrix import Ask, Route, asks

ROLES = ("alice", "bob", "abe", "pat", "sam", "nobody")
"""An owner, a consultant, an associate, a participant, a sponsor, and who is not signed in."""
CONFORMS = (
    documented.status_code_conformance,
    documented.content_type_conformance,
    documented.response_schema_conformance,
)
AS_PAGE = 4
"""Of so many requests of somebody, one is for a page."""
Key = dict[str, str]
"""The headers of somebody signed in; empty for nobody."""
Let = Callable[[Actor], Awaitable[Key]]
"""Signs somebody in."""


class Probe(Struct):
    """What is asked over and over: one operation of the document, as everybody."""

    site: str
    route: Route
    operation: Any
    places: dict[str, list[Ask]]
    """By key in the cast: where that person asks, and with a body that would do."""
    keys: dict[str, Key]
    amiss: set[str]
    asked: int = 0

    def run(self, times: int, line: requests.Session, *, seeded: bool) -> None:
        """Ask so many times for each of `ROLES`; seeded, twice in all, which is quick."""
        kinds = [self.operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

        @settings(
            max_examples=2 if seeded else times * len(ROLES),
            derandomize=seeded,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=[*HealthCheck],
        )
        @given(case=st.one_of(kinds), data=st.data())
        def ask(case: Any, data: Any) -> None:
            self._ask(case, data, line)

        ask()

    def _ask(self, case: Any, data: Any, line: requests.Session) -> None:
        self.asked += 1
        key = data.draw(st.sampled_from(ROLES))
        as_page = data.draw(st.integers(1, AS_PAGE)) == AS_PAGE
        place = data.draw(st.sampled_from(self.places[key]))
        case.path_parameters = _parameters(self.route, place.path)
        if isinstance(case.body, dict) and data.draw(st.booleans()):
            made_up = data.draw(st.sets(st.sampled_from(sorted(map(str, case.body)) or [""])))
            case.body = place.body | {k: v for k, v in case.body.items() if k in made_up}
        headers = self.keys[key] | {"accept": "text/html" if as_page else "application/json"}
        answer = case.call(base_url=self.site, session=line, headers=headers, allow_redirects=False)
        said = f"{key}: {self.route.name} with {str(case.body)[:200]} {case.query}"
        if answer.status_code >= 500:
            self.amiss.add(f"{answer.status_code} for {said}")
        elif not as_page:
            try:
                case.validate_response(answer, checks=CONFORMS)
            except (Failure, FailureGroup) as failure:
                told = " ".join(str(failure).split())[:400]
                self.amiss.add(f"{answer.status_code} for {said}: {told}")


def _parameters(route: Route, path: str) -> dict[str, str]:
    """The parameters of a path that was filled in."""
    pattern = re.sub(r"\{(\w+):path\}", r"(?P<\1>.+)", route.path)
    pattern = re.sub(r"\{(\w+):\w+\}", r"(?P<\1>[^/]+)", pattern)
    found = re.fullmatch(pattern, path.partition("?")[0])
    assert found is not None, path
    return found.groupdict()


def probes(
    document: dict[str, Any], site: str, estate: Estate, routes: list[Route]
) -> Iterator[Probe]:
    """One for each operation: those that read, then those that change, then those that end."""
    load_all_checks()
    schema = schemathesis.openapi.from_dict(document)
    amiss: set[str] = set()
    for route in sorted(routes, key=lambda r: (r.target.ends_access, r.target.removes, r.deed)):
        methods = schema[re.sub(r":\w+\}", "}", route.path)]
        places = {
            actor.key: [*asks(estate, route, [actor])] for actor in CAST if actor.key in ROLES
        }
        for method in methods:
            yield Probe(site, route, methods[method], places, {}, amiss)
