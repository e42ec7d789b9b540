"""Labels as REST shows and takes them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from enrichment.codebooks.definition import MOST_CODES, Name, Phrase

MOST_LABELS = 1_000


class NewLabel(BaseModel):
    """What a passage carries: a text of your own, or a statement of a post that is stored."""

    model_config = ConfigDict(extra="forbid")

    text: Phrase | None = Field(None, description="The passage; left out where a post is named, whose words count.")
    post_id: UUID | None = Field(None, description="Post that the passage is of; with its erasure the label goes.")
    position: int | None = Field(None, ge=0, le=99, description="Which statement of the post; null is the whole post.")
    codes: Annotated[list[Name], Field(max_length=MOST_CODES)] = Field(
        description="Every code that it carries; an empty list says that it carries none."
    )

    @model_validator(mode="after")
    def _has_a_passage(self) -> Self:
        if self.text is None and self.post_id is None:
            raise PydanticCustomError("passage", "give a text, or the post_id of a stored post")
        if self.position is not None and self.post_id is None:
            raise PydanticCustomError("position", "a position needs the post_id of its post")
        return self


class NewLabels(BaseModel):
    """Labels by the newest version of a codebook."""

    model_config = ConfigDict(extra="forbid")

    labels: list[NewLabel] = Field(min_length=1, max_length=MOST_LABELS)


class LabelReport(BaseModel):
    """What became of labels."""

    added: int
    replaced: int = Field(description="Passages that had a label: the new one counts.")
    training_job_id: UUID = Field(description="The training that will learn from them.")


class LabelView(BaseModel):
    """A label."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    version: int = Field(description="Version of the codebook that it was given by.")
    text: str | None
    post_id: UUID | None
    position: int | None
    codes: list[str]
    created_by: str
    created_at: datetime
