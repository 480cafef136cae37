"""Sign-ups, and the sample

Revision ID: 0012
Revises: 0011
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0012"
down_revision: str | Sequence[str] | None = "0011"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

POLICIES: tuple[str, ...] = (
    """GRANT SELECT, INSERT, UPDATE, DELETE ON "sign_up" TO cocreate_app""",
    """DROP POLICY member_insert ON member""",
    """DROP POLICY member_select ON member""",
    """DROP POLICY member_update ON member""",
    """REVOKE ALL ON "member" FROM cocreate_app""",
    """CREATE POLICY member_select ON "member" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant', 'associate') OR id = nullif(current_setting('app.member', true), '')::uuid OR (engagement_ids && nullif(current_setting('app.team', true), '')::uuid[] OR engagement_ids && nullif(current_setting('app.coached', true), '')::uuid[] OR engagement_ids && nullif(current_setting('app.sponsored', true), '')::uuid[]))) OR (current_setting('app.surface', true) = 'portal' AND (id = nullif(current_setting('app.member', true), '')::uuid OR (engagement_ids && nullif(current_setting('app.team', true), '')::uuid[] OR engagement_ids && nullif(current_setting('app.coached', true), '')::uuid[] OR engagement_ids && nullif(current_setting('app.sponsored', true), '')::uuid[]))) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT SELECT ON "member" TO cocreate_app""",
    """CREATE POLICY member_insert ON "member" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner', 'consultant', 'associate')) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT INSERT ON "member" TO cocreate_app""",
    """CREATE POLICY member_update ON "member" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT UPDATE ON "member" TO cocreate_app""",
    """CREATE POLICY member_delete ON "member" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') AND sample))))""",
    """GRANT DELETE ON "member" TO cocreate_app""",
    """DROP POLICY organisation_insert ON organisation""",
    """DROP POLICY organisation_select ON organisation""",
    """DROP POLICY organisation_update ON organisation""",
    """REVOKE ALL ON "organisation" FROM cocreate_app""",
    """CREATE POLICY organisation_select ON "organisation" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant') OR (current_setting('app.role', true) IN ('associate') AND id = ANY(nullif(current_setting('app.organisations', true), '')::uuid[]))))))""",
    """GRANT SELECT ON "organisation" TO cocreate_app""",
    """CREATE POLICY organisation_insert ON "organisation" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant') AND NOT sample)) OR (current_setting('app.surface', true) = 'job' AND sample)))""",
    """GRANT INSERT ON "organisation" TO cocreate_app""",
    """CREATE POLICY organisation_update ON "organisation" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant') OR (current_setting('app.role', true) IN ('associate') AND id = ANY(nullif(current_setting('app.organisations', true), '')::uuid[])))))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant') OR (current_setting('app.role', true) IN ('associate') AND id = ANY(nullif(current_setting('app.organisations', true), '')::uuid[]))))))""",
    """GRANT UPDATE (name, kind, ods_code, stage, enquiry, successor_id) ON "organisation" TO cocreate_app""",
    """CREATE POLICY organisation_delete ON "organisation" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') AND sample))))""",
    """GRANT DELETE ON "organisation" TO cocreate_app""",
    """DROP POLICY engagement_insert ON engagement""",
    """DROP POLICY engagement_select ON engagement""",
    """DROP POLICY engagement_update ON engagement""",
    """REVOKE ALL ON "engagement" FROM cocreate_app""",
    """CREATE POLICY engagement_select ON "engagement" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]))) OR (current_setting('app.surface', true) = 'portal' AND (id = ANY(nullif(current_setting('app.sponsored', true), '')::uuid[]) OR id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner'))) OR (current_setting('app.surface', true) = 'job' AND true) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "engagement" TO cocreate_app""",
    """CREATE POLICY engagement_insert ON "engagement" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner', 'consultant', 'associate'))))""",
    """GRANT INSERT ON "engagement" TO cocreate_app""",
    """CREATE POLICY engagement_update ON "engagement" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))""",
    """GRANT UPDATE (lead_id, title, client, purpose, state, starts_on, ends_on, closed_on, portal_opened_at) ON "engagement" TO cocreate_app""",
)

# With a client goes all that was done with it. None but the sample can be deleted.
CASCADING = (
    ("assignment", "organisation"),
    ("engagement", "organisation"),
    ("attachment", "engagement"),
    ("destruction", "engagement"),
    ("legal_hold", "engagement"),
    ("note", "engagement"),
    ("note_reading", "engagement"),
    ("note_revision", "engagement"),
    ("proposal", "engagement"),
)


def upgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table(
        "sign_up",
        sa.Column("account_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address_hash", sa.LargeBinary(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tenant_id", sa.Uuid(), nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_code", sa.LargeBinary(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("sign_up_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("sign_up_pkey")),
        sa.UniqueConstraint("browser_hash", name=op.f("sign_up_browser_hash_key")),
    )
    op.create_index("sign_up_account_ix", "sign_up", ["account_hash", "created_at"], unique=False)
    op.create_index("sign_up_address_ix", "sign_up", ["address_hash", "created_at"], unique=False)
    op.add_column(
        "member", sa.Column("sample", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column(
        "organisation",
        sa.Column("sample", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    for table, referred in CASCADING:
        name = op.f(f"{table}_tenant_id_{referred}_id_fkey")
        op.drop_constraint(name, table, type_="foreignkey")
        op.create_foreign_key(
            name,
            table,
            referred,
            ["tenant_id", f"{referred}_id"],
            ["tenant_id", "id"],
            ondelete="CASCADE",
        )
    # ### end Alembic commands ###
    for statement in POLICIES:
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Restore the backup taken before the upgrade instead.")
