"""What coders found in posts and statements, and which version of the coders."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for column in ("codes", "entities", "reasons", "personal_data"):
        op.add_column("enrichments", sa.Column(column, JSONB, nullable=False, server_default="[]"))
    op.add_column("enrichments", sa.Column("code_keys", ARRAY(sa.Text), nullable=False, server_default="{}"))
    op.add_column("enrichments", sa.Column("coding", sa.Text, nullable=False, server_default=""))
    op.add_column("enrichments", sa.Column("copy_of", sa.Uuid))
    op.add_column("statements", sa.Column("codes", JSONB, nullable=False, server_default="[]"))
    op.create_index("enrichments_codes", "enrichments", ["code_keys"], postgresql_using="gin")
