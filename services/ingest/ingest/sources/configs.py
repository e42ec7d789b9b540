"""What the configurations of all kinds of sources have in common."""

from typing import Annotated

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

WebAddress = Annotated[str, Field(pattern=r"^https?://[^\s@/]+(/\S*)?$", max_length=2_000)]
Since = Annotated[
    AwareDatetime | None,
    Field(description="Go back to this moment at the first run, where the platform lets us; later runs go on."),
]


class SourceConfig(BaseModel):
    """Base of every configuration: names that nobody knows are refused, because a misspelt one would do nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)
