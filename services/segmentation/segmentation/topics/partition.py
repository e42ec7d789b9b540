"""A partition that a person can read: not too many segments, none too small, with its stability."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from segmentation.topics.communities import (
    Communities,
    agreement,
    consensus,
    leiden,
    recurrence,
    similarity_graph,
)
from segmentation.topics.method import Method
from segmentation.topics.neighbours import Neighbours

NONE = -1

_FINEST = 1.0
_STEP = 0.7
_STEPS = 14


@dataclass(frozen=True)
class Partition:
    """Segment of every text, `NONE` where its community is too small or does not come back in other runs.

    `stability` is the mean adjusted Rand index between runs; `recurrences` holds the mean best Jaccard overlap
    of each segment with the communities of the runs.
    """

    segments: NDArray[np.intp]
    recurrences: tuple[float, ...]
    stability: float
    resolution: float

    @property
    def count(self) -> int:
        """Number of segments."""
        return len(self.recurrences)


def readable_partition(neighbours: Neighbours, method: Method) -> Partition:
    """The consensus at the finest resolution that leaves a readable number of segments.

    Modularity has a natural resolution of one; a lively conversation splits into more communities than a
    person reads, so the resolution falls by steps until at most `segments_at_most` are large enough, or a step
    would lump too much together. Parts of a conversation that nothing connects stay apart at any resolution.
    """
    graph = similarity_graph(neighbours)
    smallest = method.smallest_of(len(neighbours.rows))
    if method.resolution is not None:
        return _partition(graph, method.resolution, smallest, method)
    parts = _large(connected_components(graph, directed=False)[1], smallest)
    most = max(method.segments_at_most, parts)
    return _partition(graph, _readable_resolution(graph, smallest, most, method), smallest, method, most)


def _readable_resolution(graph: csr_array, smallest: int, most: int, method: Method) -> float:
    chosen = _FINEST
    for step in range(_STEPS):
        resolution = _FINEST * _STEP**step
        communities = leiden(graph, resolution, 0, method.iterations)
        if step and np.bincount(communities).max() > method.largest_share * len(communities):
            break
        chosen = resolution
        if _large(communities, smallest) <= most:
            break
    return chosen


def _large(communities: Communities, smallest: int) -> int:
    return int((np.bincount(communities) >= smallest).sum())


def _partition(
    graph: csr_array, resolution: float, smallest: int, method: Method, most: int | None = None
) -> Partition:
    """The consensus of several runs; of its large communities those that come back, at most so many."""
    runs = tuple(leiden(graph, resolution, seed, method.iterations) for seed in range(method.runs))
    agreed = consensus(graph, runs, resolution, method.iterations)
    shares = {community: recurrence(agreed == community, runs) for community in _largest_first(agreed, smallest)}
    kept = [community for community, share in shares.items() if share >= method.smallest_recurrence][:most]
    recurrences = tuple(shares[community] for community in kept)
    return Partition(_numbered(agreed, kept), recurrences, agreement(runs), resolution)


def _largest_first(communities: Communities, smallest: int) -> list[int]:
    sizes = np.bincount(communities)
    order = np.argsort(-sizes, kind="stable")
    numbers: list[int] = order[sizes[order] >= smallest].tolist()
    return numbers


def _numbered(communities: Communities, kept: Sequence[int]) -> NDArray[np.intp]:
    """Segments numbered in the order of `kept`; all other communities are `NONE`."""
    numbers = np.full(int(communities.max()) + 1, NONE, dtype=np.intp)
    numbers[np.array(kept, dtype=np.intp)] = np.arange(len(kept))
    return numbers[communities]
