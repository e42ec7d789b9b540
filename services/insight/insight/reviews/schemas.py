"""Decisions as REST takes and shows them."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, Field

from insight.models import Review
from insight.reviews.lifecycle import Action, Status
from kit.db import clean_text


class Decision(BaseModel):
    """A decision, and why it is taken if there is something to say."""

    reason: Annotated[str, AfterValidator(clean_text)] = Field(default="", max_length=2_000)


class Rejection(BaseModel):
    """Why an insight does not hold: a rejection without a reason teaches nobody anything."""

    reason: Annotated[str, AfterValidator(clean_text)] = Field(max_length=2_000, pattern=r"\S")


class ReviewView(BaseModel):
    """A decision on record: who took it, when, why, and on which revision of the insight."""

    id: UUID
    insight_id: UUID
    action: Action
    outcome: Status
    reviewer: str
    reason: str
    revision: int
    created_at: datetime

    @classmethod
    def of(cls, review: Review) -> "ReviewView":
        """The view of a stored review."""
        return cls.model_validate(review, from_attributes=True)
