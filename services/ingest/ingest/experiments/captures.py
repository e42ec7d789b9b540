"""How good a query is: precision from its own posts, recall from a capture that is independent of it.

Two captures of the same population, as for animals in a lake: the query takes some of the relevant posts; people who
judge a random sample of everything stored, whatever the query says of it, take others. Of the relevant posts in the
sample, the share that the query took as well is its recall (Lincoln and Petersen; Chapman 1951, Univ. California Publ.
Statist. 1; Seber, The Estimation of Animal Abundance, 1982, section 3.1).

Assumptions: the sample is random, so that being in it says nothing about matching the query; judgements are right; the
stored posts are the population. What no source collects is outside of it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.experiments.estimates import Estimate, effective_size, share

FEWEST_JUDGED = 20
FEWEST_RELEVANT = 10


@dataclass(frozen=True, slots=True)
class Judged:
    """A sampled post that somebody judged: its weight, whether the query matches it, and whether it is relevant."""

    weight: float
    matches: bool
    relevant: bool


@dataclass(frozen=True, slots=True)
class Scores:
    """How good a query is; what there is not enough evidence for is None."""

    precision: Estimate | None
    recall: Estimate | None
    relevant_posts: Estimate | None
    judged_matched: int
    judged_search_set: int
    relevant_in_search_set: int


def score(matched: Sequence[Judged], search_set: Sequence[Judged], volume: float) -> Scores:
    """Precision, recall and the number of relevant posts.

    `matched` are judged posts of a random sample of what the query takes, `search_set` those of a random sample of
    everything; `volume` is how many posts the query takes. Abstains under `FEWEST_JUDGED` judged and
    `FEWEST_RELEVANT` relevant posts.
    """
    precision = _precision(matched)
    recall = _recall(search_set)
    relevant = [each for each in search_set if each.relevant]
    return Scores(
        precision,
        recall,
        _relevant_posts(precision, recall, relevant, volume),
        len(matched),
        len(search_set),
        len(relevant),
    )


def chapman(first: float, second: float, both: float) -> float:
    """The size of a population of which one capture took `first`, another `second`, and `both` were in each.

    Chapman's (1951) estimator, which is nearly unbiased where that of Lincoln and Petersen is not.
    """
    return (first + 1) * (second + 1) / (both + 1) - 1


def _precision(matched: Sequence[Judged]) -> Estimate | None:
    if len(matched) < FEWEST_JUDGED:
        return None
    return _share(matched, [each.relevant for each in matched])


def _recall(search_set: Sequence[Judged]) -> Estimate | None:
    relevant = [each for each in search_set if each.relevant]
    if len(relevant) < FEWEST_RELEVANT:
        return None
    return _share(relevant, [each.matches for each in relevant])


def _share(posts: Sequence[Judged], hits: Sequence[bool]) -> Estimate:
    weighed = list(zip(posts, hits, strict=True))
    return share([post.weight for post, hit in weighed if hit], [post.weight for post, hit in weighed if not hit])


def _relevant_posts(
    precision: Estimate | None, recall: Estimate | None, relevant: Sequence[Judged], volume: float
) -> Estimate | None:
    """The relevant posts in all; the interval knows that the first capture was estimated as well.

    Both intervals are carried over on the logarithmic scale (MOVER; Zou and Donner, Statistics in Medicine 27, 2008).
    """
    if precision is None or recall is None or not precision.value or not recall.value:
        return None
    second = effective_size([each.weight for each in relevant])
    size = chapman(precision.value * volume, second, recall.value * second)
    below = math.hypot(math.log(precision.value / precision.low), math.log(recall.high / recall.value))
    above = math.hypot(math.log(precision.high / precision.value), math.log(recall.value / recall.low))
    return Estimate(size, size * math.exp(-below), size * math.exp(above))
