"""Vectors of any length, one index per encoder, and what tells texts that say the same."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    # The service makes an index for the vectors of each encoder, see `enrichment.vectors`.
    op.execute("DROP INDEX enrichments_vector")
    op.execute("ALTER TABLE enrichments ALTER COLUMN vector TYPE halfvec")
    # Never used: operators of arrays are not leakproof, so row-level security goes before them.
    op.execute("DROP INDEX enrichments_studies, enrichments_codes")
    # In place: an exact search reads thousands of them, and what was found in a post may move out instead.
    op.execute("ALTER TABLE enrichments ALTER COLUMN vector SET STORAGE MAIN")
    # Without a language it serves searches by time alone: the languages, which are few, are skipped through.
    op.create_index("enrichments_published", "enrichments", ["workspace_id", "language", "published_at"])
    op.create_index("enrichments_versions", "enrichments", ["workspace_id", "model", "coding"])
    op.add_column("enrichments", sa.Column("spoken_digest", sa.LargeBinary))
    op.add_column("enrichments", sa.Column("spoken_runs", ARRAY(sa.Integer), nullable=False, server_default="{}"))
    op.create_index("enrichments_spoken", "enrichments", ["workspace_id", "spoken_digest"])
