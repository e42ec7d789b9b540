"""What commands read and write of the sources of ingest."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, JsonValue

from kit.cli.views.ingest import Rejected


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
