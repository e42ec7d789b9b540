"""Annotation tasks: who is to code what, and what they said."""

from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from kit.migrations import secure

Kind = TypeVar("Kind")
revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _create_coders()
    _create_tasks()
    _create_items()
    _create_slots()
    _create_annotations()


def _key() -> list[sa.schema.SchemaItem]:
    return [sa.Column("workspace_id", sa.Text, primary_key=True), sa.Column("id", sa.Uuid, primary_key=True)]


def _given(name: str, kind: sa.types.TypeEngine[Kind]) -> sa.Column[Kind]:
    return sa.Column(name, kind, nullable=False)


def _moment(name: str, nullable: bool = True) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _create_coders() -> None:
    op.create_table(
        "annotation_coders",
        *_key(),
        _given("name", sa.Text()),
        sa.UniqueConstraint("workspace_id", "name", name="annotation_coders_name"),
    )
    secure(op, "annotation_coders")


def _create_tasks() -> None:
    op.create_table(
        "annotation_tasks",
        *_key(),
        _given("study_id", sa.Uuid()),
        _given("codebook", sa.Text()),
        _given("version", sa.Integer()),
        _given("unit", sa.Text()),
        _given("choice", sa.Text()),
        _given("codes", JSONB()),
        _given("sample", sa.Text()),
        _given("stratified_by", sa.Text()),
        _given("languages", ARRAY(sa.Text())),
        _given("seed", sa.BigInteger()),
        _given("size", sa.Integer()),
        _given("population", sa.BigInteger()),
        _given("coders_per_item", sa.SmallInteger()),
        _given("coder_ids", ARRAY(sa.Uuid())),
        _given("requested_by", sa.Text()),
        _moment("created_at", nullable=False),
    )
    op.create_index("annotation_tasks_codebook", "annotation_tasks", ["workspace_id", "codebook", "version"])
    secure(op, "annotation_tasks")


def _create_items() -> None:
    op.create_table(
        "annotation_items",
        *_key(),
        _given("task_id", sa.Uuid()),
        _given("place", sa.Integer()),
        _given("post_id", sa.Uuid()),
        sa.Column("position", sa.Integer),
        _given("start", sa.Integer()),
        _given("stop", sa.Integer()),
        _given("text_digest", sa.LargeBinary()),
        _given("language", sa.Text()),
        sa.Column("inclusion_probability", sa.Double),
        _given("is_repeated", sa.Boolean()),
        _moment("outdated_at"),
        sa.UniqueConstraint("workspace_id", "task_id", "place", name="annotation_items_place"),
    )
    op.create_index("annotation_items_post", "annotation_items", ["workspace_id", "post_id"])
    secure(op, "annotation_items")


def _create_slots() -> None:
    op.create_table(
        "annotation_slots",
        *_key(),
        _given("task_id", sa.Uuid()),
        _given("item_id", sa.Uuid()),
        sa.Column("coder_id", sa.Uuid),
        _given("occasion", sa.SmallInteger()),
        _given("turn", sa.Integer()),
        _moment("lease_until"),
        _moment("reopened_at"),
        _moment("done_at"),
        sa.UniqueConstraint("workspace_id", "item_id", "coder_id", "occasion", name="annotation_slots_coder"),
    )
    op.create_index(
        "annotation_slots_open",
        "annotation_slots",
        ["workspace_id", "task_id", "turn"],
        postgresql_where=sa.text("done_at IS NULL"),
    )
    secure(op, "annotation_slots")


def _create_annotations() -> None:
    op.create_table(
        "annotations",
        *_key(),
        _given("task_id", sa.Uuid()),
        _given("item_id", sa.Uuid()),
        sa.Column("slot_id", sa.Uuid),
        _given("coder_id", sa.Uuid()),
        _given("kind", sa.Text()),
        _given("occasion", sa.SmallInteger()),
        _given("answer", sa.Text()),
        _given("codes", ARRAY(sa.Text())),
        sa.Column("start", sa.Integer),
        sa.Column("stop", sa.Integer),
        _given("note", sa.Text()),
        _given("recorded_by", sa.Text()),
        _moment("created_at", nullable=False),
        _moment("replaced_at"),
    )
    standing = sa.text("replaced_at IS NULL AND slot_id IS NOT NULL")
    decided = sa.text("replaced_at IS NULL AND slot_id IS NULL")
    op.create_index(
        "annotations_slot", "annotations", ["workspace_id", "slot_id"], unique=True, postgresql_where=standing
    )
    op.create_index(
        "annotations_decision", "annotations", ["workspace_id", "item_id"], unique=True, postgresql_where=decided
    )
    op.create_index("annotations_task", "annotations", ["workspace_id", "task_id", "id"])
    secure(op, "annotations")
