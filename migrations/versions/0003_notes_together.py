"""Notes written together and read by others

Revision ID: 0003
Revises: 0002
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0003"
down_revision: str | Sequence[str] | None = "0002"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

POLICIES: tuple[str, ...] = (
    """ALTER TABLE "note_reading" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "note_reading" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY note_reading_select ON "note_reading" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (author_id = nullif(current_setting('app.member', true), '')::uuid OR reader_id = nullif(current_setting('app.member', true), '')::uuid))) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "note_reading" TO cocreate_app""",
    """CREATE POLICY note_reading_insert ON "note_reading" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND reader_id = nullif(current_setting('app.member', true), '')::uuid))))""",
    """GRANT INSERT ON "note_reading" TO cocreate_app""",
    """CREATE POLICY note_reading_update ON "note_reading" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND reader_id = nullif(current_setting('app.member', true), '')::uuid)))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND reader_id = nullif(current_setting('app.member', true), '')::uuid))))""",
    """GRANT UPDATE (last_at) ON "note_reading" TO cocreate_app""",
    """CREATE POLICY note_reading_delete ON "note_reading" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT DELETE ON "note_reading" TO cocreate_app""",
    """DROP POLICY data_key_insert ON data_key""",
    """DROP POLICY data_key_select ON data_key""",
    """REVOKE ALL ON "data_key" FROM cocreate_app""",
    """CREATE POLICY data_key_select ON "data_key" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND true) OR (current_setting('app.surface', true) = 'portal' AND true) OR (current_setting('app.surface', true) = 'public' AND true) OR (current_setting('app.surface', true) = 'job' AND true) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "data_key" TO cocreate_app""",
    """CREATE POLICY data_key_insert ON "data_key" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT INSERT ON "data_key" TO cocreate_app""",
    """DROP POLICY note_insert ON note""",
    """DROP POLICY note_select ON note""",
    """DROP POLICY note_update ON note""",
    """REVOKE ALL ON "note" FROM cocreate_app""",
    """CREATE POLICY note_select ON "note" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (author_id = nullif(current_setting('app.member', true), '')::uuid OR (audience = 'named' AND nullif(current_setting('app.member', true), '')::uuid = ANY(readers)) OR (audience = 'team' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "note" TO cocreate_app""",
    """CREATE POLICY note_insert ON "note" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND author_id = nullif(current_setting('app.member', true), '')::uuid))))""",
    """GRANT INSERT ON "note" TO cocreate_app""",
    """CREATE POLICY note_update ON "note" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND author_id = nullif(current_setting('app.member', true), '')::uuid) OR ((audience = 'team' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])) AND kind IN ('working', 'session')))) OR (current_setting('app.surface', true) = 'custody' AND true))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND author_id = nullif(current_setting('app.member', true), '')::uuid) OR ((audience = 'team' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])) AND kind IN ('working', 'session')))) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT UPDATE (audience, readers, sealed, version, written_at, written_by_id, drafted) ON "note" TO cocreate_app""",
    """CREATE POLICY note_delete ON "note" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT DELETE ON "note" TO cocreate_app""",
    """DROP POLICY note_revision_insert ON note_revision""",
    """DROP POLICY note_revision_select ON note_revision""",
    """REVOKE ALL ON "note_revision" FROM cocreate_app""",
    """CREATE POLICY note_revision_select ON "note_revision" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (author_id = nullif(current_setting('app.member', true), '')::uuid OR (kind = 'revision' AND (note_author_id = nullif(current_setting('app.member', true), '')::uuid OR (audience = 'team' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))))) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "note_revision" TO cocreate_app""",
    """CREATE POLICY note_revision_insert ON "note_revision" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND author_id = nullif(current_setting('app.member', true), '')::uuid)) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT INSERT ON "note_revision" TO cocreate_app""",
    """CREATE POLICY note_revision_update ON "note_revision" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (author_id = nullif(current_setting('app.member', true), '')::uuid OR note_author_id = nullif(current_setting('app.member', true), '')::uuid))))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (author_id = nullif(current_setting('app.member', true), '')::uuid OR note_author_id = nullif(current_setting('app.member', true), '')::uuid)))))""",
    """GRANT UPDATE (audience, settled_at) ON "note_revision" TO cocreate_app""",
    """CREATE POLICY note_revision_delete ON "note_revision" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT DELETE ON "note_revision" TO cocreate_app""",
)


def upgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table(
        "note_reading",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("note_id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("reader_id", sa.Uuid(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "author_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("note_reading_tenant_id_author_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("note_reading_tenant_id_engagement_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "note_id"],
            ["note.tenant_id", "note.id"],
            name=op.f("note_reading_tenant_id_note_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "reader_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("note_reading_tenant_id_reader_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("note_reading_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("note_reading_pkey")),
        sa.UniqueConstraint(
            "tenant_id",
            "note_id",
            "reader_id",
            name=op.f("note_reading_tenant_id_note_id_reader_id_key"),
        ),
    )
    op.create_index(
        op.f("note_reading_tenant_id_author_id_ix"),
        "note_reading",
        ["tenant_id", "author_id"],
        unique=False,
    )
    op.create_index(
        op.f("note_reading_tenant_id_engagement_id_ix"),
        "note_reading",
        ["tenant_id", "engagement_id"],
        unique=False,
    )
    op.create_index(
        op.f("note_reading_tenant_id_reader_id_ix"),
        "note_reading",
        ["tenant_id", "reader_id"],
        unique=False,
    )
    # The owner is held by the walls too; what follows speaks to every workspace at once.
    for table in ("note", "note_revision"):
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    op.add_column("note", sa.Column("written_by_id", sa.Uuid()))
    op.execute("UPDATE note SET written_by_id = author_id")
    op.alter_column("note", "written_by_id", nullable=False)
    op.add_column(
        "note",
        sa.Column("drafted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
    )
    op.create_index(op.f("note_tenant_id_written_by_id_ix"), "note", ["tenant_id", "written_by_id"])
    op.create_foreign_key(
        op.f("note_tenant_id_written_by_id_fkey"),
        "note",
        "member",
        ["tenant_id", "written_by_id"],
        ["tenant_id", "id"],
    )
    op.drop_constraint(op.f("note_kind_check"), "note")
    op.create_check_constraint(
        op.f("note_kind_check"),
        "note",
        "kind IN ('working', 'session', 'reflection', 'supervision')",
    )
    op.create_check_constraint(
        op.f("note_supervision_check"), "note", "kind <> 'supervision' OR audience = 'me'"
    )
    op.create_check_constraint(op.f("note_drafted_check"), "note", "NOT drafted OR audience = 'me'")
    op.add_column("note_revision", sa.Column("note_author_id", sa.Uuid()))
    op.add_column("note_revision", sa.Column("audience", sa.Text()))
    op.execute("UPDATE note_revision SET note_author_id = author_id, audience = 'me'")
    op.alter_column("note_revision", "note_author_id", nullable=False)
    op.alter_column("note_revision", "audience", nullable=False)
    op.add_column("note_revision", sa.Column("settled_at", sa.DateTime(timezone=True)))
    op.create_index(
        op.f("note_revision_tenant_id_note_author_id_ix"),
        "note_revision",
        ["tenant_id", "note_author_id"],
    )
    op.create_foreign_key(
        op.f("note_revision_tenant_id_note_author_id_fkey"),
        "note_revision",
        "member",
        ["tenant_id", "note_author_id"],
        ["tenant_id", "id"],
    )
    op.create_check_constraint(
        op.f("note_revision_audience_check"), "note_revision", "audience IN ('me', 'named', 'team')"
    )
    for table in ("note", "note_revision"):
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    # PostgreSQL takes a note's author and its engagement for independent, and so expects one row
    # where a member has written thousands: it then reads them all to find the copies of one note.
    op.execute(
        "CREATE STATISTICS note_revision_whose (dependencies)"
        " ON tenant_id, engagement_id, author_id FROM note_revision"
    )
    # ### end Alembic commands ###
    for statement in POLICIES:
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Restore the backup taken before the upgrade instead.")
