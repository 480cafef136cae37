"""Retention, and members that only the system itself changes

Revision ID: 0007
Revises: 0006
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | Sequence[str] | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

POLICIES: tuple[str, ...] = (
    """ALTER TABLE "retention_period" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "retention_period" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY retention_period_select ON "retention_period" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND true) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "retention_period" TO cocreate_app""",
    """CREATE POLICY retention_period_insert ON "retention_period" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner'))))""",
    """GRANT INSERT ON "retention_period" TO cocreate_app""",
    """CREATE POLICY retention_period_update ON "retention_period" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner')))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner'))))""",
    """GRANT UPDATE (months) ON "retention_period" TO cocreate_app""",
    """ALTER TABLE "destruction" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "destruction" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY destruction_select ON "destruction" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner')) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "destruction" TO cocreate_app""",
    """CREATE POLICY destruction_insert ON "destruction" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT INSERT ON "destruction" TO cocreate_app""",
    """ALTER TABLE "legal_hold" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "legal_hold" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY legal_hold_select ON "legal_hold" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner')) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "legal_hold" TO cocreate_app""",
    """CREATE POLICY legal_hold_insert ON "legal_hold" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner'))))""",
    """GRANT INSERT ON "legal_hold" TO cocreate_app""",
    """CREATE POLICY legal_hold_update ON "legal_hold" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner')))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner'))))""",
    """GRANT UPDATE (lifted_at, lifted_by_id) ON "legal_hold" TO cocreate_app""",
    """DROP POLICY audit_entry_insert ON audit_entry""",
    """DROP POLICY audit_entry_select ON audit_entry""",
    """REVOKE ALL ON "audit_entry" FROM cocreate_app""",
    """CREATE POLICY audit_entry_select ON "audit_entry" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner')) OR (current_setting('app.surface', true) = 'job' AND true) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "audit_entry" TO cocreate_app""",
    """CREATE POLICY audit_entry_insert ON "audit_entry" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND true) OR (current_setting('app.surface', true) = 'portal' AND true) OR (current_setting('app.surface', true) = 'public' AND true) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT INSERT ON "audit_entry" TO cocreate_app""",
    """CREATE POLICY audit_entry_delete ON "audit_entry" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'custody' AND created_at < current_timestamp - interval '11 months')))""",
    """GRANT DELETE ON "audit_entry" TO cocreate_app""",
    """DROP POLICY mail_insert ON mail""",
    """DROP POLICY mail_select ON mail""",
    """DROP POLICY mail_update ON mail""",
    """REVOKE ALL ON "mail" FROM cocreate_app""",
    """CREATE POLICY mail_select ON "mail" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "mail" TO cocreate_app""",
    """CREATE POLICY mail_insert ON "mail" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND true) OR (current_setting('app.surface', true) = 'portal' AND true) OR (current_setting('app.surface', true) = 'public' AND true) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT INSERT ON "mail" TO cocreate_app""",
    """CREATE POLICY mail_update ON "mail" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true) OR (current_setting('app.surface', true) = 'custody' AND true))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT UPDATE (state, sealed, sent_at) ON "mail" TO cocreate_app""",
    """CREATE POLICY mail_delete ON "mail" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT DELETE ON "mail" TO cocreate_app""",
    """DROP POLICY engagement_insert ON engagement""",
    """DROP POLICY engagement_select ON engagement""",
    """DROP POLICY engagement_update ON engagement""",
    """REVOKE ALL ON "engagement" FROM cocreate_app""",
    """CREATE POLICY engagement_select ON "engagement" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]))) OR (current_setting('app.surface', true) = 'portal' AND (id = ANY(nullif(current_setting('app.sponsored', true), '')::uuid[]) OR id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner'))) OR (current_setting('app.surface', true) = 'job' AND true) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "engagement" TO cocreate_app""",
    """CREATE POLICY engagement_insert ON "engagement" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner', 'consultant', 'associate'))))""",
    """GRANT INSERT ON "engagement" TO cocreate_app""",
    """CREATE POLICY engagement_update ON "engagement" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))""",
    """GRANT UPDATE ON "engagement" TO cocreate_app""",
    """DROP POLICY agreement_insert ON agreement""",
    """DROP POLICY agreement_select ON agreement""",
    """DROP POLICY agreement_update ON agreement""",
    """REVOKE ALL ON "agreement" FROM cocreate_app""",
    """CREATE POLICY agreement_select ON "agreement" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]))) OR (current_setting('app.surface', true) = 'portal' AND (engagement_id = ANY(nullif(current_setting('app.sponsored', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner'))) OR (current_setting('app.surface', true) = 'job' AND true) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "agreement" TO cocreate_app""",
    """CREATE POLICY agreement_insert ON "agreement" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) AND proposed_by_id = nullif(current_setting('app.member', true), '')::uuid))))""",
    """GRANT INSERT ON "agreement" TO cocreate_app""",
    """CREATE POLICY agreement_update ON "agreement" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT UPDATE (state, in_force_at, ended_at) ON "agreement" TO cocreate_app""",
    """CREATE POLICY agreement_delete ON "agreement" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT DELETE ON "agreement" TO cocreate_app""",
    """DROP POLICY assignment_insert ON assignment""",
    """DROP POLICY assignment_select ON assignment""",
    """DROP POLICY assignment_update ON assignment""",
    """REVOKE ALL ON "assignment" FROM cocreate_app""",
    """CREATE POLICY assignment_select ON "assignment" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant', 'associate') OR member_id = nullif(current_setting('app.member', true), '')::uuid)) OR (current_setting('app.surface', true) = 'job' AND true) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "assignment" TO cocreate_app""",
    """CREATE POLICY assignment_insert ON "assignment" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner', 'consultant', 'associate'))) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT INSERT ON "assignment" TO cocreate_app""",
    """CREATE POLICY assignment_update ON "assignment" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner', 'consultant', 'associate'))) OR (current_setting('app.surface', true) = 'job' AND true))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner', 'consultant', 'associate'))) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT UPDATE ON "assignment" TO cocreate_app""",
    """DROP POLICY action_insert ON action""",
    """DROP POLICY action_select ON action""",
    """DROP POLICY action_update ON action""",
    """REVOKE ALL ON "action" FROM cocreate_app""",
    """CREATE POLICY action_select ON "action" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR (engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]) AND owner_id = nullif(current_setting('app.member', true), '')::uuid AND shown_to <> 'team'))) OR (current_setting('app.surface', true) = 'portal' AND (shown_to = 'sponsor' AND (engagement_id = ANY(nullif(current_setting('app.sponsored', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner')))) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "action" TO cocreate_app""",
    """CREATE POLICY action_insert ON "action" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT INSERT ON "action" TO cocreate_app""",
    """CREATE POLICY action_update ON "action" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR (engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]) AND owner_id = nullif(current_setting('app.member', true), '')::uuid AND shown_to <> 'team'))))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR (engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]) AND owner_id = nullif(current_setting('app.member', true), '')::uuid AND shown_to <> 'team')))))""",
    """GRANT UPDATE ON "action" TO cocreate_app""",
    """CREATE POLICY action_delete ON "action" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT DELETE ON "action" TO cocreate_app""",
    """DROP POLICY publication_insert ON publication""",
    """DROP POLICY publication_select ON publication""",
    """DROP POLICY publication_update ON publication""",
    """REVOKE ALL ON "publication" FROM cocreate_app""",
    """CREATE POLICY publication_select ON "publication" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR (kind = 'quote' AND published_by_id = nullif(current_setting('app.member', true), '')::uuid AND engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])))) OR (current_setting('app.surface', true) = 'portal' AND ((state = 'published' AND engagement_id = ANY(nullif(current_setting('app.sponsored', true), '')::uuid[])) OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner'))) OR (current_setting('app.surface', true) = 'job' AND true) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "publication" TO cocreate_app""",
    """CREATE POLICY publication_insert ON "publication" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) AND published_by_id = nullif(current_setting('app.member', true), '')::uuid) OR (kind = 'quote' AND published_by_id = nullif(current_setting('app.member', true), '')::uuid AND engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]))))))""",
    """GRANT INSERT ON "publication" TO cocreate_app""",
    """CREATE POLICY publication_update ON "publication" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR (kind = 'quote' AND published_by_id = nullif(current_setting('app.member', true), '')::uuid AND engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])))) OR (current_setting('app.surface', true) = 'job' AND true))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR (kind = 'quote' AND published_by_id = nullif(current_setting('app.member', true), '')::uuid AND engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])))) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT UPDATE (state, withdrawn_at, themes_by, quotes_by, attendance_by) ON "publication" TO cocreate_app""",
    """CREATE POLICY publication_delete ON "publication" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT DELETE ON "publication" TO cocreate_app""",
    """DROP POLICY member_update ON member""",
    """CREATE POLICY member_update ON "member" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true)))""",
)


def upgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table(
        "retention_period",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("record_class", sa.Text(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "record_class IN ('private', 'shared', 'reflection', 'supervision', 'action', 'publication', 'mail', 'trail')",
            name=op.f("retention_period_record_class_check"),
        ),
        sa.CheckConstraint("months > 0", name=op.f("retention_period_months_check")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("retention_period_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("retention_period_pkey")),
        sa.UniqueConstraint(
            "tenant_id", "record_class", name=op.f("retention_period_tenant_id_record_class_key")
        ),
    )
    op.create_table(
        "destruction",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("record_class", sa.Text(), nullable=False),
        sa.Column("object_kind", sa.Text(), nullable=False),
        sa.Column("object_id", sa.Uuid(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("destroyed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "record_class IN ('private', 'shared', 'reflection', 'supervision', 'action', 'publication', 'mail', 'trail')",
            name=op.f("destruction_record_class_check"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("destruction_tenant_id_engagement_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("destruction_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("destruction_pkey")),
        sa.UniqueConstraint(
            "tenant_id",
            "object_kind",
            "object_id",
            name=op.f("destruction_tenant_id_object_kind_object_id_key"),
        ),
    )
    op.create_index(
        op.f("destruction_tenant_id_destroyed_at_ix"),
        "destruction",
        ["tenant_id", "destroyed_at"],
        unique=False,
    )
    op.create_index(
        op.f("destruction_tenant_id_engagement_id_ix"),
        "destruction",
        ["tenant_id", "engagement_id"],
        unique=False,
    )
    op.create_table(
        "legal_hold",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("placed_by_id", sa.Uuid(), nullable=False),
        sa.Column("placed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_by_id", sa.Uuid(), nullable=True),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("legal_hold_tenant_id_engagement_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "lifted_by_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("legal_hold_tenant_id_lifted_by_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "placed_by_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("legal_hold_tenant_id_placed_by_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("legal_hold_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("legal_hold_pkey")),
    )
    op.create_index(
        "legal_hold_in_force_ix",
        "legal_hold",
        ["tenant_id", "engagement_id", "reason"],
        unique=True,
        postgresql_where=sa.text("lifted_at IS NULL"),
        postgresql_nulls_not_distinct=True,
    )
    op.create_index(
        op.f("legal_hold_tenant_id_engagement_id_ix"),
        "legal_hold",
        ["tenant_id", "engagement_id"],
        unique=False,
    )
    op.create_index(
        op.f("legal_hold_tenant_id_lifted_by_id_ix"),
        "legal_hold",
        ["tenant_id", "lifted_by_id"],
        unique=False,
    )
    op.create_index(
        op.f("legal_hold_tenant_id_placed_by_id_ix"),
        "legal_hold",
        ["tenant_id", "placed_by_id"],
        unique=False,
    )
    op.add_column("engagement", sa.Column("closed_on", sa.Date(), nullable=True))
    # When one was closed was not written down. What is kept too long can still be destroyed, so
    # the later of its last day and today counts. The owner is held by the walls too; this speaks to every
    # workspace at once.
    op.execute("ALTER TABLE engagement NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE engagement SET closed_on = greatest(ends_on, current_date)"
        " WHERE state IN ('closed', 'declined')"
    )
    op.execute("ALTER TABLE engagement FORCE ROW LEVEL SECURITY")
    # ### end Alembic commands ###
    for statement in POLICIES:
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Restore the backup taken before the upgrade instead.")
