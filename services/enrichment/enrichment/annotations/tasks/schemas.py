"""Annotation tasks as REST takes and shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from enrichment.annotations.tasks.guides import MOST_CODES, Choice, CodeGuide, Name, Unit
from enrichment.annotations.tasks.repository import Progress
from enrichment.annotations.tasks.samples import SampleKind, Stratum
from enrichment.models import TaskRow
from kit.db import clean_text

MOST_ITEMS = 5_000
CoderName = Annotated[
    str, AfterValidator(clean_text), StringConstraints(strip_whitespace=True, min_length=1, max_length=200)
]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]


class TaskRequest(BaseModel):
    """What is to be coded, by which codebook and by whom."""

    model_config = ConfigDict(extra="forbid")

    study_id: UUID
    codebook: Name
    version: int = Field(ge=1, le=1_000_000, description="Version of the codebook.")
    codes: list[Name] = Field(default=[], max_length=MOST_CODES, description="Only these codes; empty takes all.")
    sample: SampleKind = Field(
        description="`random` to measure with, `uncertainty` to learn from. A task keeps its kind: they never mix."
    )
    size: int = Field(default=100, ge=1, le=MOST_ITEMS, description="Items to draw; fewer where fewer are eligible.")
    coders_per_item: int = Field(default=2, ge=1, le=10, description="Independent answers wanted for every item.")
    coders: list[CoderName] = Field(
        default=[],
        max_length=100,
        description="Subjects of their keys. Items are dealt out evenly. Empty: whoever asks first codes.",
    )
    stratify_by: Stratum = Field(default=Stratum.NOTHING, description="`language` draws as many items of each.")
    languages: list[Language] = Field(default=[], max_length=50, description="Only posts in these; empty takes all.")
    seed: int | None = Field(
        default=None, ge=0, lt=2**53, description="The same seed draws the same items from the same posts."
    )
    repeat_share: float = Field(
        default=0.1, ge=0, le=0.5, description="Share of the items that each coder sees again, unannounced."
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.sample is SampleKind.RANDOM and self.coders_per_item < 2:
            raise ValueError("a random sample measures agreement: give it 2 or more coders_per_item")
        if self.sample is SampleKind.UNCERTAINTY and self.stratify_by is not Stratum.NOTHING:
            raise ValueError("only a random sample can be stratified")
        if len(set(self.coders)) < len(self.coders):
            raise ValueError("name every coder once")
        if 0 < len(self.coders) < self.coders_per_item:
            raise ValueError("name at least as many coders as every item needs, or none")
        return self


class ProgressView(BaseModel):
    """How far a task is; repetitions of items do not count."""

    items: int = Field(description="Items that can be coded; those whose post has changed or gone are left out.")
    complete: int = Field(description="Items with every answer that is wanted.")
    answers: int
    wanted: int


class TaskView(BaseModel):
    """An annotation task."""

    id: UUID
    study_id: UUID
    codebook: str
    version: int
    unit: Unit
    choice: Choice = Field(description="Whether an item has `one` code at most, or `many`.")
    codes: list[CodeGuide] = Field(description="The guide of the coders, as the codebook stood when the task was made.")
    sample: SampleKind
    stratified_by: Stratum
    languages: list[str]
    seed: int
    size: int = Field(description="Items that were drawn.")
    population: int = Field(description="Items that could have been drawn.")
    coders_per_item: int
    coders: list[str] = Field(description="Empty where whoever asks first codes.")
    requested_by: str
    created_at: datetime
    progress: ProgressView

    @classmethod
    def of(cls, task: TaskRow, coders: list[str], progress: Progress) -> Self:
        """The view of a task."""
        own = task.model_dump(exclude={"workspace_id", "coder_ids"})
        return cls.model_validate({**own, "coders": coders, "progress": vars(progress)})


class Reassignment(BaseModel):
    """Who takes over whose items."""

    model_config = ConfigDict(extra="forbid")

    coder: CoderName = Field(description="Who has answered all that they will.")
    to: CoderName = Field(description="Who goes on; need not have been a coder of this task before.")


class ReassignedView(BaseModel):
    """What became of the open items of a coder."""

    moved: int = Field(description="Items that wait for the other coder now.")
    left: int = Field(description="Items that the other coder has already: they need a third one.")
