"""What sets the posts that a query takes apart from others, and which of the others are like them.

After King, Lam and Roberts, "Computer-Assisted Keyword and Document Set Discovery from Unstructured Text", American
Journal of Political Science 61(4), 2017: posts that match are the reference set, the others the search set; a
classifier that learns to tell them apart finds the target set, the posts of the search set that read like the
reference set. The words of the query must not teach it, or it would learn the query itself: words that no post of the
search set holds are left out.

The classifier is a naive Bayes on words and phrases that goes on learning from the target set it has found (Nigam,
McCallum, Thrun and Mitchell, Machine Learning 39, 2000). A weight counts only as far as it is beyond chance, and the
line between target and rest is drawn where most posts of the reference set would pass without their own testimony.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ingest.experiments.grams import overlap

FEWEST_POSTS = 3
ROUNDS = 2
_SMOOTHING = 0.5
_BEYOND_CHANCE = 1.64
_PASSING = 0.2
_STEEPNESS = 2.0
_LEAST_LINE = 0.5
_NEGLIGIBLE = 0.01


@dataclass(frozen=True, slots=True)
class _Weights:
    """What each gram says, how much of it is in the target set, and the sizes of target set and rest."""

    logs: list[float]
    inside: list[float]


class Contrast:
    """A reference set held against a search set.

    `grams` holds the words and phrases of every post, `reference` whether it is in the reference set, and `judged`
    what people said of some of them: whether they are relevant.
    """

    def __init__(
        self, grams: Sequence[frozenset[str]], reference: Sequence[bool], judged: Mapping[int, bool] | None = None
    ) -> None:
        self.reference = reference
        self.judged = dict(judged or {})
        self._vocabulary, self._posts = _indexed(grams, reference)
        self._names = list(self._vocabulary)
        self._spread = Counter(gram for post in self._posts for gram in post)
        self._known = {index: 1.0 for index, inside in enumerate(reference) if inside}
        self._known |= {index: float(relevant) for index, relevant in self.judged.items()}
        self._learn()

    def _learn(self) -> None:
        relevance = [self._known.get(index, 0.0) for index in range(len(self._posts))]
        for _ in range(ROUNDS + 1):
            self._weights = self._weigh(relevance)
            self._line = self._draw_line()
            relevance = [self._relevance(index) for index in range(len(self._posts))]
        self.relevance = relevance

    def _weigh(self, relevance: Sequence[float]) -> _Weights:
        inside = [0.0] * len(self._names)
        for post, share in zip(self._posts, relevance, strict=True):
            if share > _NEGLIGIBLE:
                for gram in post:
                    inside[gram] += share
        target = math.fsum(relevance)
        rest = len(self._posts) - target
        logs = [
            _beyond_chance(count, max(0.0, self._spread[gram] - count), target, rest)
            for gram, count in enumerate(inside)
        ]
        return _Weights(logs, inside)

    def _draw_line(self) -> float:
        """The score that all but `_PASSING` of the reference set reach, each without what it taught itself.

        Above zero in any case, so that a post that nothing speaks for stays outside.
        """
        scores = sorted(self._score_without_itself(index) for index, known in self._known.items() if known)
        return max(_LEAST_LINE, scores[int(len(scores) * _PASSING)]) if scores else math.inf

    def _score_without_itself(self, index: int) -> float:
        logs, inside = self._weights.logs, self._weights.inside
        post = self._posts[index]
        return math.fsum(logs[gram] * (1 - 1 / max(1.0, inside[gram])) for gram in post) / _length(post)

    def _relevance(self, index: int) -> float:
        if index in self._known:
            return self._known[index]
        logs, post = self._weights.logs, self._posts[index]
        return self._likelihood(math.fsum(logs[gram] for gram in post) / _length(post))

    def _likelihood(self, score: float) -> float:
        return 1 / (1 + math.exp(min(50.0, max(-50.0, _STEEPNESS * (self._line - score)))))

    def relevance_without(self, index: int, name: str) -> float:
        """How likely a post is relevant by its other words, none of which shares a word with `name`."""
        if index in self.judged:
            return float(self.judged[index])
        logs, post = self._weights.logs, self._posts[index]
        others = (logs[gram] for gram in post if not overlap(self._names[gram], name))
        return self._likelihood(math.fsum(others) / _length(post))

    def telling_grams(self) -> dict[str, list[int]]:
        """Words and phrases of the target set, each with the posts of the search set that hold it."""
        logs, inside = self._weights.logs, self._weights.inside
        telling = {gram for gram in range(len(self._names)) if logs[gram] > 0 and inside[gram] >= 1}
        holders: dict[int, list[int]] = defaultdict(list)
        for index, post in enumerate(self._posts):
            if not self.reference[index]:
                for gram in telling.intersection(post):
                    holders[gram].append(index)
        return {self._names[gram]: indices for gram, indices in holders.items()}


def _indexed(grams: Sequence[frozenset[str]], reference: Sequence[bool]) -> tuple[dict[str, int], list[list[int]]]:
    """Numbers for the grams that a few posts hold, one of the search set at least; and the posts in numbers."""
    spread = Counter(gram for post in grams for gram in post)
    outside = _held(post for post, inside in zip(grams, reference, strict=True) if not inside)
    frequent = sorted(gram for gram in outside if spread[gram] >= FEWEST_POSTS)
    vocabulary = {gram: number for number, gram in enumerate(frequent)}
    return vocabulary, [sorted(vocabulary[gram] for gram in post if gram in vocabulary) for post in grams]


def _held(posts: Iterable[frozenset[str]]) -> set[str]:
    return {gram for post in posts for gram in post}


def _length(post: Sequence[int]) -> float:
    """Words of a post repeat one another's testimony: dividing by the root of their number tempers it."""
    return math.sqrt(len(post) or 1)


def _beyond_chance(inside: float, outside: float, target: float, rest: float) -> float:
    """The log odds ratio of a gram between target set and rest, drawn towards zero by 1.64 standard errors."""
    inside, outside = inside + _SMOOTHING, outside + _SMOOTHING
    weight = math.log(inside / (target + 2 * _SMOOTHING)) - math.log(outside / (rest + 2 * _SMOOTHING))
    margin = _BEYOND_CHANCE * math.sqrt(1 / inside + 1 / outside)
    return math.copysign(max(0.0, abs(weight) - margin), weight)
