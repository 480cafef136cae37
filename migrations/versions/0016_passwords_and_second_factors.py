"""Passwords and second factors

Revision ID: 0016
Revises: 0015
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0016"
down_revision: str | Sequence[str] | None = "0015"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

POLICIES: tuple[str, ...] = (
    """GRANT SELECT, INSERT, UPDATE, DELETE ON "authenticator" TO cocreate_app""",
    """GRANT SELECT, INSERT, UPDATE, DELETE ON "password" TO cocreate_app""",
    """GRANT SELECT, INSERT, UPDATE, DELETE ON "recovery_code" TO cocreate_app""",
)


def upgrade() -> None:
    op.create_table(
        "authenticator",
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("master_id", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identity.id"], name=op.f("authenticator_identity_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("authenticator_pkey")),
    )
    op.create_index(
        op.f("authenticator_identity_id_ix"), "authenticator", ["identity_id"], unique=False
    )
    op.create_table(
        "password",
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identity.id"], name=op.f("password_identity_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("password_pkey")),
        sa.UniqueConstraint("identity_id", name=op.f("password_identity_id_key")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identity.id"], name=op.f("recovery_code_identity_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("recovery_code_pkey")),
        sa.UniqueConstraint(
            "identity_id", "code_hash", name=op.f("recovery_code_identity_id_code_hash_key")
        ),
    )
    for statement in POLICIES:
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Restore the backup taken before the upgrade instead.")
