"""What every service answers alike: problems, pages of lists, jobs."""

from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import BaseModel, JsonValue, ValidationError


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
