"""The target behaviours of studies, on which the codes of drivers depend."""

import sqlalchemy as sa
from alembic import op

from kit.migrations import secure

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "studies",
        sa.Column("workspace_id", sa.Text, primary_key=True),
        sa.Column("study_id", sa.Uuid, primary_key=True),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("target_behaviour", sa.Text, nullable=False),
    )
    secure(op, "studies")
    op.create_index("studies_untold", "studies", ["workspace_id", "study_id"], postgresql_where=sa.text("revision = 0"))
