"""The brands and products that a study asks about."""

import sqlalchemy as sa
from alembic import op

from kit.migrations import secure

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "study_names",
        sa.Column("workspace_id", sa.Text, primary_key=True),
        sa.Column("study_id", sa.Uuid, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("spellings", sa.ARRAY(sa.Text), nullable=False),
    )
    secure(op, "study_names")
