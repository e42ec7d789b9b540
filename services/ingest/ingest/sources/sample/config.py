"""What a source of made-up posts is told."""

from pydantic import BaseModel, ConfigDict, Field


class SampleConfig(BaseModel):
    """The conversation about Solane, a train operator that does not exist, a few posts at a time."""

    model_config = ConfigDict(extra="forbid")

    posts: int = Field(3_000, ge=1, le=100_000, description="How many posts there are in all.")
    posts_per_run: int = Field(100, ge=1, le=10_000, description="How many of them each run brings.")
    seed: int = Field(1, ge=0, le=2**31 - 1, description="The same seed gives the same conversation.")
