"""The period that a study is read for and the equally long one before it."""

from datetime import datetime, timedelta

from pydantic import BaseModel, ConfigDict

from kit.errors import Invalid


class Period(BaseModel):
    """A period and the one it is compared with; each starts inclusively and ends exclusively."""

    model_config = ConfigDict(frozen=True)

    previous_start: datetime
    start: datetime
    end: datetime


def halve(first: datetime, last: datetime) -> Period:
    """The second half of an observed time span, compared with its first half."""
    return Period(previous_start=first, start=first + (last - first) / 2, end=last + timedelta(microseconds=1))


def choose(start: datetime, end: datetime) -> Period:
    """The period that somebody asks for, compared with as much time before it."""
    if start >= end:
        raise Invalid("The period must end after it starts: give a `from` that is earlier than `to`.")
    return Period(previous_start=start - (end - start), start=start, end=end)
