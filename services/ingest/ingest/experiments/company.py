"""Posts as the company that their words keep: alike where they share no word, but words that keep the same company.

Latent semantic analysis (Deerwester, Dumais, Furnas, Landauer and Harshman, Journal of the American Society for
Information Science 41, 1990) of the posts at hand, and a logistic regression on it. No model has to be loaded.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Places = NDArray[np.int64]

_DIMENSIONS = 64
_SPARE = 8
_PASSES = 3
_STEPS = 25
_RIDGE = 5.0
_SCALE = 3.0


@dataclass(frozen=True)
class Holdings:
    """Which grams posts hold, side by side: `grams[k]` is held by post `posts[k]`."""

    posts: Places
    grams: Places
    sizes: Places

    @classmethod
    def of(cls, posts: Sequence[Sequence[int]]) -> "Holdings":
        """Those of all posts, in order."""
        sizes = np.array([len(post) for post in posts], np.int64)
        grams = np.array([gram for post in posts for gram in post], np.int64)
        return cls(np.repeat(np.arange(len(posts)), sizes), grams, sizes)

    def sums(self, values: Numbers) -> Numbers:
        """For each post the sum of what its grams are worth."""
        sums: Numbers = np.bincount(self.posts, values[self.grams], minlength=len(self.sizes)).astype(np.float64)
        return sums


class Company:
    """The vectors of posts; `whole` says which grams are single words, which alone count here.

    `worth` holds what each gram adds to the vector of a post.
    """

    def __init__(self, holdings: Holdings, whole: NDArray[np.bool_]) -> None:
        spread = np.bincount(holdings.grams, minlength=len(whole))
        rarity = np.log(len(holdings.sizes) / np.maximum(spread, 1)) * whole
        self.worth = rarity[:, None] * _directions(holdings, rarity)
        self.vectors = _sums(holdings.posts, holdings.grams, self.worth, len(holdings.sizes))
        self._weights = np.zeros(self.worth.shape[1])

    def learn(self, target: NDArray[np.bool_]) -> None:
        """Learns to tell a target set from the others, both of the same weight; nothing where there are no others."""
        if target.any() and not target.all():
            self._weights = _regression(_unit(self.vectors) * _SCALE, target)

    def scores(self, vectors: Numbers) -> Numbers:
        """How much each post reads like the target set."""
        scores: Numbers = _unit(vectors) @ self._weights * _SCALE
        return scores

    def likeness(self, target: NDArray[np.bool_]) -> Numbers:
        """The cosine of each post and the middle of a target set."""
        units = _unit(self.vectors)
        middle = units[target].sum(axis=0)
        likeness: Numbers = units @ middle / max(1e-9, float(np.linalg.norm(middle)))
        return likeness


def _directions(holdings: Holdings, rarity: Numbers) -> Numbers:
    """For each gram its place in the space of the posts, by a randomised singular value decomposition.

    Halko, Martinsson and Tropp, SIAM Review 53, 2011, algorithm 4.4; the same posts give the same space.
    """
    values = rarity[holdings.grams]
    lengths = np.sqrt(np.bincount(holdings.posts, values**2, minlength=len(holdings.sizes)))
    values = values / np.maximum(lengths, 1e-9)[holdings.posts]
    posts, grams = len(holdings.sizes), len(rarity)
    dimensions = min(_DIMENSIONS + _SPARE, posts, grams)
    start = np.random.default_rng(0).standard_normal((grams, dimensions))
    basis = np.linalg.qr(_sums(holdings.posts, holdings.grams, start, posts, values))[0]
    for _ in range(_PASSES):
        across = np.linalg.qr(_sums(holdings.grams, holdings.posts, basis, grams, values))[0]
        basis = np.linalg.qr(_sums(holdings.posts, holdings.grams, across, posts, values))[0]
    small = _sums(holdings.grams, holdings.posts, basis, grams, values)
    left = np.linalg.svd(small, full_matrices=False)[0]
    return left[:, :_DIMENSIONS]


def _sums(into: Places, of: Places, rows: Numbers, count: int, values: Numbers | None = None) -> Numbers:
    """Rows that are added up where they belong, a column at a time: the whole at once would not fit the memory."""
    found = np.empty((count, rows.shape[1]))
    for column in range(rows.shape[1]):
        picked = rows[of, column] if values is None else rows[of, column] * values
        found[:, column] = np.bincount(into, picked, minlength=count)
    return found


def _unit(vectors: Numbers) -> Numbers:
    units: Numbers = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return units


def _regression(features: Numbers, target: NDArray[np.bool_]) -> Numbers:
    """Weights of a ridge logistic regression by Newton's method; what it adds to all alike is left out."""
    outside = len(target) - target.sum()
    weights = np.where(target, outside / max(1, target.sum()), 1.0)
    weights /= weights.mean()
    inputs = np.hstack([features, np.ones((len(features), 1))])
    ridge = np.diag([*[_RIDGE] * features.shape[1], 1e-6])
    found = np.zeros(inputs.shape[1])
    for _ in range(_STEPS):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ found, -40, 40)))
        slope = inputs.T @ (weights * (chance - target)) + ridge @ found
        curve = (inputs * (weights * chance * (1 - chance))[:, None]).T @ inputs + ridge
        step = np.linalg.solve(curve, slope)
        found -= step
        if np.abs(step).max() < 1e-5:
            break
    return found[:-1]
