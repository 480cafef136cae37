"""API tokens

Revision ID: 0009
Revises: 0008
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0009"
down_revision: str | Sequence[str] | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

POLICIES: tuple[str, ...] = (
    """GRANT SELECT, INSERT, UPDATE ON "api_token" TO cocreate_app""",
    """DROP POLICY note_delete ON note""",
    """DROP POLICY note_insert ON note""",
    """DROP POLICY note_select ON note""",
    """DROP POLICY note_update ON note""",
    """REVOKE ALL ON "note" FROM cocreate_app""",
    """CREATE POLICY note_select ON "note" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (current_setting('app.through', true) = 'browser' OR (current_setting('app.through', true) = 'notes' AND audience <> 'me')) AND (author_id = nullif(current_setting('app.member', true), '')::uuid OR (audience = 'named' AND nullif(current_setting('app.member', true), '')::uuid = ANY(readers)) OR (audience = 'team' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "note" TO cocreate_app""",
    """CREATE POLICY note_insert ON "note" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (current_setting('app.through', true) = 'browser' OR (current_setting('app.through', true) = 'notes' AND audience <> 'me')) AND author_id = nullif(current_setting('app.member', true), '')::uuid))))""",
    """GRANT INSERT ON "note" TO cocreate_app""",
    """CREATE POLICY note_update ON "note" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (current_setting('app.through', true) = 'browser' OR (current_setting('app.through', true) = 'notes' AND audience <> 'me')) AND author_id = nullif(current_setting('app.member', true), '')::uuid) OR ((current_setting('app.through', true) = 'browser' OR (current_setting('app.through', true) = 'notes' AND audience <> 'me')) AND (audience = 'team' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])) AND kind IN ('working', 'session')))) OR (current_setting('app.surface', true) = 'custody' AND true))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (current_setting('app.through', true) = 'browser' OR (current_setting('app.through', true) = 'notes' AND audience <> 'me')) AND author_id = nullif(current_setting('app.member', true), '')::uuid) OR ((current_setting('app.through', true) = 'browser' OR (current_setting('app.through', true) = 'notes' AND audience <> 'me')) AND (audience = 'team' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])) AND kind IN ('working', 'session')))) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT UPDATE (audience, readers, sealed, version, written_at, written_by_id, drafted) ON "note" TO cocreate_app""",
    """CREATE POLICY note_delete ON "note" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT DELETE ON "note" TO cocreate_app""",
    """DROP POLICY attachment_delete ON attachment""",
    """DROP POLICY attachment_insert ON attachment""",
    """DROP POLICY attachment_select ON attachment""",
    """DROP POLICY attachment_update ON attachment""",
    """REVOKE ALL ON "attachment" FROM cocreate_app""",
    """CREATE POLICY attachment_select ON "attachment" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (current_setting('app.through', true) = 'browser' OR (current_setting('app.through', true) = 'notes' AND audience <> 'me')) AND (author_id = nullif(current_setting('app.member', true), '')::uuid OR (audience = 'named' AND nullif(current_setting('app.member', true), '')::uuid = ANY(readers)) OR (audience = 'team' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "attachment" TO cocreate_app""",
    """CREATE POLICY attachment_insert ON "attachment" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((current_setting('app.through', true) = 'browser' OR (current_setting('app.through', true) = 'notes' AND audience <> 'me')) AND attached_by_id = nullif(current_setting('app.member', true), '')::uuid AND (((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (current_setting('app.through', true) = 'browser' OR (current_setting('app.through', true) = 'notes' AND audience <> 'me')) AND author_id = nullif(current_setting('app.member', true), '')::uuid) OR (audience = 'team' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))))""",
    """GRANT INSERT ON "attachment" TO cocreate_app""",
    """CREATE POLICY attachment_update ON "attachment" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (current_setting('app.through', true) = 'browser' OR (current_setting('app.through', true) = 'notes' AND audience <> 'me')) AND author_id = nullif(current_setting('app.member', true), '')::uuid) OR (((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (current_setting('app.through', true) = 'browser' OR (current_setting('app.through', true) = 'notes' AND audience <> 'me')) AND (author_id = nullif(current_setting('app.member', true), '')::uuid OR (audience = 'named' AND nullif(current_setting('app.member', true), '')::uuid = ANY(readers)) OR (audience = 'team' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))) AND attached_by_id = nullif(current_setting('app.member', true), '')::uuid))) OR (current_setting('app.surface', true) = 'custody' AND true))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (current_setting('app.through', true) = 'browser' OR (current_setting('app.through', true) = 'notes' AND audience <> 'me')) AND author_id = nullif(current_setting('app.member', true), '')::uuid) OR (((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (current_setting('app.through', true) = 'browser' OR (current_setting('app.through', true) = 'notes' AND audience <> 'me')) AND (author_id = nullif(current_setting('app.member', true), '')::uuid OR (audience = 'named' AND nullif(current_setting('app.member', true), '')::uuid = ANY(readers)) OR (audience = 'team' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))) AND attached_by_id = nullif(current_setting('app.member', true), '')::uuid))) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT UPDATE (audience, readers, sealed_name, object_name, digest, removed_at) ON "attachment" TO cocreate_app""",
    """CREATE POLICY attachment_delete ON "attachment" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT DELETE ON "attachment" TO cocreate_app""",
    """DROP POLICY note_reading_delete ON note_reading""",
    """DROP POLICY note_reading_insert ON note_reading""",
    """DROP POLICY note_reading_select ON note_reading""",
    """DROP POLICY note_reading_update ON note_reading""",
    """REVOKE ALL ON "note_reading" FROM cocreate_app""",
    """CREATE POLICY note_reading_select ON "note_reading" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND current_setting('app.through', true) IN ('browser', 'notes') AND (author_id = nullif(current_setting('app.member', true), '')::uuid OR reader_id = nullif(current_setting('app.member', true), '')::uuid))) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "note_reading" TO cocreate_app""",
    """CREATE POLICY note_reading_insert ON "note_reading" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND reader_id = nullif(current_setting('app.member', true), '')::uuid))))""",
    """GRANT INSERT ON "note_reading" TO cocreate_app""",
    """CREATE POLICY note_reading_update ON "note_reading" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND reader_id = nullif(current_setting('app.member', true), '')::uuid)))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND reader_id = nullif(current_setting('app.member', true), '')::uuid))))""",
    """GRANT UPDATE (last_at) ON "note_reading" TO cocreate_app""",
    """CREATE POLICY note_reading_delete ON "note_reading" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT DELETE ON "note_reading" TO cocreate_app""",
    """DROP POLICY note_revision_delete ON note_revision""",
    """DROP POLICY note_revision_insert ON note_revision""",
    """DROP POLICY note_revision_select ON note_revision""",
    """DROP POLICY note_revision_update ON note_revision""",
    """REVOKE ALL ON "note_revision" FROM cocreate_app""",
    """CREATE POLICY note_revision_select ON "note_revision" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (current_setting('app.through', true) = 'browser' OR (current_setting('app.through', true) = 'notes' AND audience <> 'me')) AND (author_id = nullif(current_setting('app.member', true), '')::uuid OR (kind = 'revision' AND (note_author_id = nullif(current_setting('app.member', true), '')::uuid OR (audience = 'team' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))))) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "note_revision" TO cocreate_app""",
    """CREATE POLICY note_revision_insert ON "note_revision" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (current_setting('app.through', true) = 'browser' OR (current_setting('app.through', true) = 'notes' AND audience <> 'me')) AND author_id = nullif(current_setting('app.member', true), '')::uuid)) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT INSERT ON "note_revision" TO cocreate_app""",
    """CREATE POLICY note_revision_update ON "note_revision" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (current_setting('app.through', true) = 'browser' OR (current_setting('app.through', true) = 'notes' AND audience <> 'me')) AND (author_id = nullif(current_setting('app.member', true), '')::uuid OR note_author_id = nullif(current_setting('app.member', true), '')::uuid))))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND ((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND (current_setting('app.through', true) = 'browser' OR (current_setting('app.through', true) = 'notes' AND audience <> 'me')) AND (author_id = nullif(current_setting('app.member', true), '')::uuid OR note_author_id = nullif(current_setting('app.member', true), '')::uuid)))))""",
    """GRANT UPDATE (audience, settled_at) ON "note_revision" TO cocreate_app""",
    """CREATE POLICY note_revision_delete ON "note_revision" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT DELETE ON "note_revision" TO cocreate_app""",
    """DROP POLICY proposal_delete ON proposal""",
    """DROP POLICY proposal_insert ON proposal""",
    """DROP POLICY proposal_select ON proposal""",
    """DROP POLICY proposal_update ON proposal""",
    """REVOKE ALL ON "proposal" FROM cocreate_app""",
    """CREATE POLICY proposal_select ON "proposal" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND current_setting('app.through', true) IN ('browser', 'notes')) AND (proposed_by_id = nullif(current_setting('app.member', true), '')::uuid OR speaker_id = nullif(current_setting('app.member', true), '')::uuid))) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "proposal" TO cocreate_app""",
    """CREATE POLICY proposal_insert ON "proposal" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND current_setting('app.through', true) IN ('browser', 'notes')) AND proposed_by_id = nullif(current_setting('app.member', true), '')::uuid))))""",
    """GRANT INSERT ON "proposal" TO cocreate_app""",
    """CREATE POLICY proposal_update ON "proposal" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND current_setting('app.through', true) IN ('browser', 'notes')) AND (speaker_id = nullif(current_setting('app.member', true), '')::uuid OR (proposed_by_id = nullif(current_setting('app.member', true), '')::uuid AND state IN ('proposed', 'withdrawn'))))) OR (current_setting('app.surface', true) = 'custody' AND true))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (((engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[])) AND current_setting('app.through', true) IN ('browser', 'notes')) AND (speaker_id = nullif(current_setting('app.member', true), '')::uuid OR (proposed_by_id = nullif(current_setting('app.member', true), '')::uuid AND state IN ('proposed', 'withdrawn'))))) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT UPDATE (sealed, sealed_approved, said_by, state, answered_at, publication_id) ON "proposal" TO cocreate_app""",
    """CREATE POLICY proposal_delete ON "proposal" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT DELETE ON "proposal" TO cocreate_app""",
)


def upgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.create_table(
        "api_token",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("identity_id", sa.Uuid(), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("scopes", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("engagements", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("organisations", sa.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["identity_id"], ["identity.id"], name=op.f("api_token_identity_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("api_token_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("api_token_pkey")),
        sa.UniqueConstraint("token_hash", name=op.f("api_token_token_hash_key")),
    )
    op.create_index(op.f("api_token_tenant_id_ix"), "api_token", ["tenant_id"], unique=False)
    # ### end Alembic commands ###
    for statement in POLICIES:
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Restore the backup taken before the upgrade instead.")
