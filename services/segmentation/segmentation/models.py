"""The tables of the segmentation service."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import REAL, Column, DateTime, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import registry
from sqlmodel import Field

from kit.db import WorkspaceModel


def _moment() -> Any:
    return Field(sa_type=DateTime(timezone=True))


def _text() -> Any:
    return Field(sa_type=Text)


def _real() -> Any:
    return Field(sa_type=REAL)


def _list(kind: Any) -> Any:
    return Field(sa_column=Column(ARRAY(kind), nullable=False))


class Record(WorkspaceModel, registry=registry()):
    """Base of this service's tables; a registry of its own keeps them apart from those of other services."""


class Post(Record, table=True):
    """What is kept of an enriched post; an erased one keeps its id only, so that it cannot come back."""

    __tablename__ = "posts"

    id: UUID = Field(primary_key=True)
    revision: int
    author_id: UUID | None
    published_at: datetime | None = _moment()
    study_ids: list[UUID] = _list(Uuid)
    model: str = _text()
    vector: bytes
    keyphrases: list[str] = _list(Text)
    erased_at: datetime | None = _moment()


class Segmentation(Record, table=True):
    """One version of a partition of a study's posts; its id is the id of the job that computed it.

    `centre`, `floor`, `smallest_vote` and `neighbours` are frozen for posts that arrive later.
    `reference_revision` grows when a voting member is erased.
    """

    __tablename__ = "segmentations"

    id: UUID = Field(primary_key=True)
    study_id: UUID
    kind: str = _text()
    version: int
    model: str = _text()
    posts: int
    abstained: int
    stability: float = _real()
    resolution: float = _real()
    centre: bytes
    floor: float = _real()
    smallest_vote: float = _real()
    neighbours: int
    reference_revision: int
    created_at: datetime = _moment()


class Segment(Record, table=True):
    """One group of a segmentation, numbered from 0, the largest first."""

    __tablename__ = "segments"

    id: UUID = Field(primary_key=True)
    segmentation_id: UUID
    number: int
    kind: str = _text()
    label: str = _text()
    keyphrases: list[str] = _list(Text)
    size: int
    exemplar_post_ids: list[UUID] = _list(Uuid)
    stability: float = _real()


class Membership(Record, table=True):
    """The tie of one post, as of one revision, to a segment; none when the segmentation abstains."""

    __tablename__ = "memberships"

    segmentation_id: UUID = Field(primary_key=True)
    post_id: UUID = Field(primary_key=True)
    segment_id: UUID | None
    strength: float = _real()
    revision: int
    is_reference: bool
