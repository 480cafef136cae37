"""Support access

Revision ID: 0015
Revises: 0014
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0015"
down_revision: str | Sequence[str] | None = "0014"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

POLICIES: tuple[str, ...] = (
    """GRANT SELECT, INSERT, UPDATE ON "support_pass" TO cocreate_app""",
    """ALTER TABLE "support_access" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "support_access" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY support_access_select ON "support_access" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner')) OR (current_setting('app.surface', true) = 'support' AND true) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT SELECT ON "support_access" TO cocreate_app""",
    """CREATE POLICY support_access_insert ON "support_access" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner'))))""",
    """GRANT INSERT ON "support_access" TO cocreate_app""",
    """CREATE POLICY support_access_update ON "support_access" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner')) OR (current_setting('app.surface', true) = 'job' AND true))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner')) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT UPDATE (ended_at, ended_by_id) ON "support_access" TO cocreate_app""",
    """DROP POLICY audit_entry_select ON audit_entry""",
    """CREATE POLICY audit_entry_select ON "audit_entry" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner')) OR (current_setting('app.surface', true) = 'job' AND true) OR (current_setting('app.surface', true) = 'custody' AND true) OR (current_setting('app.surface', true) = 'support' AND true)))""",
    """DROP POLICY mail_select ON mail""",
    """CREATE POLICY mail_select ON "mail" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true) OR (current_setting('app.surface', true) = 'custody' AND true) OR (current_setting('app.surface', true) = 'support' AND true)))""",
    """DROP POLICY member_select ON member""",
    """CREATE POLICY member_select ON "member" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant', 'associate') OR id = nullif(current_setting('app.member', true), '')::uuid OR (engagement_ids && nullif(current_setting('app.team', true), '')::uuid[] OR engagement_ids && nullif(current_setting('app.coached', true), '')::uuid[] OR engagement_ids && nullif(current_setting('app.sponsored', true), '')::uuid[]))) OR (current_setting('app.surface', true) = 'portal' AND (id = nullif(current_setting('app.member', true), '')::uuid OR (engagement_ids && nullif(current_setting('app.team', true), '')::uuid[] OR engagement_ids && nullif(current_setting('app.coached', true), '')::uuid[] OR engagement_ids && nullif(current_setting('app.sponsored', true), '')::uuid[]))) OR (current_setting('app.surface', true) = 'job' AND true) OR (current_setting('app.surface', true) = 'support' AND true)))""",
    """DROP POLICY engagement_select ON engagement""",
    """CREATE POLICY engagement_select ON "engagement" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]))) OR (current_setting('app.surface', true) = 'portal' AND (id = ANY(nullif(current_setting('app.sponsored', true), '')::uuid[]) OR id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner'))) OR (current_setting('app.surface', true) = 'job' AND true) OR (current_setting('app.surface', true) = 'custody' AND true) OR (current_setting('app.surface', true) = 'support' AND true)))""",
)


def upgrade() -> None:
    op.create_table(
        "support_pass",
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("access_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identity.id"], name=op.f("support_pass_identity_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("support_pass_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("support_pass_pkey")),
        sa.UniqueConstraint("access_id", name=op.f("support_pass_access_id_key")),
    )
    op.create_index(
        "support_pass_identity_ix", "support_pass", ["identity_id", "until"], unique=False
    )
    op.create_table(
        "support_access",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("operator", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("given_by_id", sa.Uuid(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by_id", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "ended_by_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("support_access_tenant_id_ended_by_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "given_by_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("support_access_tenant_id_given_by_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("support_access_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("support_access_pkey")),
    )
    op.create_index(
        op.f("support_access_tenant_id_ended_by_id_ix"),
        "support_access",
        ["tenant_id", "ended_by_id"],
        unique=False,
    )
    op.create_index(
        op.f("support_access_tenant_id_given_by_id_ix"),
        "support_access",
        ["tenant_id", "given_by_id"],
        unique=False,
    )
    for statement in POLICIES:
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Restore the backup taken before the upgrade instead.")
