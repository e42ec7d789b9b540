"""Hourly counts and coverage as REST shows them."""

from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query
from pydantic import AfterValidator, AwareDatetime, BaseModel

from insight.models import HourlyRollup


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("The moment is too far away.") from error


Moment = Annotated[AwareDatetime, AfterValidator(_in_utc)]
From = Annotated[Moment | None, Query(alias="from", description="First moment, with a time zone.")]
To = Annotated[Moment | None, Query(description="End, exclusive, with a time zone.")]


class CoverageView(BaseModel):
    """How many distinct posts of a study arrived here, and the time that they span."""

    study_id: UUID
    posts: int
    first_published_at: datetime | None
    last_published_at: datetime | None


class HourView(BaseModel):
    """Posts of a study that were published within one hour; the rest of `posts` has no certain sentiment."""

    hour: datetime
    posts: int
    negative: int
    neutral: int
    positive: int

    @classmethod
    def of(cls, rollup: HourlyRollup) -> "HourView":
        """The view of a stored count."""
        return cls.model_validate(rollup, from_attributes=True)
