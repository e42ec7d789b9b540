"""Erasures and their tombstones."""

import sqlalchemy as sa
from alembic import op

from kit.erasures.tables import create_erasures
from kit.migrations import secure

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    create_erasures(op)
    _create_requests()
    _create_tombstones()


def _create_requests() -> None:
    op.create_table(
        "erasure_requests",
        sa.Column("workspace_id", sa.Text, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("author_id", sa.Uuid),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("requested_by", sa.Text, nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True)),
    )
    secure(op, "erasure_requests")


def _create_tombstones() -> None:
    """Pseudonyms of authors and digests of posts side by side: both are made by the same keyed rule."""
    op.create_table(
        "tombstones",
        sa.Column("workspace_id", sa.Text, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
    )
    secure(op, "tombstones")
