"""The policy of each route is the one on the list, and whoever is let in or kept out is noticed.

Each role is taken from each policy, or added to it, one at a time; then somebody of that role asks.
What no answer shows, since PostgreSQL hides the things all the same, the list still does.
"""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from litestar import Litestar
from litestar.exceptions import LitestarException
from litestar.handlers import BaseRouteHandler
from msgspec import Struct

from canaries import CAST
from crowding import Crowd
from estate import Estate
from frontend.access import Policy, routes_of
from matrix import FRESH, LISTED, ROLES_OF, Ask, Route, asks
from tenancy.database.context import ROLES


class Mutant(Struct):
    """A route whose policy has one role more or less; `anybody`: that asks nobody to sign in."""

    route: Route
    role: str

    @property
    def removes(self) -> bool:
        return self.role in self.route.policy.roles

    @property
    def policy(self) -> Policy:
        if self.role == "anybody":
            return Policy("mutated")
        return Policy("mutated", self.route.policy.roles ^ {self.role})

    def __str__(self) -> str:
        verb = "without" if self.removes else "with"
        return f"{self.route.name} {verb} {self.role}"


@pytest.fixture(scope="module")
def handlers(app: Litestar) -> dict[str, BaseRouteHandler]:
    return {
        f"{'GET' if 'GET' in handler.http_methods else 'DO'} {path}": handler
        for path, handler in routes_of(app)
        if getattr(handler, "http_methods", None)
    }


def mutants(every_route: list[Route]) -> Iterator[Mutant]:
    for route in every_route:
        if route.policy.roles:
            yield Mutant(route, "anybody")
            # Nobody's policy lets nobody in: then it is the list that is mutated, not the guard.
            for role in ROLES:
                if route.policy.roles != {role}:
                    yield Mutant(route, role)


def telling(estate: Estate, mutant: Mutant) -> Ask | None:
    """A request whose answer should tell; None where nothing is in reach of the role here."""
    role = None if mutant.role == "anybody" else mutant.role
    own = [actor for actor in CAST if actor.role == role and actor.workspace in ("north", "")]
    found = (
        ask
        for ask in asks(estate, mutant.route, own)
        if ask.slug == ask.actor.workspace or not ask.actor.workspace
    )
    return next((ask for ask in found if ask.within or not mutant.removes), None)


async def is_right(crowd: Crowd, ask: Ask) -> bool:
    """Whether the answer is as it was; a stream that broke off, since nobody asks, is none."""
    try:
        return (await crowd.send(ask)).right
    except LitestarException:
        return False


@contextmanager
def guarded_by(handler: BaseRouteHandler, policy: Policy) -> Iterator[None]:
    before = handler.opt["policy"]
    handler.opt["policy"] = policy
    yield
    handler.opt["policy"] = before


def test_every_route_has_the_policy_on_the_list(handlers: dict[str, BaseRouteHandler]) -> None:
    there = {name: handler.opt["policy"] for name, handler in handlers.items()}
    listed = {name: Policy(policy, ROLES_OF[policy]) for name, policy in LISTED.items()}
    assert {name: policy for name, policy in there.items() if "/schema" not in name} == listed


def test_what_wants_a_fresh_proof_is_on_the_list(handlers: dict[str, BaseRouteHandler]) -> None:
    there = [name for name, handler in handlers.items() if handler.opt.get("fresh")]
    assert sorted(there) == FRESH


async def test_nobody_is_let_in_or_kept_out_unnoticed(
    crowd: Crowd,
    estate: Estate,
    every_route: list[Route],
    handlers: dict[str, BaseRouteHandler],
    capsys: pytest.CaptureFixture[str],
) -> None:
    shown, hidden, unnoticed = [], [], []
    for mutant in mutants(every_route):
        handler, ask = handlers[mutant.route.name], telling(estate, mutant)
        with guarded_by(handler, mutant.policy):
            noticed = ask is not None and not await is_right(crowd, ask)
            # What the list says is not what the guard has.
            listed = handler.opt["policy"].roles != ROLES_OF[LISTED[mutant.route.name]]
        (shown if noticed else hidden if listed else unnoticed).append(str(mutant))
        if mutant.removes and ask is not None and not noticed:
            unnoticed.append(f"{mutant}: {ask}")
    with capsys.disabled():
        print(
            f"\n{len(shown) + len(hidden)} mutants of route policies: {len(shown)} change an"
            f" answer, {len(hidden)} only the list, {len(unnoticed)} nothing"
        )
    assert not unnoticed, "\n".join(unnoticed[:25])
    assert len(shown) > len(every_route)
