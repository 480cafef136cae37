"""The job queue

Revision ID: 0002
Revises: 0001
"""

from collections.abc import Sequence

from alembic import op
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
from sqlalchemy.util import await_only

revision: str = "0002"
down_revision: str | Sequence[str] | None = "0001"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

TABLES = ("pgqueuer", "pgqueuer_log", "pgqueuer_schedules", "pgqueuer_statistics")


def upgrade() -> None:
    # Many statements in one string, which only the driver's simple protocol takes.
    driver = op.get_bind().connection.driver_connection
    await_only(driver.execute(QueryBuilderEnvironment().build_install_query()))
    for table in TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO cocreate_app")
    op.execute("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO cocreate_app")


def downgrade() -> None:
    raise RuntimeError("Restore the backup taken before the upgrade instead.")
