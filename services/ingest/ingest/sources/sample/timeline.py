"""When the sample conversation happens: four weeks with their rush hours, and one spike."""

import random
from bisect import bisect_right
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from ingest.sources.sample.truth import Window

DAYS = 28
DEFAULT_END = datetime(2026, 11, 16, tzinfo=UTC)
SPIKE_SHARE = 0.05
_SPIKE_BEFORE_END = timedelta(days=7, hours=-5)
_SPIKE_LENGTH = timedelta(hours=30)
_HOUR_WEIGHTS = (1, 0.6, 0.4, 0.3, 0.5, 1.5, 4, 7, 8, 5, 4, 4, 5, 5, 4, 4, 6, 8, 8, 6, 5, 4, 3, 2)
_WEEKEND = 0.7


class Timeline:
    """Moments of a conversation that ends at a given time, in order."""

    def __init__(self, ends_at: datetime = DEFAULT_END) -> None:
        self.start = ends_at - timedelta(days=DAYS)
        spike_start = ends_at - _SPIKE_BEFORE_END
        self.spike = Window(spike_start, spike_start + _SPIKE_LENGTH)
        usual = [self._usual_weight(hour) for hour in range(24 * DAYS)]
        extra = self._extra_weights(sum(usual))
        self._extra_shares = [more / (base + more) for base, more in zip(usual, extra, strict=True)]
        self._reached = list(accumulate((base + more for base, more in zip(usual, extra, strict=True)), initial=0.0))

    def moments(self, count: int, dice: random.Random) -> Iterator[tuple[datetime, bool]]:
        """`count` moments in order, and for each whether it belongs to the spike rather than to everyday life."""
        total = self._reached[-1]
        for number in range(count):
            point = (number + dice.random()) / count * total
            hour = min(bisect_right(self._reached, point) - 1, len(self._extra_shares) - 1)
            share = (point - self._reached[hour]) / (self._reached[hour + 1] - self._reached[hour])
            moment = self.start + timedelta(hours=hour + share)
            yield moment.replace(microsecond=0), dice.random() < self._extra_shares[hour]

    def _usual_weight(self, hour: int) -> float:
        moment = self.start + timedelta(hours=hour)
        return _HOUR_WEIGHTS[moment.hour] * (_WEEKEND if moment.weekday() >= 5 else 1.0)

    def _extra_weights(self, usual_total: float) -> list[float]:
        hours = [self.start + timedelta(hours=hour) for hour in range(24 * DAYS)]
        shape = [_HOUR_WEIGHTS[moment.hour] if self.spike.holds(moment) else 0.0 for moment in hours]
        factor = usual_total * SPIKE_SHARE / (1 - SPIKE_SHARE) / sum(shape)
        return [weight * factor for weight in shape]
