"""Codebooks of a workspace: their versions, the labels that people gave, and the heads trained on them."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from kit.migrations import secure

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    _create_codebooks()
    _create_versions()
    _create_labels()
    _create_heads()
    # Lists of posts of one code go by time; the codes themselves are found by the index of `code_keys`.
    op.create_index("enrichments_by_time", "enrichments", ["workspace_id", "published_at", "post_id"])


def _key(name: str) -> list[sa.Column[Any]]:
    return [sa.Column("workspace_id", sa.Text, primary_key=True), sa.Column(name, sa.Uuid, primary_key=True)]


def _given(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False)


def _made() -> list[sa.Column[Any]]:
    return [_given("created_by", sa.Text()), _given("created_at", sa.DateTime(timezone=True))]


def _create_codebooks() -> None:
    op.create_table(
        "codebooks",
        *_key("id"),
        _given("name", sa.Text()),
        sa.Column("study_id", sa.Uuid),
        _given("is_active", sa.Boolean()),
        _given("version", sa.Integer()),
        _given("revision", sa.Integer()),
        *_made(),
        _given("updated_at", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("workspace_id", "name", name="codebooks_name"),
    )
    secure(op, "codebooks")


def _create_versions() -> None:
    op.create_table(
        "codebook_versions",
        *_key("codebook_id"),
        sa.Column("version", sa.Integer, primary_key=True),
        _given("definition", JSONB()),
        *_made(),
    )
    secure(op, "codebook_versions")


def _create_labels() -> None:
    op.create_table(
        "codebook_examples",
        *_key("id"),
        _given("codebook_id", sa.Uuid()),
        _given("version", sa.Integer()),
        _given("digest", sa.LargeBinary()),
        sa.Column("text", sa.Text),
        sa.Column("post_id", sa.Uuid),
        sa.Column("position", sa.Integer),
        _given("codes", ARRAY(sa.Text())),
        _given("considered", ARRAY(sa.Text())),
        sa.Column("vector", sa.LargeBinary),
        _given("model", sa.Text()),
        *_made(),
        sa.UniqueConstraint("workspace_id", "codebook_id", "digest", name="codebook_examples_digest"),
    )
    op.create_index("codebook_examples_post", "codebook_examples", ["workspace_id", "post_id"])
    secure(op, "codebook_examples")


def _create_heads() -> None:
    op.create_table(
        "codebook_heads",
        *_key("id"),
        _given("codebook_id", sa.Uuid()),
        _given("version", sa.Integer()),
        _given("model", sa.Text()),
        _given("labels", sa.Integer()),
        _given("head", sa.LargeBinary()),
        _given("scores", JSONB()),
        _given("created_at", sa.DateTime(timezone=True)),
    )
    op.create_index("codebook_heads_newest", "codebook_heads", ["workspace_id", "codebook_id", "id"])
    secure(op, "codebook_heads")
