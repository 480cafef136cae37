"""A workspace that requires its provider keeps an owner who comes in without it."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from uuid import UUID

import pytest

from engagements.members.service import RoleChange, change_role, leave, suspend
from measured import acts
from noting import job
from providing import Provider
from served import Visit
from signing import csrf
from tenancy.errors import Refused
from tenancy.passkeys import service as passkeys
from tenancy.sso.service import ask_of
from tenancy.workspaces import service as workspaces
from tenancy.workspaces.break_glass import has_break_glass_owner
from vouching import connected, has_passkeys, idp  # noqa: F401 - a fixture among them
from world import Consultancy, Person

# ruff: noqa: F811 - fixtures are named where they are used

TODAY = workspaces.today_in("Europe/London")
ROUNDS = 5
Deed = Callable[[Consultancy, Person, Person], Awaitable[object]]


async def owner(world: Consultancy, name: str) -> Person:
    async with world.db.transaction(job(world), writes=True) as tx:
        email = f"{name.lower()}@{world.slug}.example"
        member = await workspaces.admit(tx, name=f"{name} Bright", email=email, role="owner")
    return Person(f"{name} Bright", email, member.id, "owner")


@pytest.fixture
async def asking(northlight: Consultancy, idp: Provider) -> Consultancy:
    """It requires its provider; Alice alone has two passkeys, and Olu owns it too."""
    await connected(northlight, idp.issuer)
    await has_passkeys(northlight, northlight.alice, 2)
    await acts(northlight, northlight.alice, ask_of, "staff")
    return northlight


@pytest.fixture
async def olu(northlight: Consultancy) -> Person:
    return await owner(northlight, "Olu")


async def passkeys_of(world: Consultancy, person: Person) -> list[UUID]:
    identity = await world.identity_of(person)
    async with world.transaction(person) as tx:
        found = await tx.connection.fetch(
            "SELECT id FROM passkey WHERE identity_id = $1 ORDER BY id", identity
        )
    return [row["id"] for row in found]


async def removes_one(world: Consultancy, person: Person, _: Person | None = None) -> None:
    identity = await world.identity_of(person)
    one, *_ = await passkeys_of(world, person)
    await acts(world, person, passkeys.remove, one, identity=identity)


async def leaves(world: Consultancy, person: Person, _: Person) -> None:
    await acts(world, person, leave, person.id, workspace="Northlight", today=TODAY)


async def is_taken_out(world: Consultancy, person: Person, by: Person) -> None:
    await acts(world, by, leave, person.id, workspace="Northlight", today=TODAY)


async def is_paused(world: Consultancy, person: Person, by: Person) -> None:
    await acts(world, by, suspend, person.id, workspace="Northlight")


async def is_made_consultant(world: Consultancy, person: Person, by: Person) -> None:
    change = RoleChange(role="consultant")
    await acts(world, by, change_role, person.id, change, workspace="Northlight")


WAYS = [removes_one, leaves, is_taken_out, is_paused, is_made_consultant]


async def is_kept(world: Consultancy) -> bool:
    async with world.db.transaction(job(world)) as tx:
        return await has_break_glass_owner(tx, world.tenant)


async def test_the_page_of_a_passkey_says_what_to_do_first(
    visit: Visit, asking: Consultancy
) -> None:
    alice = await visit(asking, asking.alice)
    first, _ = await passkeys_of(asking, asking.alice)
    removal = f"/account/passkeys/{first}/removal"
    refused = await alice.submit(removal, **csrf(alice))
    assert refused.status_code == 409
    assert "Northlight asks people to sign in with its provider" in refused.text
    assert "Add another passkey first" in refused.text
    assert "Remove this passkey" in refused.text
    await has_passkeys(asking, asking.alice, 1)
    assert (await alice.submit(removal, **csrf(alice))).status_code == 303
    assert await is_kept(asking)


@pytest.mark.parametrize("way", WAYS)
async def test_the_only_owner_with_two_passkeys_stays(
    asking: Consultancy, olu: Person, way: Deed
) -> None:
    await has_passkeys(asking, olu, 1)
    with pytest.raises(Refused, match="passkeys"):
        await way(asking, asking.alice, olu)
    assert await is_kept(asking)


@pytest.mark.parametrize("way", WAYS)
async def test_one_of_two_such_owners_may_go(asking: Consultancy, olu: Person, way: Deed) -> None:
    await has_passkeys(asking, olu, 2)
    await way(asking, asking.alice, olu)
    assert await is_kept(asking)


@pytest.mark.parametrize("way", WAYS)
async def test_where_nobody_is_asked_for_the_provider_nobody_has_to_stay(
    asking: Consultancy, olu: Person, way: Deed
) -> None:
    await acts(asking, asking.alice, ask_of, "nobody")
    await way(asking, asking.alice, olu)
    assert not await is_kept(asking)


async def test_an_owner_who_was_not_the_way_in_removes_what_they_lost(
    asking: Consultancy, olu: Person
) -> None:
    await has_passkeys(asking, olu, 1)
    await removes_one(asking, olu)
    assert await passkeys_of(asking, olu) == []


async def test_a_colleague_with_two_passkeys_is_no_way_in(asking: Consultancy, olu: Person) -> None:
    await has_passkeys(asking, asking.bob, 2)
    await removes_one(asking, asking.bob)
    with pytest.raises(Refused):
        await is_taken_out(asking, asking.alice, olu)


async def test_an_owner_whose_access_is_paused_is_no_way_in(
    asking: Consultancy, olu: Person
) -> None:
    await has_passkeys(asking, olu, 2)
    await is_paused(asking, olu, asking.alice)
    with pytest.raises(Refused, match="Northlight"):
        await removes_one(asking, asking.alice)


async def test_every_workspace_counts_that_somebody_owns(
    asking: Consultancy, elsewhere: Consultancy
) -> None:
    async with elsewhere.db.transaction(job(elsewhere), writes=True) as tx:
        await workspaces.admit(tx, name="Alice", email=asking.alice.email, role="owner")
    async with elsewhere.transaction(elsewhere.alice) as tx:
        here = await tx.connection.fetchval(
            "SELECT member_id FROM reach WHERE tenant_id = $1 AND identity_id = $2",
            elsewhere.tenant,
            await asking.identity_of(asking.alice),
        )
    first, _ = await passkeys_of(asking, asking.alice)
    alice = Person("Alice", asking.alice.email, here, "owner")
    identity = await asking.identity_of(asking.alice)
    with pytest.raises(Refused, match="Northlight asks people"):
        await acts(elsewhere, alice, passkeys.remove, first, identity=identity)


# Two at once


async def both(*deeds: Awaitable[object]) -> list[object]:
    done = await asyncio.gather(*deeds, return_exceptions=True)
    assert {type(one) for one in done} <= {type(None), Refused}, done
    return done


@pytest.mark.parametrize(
    "way", [removes_one, is_taken_out, is_paused, is_made_consultant], ids=lambda way: way.__name__
)
async def test_two_who_go_at_once_do_not_both(asking: Consultancy, way: Deed) -> None:
    by = await owner(asking, "Ida")
    for number in range(ROUNDS):
        other = await owner(asking, f"Olu{number}")
        await has_passkeys(asking, other, 2)
        done = await both(removes_one(asking, asking.alice), way(asking, other, by))
        assert sum(isinstance(one, Refused) for one in done) == 1
        assert await is_kept(asking)
        if done[0] is None:
            # Alice has one left, and goes on as the way in; the other is so no more.
            await has_passkeys(asking, asking.alice, 1)
            await is_made_consultant(asking, other, by)


async def test_asking_and_taking_a_passkey_away_at_once_end_well(asking: Consultancy) -> None:
    for _ in range(ROUNDS):
        await acts(asking, asking.alice, ask_of, "nobody")
        asks = partial(acts, asking, asking.alice, ask_of, "everybody")
        done = await both(asks(), removes_one(asking, asking.alice))
        assert sum(isinstance(one, Refused) for one in done) == 1
        if isinstance(done[0], Refused):
            await has_passkeys(asking, asking.alice, 1)
