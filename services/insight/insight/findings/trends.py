"""Whether the share of a segment moved between two periods, abstaining where the posts do not tell."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from insight.prevalence.clusters import AuthorSums
from insight.prevalence.comparisons import Comparison, adjust_for_many, compare_shares
from insight.prevalence.intervals import Share, estimate_share

SIGNIFICANT = 0.05
STEADY_RATIO = 1.25  # a share that changed for certain by less than a quarter, either way, is steady


class Direction(StrEnum):
    """What is known about the change of a share."""

    RISING = "rising"
    FALLING = "falling"
    STEADY = "steady"
    NOT_ENOUGH_EVIDENCE = "not_enough_evidence"


class Trend(BaseModel):
    """The share of a segment in the previous and in the current period, and what follows from the two."""

    model_config = ConfigDict(frozen=True)

    direction: Direction
    previous: Share
    current: Share
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    adjusted_p_value: float

    @property
    def is_certain(self) -> bool:
        """Whether the share rose or fell beyond doubt."""
        return self.direction in (Direction.RISING, Direction.FALLING)

    @property
    def is_notable(self) -> bool:
        """Whether the share changed for certain, and by at least a quarter as far as one can tell."""
        return self.is_certain and not (self.ratio and 1 / STEADY_RATIO < self.ratio < STEADY_RATIO)


@dataclass(frozen=True)
class TwoPeriods:
    """The sums of one segment in the previous and in the current period."""

    previous: AuthorSums
    current: AuthorSums


def judge_trends(segments: Sequence[TwoPeriods], *, fewest_authors: int) -> list[Trend]:
    """The trend of every segment, in order; judged together because many looks make false alarms.

    A period in which fewer than `fewest_authors` wrote at all is too thin to compare anything with.
    """
    comparisons = [compare_shares(each.previous, each.current) for each in segments]
    p_values = adjust_for_many([comparison.p_value for comparison in comparisons])
    return [
        _trend(each, comparison, p_value, fewest_authors)
        for each, comparison, p_value in zip(segments, comparisons, p_values, strict=True)
    ]


def _trend(periods: TwoPeriods, comparison: Comparison, p_value: float, fewest_authors: int) -> Trend:
    is_thin = min(periods.previous.authors, periods.current.authors) < fewest_authors
    return Trend(
        direction=Direction.NOT_ENOUGH_EVIDENCE if is_thin else _direction(periods, comparison, p_value),
        previous=estimate_share(periods.previous),
        current=estimate_share(periods.current),
        ratio=comparison.ratio,
        ratio_low=comparison.low,
        ratio_high=comparison.high,
        adjusted_p_value=p_value,
    )


def _direction(periods: TwoPeriods, comparison: Comparison, p_value: float) -> Direction:
    low, high = comparison.low, comparison.high
    if low is not None and high is not None and low > 1 / STEADY_RATIO and high < STEADY_RATIO:
        return Direction.STEADY
    if p_value > SIGNIFICANT:
        return Direction.NOT_ENOUGH_EVIDENCE
    return Direction.RISING if periods.current.share > periods.previous.share else Direction.FALLING
