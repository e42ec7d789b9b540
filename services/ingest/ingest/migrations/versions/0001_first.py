"""The first tables of the ingest service."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from kit.migrations import create_mechanisms, secure

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_mechanisms(op)
    _create_studies()
    _create_posts()
    _create_uploads()


def _table(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(name, sa.Column("workspace_id", sa.Text, primary_key=True), *columns)
    secure(op, name)


def _key(name: str) -> sa.Column[UUID]:
    return sa.Column(name, sa.Uuid, primary_key=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _texts(name: str) -> sa.Column[Any]:
    return sa.Column(name, ARRAY(sa.Text), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _moment(name: str, *, known: bool = True) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not known)


def _create_studies() -> None:
    _table(
        "studies",
        _key("id"),
        _text("name"),
        _text("question"),
        _text("objective"),
        _text("target_behaviour"),
        _text("owner_team"),
        _text("query"),
        _number("query_version"),
        _texts("languages"),
        _texts("platforms"),
        _moment("since", known=False),
        _moment("until", known=False),
        _number("revision"),
        _moment("created_at"),
        _moment("updated_at"),
    )
    _table(
        "query_versions",
        _key("study_id"),
        sa.Column("version", sa.Integer, primary_key=True),
        _text("query"),
        _text("created_by"),
        _moment("created_at"),
        sa.ForeignKeyConstraint(["workspace_id", "study_id"], ["studies.workspace_id", "studies.id"]),
    )


def _create_posts() -> None:
    _table(
        "posts",
        _key("id"),
        _text("platform"),
        _text("external_id"),
        sa.Column("author_id", sa.Uuid),
        sa.Column("text", sa.Text),
        _text("claimed_language"),
        _moment("published_at", known=False),
        _moment("first_seen_at"),
        _text("url"),
        sa.Column("is_repost", sa.Boolean, nullable=False),
        _number("revision"),
        _moment("erased_at", known=False),
        sa.UniqueConstraint("workspace_id", "platform", "external_id", name="posts_identity"),
        sa.CheckConstraint(
            "(erased_at IS NULL) = (text IS NOT NULL AND author_id IS NOT NULL AND published_at IS NOT NULL)",
            name="posts_erased_or_whole",
        ),
    )
    _table("post_studies", _key("study_id"), _key("post_id"), _moment("published_at"))
    op.create_index("post_studies_of_post", "post_studies", ["workspace_id", "post_id"])
    _table("authors", _key("id"), _text("platform"), _moment("first_seen_at"))


def _create_uploads() -> None:
    _table(
        "uploads",
        _key("id"),
        _text("filename"),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        _moment("created_at"),
    )
    _table(
        "upload_chunks",
        _key("upload_id"),
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id", "upload_id"], ["uploads.workspace_id", "uploads.id"], ondelete="CASCADE"
        ),
    )
    # Most uploads are compressed already: trying again would only cost time.
    op.execute("ALTER TABLE upload_chunks ALTER COLUMN content SET STORAGE EXTERNAL")
