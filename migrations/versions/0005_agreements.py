"""What was agreed and what goes upward

Revision ID: 0005
Revises: 0004
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0005"
down_revision: str | Sequence[str] | None = "0004"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

POLICIES: tuple[str, ...] = (
    """ALTER TABLE "agreement" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "agreement" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY agreement_select ON "agreement" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]))) OR (current_setting('app.surface', true) = 'portal' AND (engagement_id = ANY(nullif(current_setting('app.sponsored', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner'))) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT SELECT ON "agreement" TO cocreate_app""",
    """CREATE POLICY agreement_insert ON "agreement" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) AND proposed_by_id = nullif(current_setting('app.member', true), '')::uuid))))""",
    """GRANT INSERT ON "agreement" TO cocreate_app""",
    """CREATE POLICY agreement_update ON "agreement" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT UPDATE (state, in_force_at, ended_at) ON "agreement" TO cocreate_app""",
    """ALTER TABLE "consent" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "consent" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY consent_select ON "consent" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR (engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]) AND (member_id = nullif(current_setting('app.member', true), '')::uuid OR answer = 'accepted')))) OR (current_setting('app.surface', true) = 'portal' AND ((engagement_id = ANY(nullif(current_setting('app.sponsored', true), '')::uuid[]) AND (member_id = nullif(current_setting('app.member', true), '')::uuid OR answer = 'accepted')) OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner'))) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT SELECT ON "consent" TO cocreate_app""",
    """CREATE POLICY consent_insert ON "consent" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND member_id = nullif(current_setting('app.member', true), '')::uuid)) OR (current_setting('app.surface', true) = 'portal' AND (engagement_id = ANY(nullif(current_setting('app.sponsored', true), '')::uuid[]) AND member_id = nullif(current_setting('app.member', true), '')::uuid))))""",
    """GRANT INSERT ON "consent" TO cocreate_app""",
    """CREATE POLICY consent_update ON "consent" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND member_id = nullif(current_setting('app.member', true), '')::uuid)) OR (current_setting('app.surface', true) = 'portal' AND (engagement_id = ANY(nullif(current_setting('app.sponsored', true), '')::uuid[]) AND member_id = nullif(current_setting('app.member', true), '')::uuid)))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND member_id = nullif(current_setting('app.member', true), '')::uuid)) OR (current_setting('app.surface', true) = 'portal' AND (engagement_id = ANY(nullif(current_setting('app.sponsored', true), '')::uuid[]) AND member_id = nullif(current_setting('app.member', true), '')::uuid))))""",
    """GRANT UPDATE (answer, answered_at) ON "consent" TO cocreate_app""",
    """ALTER TABLE "proposal" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "proposal" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY proposal_select ON "proposal" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (proposed_by_id = nullif(current_setting('app.member', true), '')::uuid OR speaker_id = nullif(current_setting('app.member', true), '')::uuid))) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "proposal" TO cocreate_app""",
    """CREATE POLICY proposal_insert ON "proposal" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND proposed_by_id = nullif(current_setting('app.member', true), '')::uuid))))""",
    """GRANT INSERT ON "proposal" TO cocreate_app""",
    """CREATE POLICY proposal_update ON "proposal" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (speaker_id = nullif(current_setting('app.member', true), '')::uuid OR (proposed_by_id = nullif(current_setting('app.member', true), '')::uuid AND state IN ('proposed', 'withdrawn'))))) OR (current_setting('app.surface', true) = 'custody' AND true))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (speaker_id = nullif(current_setting('app.member', true), '')::uuid OR (proposed_by_id = nullif(current_setting('app.member', true), '')::uuid AND state IN ('proposed', 'withdrawn'))))) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT UPDATE (sealed, sealed_approved, said_by, state, answered_at, publication_id) ON "proposal" TO cocreate_app""",
    """CREATE POLICY proposal_delete ON "proposal" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT DELETE ON "proposal" TO cocreate_app""",
    """DROP POLICY publication_insert ON publication""",
    """DROP POLICY publication_select ON publication""",
    """DROP POLICY publication_update ON publication""",
    """REVOKE ALL ON "publication" FROM cocreate_app""",
    """CREATE POLICY publication_select ON "publication" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR (kind = 'quote' AND published_by_id = nullif(current_setting('app.member', true), '')::uuid AND engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])))) OR (current_setting('app.surface', true) = 'portal' AND ((state = 'published' AND engagement_id = ANY(nullif(current_setting('app.sponsored', true), '')::uuid[])) OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner'))) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT SELECT ON "publication" TO cocreate_app""",
    """CREATE POLICY publication_insert ON "publication" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) AND published_by_id = nullif(current_setting('app.member', true), '')::uuid) OR (kind = 'quote' AND published_by_id = nullif(current_setting('app.member', true), '')::uuid AND engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]))))))""",
    """GRANT INSERT ON "publication" TO cocreate_app""",
    """CREATE POLICY publication_update ON "publication" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR (kind = 'quote' AND published_by_id = nullif(current_setting('app.member', true), '')::uuid AND engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])))) OR (current_setting('app.surface', true) = 'job' AND true))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR (kind = 'quote' AND published_by_id = nullif(current_setting('app.member', true), '')::uuid AND engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])))) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT UPDATE (state, withdrawn_at, themes_by, quotes_by, attendance_by) ON "publication" TO cocreate_app""",
)


def upgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table(
        "agreement",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("themes", sa.Boolean(), nullable=False),
        sa.Column("quotes", sa.Boolean(), nullable=False),
        sa.Column("attendance", sa.Boolean(), nullable=False),
        sa.Column(
            "themes_key",
            sa.Uuid(),
            sa.Computed("CASE WHEN themes AND state = 'in force' THEN id END", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "quotes_key",
            sa.Uuid(),
            sa.Computed("CASE WHEN quotes AND state = 'in force' THEN id END", persisted=True),
            nullable=True,
        ),
        sa.Column(
            "attendance_key",
            sa.Uuid(),
            sa.Computed("CASE WHEN attendance AND state = 'in force' THEN id END", persisted=True),
            nullable=True,
        ),
        sa.Column("safety_exceptions", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("in_force_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state IN ('in force', 'proposed', 'replaced', 'ended')",
            name=op.f("agreement_state_check"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("agreement_tenant_id_engagement_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "proposed_by_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("agreement_tenant_id_proposed_by_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("agreement_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("agreement_pkey")),
        sa.UniqueConstraint(
            "tenant_id", "attendance_key", name=op.f("agreement_tenant_id_attendance_key_key")
        ),
        sa.UniqueConstraint(
            "tenant_id",
            "engagement_id",
            "number",
            name=op.f("agreement_tenant_id_engagement_id_number_key"),
        ),
        sa.UniqueConstraint(
            "tenant_id", "quotes_key", name=op.f("agreement_tenant_id_quotes_key_key")
        ),
        sa.UniqueConstraint(
            "tenant_id", "themes_key", name=op.f("agreement_tenant_id_themes_key_key")
        ),
    )
    op.create_index(
        "agreement_proposed_ix",
        "agreement",
        ["tenant_id", "engagement_id"],
        unique=True,
        postgresql_where=sa.text("state = 'proposed'"),
    )
    op.create_index(
        op.f("agreement_tenant_id_proposed_by_id_ix"),
        "agreement",
        ["tenant_id", "proposed_by_id"],
        unique=False,
    )
    op.create_table(
        "consent",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("member_id", sa.Uuid(), nullable=False),
        sa.Column("party", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("answer IN ('accepted', 'refused')", name=op.f("consent_answer_check")),
        sa.CheckConstraint(
            "party IN ('consultant', 'participant', 'sponsor')", name=op.f("consent_party_check")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "agreement_id"],
            ["agreement.tenant_id", "agreement.id"],
            name=op.f("consent_tenant_id_agreement_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("consent_tenant_id_engagement_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("consent_tenant_id_member_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("consent_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("consent_pkey")),
        sa.UniqueConstraint(
            "tenant_id",
            "agreement_id",
            "member_id",
            "party",
            name=op.f("consent_tenant_id_agreement_id_member_id_party_key"),
        ),
    )
    op.create_index(
        op.f("consent_tenant_id_engagement_id_ix"),
        "consent",
        ["tenant_id", "engagement_id"],
        unique=False,
    )
    op.create_index(
        op.f("consent_tenant_id_member_id_ix"), "consent", ["tenant_id", "member_id"], unique=False
    )
    op.create_table(
        "proposal",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("proposed_by_id", sa.Uuid(), nullable=False),
        sa.Column("speaker_id", sa.Uuid(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_approved", sa.LargeBinary(), nullable=True),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("publication_id", sa.Uuid(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'approved', 'refused', 'withdrawn')",
            name=op.f("proposal_state_check"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("proposal_tenant_id_engagement_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "note_id"],
            ["note.tenant_id", "note.id"],
            name=op.f("proposal_tenant_id_note_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "proposed_by_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("proposal_tenant_id_proposed_by_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "publication_id"],
            ["publication.tenant_id", "publication.id"],
            name=op.f("proposal_tenant_id_publication_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "speaker_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("proposal_tenant_id_speaker_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("proposal_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("proposal_pkey")),
    )
    op.create_index(
        op.f("proposal_tenant_id_engagement_id_ix"),
        "proposal",
        ["tenant_id", "engagement_id"],
        unique=False,
    )
    op.create_index(
        op.f("proposal_tenant_id_note_id_ix"), "proposal", ["tenant_id", "note_id"], unique=False
    )
    op.create_index(
        op.f("proposal_tenant_id_proposed_by_id_ix"),
        "proposal",
        ["tenant_id", "proposed_by_id"],
        unique=False,
    )
    op.create_index(
        op.f("proposal_tenant_id_publication_id_ix"),
        "proposal",
        ["tenant_id", "publication_id"],
        unique=False,
    )
    op.create_index(
        op.f("proposal_tenant_id_speaker_id_ix"),
        "proposal",
        ["tenant_id", "speaker_id"],
        unique=False,
    )
    op.add_column("publication", sa.Column("themes_by", sa.Uuid(), nullable=True))
    op.add_column("publication", sa.Column("quotes_by", sa.Uuid(), nullable=True))
    op.add_column("publication", sa.Column("attendance_by", sa.Uuid(), nullable=True))
    op.create_index(
        op.f("publication_tenant_id_attendance_by_ix"),
        "publication",
        ["tenant_id", "attendance_by"],
        unique=False,
    )
    op.create_index(
        op.f("publication_tenant_id_quotes_by_ix"),
        "publication",
        ["tenant_id", "quotes_by"],
        unique=False,
    )
    op.create_index(
        op.f("publication_tenant_id_themes_by_ix"),
        "publication",
        ["tenant_id", "themes_by"],
        unique=False,
    )
    op.create_foreign_key(
        op.f("publication_tenant_id_themes_by_fkey"),
        "publication",
        "agreement",
        ["tenant_id", "themes_by"],
        ["tenant_id", "themes_key"],
    )
    op.create_foreign_key(
        op.f("publication_tenant_id_quotes_by_fkey"),
        "publication",
        "agreement",
        ["tenant_id", "quotes_by"],
        ["tenant_id", "quotes_key"],
    )
    op.create_foreign_key(
        op.f("publication_tenant_id_attendance_by_fkey"),
        "publication",
        "agreement",
        ["tenant_id", "attendance_by"],
        ["tenant_id", "attendance_key"],
    )
    op.drop_constraint(op.f("publication_kind_check"), "publication")
    op.create_check_constraint(
        op.f("publication_kind_check"),
        "publication",
        "kind IN ('update', 'domains', 'measure', 'quote', 'themes', 'attendance')",
    )
    # Nobody was asked before there were agreements, so what people said is taken down until they
    # are. The owner is held by the walls too; this speaks to every workspace at once.
    op.execute("ALTER TABLE publication NO FORCE ROW LEVEL SECURITY")
    op.execute(
        "UPDATE publication SET state = 'withdrawn', withdrawn_at = now()"
        " WHERE kind = 'quote' AND state = 'published'"
    )
    op.create_check_constraint(
        op.f("publication_allowed_check"),
        "publication",
        "state = 'withdrawn' OR ((kind <> 'themes' OR themes_by IS NOT NULL)"
        " AND (kind <> 'quote' OR quotes_by IS NOT NULL)"
        " AND (kind <> 'attendance' OR attendance_by IS NOT NULL))",
    )
    op.execute("ALTER TABLE publication FORCE ROW LEVEL SECURITY")
    # ### end Alembic commands ###
    for statement in POLICIES:
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Restore the backup taken before the upgrade instead.")
