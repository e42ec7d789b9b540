"""Which event told a fact: of two that tell of the same revision, the later one knows better."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    earliest = "00000000-0000-0000-0000-000000000000"
    op.add_column("facts", sa.Column("event_id", sa.Uuid, nullable=False, server_default=earliest))
