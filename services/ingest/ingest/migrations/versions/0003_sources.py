"""Sources, their runs and their policies."""

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from kit.migrations import secure

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    _create_sources()
    _create_runs()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=False)


def _moment(name: str, *, known: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=not known)


def _create_sources() -> None:
    op.create_table(
        "sources",
        sa.Column("workspace_id", sa.Text, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        _text("name"),
        _text("kind"),
        sa.Column("config", JSONB, nullable=False),
        sa.Column("study_id", sa.Uuid),
        sa.Column("every_seconds", sa.Integer),
        sa.Column("streams", sa.Boolean, nullable=False),
        _text("host"),
        sa.Column("cursor", JSONB, nullable=False),
        _text("unmatched"),
        sa.Column("sample_rate", sa.Float, nullable=False),
        sa.Column("keeps_handles", sa.Boolean, nullable=False),
        _text("privacy"),
        sa.Column("retention_days", sa.Integer),
        _text("state"),
        _text("holder"),
        _moment("lease_until"),
        _number("attempt"),
        _moment("next_due_at"),
        _number("failures"),
        _text("last_error"),
        _moment("last_success_at"),
        _moment("last_post_at"),
        sa.Column("usual_gap_seconds", sa.Float),
        _number("revision"),
        _moment("created_at", known=True),
        _moment("updated_at", known=True),
        sa.ForeignKeyConstraint(["workspace_id", "study_id"], ["studies.workspace_id", "studies.id"]),
    )
    op.create_index("sources_due", "sources", ["next_due_at"], postgresql_where=sa.text("state = 'active'"))
    # A webhook names its source, and the source its workspace.
    op.create_index("sources_by_id", "sources", ["id"], unique=True)
    secure(op, "sources")


def _create_runs() -> None:
    op.create_table(
        "source_runs",
        sa.Column("workspace_id", sa.Text, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("source_id", sa.Uuid, nullable=False),
        _text("lane"),
        _text("status"),
        _moment("started_at", known=True),
        _moment("ended_at"),
        *(
            sa.Column(name, sa.BigInteger, nullable=False, server_default="0")
            for name in ("fetched", "new", "updated", "observed", "duplicate", "rejected", "deleted", "dropped")
        ),
        sa.Column("error", sa.Text, nullable=False, server_default=""),
        sa.Column("rejections", JSONB, nullable=False, server_default="[]"),
        sa.ForeignKeyConstraint(
            ["workspace_id", "source_id"], ["sources.workspace_id", "sources.id"], ondelete="CASCADE"
        ),
    )
    op.create_index("source_runs_newest", "source_runs", ["workspace_id", "source_id", "id"])
    op.create_index("source_runs_started", "source_runs", ["started_at"])
    secure(op, "source_runs")
