"""Near duplicates of texts."""

import sqlalchemy as sa
from alembic import op

from kit.migrations import secure

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "post_signatures",
        sa.Column("workspace_id", sa.Text, nullable=False),
        sa.Column("post_id", sa.Uuid, nullable=False),
        sa.Column("copy_of", sa.Uuid, nullable=False),
        sa.Column("chunk", sa.BigInteger, nullable=False),
        sa.Column("digest", sa.LargeBinary, nullable=False),
        sa.Column("keys", sa.LargeBinary),
        # No index has the workspace: without statistics PostgreSQL would read all of one to find a few rows.
        sa.PrimaryKeyConstraint("post_id"),
    )
    secure(op, "post_signatures")
    op.execute("CREATE SEQUENCE post_signature_chunks OWNED BY post_signatures.chunk")
    op.create_index("post_signatures_by_digest", "post_signatures", ["digest"])
    op.create_index("post_signatures_by_chunk", "post_signatures", ["chunk"])
    condition = sa.text("copy_of <> id")
    op.create_index("posts_by_first", "posts", ["workspace_id", "copy_of"], postgresql_where=condition)
