"""The trail is chained

Revision ID: 0014
Revises: 0013
"""

import hashlib
import json
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from alembic import op

revision: str = "0014"
down_revision: str | Sequence[str] | None = "0013"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

POLICIES: tuple[str, ...] = (
    """ALTER TABLE "audit_head" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "audit_head" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY audit_head_select ON "audit_head" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner')) OR (current_setting('app.surface', true) = 'job' AND true) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "audit_head" TO cocreate_app""",
    """CREATE POLICY audit_head_insert ON "audit_head" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT INSERT ON "audit_head" TO cocreate_app""",
    """CREATE POLICY audit_head_update ON "audit_head" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true) OR (current_setting('app.surface', true) = 'custody' AND true))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT UPDATE (number, hash, chained_at, kept_number, kept_hash) ON "audit_head" TO cocreate_app""",
    """DROP POLICY audit_entry_insert ON audit_entry""",
    """CREATE POLICY audit_entry_insert ON "audit_entry" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true)))""",
)


def upgrade() -> None:
    op.create_table(
        "audit_head",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("chained_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_number", sa.Integer(), nullable=False),
        sa.Column("kept_hash", sa.LargeBinary(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("audit_head_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("audit_head_pkey")),
        sa.UniqueConstraint("tenant_id", name=op.f("audit_head_tenant_id_key")),
    )
    op.add_column("audit_entry", sa.Column("number", sa.Integer(), nullable=True))
    op.add_column("audit_entry", sa.Column("hash", sa.LargeBinary(), nullable=True))
    op.create_index(
        op.f("audit_entry_tenant_id_member_id_number_ix"),
        "audit_entry",
        ["tenant_id", "member_id", "number"],
        unique=False,
    )
    op.create_unique_constraint(
        op.f("audit_entry_tenant_id_number_key"), "audit_entry", ["tenant_id", "number"]
    )
    _chain_what_is_there()
    for column in ("number", "hash"):
        op.alter_column("audit_entry", column, nullable=False)
    for statement in POLICIES:
        op.execute(statement)


def _chain_what_is_there() -> None:
    """Every workspace gets its chain, in the order in which things were done as far as is known.

    The owner is held by the walls too; this speaks to every workspace at once.
    """
    connection = op.get_bind()
    op.execute("ALTER TABLE audit_entry NO FORCE ROW LEVEL SECURITY")
    for tenant in (
        connection.execute(sa.text("SELECT id FROM workspace ORDER BY id")).scalars().all()
    ):
        entries = connection.execute(
            sa.text(
                "SELECT id, member_id, verb, object_kind, object_id, created_at FROM audit_entry"
                " WHERE tenant_id = :tenant ORDER BY created_at, id"
            ),
            {"tenant": tenant},
        ).all()
        _chain(connection, tenant, entries)
    op.execute("ALTER TABLE audit_entry FORCE ROW LEVEL SECURITY")


def _chain(connection: sa.Connection, tenant: Any, entries: Sequence[Any]) -> None:
    beginning = hash = bytes(32)
    last = datetime.now(UTC)
    numbered = []
    for number, entry in enumerate(entries, start=1):
        hash = _hash(hash, tenant, number, entry)
        last = entry.created_at
        numbered.append({"tenant": tenant, "id": entry.id, "number": number, "hash": hash})
    if numbered:
        connection.execute(
            sa.text(
                "UPDATE audit_entry SET number = :number, hash = :hash"
                " WHERE tenant_id = :tenant AND id = :id"
            ),
            numbered,
        )
    connection.execute(
        sa.text(
            "INSERT INTO audit_head"
            " (tenant_id, id, number, hash, chained_at, kept_number, kept_hash)"
            " VALUES (:tenant, :id, :number, :hash, :last, 0, :beginning)"
        ),
        {
            "tenant": tenant,
            "id": uuid.uuid4(),
            "number": len(numbered),
            "hash": hash,
            "last": last,
            "beginning": beginning,
        },
    )


def _hash(previous: bytes, tenant: Any, number: int, entry: Any) -> bytes:
    moment = entry.created_at - datetime(1970, 1, 1, tzinfo=UTC)
    chained = [
        previous.hex(),
        str(tenant),
        number,
        str(entry.id),
        str(entry.member_id) if entry.member_id else None,
        entry.verb,
        entry.object_kind,
        str(entry.object_id),
        moment // timedelta(microseconds=1),
    ]
    written = json.dumps(chained, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(written.encode()).digest()


def downgrade() -> None:
    raise RuntimeError("Restore the backup taken before the upgrade instead.")
