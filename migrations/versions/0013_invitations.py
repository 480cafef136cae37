"""Invitations

Revision ID: 0013
Revises: 0012
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0013"
down_revision: str | Sequence[str] | None = "0012"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

POLICIES: tuple[str, ...] = (
    """ALTER TABLE "invitation" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "invitation" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY invitation_select ON "invitation" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner', 'consultant', 'associate') AND (current_setting('app.role', true) IN ('owner') OR invited_by_id = nullif(current_setting('app.member', true), '')::uuid OR engagement_ids && nullif(current_setting('app.team', true), '')::uuid[]))) OR (current_setting('app.surface', true) = 'job' AND true) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT SELECT ON "invitation" TO cocreate_app""",
    """CREATE POLICY invitation_insert ON "invitation" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (invited_by_id = nullif(current_setting('app.member', true), '')::uuid AND (current_setting('app.role', true) IN ('owner') OR (current_setting('app.role', true) IN ('owner', 'consultant', 'associate') AND role IN ('participant', 'sponsor', 'delegate')))))))""",
    """GRANT INSERT ON "invitation" TO cocreate_app""",
    """CREATE POLICY invitation_update ON "invitation" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT UPDATE (invited_by_id, engagement_ids, expires_at, sent_at, times_sent, accepted_at, member_id, revoked_at) ON "invitation" TO cocreate_app""",
    """CREATE POLICY invitation_delete ON "invitation" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT DELETE ON "invitation" TO cocreate_app""",
    """ALTER TABLE "invitation_place" ENABLE ROW LEVEL SECURITY""",
    """ALTER TABLE "invitation_place" FORCE ROW LEVEL SECURITY""",
    """CREATE POLICY invitation_place_select ON "invitation_place" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (current_setting('app.role', true) IN ('owner') OR (current_setting('app.role', true) IN ('owner', 'consultant', 'associate') AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))) OR (current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT SELECT ON "invitation_place" TO cocreate_app""",
    """CREATE POLICY invitation_place_insert ON "invitation_place" AS PERMISSIVE FOR INSERT TO PUBLIC WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND (invited_by_id = nullif(current_setting('app.member', true), '')::uuid AND (current_setting('app.role', true) IN ('owner') OR (current_setting('app.role', true) IN ('owner', 'consultant', 'associate') AND engagement_id = ANY(nullif(current_setting('app.team', true), '')::uuid[])))))))""",
    """GRANT INSERT ON "invitation_place" TO cocreate_app""",
    """CREATE POLICY invitation_place_update ON "invitation_place" AS PERMISSIVE FOR UPDATE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true))) WITH CHECK (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT UPDATE (invited_by_id) ON "invitation_place" TO cocreate_app""",
    """CREATE POLICY invitation_place_delete ON "invitation_place" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'job' AND true)))""",
    """GRANT DELETE ON "invitation_place" TO cocreate_app""",
)


def upgrade() -> None:
    op.create_table(
        "invitation",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("invited_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "engagement_ids", sa.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("times_sent", sa.Integer(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("member_id", sa.Uuid(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "role IN ('owner', 'consultant', 'associate', 'participant', 'sponsor', 'delegate')",
            name=op.f("invitation_role_check"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invited_by_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("invitation_tenant_id_invited_by_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("invitation_tenant_id_member_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("invitation_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("invitation_pkey")),
    )
    op.create_index(
        "invitation_open_ix",
        "invitation",
        ["tenant_id", "email"],
        unique=True,
        postgresql_where=sa.text("accepted_at IS NULL AND revoked_at IS NULL"),
    )
    op.create_index(
        op.f("invitation_tenant_id_invited_by_id_ix"),
        "invitation",
        ["tenant_id", "invited_by_id"],
        unique=False,
    )
    op.create_index(
        op.f("invitation_tenant_id_member_id_ix"),
        "invitation",
        ["tenant_id", "member_id"],
        unique=False,
    )
    op.create_table(
        "invitation_place",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("invitation_id", sa.Uuid(), nullable=False),
        sa.Column("engagement_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("relation", sa.Text(), nullable=False),
        sa.Column("invited_by_id", sa.Uuid(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "relation IN ('team', 'participant', 'sponsor', 'delegate')",
            name=op.f("invitation_place_relation_check"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "engagement_id"],
            ["engagement.tenant_id", "engagement.id"],
            name=op.f("invitation_place_tenant_id_engagement_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invitation_id"],
            ["invitation.tenant_id", "invitation.id"],
            name=op.f("invitation_place_tenant_id_invitation_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "invited_by_id"],
            ["member.tenant_id", "member.id"],
            name=op.f("invitation_place_tenant_id_invited_by_id_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "organisation_id"],
            ["organisation.tenant_id", "organisation.id"],
            name=op.f("invitation_place_tenant_id_organisation_id_fkey"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["workspace.id"], name=op.f("invitation_place_tenant_id_fkey")
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("invitation_place_pkey")),
    )
    op.create_index(
        "invitation_place_once_ix",
        "invitation_place",
        ["tenant_id", "invitation_id", "engagement_id", "relation"],
        unique=True,
    )
    op.create_index(
        op.f("invitation_place_tenant_id_engagement_id_ix"),
        "invitation_place",
        ["tenant_id", "engagement_id"],
        unique=False,
    )
    op.create_index(
        op.f("invitation_place_tenant_id_invitation_id_ix"),
        "invitation_place",
        ["tenant_id", "invitation_id"],
        unique=False,
    )
    op.create_index(
        op.f("invitation_place_tenant_id_invited_by_id_ix"),
        "invitation_place",
        ["tenant_id", "invited_by_id"],
        unique=False,
    )
    op.create_index(
        op.f("invitation_place_tenant_id_organisation_id_ix"),
        "invitation_place",
        ["tenant_id", "organisation_id"],
        unique=False,
    )
    for statement in POLICIES:
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Restore the backup taken before the upgrade instead.")
