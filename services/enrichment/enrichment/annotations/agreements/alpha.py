"""Krippendorff's alpha for nominal data, with missing values and a bootstrap interval.

K. Krippendorff (2011), Computing Krippendorff's Alpha-Reliability, Annenberg School for Communication. The packages
that compute it are under the GPL, or know no interval; the formula takes four sums.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CONFIDENCE = 0.95
REPLICATES = 1_000

Counts = NDArray[np.int64]
"""One row per unit, one column per value: how many coders gave the unit that value."""


@dataclass(frozen=True, slots=True)
class Alpha:
    """The coefficient with its interval, and how many units it rests on: those with two values or more.

    `value` is None where nothing varies, because chance agreement cannot be told from agreement then.
    """

    value: float | None
    low: float | None
    high: float | None
    units: int


def alpha(counts: Counts, seed: int = 0, replicates: int = REPLICATES) -> Alpha:
    """Alpha of units by values, with the 2.5 % and 97.5 % quantiles over resampled units.

    A replicate in which nothing varies counts as 0: it is no evidence that coders can tell values apart.
    """
    pairable = counts[counts.sum(axis=1) >= 2].astype(np.float64)
    units = len(pairable)
    if not units:
        return Alpha(None, None, None, 0)
    value = _coefficients(pairable, np.ones((1, units)))[0]
    if np.isnan(value):
        return Alpha(None, None, None, units)
    weights = np.random.default_rng(seed).multinomial(units, np.full(units, 1 / units), size=replicates)
    resampled = np.nan_to_num(_coefficients(pairable, weights.astype(np.float64)))
    low, high = np.quantile(resampled, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return Alpha(float(value), float(min(low, value)), float(max(high, value)), units)


def _coefficients(counts: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Alpha for each row of weights of the units; NaN where only one value occurs.

    With m values in a unit, n_c of them c: observed disagreement (m^2 - sum n_c^2) / (m - 1) summed over units and
    divided by n; expected (n^2 - sum n_c^2) / (n (n - 1)) from the totals.
    """
    m = counts.sum(axis=1)
    disagreeing = (m**2 - (counts**2).sum(axis=1)) / (m - 1)
    totals = weights @ counts
    n = totals.sum(axis=1)
    expected = n**2 - (totals**2).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        values: NDArray[np.float64] = 1 - (n - 1) * (weights @ disagreeing) / expected
    return np.where(expected > 0, values, np.nan)
