"""Frozen members that vote on new posts, and the right to abstain."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from segmentation.topics.method import Method
from segmentation.topics.neighbours import Neighbours, nearest, nearest_others
from segmentation.topics.partition import NONE
from segmentation.topics.space import Vectors

_FLOOR_SAMPLE = 2_000
# The smallest segments have no more members than this; further neighbours of theirs lie elsewhere.
_NEAREST = 5


@dataclass(frozen=True)
class Votes:
    """The segment each post got (`NONE` when it abstains) and its share of the votes, zero without one."""

    segments: NDArray[np.intp]
    strengths: NDArray[np.float32]


@dataclass(frozen=True)
class Reference:
    """Placed vectors of members with their segments; `floor` is the least similarity that members show."""

    vectors: Vectors
    segments: NDArray[np.intp]
    neighbours: int
    floor: float
    smallest_vote: float

    def vote(self, vectors: Vectors) -> Votes:
        """The segment that the nearest members vote for, each by its cosine squared.

        A post abstains when it is further from its neighbours than members are, or when they disagree.
        """
        if not len(self.segments):
            return Votes(np.full(len(vectors), NONE), np.zeros(len(vectors), dtype=np.float32))
        found = nearest(vectors, self.vectors, min(self.neighbours, len(self.segments)))
        shares = vote_shares(found, self.segments)
        winners = shares.argmax(axis=1)
        return self.accept(found, winners, shares[np.arange(len(shares)), winners])

    def only(self, rows: NDArray[np.bool_]) -> "Reference":
        """The same rules with some of the voters."""
        return replace(self, vectors=self.vectors[rows], segments=self.segments[rows])

    def accept(self, neighbours: Neighbours, segments: NDArray[np.intp], shares: NDArray[np.float32]) -> Votes:
        """The segments of posts that are near enough to their neighbours and have votes enough."""
        near = nearness(neighbours) >= self.floor
        accepted = near & (shares > self.smallest_vote)
        return Votes(np.where(accepted, segments, NONE), np.where(accepted, shares, np.float32(0.0)))


def nearness(neighbours: Neighbours) -> NDArray[np.float32]:
    """How near posts are to what is nearest to them: their mean cosine with up to five neighbours."""
    mean: NDArray[np.float32] = neighbours.similarities[:, :_NEAREST].mean(axis=1)
    return mean


def vote_shares(neighbours: Neighbours, segments: NDArray[np.intp]) -> NDArray[np.float32]:
    """Share of every segment in the votes of each post's neighbours, shape (posts, segments)."""
    weights = np.clip(neighbours.similarities, 0.0, 1.0) ** 2
    voted = segments[neighbours.rows]
    weights[voted == NONE] = 0.0
    shares = np.zeros((len(voted), int(segments.max(initial=0)) + 1), dtype=np.float32)
    np.add.at(shares, (np.arange(len(voted))[:, None], voted), weights)
    totals = weights.sum(axis=1, keepdims=True)
    np.divide(shares, totals, out=shares, where=totals > 0)
    return shares


def reference_rows(segments: NDArray[np.intp], at_most: int) -> NDArray[np.intp]:
    """Rows of the members that vote: all of them, or a random sample that is always the same."""
    members = np.flatnonzero(segments != NONE)
    if len(members) <= at_most:
        return members
    return np.sort(np.random.default_rng(0).choice(members, at_most, replace=False))


def similarity_floor(vectors: Vectors, method: Method) -> float:
    """The low percentile of the members' own nearness to other members."""
    if len(vectors) <= _NEAREST:
        return 0.0
    chosen = np.random.default_rng(0).permutation(len(vectors))[:_FLOOR_SAMPLE]
    own = nearness(nearest_others(vectors, chosen, _NEAREST))
    return float(np.percentile(own, method.floor_percentile))
