"""Single sign-on

Revision ID: 0018
Revises: 0017
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision: str = "0018"
down_revision: str | Sequence[str] | None = "0017"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

POLICIES: tuple[str, ...] = (
    """GRANT SELECT, INSERT, UPDATE ON "external_identity" TO cocreate_app""",
    """ALTER TABLE "sso_connection" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "sso_connection" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY sso_connection_select ON "sso_connection" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner')) OR (current_setting('app.surface', true) = 'public' AND true) OR (current_setting('app.surface', true) = 'job' AND true) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "sso_connection" TO cocreate_app""",
    """CREATE POLICY sso_connection_insert ON "sso_connection" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner'))))""",
    """GRANT INSERT ON "sso_connection" TO cocreate_app""",
    """CREATE POLICY sso_connection_update ON "sso_connection" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner')) OR (current_setting('app.surface', true) = 'custody' AND true))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner')) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT UPDATE ON "sso_connection" TO cocreate_app""",
    """GRANT SELECT, INSERT, UPDATE, DELETE ON "sso_domain" TO cocreate_app""",
    """GRANT SELECT, INSERT, UPDATE ON "sso_flow" TO cocreate_app""",
)


def upgrade() -> None:
    op.create_table(
        "external_identity",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identity.id"], name=op.f("external_identity_identity_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("external_identity_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("external_identity_pkey")),
        sa.UniqueConstraint(
            "tenant_id",
            "issuer",
            "subject",
            name=op.f("external_identity_tenant_id_issuer_subject_key"),
        ),
    )
    op.create_index(
        op.f("external_identity_identity_id_ix"), "external_identity", ["identity_id"], unique=False
    )
    op.create_table(
        "sso_connection",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("sealed_secret", sa.LargeBinary(), nullable=False),
        sa.Column("domains", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("second_factor_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("tested_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("heard", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "second_factor_by IN ('person', 'told', 'always')",
            name=op.f("sso_connection_second_factor_by_check"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'tested', 'on')", name=op.f("sso_connection_state_check")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("sso_connection_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("sso_connection_pkey")),
        sa.UniqueConstraint("tenant_id", name=op.f("sso_connection_tenant_id_key")),
    )
    op.create_table(
        "sso_domain",
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("sso_domain_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("sso_domain_pkey")),
        sa.UniqueConstraint("domain", name=op.f("sso_domain_domain_key")),
    )
    op.create_index(op.f("sso_domain_tenant_id_ix"), "sso_domain", ["tenant_id"], unique=False)
    op.create_table(
        "sso_flow",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("testing", sa.Boolean(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sign_in_session.id"], name=op.f("sso_flow_session_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("sso_flow_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("sso_flow_pkey")),
        sa.UniqueConstraint("browser_hash", name=op.f("sso_flow_browser_hash_key")),
    )
    op.create_index("sso_flow_address_ix", "sso_flow", ["address_hash", "created_at"], unique=False)
    op.add_column(
        "workspace", sa.Column("sso_for", sa.Text(), server_default="nobody", nullable=False)
    )
    op.create_check_constraint(
        "sso_for", "workspace", "sso_for IN ('nobody', 'staff', 'everybody')"
    )
    for statement in POLICIES:
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Restore the backup taken before the upgrade instead.")
