"""An erasure as a service shows what it has done about it."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, computed_field


class ErasureStatus(StrEnum):
    """How far a service is with an erasure; it is complete when all of them have confirmed as many posts."""

    RUNNING = "running"
    APPLIED = "applied"
    CONFIRMED = "confirmed"


class ErasureRecord(BaseModel):
    """What a service has done about an erasure, whether or not it held anything of the posts."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    posts: int = Field(description="Posts whose erasure was applied here: nothing of them is left in the database.")
    purged: int = Field(description="Of these, posts that no message of the service's own streams names any more.")
    first_applied_at: datetime
    last_applied_at: datetime

    @computed_field(description="`applied`; `confirmed` once its streams are clean as well.")  # type: ignore[prop-decorator]
    @property
    def status(self) -> ErasureStatus:
        """How far this service is."""
        return ErasureStatus.CONFIRMED if self.purged >= self.posts else ErasureStatus.APPLIED
