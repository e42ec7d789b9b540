"""The tables of the enrichment service."""

import struct
from datetime import datetime
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import Column, DateTime, Dialect, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field

from kit.db import WorkspaceModel


class Float16Vector(TypeDecorator[bytes]):
    """A `halfvec` column, as float16 bytes in little endian: the form that events and gRPC use."""

    impl = HALFVEC
    cache_ok = True

    def process_result_value(self, value: Any, dialect: Dialect) -> bytes | None:
        """The bytes of a stored vector."""
        return None if value is None else struct.pack(f"<{len(value)}e", *value)


def _column(kind: Any) -> Any:
    return Field(sa_column=Column(kind, nullable=False))


class Record(WorkspaceModel, registry=registry()):
    """Base of this service's tables; a registry of its own keeps them apart from those of other services."""


class EnrichmentRow(Record, table=True):
    """What is known of one post; its text stays with ingest. `code_keys` are those of the post and its statements."""

    __tablename__ = "enrichments"

    post_id: UUID = Field(primary_key=True)
    author_id: UUID
    platform: str = _column(Text)
    published_at: datetime = _column(DateTime(timezone=True))
    study_ids: list[UUID] = _column(ARRAY(Uuid))
    is_repost: bool
    copy_of: UUID | None
    revision: int
    text_digest: bytes = _column(LargeBinary)
    model: str = _column(Text)
    coding: str = _column(Text)
    language: str = _column(Text)
    polarity: int | None
    negative: float
    neutral: float
    positive: float
    vector: bytes = _column(Float16Vector)
    keyphrases: list[str] = _column(ARRAY(Text))
    code_keys: list[str] = _column(ARRAY(Text))
    codes: list[dict[str, Any]] = _column(JSONB)
    entities: list[dict[str, Any]] = _column(JSONB)
    reasons: list[dict[str, Any]] = _column(JSONB)
    personal_data: list[dict[str, Any]] = _column(JSONB)


class StatementRow(Record, table=True):
    """One statement of a post; `vector` is float16, and empty for the only one of a post."""

    __tablename__ = "statements"

    post_id: UUID = Field(primary_key=True)
    position: int = Field(primary_key=True)
    start: int
    stop: int
    polarity: int | None
    negative: float
    neutral: float
    positive: float
    vector: bytes = _column(LargeBinary)
    codes: list[dict[str, Any]] = _column(JSONB)


class ErasedPost(Record, table=True):
    """A post that was erased: it must not come back, whatever is replayed."""

    __tablename__ = "erased_posts"

    post_id: UUID = Field(primary_key=True)
    erased_at: datetime = _column(DateTime(timezone=True))


class StudyNameRow(Record, table=True):
    """A brand or product that a study asks about, with the ways to write it."""

    __tablename__ = "study_names"

    study_id: UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    spellings: list[str] = _column(ARRAY(Text))
