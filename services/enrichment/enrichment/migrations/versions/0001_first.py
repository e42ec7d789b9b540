"""The first tables of the enrichment service."""

import sqlalchemy as sa
from alembic import op
from pgvector.sqlalchemy import HALFVEC
from sqlalchemy.dialects.postgresql import ARRAY

from kit.migrations import create_mechanisms, secure

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS vector")
    create_mechanisms(op)
    _create_enrichments()
    _create_statements()
    _create_erased_posts()


def _workspace() -> sa.Column[str]:
    return sa.Column("workspace_id", sa.Text, primary_key=True)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False)


def _sentiment() -> list[sa.Column[float]]:
    shares = [sa.Column(name, sa.REAL, nullable=False) for name in ("negative", "neutral", "positive")]
    return [sa.Column("polarity", sa.SmallInteger), *shares]


def _create_enrichments() -> None:
    op.create_table(
        "enrichments",
        _workspace(),
        sa.Column("post_id", sa.Uuid, primary_key=True),
        sa.Column("author_id", sa.Uuid, nullable=False),
        _text("platform"),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("study_ids", ARRAY(sa.Uuid), nullable=False),
        sa.Column("is_repost", sa.Boolean, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("text_digest", sa.LargeBinary, nullable=False),
        _text("model"),
        _text("language"),
        *_sentiment(),
        sa.Column("vector", HALFVEC(384), nullable=False),
        sa.Column("keyphrases", ARRAY(sa.Text), nullable=False),
    )
    secure(op, "enrichments")
    op.create_index("enrichments_studies", "enrichments", ["study_ids"], postgresql_using="gin")
    # Half the links and candidates of the defaults: a third of the cost of an insert, which otherwise equals that
    # of encoding the post. The search looks at more candidates in return (recall .96 at 12,000 posts).
    op.execute(
        "CREATE INDEX enrichments_vector ON enrichments USING hnsw (vector halfvec_cosine_ops) "
        "WITH (m = 8, ef_construction = 32)"
    )


def _create_statements() -> None:
    op.create_table(
        "statements",
        _workspace(),
        sa.Column("post_id", sa.Uuid, primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True),
        sa.Column("start", sa.Integer, nullable=False),
        sa.Column("stop", sa.Integer, nullable=False),
        *_sentiment(),
        sa.Column("vector", sa.LargeBinary, nullable=False),
    )
    secure(op, "statements")


def _create_erased_posts() -> None:
    op.create_table(
        "erased_posts",
        _workspace(),
        sa.Column("post_id", sa.Uuid, primary_key=True),
        sa.Column("erased_at", sa.DateTime(timezone=True), nullable=False),
    )
    secure(op, "erased_posts")
