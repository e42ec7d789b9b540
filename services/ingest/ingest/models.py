"""The tables of the ingest service that are handled row by row; posts and authors are written many at a time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import registry
from sqlmodel import Field

from kit.db import WorkspaceModel


def _moment(**options: Any) -> Any:
    return Field(sa_type=DateTime(timezone=True), **options)


def _texts() -> Any:
    return Field(sa_column=Column(ARRAY(Text), nullable=False))


def _json(**options: Any) -> Any:
    return Field(sa_column=Column(JSONB, nullable=False), **options)


class Record(WorkspaceModel, registry=registry()):
    """Base of this service's tables; a registry of its own keeps them apart from those of other services."""


class Study(Record, table=True):
    """A business question, and which posts it asks."""

    __tablename__ = "studies"

    id: UUID = Field(primary_key=True)
    name: str
    question: str
    objective: str
    target_behaviour: str
    owner_team: str
    query: str
    query_version: int
    languages: list[str] = _texts()
    platforms: list[str] = _texts()
    since: datetime | None = _moment()
    until: datetime | None = _moment()
    revision: int
    created_at: datetime = _moment()
    updated_at: datetime = _moment()


class QueryVersion(Record, table=True):
    """A query that a study has or had; never changed once written."""

    __tablename__ = "query_versions"

    study_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    query: str
    created_by: str
    created_at: datetime = _moment()


class QueryActivation(Record, table=True):
    """When a query version took effect, and with which revision of its study."""

    __tablename__ = "query_activations"

    study_id: UUID = Field(primary_key=True)
    revision: int = Field(primary_key=True)
    version: int
    activated_by: str
    activated_at: datetime = _moment()


class Judgement(Record, table=True):
    """Whether a person found a post relevant to a study; the last word counts."""

    __tablename__ = "judgements"

    study_id: UUID = Field(primary_key=True)
    post_id: UUID = Field(primary_key=True)
    relevant: bool
    judged_by: str
    judged_at: datetime = _moment()


class Erasure(Record, table=True):
    """A wish to erase posts or an author; `applied_at` is when the last of the posts went."""

    __tablename__ = "erasure_requests"

    id: UUID = Field(primary_key=True)
    author_id: UUID | None
    reason: str
    requested_by: str
    requested_at: datetime = _moment()
    applied_at: datetime | None = _moment()


class Upload(Record, table=True):
    """A file that waits to be imported; its bytes are in chunks."""

    __tablename__ = "uploads"

    id: UUID = Field(primary_key=True)
    filename: str
    bytes: int
    created_at: datetime = _moment()


class UploadChunk(Record, table=True):
    """A stretch of an uploaded file."""

    __tablename__ = "upload_chunks"

    upload_id: UUID = Field(primary_key=True)
    number: int = Field(primary_key=True)
    content: bytes


class Source(Record, table=True):
    """A configured origin of posts: what it is, what becomes of its posts, and where its collection stands."""

    __tablename__ = "sources"

    id: UUID = Field(primary_key=True)
    name: str
    kind: str
    config: dict[str, Any] = _json()
    study_id: UUID | None
    every_seconds: int | None
    streams: bool
    host: str
    cursor: dict[str, Any] = _json()
    unmatched: str
    sample_rate: float
    keeps_handles: bool
    privacy: str
    retention_days: int | None
    state: str
    holder: str
    lease_until: datetime | None = _moment()
    attempt: int
    next_due_at: datetime | None = _moment()
    failures: int
    last_error: str
    last_success_at: datetime | None = _moment()
    last_post_at: datetime | None = _moment()
    usual_gap_seconds: float | None
    revision: int
    created_at: datetime = _moment()
    updated_at: datetime = _moment()


class SourceRun(Record, table=True):
    """One go at a source, and what it brought."""

    __tablename__ = "source_runs"

    id: UUID = Field(primary_key=True)
    source_id: UUID
    lane: str
    status: str
    started_at: datetime = _moment()
    ended_at: datetime | None = _moment()
    fetched: int = 0
    new: int = 0
    updated: int = 0
    observed: int = 0
    duplicate: int = 0
    rejected: int = 0
    deleted: int = 0
    dropped: int = 0
    error: str = ""
    rejections: list[dict[str, Any]] = _json(default_factory=list)
