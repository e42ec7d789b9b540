"""What `pourquoi annotate` reads of the platform's answers; the order of fields is that of columns in a CSV file."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel


class TaskProgress(BaseModel):
    """How far a task is."""

    items: int
    complete: int
    answers: int
    wanted: int


class AnnotationTask(BaseModel):
    """A sample of a study that people code."""

    id: UUID
    codebook: str
    version: int
    sample: str
    size: int
    population: int
    coders: list[str]
    progress: TaskProgress


class AgreementRow(BaseModel):
    """Krippendorff's alpha of a code, or of a codebook."""

    code: str | None
    language: str | None
    alpha: float | None
    low: float | None
    high: float | None
    items: int
    occurrences: int
    status: str


class AgreementWindow(BaseModel):
    """Consecutive answers of a coder."""

    judgements: int
    agreeing: int


class CoderRecord(BaseModel):
    """How steady a coder is."""

    coder: str
    judgements: int
    windows: list[AgreementWindow]
    is_drifting: bool
    repeated: int
    kept: int


class AnnotationRecord(BaseModel):
    """One answer, whether it stands or was replaced."""

    id: UUID
    item_id: UUID
    post_id: UUID
    statement: int | None
    item_start: int
    item_end: int
    language: str | None
    inclusion_probability: float | None
    coder: str
    kind: str
    is_repetition: bool
    answer: str
    codes: list[str]
    note: str
    recorded_by: str
    created_at: datetime
    replaced_at: datetime | None


class GoldRecord(BaseModel):
    """What an item is, as far as people can say."""

    item_id: UUID
    post_id: UUID
    statement: int | None
    item_start: int
    item_end: int
    language: str | None
    inclusion_probability: float | None
    answer: str
    codes: list[str]
    origin: str
