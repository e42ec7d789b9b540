"""The tables of erasures; a migration of every service calls `create_erasures`."""

from types import ModuleType

import sqlalchemy as sa

from kit.migrations import secure


def create_erasures(op: ModuleType) -> None:
    """Creates the records of erasures, the posts of each, and the lease of who purges the streams."""
    op.create_table(
        "erasures",
        sa.Column("workspace_id", sa.Text, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("posts", sa.BigInteger, nullable=False),
        sa.Column("purged", sa.BigInteger, nullable=False),
        sa.Column("first_applied_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_applied_at", sa.DateTime(timezone=True), nullable=False),
    )
    secure(op, "erasures")
    _create_erasure_posts(op)
    _create_stream_purges(op)


def _create_erasure_posts(op: ModuleType) -> None:
    """`bound` is the last message that may name the post, `swept_to` the last one that was looked at."""
    op.create_table(
        "erasure_posts",
        sa.Column("workspace_id", sa.Text, primary_key=True),
        sa.Column("erasure_id", sa.Uuid, primary_key=True),
        sa.Column("post_id", sa.Uuid, primary_key=True),
        sa.Column("bound", sa.BigInteger),
        sa.Column("swept_to", sa.BigInteger),
        sa.Column("purged_at", sa.DateTime(timezone=True)),
    )
    waiting = sa.text("purged_at IS NULL")
    op.create_index("erasure_posts_waiting", "erasure_posts", ["post_id"], postgresql_where=waiting)
    secure(op, "erasure_posts")


def _create_stream_purges(op: ModuleType) -> None:
    """One row per stream, which belongs to all workspaces together."""
    op.create_table(
        "stream_purges",
        sa.Column("workspace_id", sa.Text, primary_key=True),
        sa.Column("stream", sa.Text, primary_key=True),
        sa.Column("holder", sa.Uuid, nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=False),
    )
    secure(op, "stream_purges")
