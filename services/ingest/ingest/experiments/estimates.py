"""Estimates from samples: a share, a total and a daily rate, each with its 95 % interval.

Every function takes weights, because a post that was kept as one of a hundred stands for a hundred.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist, fmean

Z = NormalDist().inv_cdf(0.975)


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with the ends of its 95 % interval."""

    value: float
    low: float
    high: float

    @classmethod
    def exact(cls, value: float) -> "Estimate":
        """A value that was counted, not estimated."""
        return cls(value, value, value)


def share(hits: Sequence[float], misses: Sequence[float]) -> Estimate:
    """The share of `hits` among all, each given by its weight; raises `ValueError` without any.

    Wilson's score interval (E. B. Wilson, JASA 22, 1927) at Kish's effective sample size (L. Kish, Survey Sampling,
    1965, section 11.7), which is the number of posts when all weigh the same.
    """
    total = math.fsum(hits) + math.fsum(misses)
    if not total:
        raise ValueError("A share needs at least one post.")
    value = math.fsum(hits) / total
    trials = effective_size([*hits, *misses])
    middle = (value + Z * Z / (2 * trials)) / (1 + Z * Z / trials)
    half = Z / (1 + Z * Z / trials) * math.sqrt(value * (1 - value) / trials + Z * Z / (4 * trials * trials))
    return Estimate(value, max(0.0, min(value, middle - half)), min(1.0, max(value, middle + half)))


def effective_size(weights: Sequence[float]) -> float:
    """How many equally weighted posts tell as much as these (Kish 1965)."""
    squares = math.fsum(weight * weight for weight in weights)
    return math.fsum(weights) ** 2 / squares if squares else 0.0


def total(weights: Sequence[float], heaviest: float) -> Estimate:
    """How many posts there are, when each was kept with probability 1 / weight and those kept are given.

    The estimator of Horvitz and Thompson (JASA 47, 1952), with the score interval of a sum of thinned counts: its
    variance is (weight - 1) times the true number. Posts of weight 1 are certain and widen nothing; `heaviest` is the
    largest weight that a post may have had, for the case that none was kept.
    """
    certain = math.fsum(weight for weight in weights if weight <= 1)
    thinned = [weight for weight in weights if weight > 1]
    estimated = math.fsum(thinned)
    if not thinned:
        return Estimate(certain, certain, certain + Z * Z * max(0.0, heaviest - 1))
    unit = math.fsum(weight * (weight - 1) for weight in thinned) / estimated
    middle, half = _score(estimated / unit)
    low = max(certain + len(thinned), certain + unit * (middle - half))
    return Estimate(certain + estimated, low, certain + unit * (middle + half))


def daily_rate(counts: Sequence[float]) -> Estimate:
    """Posts per day, from the counts of consecutive days; raises `ValueError` without a day.

    The score interval of a Poisson mean, widened by the dispersion that the days show (McCullagh and Nelder,
    Generalized Linear Models, 1989, section 6.2): conversations come in bursts.
    """
    mean, days = fmean(counts), len(counts)
    if not mean:
        return Estimate(0.0, 0.0, Z * Z / days)
    spread = math.fsum((count - mean) ** 2 for count in counts) / mean / (days - 1) if days > 1 else 1.0
    dispersion = max(1.0, spread)
    middle, half = _score(mean * days / dispersion)
    return Estimate(mean, dispersion * (middle - half) / days, dispersion * (middle + half) / days)


def _score(count: float) -> tuple[float, float]:
    """Middle and half width of the score interval of a Poisson mean: where (count - mean)^2 = z^2 mean."""
    return count + Z * Z / 2, Z * math.sqrt(count + Z * Z / 4)
