"""The period that a study is read for and the equally long one before it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from kit.errors import Invalid


class Period(BaseModel):
    """A period and the one it is compared with; each starts inclusively and ends exclusively."""

    model_config = ConfigDict(frozen=True)

    previous_start: datetime
    start: datetime
    end: datetime


def choose(start: datetime, end: datetime) -> Period:
    """The period that somebody asks for, compared with as much time before it."""
    if start >= end:
        raise Invalid("The period must end after it starts: give a `from` that is earlier than `to`.")
    try:
        return Period(previous_start=start - (end - start), start=start, end=end)
    except OverflowError as error:
        raise Invalid("The period before this one would begin before the year 1.") from error
