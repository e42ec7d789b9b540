"""The tables of the insight service."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy import Column, DateTime, Dialect, Enum, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import registry
from sqlalchemy.types import TypeDecorator, Uuid
from sqlmodel import Field

from insight.findings.findings import Finding
from insight.reviews.lifecycle import Action, Status
from insight.webhooks.ladder import DeliveryStatus
from kit.db import WorkspaceModel


class AsJson(TypeDecorator[BaseModel]):
    """A column that holds one Pydantic model as JSON."""

    impl = JSONB
    cache_ok = True

    def __init__(self, model: type[BaseModel]) -> None:
        super().__init__()
        self.model = model

    def process_bind_param(self, value: BaseModel | None, dialect: Dialect) -> Any:
        """The model as JSON values."""
        return None if value is None else value.model_dump(mode="json")

    def process_result_value(self, value: Any, dialect: Dialect) -> BaseModel | None:
        """The model of stored JSON values."""
        return None if value is None else self.model.model_validate(value)


def _choice(kind: type[StrEnum]) -> Any:
    return Field(sa_type=Enum(kind, native_enum=False, values_callable=lambda members: [str(each) for each in members]))


def _moment(**options: Any) -> Any:
    return Field(sa_type=DateTime(timezone=True), **options)


class Record(WorkspaceModel, registry=registry()):
    """Base of this service's tables; a registry of its own keeps them apart from those of other services."""


class Fact(Record, table=True):
    """What is counted of one post; its text stays with ingest. `event_id` is of the event that told it last."""

    __tablename__ = "facts"

    post_id: UUID = Field(primary_key=True)
    author_id: UUID
    published_at: datetime = _moment()
    sentiment: str | None = Field(sa_type=Text)
    study_ids: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))
    is_repost: bool
    revision: int
    event_id: UUID


class HourlyRollup(Record, table=True):
    """How many posts of a study were published within one hour, and in which tone."""

    __tablename__ = "hourly_rollups"

    study_id: UUID = Field(primary_key=True)
    hour: datetime = _moment(primary_key=True)
    posts: int
    negative: int
    neutral: int
    positive: int


class Tombstone(Record, table=True):
    """A post that was erased: nothing about it may come back."""

    __tablename__ = "tombstones"

    post_id: UUID = Field(primary_key=True)
    erased_at: datetime = _moment()


class Segmentation(Record, table=True):
    """One version of a partition of a study's posts, as segmentation published it."""

    __tablename__ = "segmentations"

    id: UUID = Field(primary_key=True)
    study_id: UUID
    kind: str = Field(sa_type=Text)
    version: int
    posts: int
    published_at: datetime = _moment()
    received_at: datetime = _moment()


class Segment(Record, table=True):
    """One group of a segmentation."""

    __tablename__ = "segments"

    id: UUID = Field(primary_key=True)
    segmentation_id: UUID
    label: str = Field(sa_type=Text)
    exemplars: list[UUID] = Field(sa_column=Column(ARRAY(Uuid), nullable=False))


class Membership(Record, table=True):
    """The tie of a post to a segment; none when segmentation abstains or the post was erased."""

    __tablename__ = "memberships"

    segmentation_id: UUID = Field(primary_key=True)
    post_id: UUID = Field(primary_key=True)
    segment_id: UUID | None
    strength: float
    event_id: UUID


class DueStudy(Record, table=True):
    """A study that something changed in since it was last read."""

    __tablename__ = "due_studies"

    study_id: UUID = Field(primary_key=True)
    marks: int
    first_marked_at: datetime = _moment()
    due_at: datetime = _moment()
    lease_until: datetime | None = _moment()
    failures: int
    trace: str = Field(sa_type=Text)


class Reading(Record, table=True):
    """What the latest reading of a study by one kind of segmentation was made from."""

    __tablename__ = "readings"

    study_id: UUID = Field(primary_key=True)
    kind: str = Field(sa_type=Text, primary_key=True)
    segmentation_id: UUID
    posts: int
    segment_posts: dict[str, int] = Field(sa_column=Column(JSONB, nullable=False))
    read_at: datetime = _moment()


class Insight(Record, table=True):
    """A claim about a segment; `finding` stays as it was once a person has decided, `latest` moves on."""

    __tablename__ = "insights"

    id: UUID = Field(primary_key=True)
    study_id: UUID
    kind: str = Field(sa_type=Text)
    segmentation_id: UUID
    segment_id: UUID
    status: Status = _choice(Status)
    revision: int
    finding: Finding = Field(sa_column=Column(AsJson(Finding), nullable=False))
    latest: Finding = Field(sa_column=Column(AsJson(Finding), nullable=False))
    created_at: datetime = _moment()
    updated_at: datetime = _moment()


class Quote(Record, table=True):
    """A post that speaks for an insight or against it, as it may be shown."""

    __tablename__ = "quotes"

    insight_id: UUID = Field(primary_key=True)
    post_id: UUID = Field(primary_key=True)
    stance: str = Field(sa_type=Text)
    position: int
    text: str = Field(sa_type=Text)
    platform: str = Field(sa_type=Text)
    published_at: datetime = _moment()


class Review(Record, table=True):
    """One decision about an insight: who, when, why, and which revision was decided on."""

    __tablename__ = "reviews"

    id: UUID = Field(primary_key=True)
    insight_id: UUID
    action: Action = _choice(Action)
    outcome: Status = _choice(Status)
    reviewer: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    revision: int
    created_at: datetime = _moment()


class Endpoint(Record, table=True):
    """A partner's webhook URL with the secret that signs what is sent there."""

    __tablename__ = "endpoints"

    id: UUID = Field(primary_key=True)
    url: str = Field(sa_type=Text)
    secret: str = Field(sa_type=Text)
    description: str = Field(sa_type=Text)
    created_at: datetime = _moment()
    disabled_at: datetime | None = _moment()
    disabled_reason: str = Field(sa_type=Text)


class Delivery(Record, table=True):
    """One published insight on its way to one endpoint; `due_at` is the next attempt or the lease's end."""

    __tablename__ = "deliveries"

    id: UUID = Field(primary_key=True)
    endpoint_id: UUID
    insight_id: UUID
    event: str = Field(sa_type=Text)
    status: DeliveryStatus = _choice(DeliveryStatus)
    attempts: int
    due_at: datetime = _moment()
    answer: str = Field(sa_type=Text)
    created_at: datetime = _moment()
    ended_at: datetime | None = _moment()
