"""The first tables of the segmentation service."""

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
    _create_posts()
    _create_segmentations()
    _create_segments()
    _create_memberships()


def _table(name: str, *columns: sa.Column[Any]) -> None:
    op.create_table(name, sa.Column("workspace_id", sa.Text, primary_key=True), *columns)
    secure(op, name)


def _key(name: str) -> sa.Column[UUID]:
    return sa.Column(name, sa.Uuid, primary_key=True)


def _id(name: str) -> sa.Column[UUID]:
    return sa.Column(name, sa.Uuid, nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _real(name: str) -> sa.Column[float]:
    return sa.Column(name, sa.REAL, nullable=False)


def _bytes(name: str) -> sa.Column[bytes]:
    return sa.Column(name, sa.LargeBinary, nullable=False)


def _list(name: str, kind: Any) -> sa.Column[list[Any]]:
    return sa.Column(name, ARRAY(kind), nullable=False)


def _moment(name: str, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _create_posts() -> None:
    _table(
        "posts",
        _key("id"),
        _number("revision"),
        sa.Column("author_id", sa.Uuid),
        _moment("published_at", nullable=True),
        _list("study_ids", sa.Uuid),
        _text("model"),
        _bytes("vector"),
        _list("keyphrases", sa.Text),
        _moment("erased_at", nullable=True),
    )
    op.create_index("posts_studies", "posts", ["study_ids"], postgresql_using="gin")
    # Vectors do not compress; without the attempt they are read faster.
    op.execute("ALTER TABLE posts ALTER COLUMN vector SET STORAGE EXTERNAL")


def _create_segmentations() -> None:
    _table(
        "segmentations",
        _key("id"),
        _id("study_id"),
        _text("kind"),
        _number("version"),
        _text("model"),
        _number("posts"),
        _number("abstained"),
        _real("stability"),
        _real("resolution"),
        _bytes("centre"),
        _real("floor"),
        _real("smallest_vote"),
        _number("neighbours"),
        _number("reference_revision"),
        _moment("created_at"),
    )
    op.create_index(
        "segmentations_version", "segmentations", ["workspace_id", "study_id", "kind", "version"], unique=True
    )


def _create_segments() -> None:
    _table(
        "segments",
        _key("id"),
        _id("segmentation_id"),
        _number("number"),
        _text("kind"),
        _text("label"),
        _list("keyphrases", sa.Text),
        _number("size"),
        _list("exemplar_post_ids", sa.Uuid),
        _real("stability"),
    )
    op.create_index("segments_segmentation", "segments", ["workspace_id", "segmentation_id", "number"])


def _create_memberships() -> None:
    _table(
        "memberships",
        _key("segmentation_id"),
        _key("post_id"),
        sa.Column("segment_id", sa.Uuid),
        _real("strength"),
        _number("revision"),
        sa.Column("is_reference", sa.Boolean, nullable=False),
    )
    op.create_index("memberships_post", "memberships", ["workspace_id", "post_id"])
    op.create_index("memberships_segment", "memberships", ["workspace_id", "segment_id", "strength", "post_id"])
