"""The first tables of the insight service."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from kit.migrations import create_mechanisms, secure

revision = "0001"
down_revision = None


def upgrade() -> None:
    create_mechanisms(op)
    _create_counts()
    _create_segments()
    _create_readings()
    _create_insights()
    _create_webhooks()


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


def _moment(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _create_counts() -> None:
    _table(
        "facts",
        _key("post_id"),
        _id("author_id"),
        _moment("published_at"),
        sa.Column("sentiment", sa.Text),
        sa.Column("study_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("is_repost", sa.Boolean, nullable=False),
        _number("revision"),
    )
    op.create_index("facts_published", "facts", ["workspace_id", "published_at"])
    _table(
        "hourly_rollups",
        _key("study_id"),
        sa.Column("hour", sa.DateTime(timezone=True), primary_key=True),
        *(_number(name) for name in ("posts", "negative", "neutral", "positive")),
    )
    _table("tombstones", _key("post_id"), _moment("erased_at"))


def _create_segments() -> None:
    _table(
        "segmentations",
        _key("id"),
        _id("study_id"),
        _text("kind"),
        _number("version"),
        _number("posts"),
        _moment("published_at"),
        _moment("received_at"),
    )
    op.create_index("segmentations_study", "segmentations", ["workspace_id", "study_id", "kind", "version"])
    _table(
        "segments",
        _key("id"),
        _id("segmentation_id"),
        _text("label"),
        sa.Column("exemplars", ARRAY(sa.Uuid), nullable=False),
    )
    op.create_index("segments_segmentation", "segments", ["workspace_id", "segmentation_id"])
    _table(
        "memberships",
        _key("segmentation_id"),
        _key("post_id"),
        sa.Column("segment_id", sa.Uuid),
        sa.Column("strength", sa.REAL, nullable=False),
        _id("event_id"),
    )
    op.create_index("memberships_post", "memberships", ["workspace_id", "post_id"])


def _create_readings() -> None:
    _table(
        "due_studies",
        _key("study_id"),
        sa.Column("marks", sa.BigInteger, nullable=False),
        _moment("first_marked_at"),
        _moment("due_at"),
        sa.Column("lease_until", sa.DateTime(timezone=True)),
        _number("failures"),
        _text("trace"),
    )
    op.create_index("due_studies_due", "due_studies", ["due_at"])
    _table(
        "readings",
        _key("study_id"),
        sa.Column("kind", sa.Text, primary_key=True),
        _id("segmentation_id"),
        _number("posts"),
        sa.Column("segment_posts", JSONB, nullable=False),
        _moment("read_at"),
    )


def _create_insights() -> None:
    _table(
        "insights",
        _key("id"),
        _id("study_id"),
        _text("kind"),
        _id("segmentation_id"),
        _id("segment_id"),
        _text("status"),
        _number("revision"),
        sa.Column("finding", JSONB, nullable=False),
        sa.Column("latest", JSONB, nullable=False),
        _moment("created_at"),
        _moment("updated_at"),
    )
    op.create_index("insights_segment", "insights", ["workspace_id", "segment_id"], unique=True)
    op.create_index("insights_study", "insights", ["workspace_id", "study_id", "id"])
    _table(
        "quotes",
        _key("insight_id"),
        _key("post_id"),
        _text("stance"),
        _number("position"),
        _text("text"),
        _text("platform"),
        _moment("published_at"),
    )
    op.create_index("quotes_post", "quotes", ["workspace_id", "post_id"])
    _table(
        "reviews",
        _key("id"),
        _id("insight_id"),
        _text("action"),
        _text("outcome"),
        _text("reviewer"),
        _text("reason"),
        _number("revision"),
        _moment("created_at"),
    )
    op.create_index("reviews_insight", "reviews", ["workspace_id", "insight_id", "id"])


def _create_webhooks() -> None:
    _table(
        "endpoints",
        _key("id"),
        _text("url"),
        _text("secret"),
        _text("description"),
        _moment("created_at"),
        sa.Column("disabled_at", sa.DateTime(timezone=True)),
        _text("disabled_reason"),
    )
    _table(
        "deliveries",
        _key("id"),
        _id("endpoint_id"),
        _id("insight_id"),
        _text("event"),
        _text("status"),
        _number("attempts"),
        _moment("due_at"),
        _text("answer"),
        _moment("created_at"),
        sa.Column("ended_at", sa.DateTime(timezone=True)),
    )
    is_open = sa.text("status IN ('pending', 'dispatched')")
    op.create_index("deliveries_due", "deliveries", ["due_at"], postgresql_where=is_open)
    op.create_index("deliveries_endpoint", "deliveries", ["workspace_id", "endpoint_id"])
