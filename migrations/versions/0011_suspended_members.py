"""Suspended members

Revision ID: 0011
Revises: 0010
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0011"
down_revision: str | Sequence[str] | None = "0010"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

POLICIES: tuple[str, ...] = (
    """DROP POLICY session_insert ON session""",
    """DROP POLICY session_select ON session""",
    """DROP POLICY session_update ON session""",
    """REVOKE ALL ON "session" FROM cocreate_app""",
    """CREATE POLICY session_select ON "session" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR (engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]) AND nullif(current_setting('app.member', true), '')::uuid = ANY(attendee_ids)))) OR (current_setting('app.surface', true) = 'portal' AND ((engagement_id = ANY(nullif(current_setting('app.sponsored', true), '')::uuid[]) AND nullif(current_setting('app.member', true), '')::uuid = ANY(attendee_ids)) OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner')))))""",
    """GRANT SELECT ON "session" TO cocreate_app""",
    """CREATE POLICY session_insert ON "session" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT INSERT ON "session" TO cocreate_app""",
    """CREATE POLICY session_update ON "session" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))""",
    """GRANT UPDATE ON "session" TO cocreate_app""",
    """DROP POLICY action_delete ON action""",
    """DROP POLICY action_insert ON action""",
    """DROP POLICY action_select ON action""",
    """DROP POLICY action_update ON action""",
    """REVOKE ALL ON "action" FROM cocreate_app""",
    """CREATE POLICY action_select ON "action" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR (engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]) AND owner_id = nullif(current_setting('app.member', true), '')::uuid AND shown_to <> 'team'))) OR (current_setting('app.surface', true) = 'portal' AND (shown_to = 'sponsor' AND (engagement_id = ANY(nullif(current_setting('app.sponsored', true), '')::uuid[]) OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner')))) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "action" TO cocreate_app""",
    """CREATE POLICY action_insert ON "action" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT INSERT ON "action" TO cocreate_app""",
    """CREATE POLICY action_update ON "action" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR (engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]) AND owner_id = nullif(current_setting('app.member', true), '')::uuid AND shown_to <> 'team'))))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR (engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]) AND owner_id = nullif(current_setting('app.member', true), '')::uuid AND shown_to <> 'team')))))""",
    """GRANT UPDATE ON "action" TO cocreate_app""",
    """CREATE POLICY action_delete ON "action" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT DELETE ON "action" TO cocreate_app""",
    """DROP POLICY attendance_insert ON attendance""",
    """DROP POLICY attendance_select ON attendance""",
    """DROP POLICY attendance_update ON attendance""",
    """REVOKE ALL ON "attendance" FROM cocreate_app""",
    """CREATE POLICY attendance_select ON "attendance" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR (engagement_id = ANY(nullif(current_setting('app.coached', true), '')::uuid[]) AND member_id = nullif(current_setting('app.member', true), '')::uuid))) OR (current_setting('app.surface', true) = 'portal' AND (engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]) OR current_setting('app.role', true) IN ('owner')))))""",
    """GRANT SELECT ON "attendance" TO cocreate_app""",
    """CREATE POLICY attendance_insert ON "attendance" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))""",
    """GRANT INSERT ON "attendance" TO cocreate_app""",
    """CREATE POLICY attendance_update ON "attendance" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[]))))""",
    """GRANT UPDATE ON "attendance" TO cocreate_app""",
)


def upgrade() -> None:
    # ### commands auto generated by Alembic - please adjust! ###
    op.add_column("member", sa.Column("suspended_at", sa.DateTime(timezone=True), nullable=True))
    # ### end Alembic commands ###
    for statement in POLICIES:
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Restore the backup taken before the upgrade instead.")
