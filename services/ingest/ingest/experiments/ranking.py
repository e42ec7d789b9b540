"""Words and phrases worth adding to a query, or excluding by it: few, each bringing what the others do not."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ingest.experiments.contrast import Contrast

FEWEST_HOLDERS = 2
PROMISING = 0.1
GRAMS_TO_JUDGE = 20
POSTS_PER_GRAM = 5
# An estimate by the classifier counts as much as this many judged posts.
TRUST = 2.0
# Half a standard error: the best of many estimates are the lucky ones.
_CAUTION = 0.5


@dataclass(frozen=True, slots=True)
class Ranked:
    """A word or phrase, the posts that only it brings so far, and the share of all its posts thought relevant."""

    gram: str
    posts: tuple[int, ...]
    further: tuple[int, ...]
    precision: float
    judged: int


def rank(contrast: Contrast, floor: float, most: int) -> list[Ranked]:
    """Up to `most` grams, by the relevant posts that each adds to those before it.

    Only grams whose posts are relevant at a share of `floor` or more are taken: the share is what people judged of
    them, with some weight for the classifier's word, and once people judge, cautiously. The greedy choice reaches at
    least 63 % of the most that as many grams could (Nemhauser, Wolsey and Fisher, Mathematical Programming 14, 1978).
    """
    candidates = _candidates(contrast, floor)
    chosen: list[Ranked] = []
    covered: set[int] = set()
    while candidates and len(chosen) < most:
        best = max(candidates, key=lambda each: (_worth(each, covered), -len(each.gram.split()), each.gram))
        further = tuple(index for index in best.posts if index not in covered)
        if not further:
            break
        candidates.remove(best)
        covered.update(further)
        chosen.append(Ranked(best.gram, best.posts, further, best.precision, best.judged))
    return chosen


def worth_judging(contrast: Contrast, order: Callable[[int], bytes]) -> list[int]:
    """Posts whose judgement would tell most: a few of each promising gram, chosen at random by `order`."""
    chosen: dict[int, None] = {}
    for each in rank(contrast.leniently(), PROMISING, GRAMS_TO_JUDGE):
        unjudged = (index for index in each.posts if index not in contrast.judged and index not in chosen)
        chosen.update(dict.fromkeys(sorted(unjudged, key=order)[:POSTS_PER_GRAM]))
    return list(chosen)


def _worth(candidate: Ranked, covered: set[int]) -> float:
    return candidate.precision * sum(index not in covered for index in candidate.posts)


def _candidates(contrast: Contrast, floor: float) -> list[Ranked]:
    holders = contrast.telling_grams()
    ranked = (_estimated(contrast, gram, posts) for gram, posts in holders.items() if len(posts) >= FEWEST_HOLDERS)
    return [each for each in ranked if _cautious(each, contrast) >= floor]


def _cautious(each: Ranked, contrast: Contrast) -> float:
    if not contrast.judged:
        return each.precision
    return each.precision - _CAUTION * math.sqrt(each.precision * (1 - each.precision) / (each.judged + TRUST))


def _estimated(contrast: Contrast, gram: str, posts: Sequence[int]) -> Ranked:
    judged = [contrast.judged[index] for index in posts if index in contrast.judged]
    thought = sum(contrast.relevance_without(gram, posts)) / (len(posts) + 1)
    precision = (sum(judged) + TRUST * thought) / (len(judged) + TRUST)
    return Ranked(gram, tuple(posts), (), precision, len(judged))
