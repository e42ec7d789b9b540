"""What commands read of the platform's answers; fields they do not show are left out."""

from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import BaseModel, JsonValue, ValidationError

from kit.erasures.schemas import ErasureStatus


class Problem(BaseModel):
    """Why the platform refused (RFC 9457)."""

    title: str = ""
    detail: str = ""
    status: int

    @classmethod
    def read(cls, status: int, content: bytes) -> Self:
        """The problem of an answer, also when something in between answered instead of the platform."""
        try:
            return cls.model_validate_json(content)
        except ValidationError:
            return cls(title=f"The answer was HTTP {status}.", status=status)


class Listing(BaseModel):
    """One page of a list."""

    items: list[dict[str, JsonValue]]
    next_cursor: str | None


class JobStatus(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will happen."""
        return self in (JobStatus.SUCCEEDED, JobStatus.FAILED)


class JobProgress(BaseModel):
    """How far a job is."""

    done: int
    total: int | None


class Job(BaseModel):
    """Long work."""

    id: UUID
    kind: str
    status: JobStatus
    progress: JobProgress
    result: dict[str, JsonValue] | None
    error: str | None


class Study(BaseModel):
    """A business question."""

    id: UUID
    name: str
    question: str
    objective: str
    target_behaviour: str
    query: str
    languages: list[str]


class NewStudy(BaseModel):
    """A business question to ask."""

    name: str
    question: str
    objective: str = ""
    target_behaviour: str = ""
    query: str = ""
    languages: list[str] = []


class Coverage(BaseModel):
    """How many posts of a study a service holds."""

    posts: int
    first_published_at: datetime | None
    last_published_at: datetime | None


class Rejected(BaseModel):
    """A line of a file that is no post."""

    line: int
    reason: str


class Drift(BaseModel):
    """What a mapping expects and a file does not have."""

    field: str
    column: str
    problem: str
    rows: int
    example_line: int | None
    suggestion: str = ""


class FittingMapping(BaseModel):
    """A ready mapping that was recognised."""

    title: str


class GuessedField(BaseModel):
    """Where a field of the posts would come from."""

    field: str
    columns: list[str]
    origin: str


class GuessedPost(BaseModel):
    """A post as it would be taken."""

    post: dict[str, JsonValue]


class ImportGuess(BaseModel):
    """How a file would be imported."""

    filename: str
    format: str
    encoding: str
    compression: str
    preset: FittingMapping | None
    mapping: str
    fields: list[GuessedField]
    unmapped_columns: list[str]
    privacy: str
    posts: list[GuessedPost]
    drift: list[Drift]
    warnings: list[str]


class Outcome(BaseModel):
    """What became of posts that were sent."""

    received: int
    accepted: int
    updated: int
    duplicates: int
    unmatched: int
    observed: int = 0
    dropped: int = 0
    rejected_count: int
    rejected: list[Rejected]
    left_aside: dict[str, int] = {}
    deleted: int = 0
    drift: list[Drift] = []


class Health(BaseModel):
    """How a source does, and why."""

    status: str
    reason: str


class Source(BaseModel):
    """A configured origin of posts."""

    id: UUID
    name: str
    kind: str
    config: dict[str, JsonValue]
    study_id: UUID | None
    every_seconds: int | None
    unmatched: str
    sample_rate: float
    keeps_handles: bool
    privacy: str
    retention_days: int | None
    state: str
    health: Health
    next_due_at: datetime | None
    last_post_at: datetime | None


class NewSource(BaseModel):
    """A source to connect."""

    name: str
    kind: str
    config: dict[str, JsonValue] = {}
    study_id: UUID | None = None
    every_seconds: int | None = None
    unmatched: str = "keep"
    sample_rate: float = 0.01
    keeps_handles: bool = False
    privacy: str = "public"
    retention_days: int | None = None


class SourceState(BaseModel):
    """Whether a source is to be collected from."""

    state: str


class SourceRun(BaseModel):
    """One go at a source, and what it brought."""

    id: UUID
    lane: str
    status: str
    started_at: datetime
    ended_at: datetime | None
    fetched: int
    new: int
    updated: int
    duplicate: int
    rejected: int
    deleted: int
    dropped: int
    error: str
    rejections: list[Rejected]

    @property
    def has_ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status not in ("queued", "running")


class Segment(BaseModel):
    """One group of posts."""

    id: UUID
    label: str
    size: int
    keyphrases: list[str]
    stability: float


class Segmentation(BaseModel):
    """One version of the groups of a study."""

    id: UUID
    version: int
    posts: int
    abstained: int
    stability: float


class Share(BaseModel):
    """A share with its 95 % interval, each from 0 to 1."""

    value: float
    low: float
    high: float


class Trend(BaseModel):
    """How a share moved between two periods."""

    direction: str
    previous: Share
    current: Share


class Quote(BaseModel):
    """A post that speaks for a claim or against it."""

    text: str
    platform: str
    published_at: datetime


class Insight(BaseModel):
    """A claim with what proves it."""

    id: UUID
    study_id: UUID
    status: str
    revision: int
    label: str
    claim: str
    share: Share
    posts: int
    authors: int
    trend: Trend
    evidence: list[Quote] = []
    counter_evidence: list[Quote] = []


class Remainder(BaseModel):
    """Shares of posts that no headline speaks of."""

    share: float
    abstained: float
    suppressed: float
    rejected: float
    beyond_limit: float


class ReadSegmentation(BaseModel):
    """The version of the groups that headlines are read from."""

    id: UUID


class Headlines(BaseModel):
    """The claims that say most about a study, and what they leave unsaid."""

    state: str
    segmentation: ReadSegmentation | None
    posts: int
    items: list[Insight]
    remainder: Remainder | None


class Erasure(BaseModel):
    """What was erased on whose wish, and how far ingest is with it."""

    id: UUID
    status: ErasureStatus
    author_id: UUID | None
    requested_by: str
    requested_at: datetime
    posts: int
