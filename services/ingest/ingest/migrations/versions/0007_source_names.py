"""Names of sources are unique within their workspace."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    _tell_namesakes_apart()
    op.create_index(
        "sources_by_name",
        "sources",
        ["workspace_id", "name"],
        unique=True,
        postgresql_where=sa.text("state <> 'removed'"),
    )


def _tell_namesakes_apart() -> None:
    """The oldest keeps its name; the others get the end of their id, which no other name has by chance."""
    op.execute(
        """
        UPDATE sources SET name = left(sources.name, 180) || ' ' || right(sources.id::text, 12),
            revision = sources.revision + 1, updated_at = now()
        FROM (
            SELECT workspace_id, id, row_number() OVER (PARTITION BY workspace_id, name ORDER BY id) AS place
            FROM sources WHERE state <> 'removed'
        ) AS namesake
        WHERE namesake.workspace_id = sources.workspace_id AND namesake.id = sources.id AND namesake.place > 1
        """
    )
