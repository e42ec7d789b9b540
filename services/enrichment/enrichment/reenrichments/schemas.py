"""Re-enrichments as jobs keep them and REST shows them."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from pydantic import BaseModel, Field

from enrichment.readings.reading import ReaderVersion
from kit.jobs import JobView


class VersionParameters(BaseModel):
    """The version of the models that is to read every post."""

    model: str
    coding: str

    @classmethod
    def of(cls, version: ReaderVersion) -> Self:
        """The parameters that name a version."""
        return cls(model=version.model, coding=version.coding)

    @property
    def version(self) -> ReaderVersion:
        """The version that they name."""
        return ReaderVersion(self.model, self.coding)


class ReenrichmentProgress(BaseModel):
    """Where a job stands: every stale post up to `after` is read, or ingest has it no more, or it cannot be read."""

    total: int | None = None
    after: UUID | None = None
    read: int = 0
    absent: int = 0
    refused: int = 0

    @property
    def done(self) -> int:
        """How many posts are dealt with."""
        return self.read + self.absent + self.refused

    @property
    def left(self) -> int:
        """How many stay as they were."""
        return self.absent + self.refused

    def past(self, last: UUID, *, read: int = 0, absent: int = 0, refused: int = 0) -> ReenrichmentProgress:
        """The progress after some more."""
        return ReenrichmentProgress(
            total=self.total,
            after=last,
            read=self.read + read,
            absent=self.absent + absent,
            refused=self.refused + refused,
        )


class VersionView(BaseModel):
    """How many posts a version of the models has read."""

    model: str = Field(description="Name and version of the encoder.")
    coding: str = Field(description="Version of the heads and codebooks that coded.")
    posts: int
    is_current: bool = Field(description="Whether it is the one that reads now; only its posts are searched.")


class ReenrichmentsView(BaseModel):
    """The newest re-enrichments of the workspace, and by which version its posts are read so far."""

    versions: list[VersionView]
    items: list[JobView]
    next_cursor: None = None
