"""What a post brings beside its text: thread, engagement, original, privacy."""

import sqlalchemy as sa
from alembic import op

from kit.migrations import secure

revision = "0002"
down_revision = "0001"

_COUNTS = ("likes", "reposts", "replies", "quotes", "views")


def upgrade() -> None:
    _extend_posts()
    _create_raw_posts()
    _create_observations()


def _extend_posts() -> None:
    for name in ("author_handle", "parent_id", "thread_id", "repost_of", "quote_of"):
        op.add_column("posts", sa.Column(name, sa.Text, nullable=False, server_default=""))
    for name in ("has_media", "edit_claimed"):
        op.add_column("posts", sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false()))
    for name in ("followers", *_COUNTS):
        op.add_column("posts", sa.Column(name, sa.BigInteger))
    for name in ("source_id", "copy_of"):
        op.add_column("posts", sa.Column(name, sa.Uuid))
    op.add_column("posts", sa.Column("depth", sa.Integer))
    op.add_column("posts", sa.Column("changed_at", sa.DateTime(timezone=True)))
    op.add_column("posts", sa.Column("privacy", sa.Text, nullable=False, server_default="public"))
    _index("posts_of_author", ["workspace_id", "author_id"], "author_id IS NOT NULL")
    _index("posts_waiting", ["workspace_id", "platform", "parent_id"], "parent_id <> '' AND depth IS NULL")
    _index("posts_by_thread", ["workspace_id", "platform", "thread_id"], "thread_id <> ''")
    _index("posts_by_age", ["workspace_id", "source_id", "first_seen_at"], "erased_at IS NULL")


def _index(name: str, columns: list[str], condition: str) -> None:
    op.create_index(name, "posts", columns, postgresql_where=sa.text(condition))


def _create_raw_posts() -> None:
    op.create_table(
        "raw_posts",
        sa.Column("workspace_id", sa.Text, primary_key=True),
        sa.Column("post_id", sa.Uuid, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("dictionary", sa.Integer, nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
    )
    secure(op, "raw_posts")
    # It is compressed already: trying again would only cost time.
    op.execute("ALTER TABLE raw_posts ALTER COLUMN content SET STORAGE EXTERNAL")


def _create_observations() -> None:
    op.create_table(
        "engagement_observations",
        sa.Column("workspace_id", sa.Text, primary_key=True),
        sa.Column("post_id", sa.Uuid, primary_key=True),
        sa.Column("observed_at", sa.DateTime(timezone=True), primary_key=True),
        *(sa.Column(name, sa.BigInteger) for name in _COUNTS),
    )
    secure(op, "engagement_observations")
