"""A share with the interval that may be quoted beside it."""

from math import sqrt

from pydantic import BaseModel, ConfigDict, Field
from scipy import stats

from insight.prevalence.clusters import AuthorSums, effective_posts

CONFIDENCE = 0.95


class Share(BaseModel):
    """A share of posts with its 95 % interval, each from 0 to 1."""

    model_config = ConfigDict(frozen=True)

    value: float = Field(ge=0, le=1)
    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)


def estimate_share(sums: AuthorSums) -> Share:
    """The share of hits with its interval; 0 to 1 wide when nothing is known.

    Wilson's score interval (1927, JASA 22) on the effective sample size, with the t quantile on the number
    of authors in place of the normal one (Korn and Graubard 1998, Survey Methodology 24).
    """
    if sums.authors < 2:
        return Share(value=sums.share, low=0.0, high=1.0)
    low, high = wilson(sums.share, effective_posts(sums), quantile(sums.authors - 1))
    return Share(value=sums.share, low=low, high=high)


def wilson(share: float, posts: float, z: float) -> tuple[float, float]:
    """Wilson's score interval of a share observed on so many independent posts."""
    shrink = 1 + z * z / posts
    centre = (share + z * z / (2 * posts)) / shrink
    reach = z * sqrt(share * (1 - share) / posts + z * z / (4 * posts * posts)) / shrink
    return min(share, max(0.0, centre - reach)), max(share, min(1.0, centre + reach))


def quantile(freedom: int) -> float:
    """Two-sided 95 % quantile of Student's t."""
    return float(stats.t.ppf((1 + CONFIDENCE) / 2, freedom))
