"""The tables of the ingest service that are handled row by row; posts and authors are written many at a time."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Column, DateTime, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import registry
from sqlmodel import Field

from kit.db import WorkspaceModel


def _moment(**options: Any) -> Any:
    return Field(sa_type=DateTime(timezone=True), **options)


def _texts() -> Any:
    return Field(sa_column=Column(ARRAY(Text), nullable=False))


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
