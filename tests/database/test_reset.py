"""An operator helps somebody who has lost all that they prove themselves with."""

from datetime import timedelta
from pathlib import Path

import pytest

from commanding import Installation, free_port
from conftest import copied
from proving import PASSWORD, changes_told
from tenancy.database.context import Context
from tenancy.database.pool import NOBODY, Database
from tenancy.errors import NotFound
from tenancy.identity import tokens
from tenancy.passwords import service as passwords
from tenancy.second_factors import authenticators
from tenancy.second_factors.recovery import issue_recovery_codes
from tenancy.second_factors.reset import reset_factors
from tenancy.workspaces import service as workspaces
from vouching import has_passkeys
from world import Consultancy, consultancy, signed_in_token

HELD = ("password", "authenticator", "recovery_code")


async def locked_out(world: Consultancy) -> None:
    """Bob has set everything up, and is signed in on a device that was lost."""
    context = await world.context(world.bob)
    async with world.db.transaction(context) as tx:
        bob = await tx.connection.fetchval(
            "SELECT id FROM identity WHERE email = $1", world.bob.email
        )
    await passwords.set_password(world.db, context, bob, new=PASSWORD)
    async with world.db.transaction(context, writes=True) as tx:
        await authenticators.begin(tx, bob, "My phone")
        await issue_recovery_codes(tx, bob)
        await tokens.make(
            tx,
            identity=bob,
            name="A script",
            scopes=["records:read"],
            engagements={},
            lasts=timedelta(days=30),
        )
    await signed_in_token(world, world.bob)


async def left(db: Database, email: str) -> dict[str, int]:
    """How much somebody still has."""
    counts = {
        **{table: f'SELECT count(*) FROM "{table}" WHERE identity_id = $1' for table in HELD},
        "tokens": "SELECT count(*) FROM api_token WHERE identity_id = $1 AND revoked_at IS NULL",
        "sessions": "SELECT count(*) FROM sign_in_session"
        " WHERE identity_id = $1 AND ended_at IS NULL",
        "factors": "SELECT cardinality(factors) FROM identity WHERE id = $1",
    }
    async with db.transaction(NOBODY) as tx:
        who = await tx.connection.fetchval("SELECT id FROM identity WHERE email = $1", email)
        return {name: await tx.connection.fetchval(sql, who) for name, sql in counts.items()}


async def recorded(world: Consultancy) -> int:
    async with world.db.transaction(Context(surface="job", tenant=world.tenant)) as tx:
        return await tx.connection.fetchval(
            "SELECT count(*) FROM audit_entry"
            " WHERE tenant_id = $1 AND verb = 'ways to sign in reset'",
            world.tenant,
        )


@pytest.mark.asvs("6.4.4")
async def test_a_reset_takes_everything_tells_the_person_and_stands_in_every_trail(
    northlight: Consultancy, elsewhere: Consultancy
) -> None:
    owner = await elsewhere.context(elsewhere.alice)
    async with elsewhere.db.transaction(owner, writes=True) as tx:
        await workspaces.admit(tx, name="Bob", email=northlight.bob.email, role="consultant")
    await locked_out(northlight)
    assert 0 not in (await left(northlight.db, northlight.bob.email)).values()

    assert (await reset_factors(northlight.db, northlight.bob.email.upper())).places == 2

    assert set((await left(northlight.db, northlight.bob.email)).values()) == {0}
    assert (await changes_told(northlight, northlight.bob))[0] == "everything removed"
    assert (await recorded(northlight), await recorded(elsewhere)) == (1, 1)


async def test_a_reset_leaves_everybody_else_as_they_are(northlight: Consultancy) -> None:
    await locked_out(northlight)
    before = await left(northlight.db, northlight.bob.email)
    await reset_factors(northlight.db, northlight.ann.email)
    assert await left(northlight.db, northlight.bob.email) == before


async def test_a_reset_names_the_workspaces_that_it_leaves_without_a_way_in(
    northlight: Consultancy, elsewhere: Consultancy
) -> None:
    for world in (northlight, elsewhere):
        async with world.transaction(world.alice) as tx:
            await tx.connection.execute(
                "UPDATE workspace SET sso_for = 'staff' WHERE id = $1", world.tenant
            )
    context = await elsewhere.context(elsewhere.alice)
    async with elsewhere.db.transaction(context, writes=True) as tx:
        await workspaces.admit(tx, name="Alice", email=northlight.alice.email, role="owner")
    await has_passkeys(northlight, northlight.alice, 2)
    await has_passkeys(elsewhere, elsewhere.alice, 2)
    assert (await reset_factors(northlight.db, northlight.alice.email)).shut == [northlight.slug]
    shut = (await reset_factors(elsewhere.db, elsewhere.alice.email)).shut
    assert shut == [elsewhere.slug]


async def test_an_address_that_nobody_has_is_named(db: Database) -> None:
    with pytest.raises(NotFound, match="Nobody signs in with the address"):
        await reset_factors(db, "no@where.example")


@pytest.mark.asvs("7.4.5")
async def test_it_is_one_command(template_url: str, tmp_path: Path) -> None:
    there = Installation(await copied(template_url, "reset"), tmp_path, free_port())
    there.key_file.make()
    async with there.opened() as (db, keyring):
        world = await consultancy(db, keyring)
        await locked_out(world)
        async with world.transaction(world.alice) as tx:
            await tx.connection.execute("UPDATE workspace SET sso_for = 'staff'")
        ended = await there.ran("people", "reset-factors", world.bob.email)
        assert (ended.code, ended.complained) == (0, "")
        assert ended.said.startswith(f"{world.bob.email} has no password")
        assert "the trail of 1 workspace says it" in ended.said
        assert set((await left(db, world.bob.email)).values()) == {0}
        assert "provider" not in ended.said
        await has_passkeys(world, world.alice, 2)
        owner = await there.ran("people", "reset-factors", world.alice.email)
        assert f"{world.slug} asks people to sign in with its provider, and has no" in owner.said
    unknown = await there.ran("people", "reset-factors", "no@where.example")
    assert (unknown.code, unknown.said) == (1, "")
    assert unknown.complained.startswith("cocreate: Nobody signs in")
