"""What sets the posts that a query takes apart from others, and which of the others are like them.

After King, Lam and Roberts, "Computer-Assisted Keyword and Document Set Discovery from Unstructured Text", American
Journal of Political Science 61(4), 2017: posts that match are the reference set, the others the search set;
classifiers that learn to tell them apart find the target set, the posts of the search set that read like the
reference set. The words of the query must not teach them, or they would learn the query itself: words that no post of
the search set holds are left out.

Two classifiers vote: a naive Bayes on words and phrases, whose weights count only as far as they are beyond chance,
and one on the company that words keep. Both go on learning from the likeliest posts that they have found (Nigam,
McCallum, Thrun and Mitchell, Machine Learning 39, 2000).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from copy import copy

import numpy as np
from numpy.typing import NDArray

from ingest.experiments.company import Company, Holdings, Numbers, Places

FEWEST_POSTS = 3
ROUNDS = 2
_SMOOTHING = 0.5
_BEYOND_CHANCE = 1.64
_PASSING = 0.2
_STEEPNESS = 2.0
_FOUND_SHARE = 0.8
_FEWEST_FOUND = 3
_PURITY = 0.25
_STRETCHES = 19


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
        self._outside = ~np.array(reference, bool)
        self._vocabulary, posts = _indexed(grams, reference)
        self._names = list(self._vocabulary)
        self._by_word: dict[str, list[int]] = defaultdict(list)
        for name, gram in self._vocabulary.items():
            for word in name.split():
                self._by_word[word].append(gram)
        self._holdings = Holdings.of(posts)
        self._starts = np.concatenate([[0], np.cumsum(self._holdings.sizes)])
        self._roots = np.sqrt(np.maximum(1, self._holdings.sizes))
        self._known = np.where(self._outside, np.nan, 1.0)
        for index, relevant in self.judged.items():
            self._known[index] = float(relevant)
        whole = np.array([" " not in name for name in self._names], bool)
        self._company = Company(self._holdings, whole)
        self._learn()

    def _learn(self) -> None:
        relevance = np.nan_to_num(self._known)
        for learnt in range(ROUNDS + 1):
            self._weigh(relevance)
            self._company.learn(relevance > 0.5)
            scores = self._measured(self._heard / self._roots, self._company.scores(self._company.vectors))
            if learnt == 0:
                scores = scores + _standard(self._company.likeness(relevance > 0.5), self._outside)
            if learnt < ROUNDS:
                relevance = self._with_likeliest(scores, learnt + 1)
        self._draw_line()
        likelihood = self._likelihood(scores)
        self.relevance = np.where(np.isnan(self._known), likelihood, self._known).tolist()

    def _with_likeliest(self, scores: Numbers, learnt: int) -> Numbers:
        """What is known, and the posts that come next: half as many as are known to be relevant, then as many."""
        unknown = np.flatnonzero(np.isnan(self._known))
        most = min(max(_FEWEST_FOUND, int(np.nansum(self._known)) * learnt // ROUNDS), len(unknown) // 2)
        relevance = np.nan_to_num(self._known)
        relevance[unknown[np.argsort(-scores[unknown], kind="stable")[:most]]] = _FOUND_SHARE
        return relevance

    def _weigh(self, relevance: Numbers) -> None:
        """What each gram says, and how much of it is in the target set."""
        held, grams = self._holdings, len(self._names)
        self._inside: Numbers = np.bincount(held.grams, relevance[held.posts], minlength=grams).astype(np.float64)
        outside: Numbers = np.bincount(held.grams, minlength=grams) - self._inside
        target = relevance.sum()
        self._logs = _beyond_chance(self._inside, outside, target, len(relevance) - target)
        self._heard = held.sums(self._logs)

    def _measured(self, testimony: Numbers, company: Numbers) -> Numbers:
        """Both votes on one scale, that of the search set."""
        self._scales = [_scale(votes[self._outside]) for votes in (testimony, company)]
        return self._vote(testimony, company)

    def _vote(self, testimony: Numbers, company: Numbers) -> Numbers:
        (middle, spread), (other_middle, other_spread) = self._scales
        votes: Numbers = (testimony - middle) / spread + (company - other_middle) / other_spread
        return votes

    def _draw_line(self) -> None:
        """The score at which a post is as likely relevant as not."""
        taught = self._logs[self._holdings.grams] * (1 - 1 / np.maximum(1.0, self._inside[self._holdings.grams]))
        testimony = np.bincount(self._holdings.posts, taught, minlength=len(self._roots)) / self._roots
        company = self._company.scores(self._company.vectors)
        relevant = np.sort(self._vote(testimony, company)[self._known == 1.0])
        others = self._vote(self._heard / self._roots, company)[self._outside]
        self._passing = float(relevant[int(len(relevant) * _PASSING)]) if len(relevant) else np.inf
        # Judgements say what is relevant; where there are none, the line alone keeps the others away.
        self._line = _pure_line(relevant, others) if len(relevant) and not self.judged else self._passing

    def leniently(self) -> "Contrast":
        """The same, with the line where all but `_PASSING` of what is known to be relevant pass: for what to judge."""
        lenient = copy(self)
        lenient._line = self._passing
        return lenient

    def _likelihood(self, scores: Numbers) -> Numbers:
        likelihood: Numbers = 1 / (1 + np.exp(np.clip(_STEEPNESS * (self._line - scores), -50, 50)))
        return likelihood

    def relevance_without(self, name: str, posts: Sequence[int]) -> list[float]:
        """How likely posts are relevant by their other words, none of which shares a word with `name`."""
        indices = np.array(posts, np.int64)
        shared = np.isin(np.arange(len(self._names)), [gram for word in name.split() for gram in self._by_word[word]])
        places = _ranges(self._starts[indices], self._holdings.sizes[indices])
        rows = np.repeat(np.arange(len(indices)), self._holdings.sizes[indices])
        grams = self._holdings.grams[places]
        rows, grams = rows[shared[grams]], grams[shared[grams]]
        testimony = self._heard[indices] - np.bincount(rows, self._logs[grams], minlength=len(indices))
        vectors = self._company.vectors[indices].copy()
        np.subtract.at(vectors, rows, self._company.worth[grams])
        scores = self._vote(testimony / self._roots[indices], self._company.scores(vectors))
        known = self._known[indices]
        judged = np.array([index in self.judged for index in posts], bool)
        likely: list[float] = np.where(judged, np.nan_to_num(known), self._likelihood(scores)).tolist()
        return likely

    def telling_grams(self) -> dict[str, list[int]]:
        """Words and phrases of the target set, each with the posts of the search set that hold it."""
        telling = (self._logs > 0) & (self._inside >= 1)
        wanted = telling[self._holdings.grams] & self._outside[self._holdings.posts]
        holders: dict[str, list[int]] = {}
        grams, posts = self._holdings.grams[wanted].tolist(), self._holdings.posts[wanted].tolist()
        for gram, post in zip(grams, posts, strict=True):
            holders.setdefault(self._names[gram], []).append(post)
        return holders


def _indexed(grams: Sequence[frozenset[str]], reference: Sequence[bool]) -> tuple[dict[str, int], list[list[int]]]:
    """Numbers for the grams that a few posts hold, one of the search set at least; and the posts in numbers."""
    spread = Counter(gram for post in grams for gram in post)
    outside = _held(post for post, inside in zip(grams, reference, strict=True) if not inside)
    frequent = sorted(gram for gram in outside if spread[gram] >= FEWEST_POSTS)
    vocabulary = {gram: number for number, gram in enumerate(frequent)}
    return vocabulary, [sorted(vocabulary[gram] for gram in post if gram in vocabulary) for post in grams]


def _held(posts: Iterable[frozenset[str]]) -> set[str]:
    return {gram for post in posts for gram in post}


def _beyond_chance(inside: Numbers, outside: Numbers, target: float, rest: float) -> Numbers:
    """The log odds ratio of grams between target set and rest, drawn towards zero by 1.64 standard errors."""
    inside, outside = inside + _SMOOTHING, outside + _SMOOTHING
    weights = np.log(inside / (target + 2 * _SMOOTHING)) - np.log(outside / (rest + 2 * _SMOOTHING))
    margins = _BEYOND_CHANCE * np.sqrt(1 / inside + 1 / outside)
    beyond: Numbers = np.copysign(np.maximum(0.0, np.abs(weights) - margins), weights)
    return beyond


def _scale(votes: Numbers) -> tuple[float, float]:
    return (float(votes.mean()), float(votes.std()) or 1.0) if len(votes) else (0.0, 1.0)


def _standard(votes: Numbers, outside: NDArray[np.bool_]) -> Numbers:
    middle, spread = _scale(votes[outside])
    standard: Numbers = (votes - middle) / spread
    return standard


def _pure_line(relevant: Numbers, others: Numbers) -> float:
    """The lowest score above which `_PURITY` of the other posts can be relevant.

    If relevant posts of the search set score like those of the reference set, their number is at most what is above
    any line, divided by the share of the reference set above it: the least of these bounds tells how many there are
    (the proportion of a mixture; Scott, AISTATS 2015).
    """
    lines = np.quantile(relevant, np.linspace(0, 1 - 0.1, _STRETCHES))
    shares = np.array([(relevant >= line).mean() for line in lines])
    above = np.array([(others >= line).sum() + 1 for line in lines])
    purity = np.minimum(1.0, (above / shares).min() * shares / above)
    pure = lines[purity >= _PURITY]
    return float(pure[0] if len(pure) else lines[-1])


def _ranges(starts: Places, sizes: Places) -> Places:
    """The places from each start on, as many as its size."""
    before = np.concatenate([[0], np.cumsum(sizes)[:-1]]) if len(sizes) else sizes
    places: Places = np.arange(sizes.sum()) + np.repeat(starts - before, sizes)
    return places
