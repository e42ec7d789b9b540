"""What commands read of the studies, posts, imports and erasures of ingest."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, JsonValue

from kit.erasures.schemas import ErasureStatus


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


class Erasure(BaseModel):
    """What was erased on whose wish, and how far ingest is with it."""

    id: UUID
    status: ErasureStatus
    author_id: UUID | None
    requested_by: str
    requested_at: datetime
    posts: int
