"""Connections with a provider, and what is forgotten

Revision ID: 0019
Revises: 0018
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0019"
down_revision: str | Sequence[str] | None = "0018"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

POLICIES: tuple[str, ...] = (
    """GRANT DELETE ON "api_token" TO cocreate_app""",
    """GRANT DELETE ON "external_identity" TO cocreate_app""",
    """GRANT DELETE ON "sign_in_request" TO cocreate_app""",
    """GRANT DELETE ON "sign_in_session" TO cocreate_app""",
    """GRANT DELETE ON "sso_flow" TO cocreate_app""",
    """GRANT DELETE ON "support_pass" TO cocreate_app""",
    """DROP POLICY support_access_select ON support_access""",
    """CREATE POLICY support_access_select ON "support_access" AS PERMISSIVE FOR SELECT TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'workspace' AND current_setting('app.role', true) IN ('owner')) OR (current_setting('app.surface', true) = 'support' AND true) OR (current_setting('app.surface', true) = 'job' AND true) OR (current_setting('app.surface', true) = 'custody' AND true)))""",
    """CREATE POLICY support_access_delete ON "support_access" AS PERMISSIVE FOR DELETE TO PUBLIC USING (tenant_id = nullif(current_setting('app.tenant', true), '')::uuid AND ((current_setting('app.surface', true) = 'custody' AND true)))""",
    """GRANT DELETE ON "support_access" TO cocreate_app""",
)


def upgrade() -> None:
    op.add_column(
        "external_identity", sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True)
    )
    for statement in POLICIES:
        op.execute(statement)


def downgrade() -> None:
    raise RuntimeError("Restore the backup taken before the upgrade instead.")
