"""What a sentiment is, whoever finds it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Polarity(IntEnum):
    """The classes, in the order of the columns of probabilities."""

    NEGATIVE = 0
    NEUTRAL = 1
    POSITIVE = 2


@dataclass(frozen=True, slots=True)
class Sentiment:
    """Calibrated probabilities that add up to 1; `polarity` is None where the head abstains."""

    polarity: Polarity | None
    negative: float
    neutral: float
    positive: float

    @property
    def strength(self) -> float:
        """How strongly it leans to one side, whichever: 0 to 1."""
        return abs(self.positive - self.negative)
