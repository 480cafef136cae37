"""Sessions, factors and limits

Revision ID: 0008
Revises: 0007
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | Sequence[str] | None = "0007"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

POLICIES: tuple[str, ...] = (
    """GRANT SELECT, INSERT, UPDATE, DELETE ON "attempt" TO cocreate_app""",
    """REVOKE ALL ON "workspace" FROM cocreate_app""",
    """GRANT SELECT, INSERT, UPDATE ON "workspace" TO cocreate_app""",
)


def upgrade() -> None:
    op.create_table(
        "attempt",
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("attempt_pkey")),
        sa.UniqueConstraint("subject", name=op.f("attempt_subject_key")),
    )
    op.add_column(
        "identity",
        sa.Column("factors", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column("sign_in_request", sa.Column("first_factor", sa.Text(), nullable=True))
    op.add_column("sign_in_session", sa.Column("second_factor", sa.Text(), nullable=True))
    op.add_column(
        "sign_in_session",
        sa.Column(
            "proved_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
    )
    op.add_column(
        "workspace",
        sa.Column("second_factor_for", sa.Text(), server_default="nobody", nullable=False),
    )
    op.create_check_constraint(
        "second_factor_for", "workspace", "second_factor_for IN ('nobody', 'staff', 'everybody')"
    )
    # A session from before proved itself when it began, not now.
    op.execute("UPDATE sign_in_session SET proved_at = created_at")
    for statement in POLICIES:
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Restore the backup taken before the upgrade instead.")
