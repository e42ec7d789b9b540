"""The tables of the enrichment service."""

import struct
from datetime import datetime
from typing import Any
from uuid import UUID

from pgvector.sqlalchemy import HALFVEC
from sqlalchemy import BigInteger, Column, DateTime, Dialect, Integer, LargeBinary, Text, Uuid
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
    spoken_digest: bytes | None = Field(sa_column=Column(LargeBinary))
    spoken_runs: list[int] = _column(ARRAY(Integer))
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


class CodePostRow(Record, table=True):
    """A post with a code, as its `code_keys` say: triggers write it, queries for a rare code read it."""

    __tablename__ = "code_posts"

    code_key: str = Field(primary_key=True)
    post_id: UUID = Field(primary_key=True)


class ErasedPost(Record, table=True):
    """A post that was erased: it must not come back, whatever is replayed."""

    __tablename__ = "erased_posts"

    post_id: UUID = Field(primary_key=True)
    erased_at: datetime = _column(DateTime(timezone=True))


class CoderRow(Record, table=True):
    """A person who codes; everything else names them by this id alone."""

    __tablename__ = "annotation_coders"

    id: UUID = Field(primary_key=True)
    name: str = _column(Text)


class TaskRow(Record, table=True):
    """A sample of one study, to be coded by one version of a codebook; `codes` is the guide as it stood then."""

    __tablename__ = "annotation_tasks"

    id: UUID = Field(primary_key=True)
    study_id: UUID
    codebook: str = _column(Text)
    version: int
    unit: str = _column(Text)
    choice: str = _column(Text)
    codes: list[dict[str, Any]] = _column(JSONB)
    sample: str = _column(Text)
    stratified_by: str = _column(Text)
    languages: list[str] = _column(ARRAY(Text))
    seed: int = _column(BigInteger)
    size: int
    population: int = _column(BigInteger)
    coders_per_item: int
    coder_ids: list[UUID] = _column(ARRAY(Uuid))
    requested_by: str = _column(Text)
    created_at: datetime = _column(DateTime(timezone=True))


class ItemRow(Record, table=True):
    """What is coded: a statement, or a post where `position` is null; its text stays with ingest.

    `text_digest` is that of the post when the sample was drawn: with another text, `start` and `stop` mean nothing.
    """

    __tablename__ = "annotation_items"

    id: UUID = Field(primary_key=True)
    task_id: UUID
    place: int
    post_id: UUID
    position: int | None
    start: int
    stop: int
    text_digest: bytes = _column(LargeBinary)
    language: str = _column(Text)
    inclusion_probability: float | None
    is_repeated: bool
    outdated_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))


class SlotRow(Record, table=True):
    """Room for one coder's answer about an item; without a coder, whoever asks first has it."""

    __tablename__ = "annotation_slots"

    id: UUID = Field(primary_key=True)
    task_id: UUID
    item_id: UUID
    coder_id: UUID | None
    occasion: int
    turn: int
    lease_until: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    reopened_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    done_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))


class AnnotationRow(Record, table=True):
    """What a coder or, without a slot, an adjudicator said; replaced ones stay as history."""

    __tablename__ = "annotations"

    id: UUID = Field(primary_key=True)
    task_id: UUID
    item_id: UUID
    slot_id: UUID | None
    coder_id: UUID
    kind: str = _column(Text)
    occasion: int
    answer: str = _column(Text)
    codes: list[str] = _column(ARRAY(Text))
    start: int | None
    stop: int | None
    note: str = _column(Text)
    recorded_by: str = _column(Text)
    created_at: datetime = _column(DateTime(timezone=True))
    replaced_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))


class CodebookRow(Record, table=True):
    """An own codebook; `version` is its newest, `revision` changes with whatever is changed."""

    __tablename__ = "codebooks"

    id: UUID = Field(primary_key=True)
    name: str = _column(Text)
    study_id: UUID | None
    is_active: bool
    version: int
    revision: int
    created_by: str = _column(Text)
    created_at: datetime = _column(DateTime(timezone=True))
    updated_at: datetime = _column(DateTime(timezone=True))


class CodebookVersionRow(Record, table=True):
    """What a codebook said in one version; never changed."""

    __tablename__ = "codebook_versions"

    codebook_id: UUID = Field(primary_key=True)
    version: int = Field(primary_key=True)
    definition: dict[str, Any] = _column(JSONB)
    created_by: str = _column(Text)
    created_at: datetime = _column(DateTime(timezone=True))


class LabelRow(Record, table=True):
    """Which of the codes `considered` a passage carries: a text that was given, or a statement of a post.

    `vector` is float16, of `model`; it is filled in when a head is trained.
    """

    __tablename__ = "codebook_examples"

    id: UUID = Field(primary_key=True)
    codebook_id: UUID
    version: int
    digest: bytes = _column(LargeBinary)
    text: str | None
    post_id: UUID | None
    position: int | None
    codes: list[str] = _column(ARRAY(Text))
    considered: list[str] = _column(ARRAY(Text))
    vector: bytes | None
    model: str = _column(Text)
    created_by: str = _column(Text)
    created_at: datetime = _column(DateTime(timezone=True))


class HeadRow(Record, table=True):
    """A trained head of a codebook and its scores; the newest codes, older ones only tell how it was."""

    __tablename__ = "codebook_heads"

    id: UUID = Field(primary_key=True)
    codebook_id: UUID
    version: int
    model: str = _column(Text)
    labels: int
    head: bytes = _column(LargeBinary)
    scores: list[dict[str, Any]] = _column(JSONB)
    created_at: datetime = _column(DateTime(timezone=True))


class StudyRow(Record, table=True):
    """What codes depend on of a study; revision 0 where ingest has not told about it yet."""

    __tablename__ = "studies"

    study_id: UUID = Field(primary_key=True)
    revision: int
    target_behaviour: str = _column(Text)


class StudyNameRow(Record, table=True):
    """A brand or product that a study asks about, with the ways to write it."""

    __tablename__ = "study_names"

    study_id: UUID = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    name: str = Field(primary_key=True)
    spellings: list[str] = _column(ARRAY(Text))
