"""What a sample is asked for, keeps and answers."""

from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ingest.posts.schemas import IntakeReport
from ingest.sources.sample.timeline import DEFAULT_END


class NewSample(BaseModel):
    """A conversation to make up; the same one again adds nothing."""

    model_config = ConfigDict(extra="forbid")

    posts: int = Field(3_000, ge=1, le=1_000_000, description="How many posts.")
    seed: int = Field(1, ge=0, le=2**31 - 1, description="The same seed gives the same conversation.")
    ends_at: AwareDatetime = Field(DEFAULT_END, description="When the four weeks of conversation end.")


class SampleParameters(NewSample):
    """What a sample job was asked to do."""

    study_id: UUID


class SampleState(BaseModel):
    """How far a sample is."""

    posts: int = 0
    report: IntakeReport = Field(default_factory=IntakeReport)
