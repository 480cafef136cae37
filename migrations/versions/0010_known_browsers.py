"""Known browsers

Revision ID: 0010
Revises: 0009
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "0010"
down_revision: str | Sequence[str] | None = "0009"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.add_column("sign_in_request", sa.Column("known_hash", sa.LargeBinary(), nullable=True))
    op.create_index(
        op.f("sign_in_request_known_hash_ix"), "sign_in_request", ["known_hash"], unique=False
    )
    op.add_column("sign_in_session", sa.Column("known_hash", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    raise RuntimeError("Restore the backup taken before the upgrade instead.")
