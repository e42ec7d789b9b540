"""Whether a share differs between two periods, and which of many such differences to believe."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from scipy import stats

from insight.prevalence.clusters import AuthorSums, design_effect
from insight.prevalence.intervals import CONFIDENCE


@dataclass(frozen=True)
class Comparison:
    """A later share against an earlier one."""

    ratio: float | None  # later / earlier; None when the earlier share is 0
    low: float | None  # 95 % interval of the ratio; None when either share is 0
    high: float | None
    p_value: float  # of "both periods have the same share"


def compare_shares(earlier: AuthorSums, later: AuthorSums) -> Comparison:
    """Two-proportion z test and ratio of shares (Katz et al. 1978), each period with its own design effect.

    An author who writes in both periods ties them together, which makes the true error of the difference
    smaller than the one used: the test errs towards "not enough evidence".
    """
    ratio = later.share / earlier.share if earlier.hits else None
    low, high = _ratio_interval(earlier, later)
    return Comparison(ratio, low, high, _p_value(earlier, later))


def _ratio_interval(earlier: AuthorSums, later: AuthorSums) -> tuple[float | None, float | None]:
    if not earlier.hits or not later.hits:
        return None, None
    middle = log(later.share / earlier.share)
    reach = stats.norm.ppf((1 + CONFIDENCE) / 2) * sqrt(_log_variance(earlier) + _log_variance(later))
    return exp(middle - reach), exp(middle + reach)


def _log_variance(sums: AuthorSums) -> float:
    return design_effect(sums) * (1 - sums.share) / sums.hits


def _p_value(earlier: AuthorSums, later: AuthorSums) -> float:
    if not earlier.posts or not later.posts:
        return 1.0
    pooled = (earlier.hits + later.hits) / (earlier.posts + later.posts)
    spread = design_effect(earlier) / earlier.posts + design_effect(later) / later.posts
    variance = pooled * (1 - pooled) * spread
    if variance == 0:
        return 1.0
    return float(2 * stats.norm.sf(abs(later.share - earlier.share) / sqrt(variance)))


def adjust_for_many(p_values: Sequence[float]) -> list[float]:
    """P values corrected for having looked many times (Benjamini and Hochberg 1995), in the same order."""
    if not p_values:
        return []
    return [float(p) for p in stats.false_discovery_control(p_values, method="bh")]
