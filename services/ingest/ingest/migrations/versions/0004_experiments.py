"""Query versions as experiments: activations, diffs, samples, judgements, scores, suggestions."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from kit.migrations import secure

revision = "0004"
down_revision = "0003"

_KEEP_AS_WRITTEN = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'A query version never changes: propose another one.'; END $$
"""


def upgrade() -> None:
    _create_activations()
    _create_reports()
    _create_samples()
    _create_judgements()
    op.execute(_KEEP_AS_WRITTEN)
    op.execute(
        "CREATE TRIGGER query_versions_are_immutable BEFORE UPDATE ON query_versions "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def _table(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(name, sa.Column("workspace_id", sa.Text, primary_key=True), *columns)
    secure(op, name)


def _key(name: str) -> sa.Column[UUID]:
    return sa.Column(name, sa.Uuid, primary_key=True)


def _version() -> sa.Column[int]:
    return sa.Column("version", sa.Integer, primary_key=True)


def _of_version() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["workspace_id", "study_id", "version"],
        ["query_versions.workspace_id", "query_versions.study_id", "query_versions.version"],
    )


def _moment(name: str) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def _create_activations() -> None:
    _table(
        "query_activations",
        _key("study_id"),
        sa.Column("revision", sa.Integer, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("activated_by", sa.Text, nullable=False),
        _moment("activated_at"),
        _of_version(),
    )
    # Until now a version took effect when it was written, and only the revision of the present one is known.
    op.execute(
        "INSERT INTO query_activations (workspace_id, study_id, revision, version, activated_by, activated_at) "
        "SELECT s.workspace_id, s.id, s.revision, v.version, v.created_by, v.created_at FROM studies AS s "
        "JOIN query_versions AS v ON (v.workspace_id, v.study_id, v.version) = (s.workspace_id, s.id, s.query_version)"
    )


def _create_reports() -> None:
    for name in ("query_diffs", "query_scores"):
        _table(name, _key("study_id"), _version(), sa.Column("report", JSONB, nullable=False), _of_version())
    _table(
        "query_suggestions",
        _key("id"),
        sa.Column("study_id", sa.Uuid, nullable=False),
        sa.Column("report", JSONB, nullable=False),
        _moment("created_at"),
    )


def _create_samples() -> None:
    _table(
        "query_samples",
        _key("study_id"),
        _version(),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("post_id", sa.Uuid, nullable=False),
        sa.Column("weight", sa.Float, nullable=False),
        sa.Column("matches", sa.Boolean, nullable=False),
        _of_version(),
    )
    op.create_index("query_samples_of_post", "query_samples", ["workspace_id", "study_id", "post_id"])


def _create_judgements() -> None:
    _table(
        "judgements",
        _key("study_id"),
        _key("post_id"),
        sa.Column("relevant", sa.Boolean, nullable=False),
        sa.Column("judged_by", sa.Text, nullable=False),
        _moment("judged_at"),
        sa.ForeignKeyConstraint(["workspace_id", "study_id"], ["studies.workspace_id", "studies.id"]),
    )
