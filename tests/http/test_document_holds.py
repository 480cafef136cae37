"""What the OpenAPI document promises, held against requests that are made up, as everybody."""

import asyncio
import os

import pytest
import requests

from canaries import CAST, Actor
from estate import Estate
from matrix import Route
from probing import ROLES, Key, Probe, probes
from served import Visitor
from world import signed_in_token

CASES = int(os.environ.get("COCREATE_CASES", "1"))
"""How often each operation is asked for as each of six people, as `make soak` has it; at 1, it is
asked for twice in all, by whomever."""
SHOWN = 20


async def signed_in(site: str, estate: Estate, actor: Actor) -> Key:
    """The headers of somebody's new session."""
    if actor.role is None:
        return {}
    token = await signed_in_token(estate.worlds[actor.workspace], estate.people[actor.key])
    cookie = {"cookie": f"__Host-cocreate={token}"}
    async with Visitor(base_url=site, headers=cookie) as visitor:
        session = await visitor.get("/session")
    # Whoever left meanwhile is nobody.
    known = session.json().get("csrf_token", "")
    return cookie | {"x-csrf-token": known, "sec-fetch-site": "same-origin"}


@pytest.mark.asvs("2.2.1", "2.2.2", "16.5.3")
async def test_whatever_is_sent_the_answer_is_the_documents_and_never_a_fault(
    site: str, estate: Estate, every_route: list[Route]
) -> None:
    async with Visitor(base_url=site) as visitor:
        document = await visitor.json("/api")
    people = [actor for actor in CAST if actor.key in ROLES]
    keys: dict[str, Key] = {}
    asked, amiss = 0, set()
    with requests.Session() as line:
        for probe in probes(document, site, estate, every_route):
            probe.keys = keys
            for actor in people:
                if not keys.get(actor.key) or ends_sessions(probe):
                    keys[actor.key] = await signed_in(site, estate, actor)
            await asyncio.to_thread(probe.run, CASES, line, seeded=CASES == 1)
            asked += probe.asked
            amiss = probe.amiss
    print(f"{asked} requests")
    assert asked >= (2 if CASES == 1 else 6 * CASES) * 200
    assert not amiss, f"{len(amiss)} wrong:\n" + "\n".join(sorted(amiss)[:SHOWN])


def ends_sessions(probe: Probe) -> bool:
    """Whether what came before may have left somebody without a session."""
    return (probe.route.deed and not probe.route.behind_slug) or probe.route.target.ends_access
