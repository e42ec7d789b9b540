"""A partition that a person can read: not too many segments, none too small, with its stability."""

from collections.abc import Iterator, Sequence
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
    person reads, so the resolution falls by steps until at most `segments_at_most` are large enough. Parts
    of a conversation that nothing connects stay apart at any resolution.
    """
    graph = similarity_graph(neighbours)
    smallest = method.smallest_of(len(neighbours.rows))
    most = max(method.segments_at_most, _large(connected_components(graph, directed=False)[1], smallest))
    for resolution in _resolutions(method):
        if _large(leiden(graph, resolution, 0, method.iterations), smallest) > most:
            continue
        partition = _partition(graph, resolution, smallest, method)
        if partition.count <= most:
            return partition
    return _partition(graph, resolution, smallest, method)


def _resolutions(method: Method) -> Iterator[float]:
    if method.resolution is not None:
        yield method.resolution
    else:
        yield from (_FINEST * _STEP**step for step in range(_STEPS))


def _large(communities: Communities, smallest: int) -> int:
    return int((np.bincount(communities) >= smallest).sum())


def _partition(graph: csr_array, resolution: float, smallest: int, method: Method) -> Partition:
    runs = tuple(leiden(graph, resolution, seed, method.iterations) for seed in range(method.runs))
    agreed = consensus(graph, runs, resolution, method.iterations)
    kept, recurrences = [], []
    for community in _largest_first(agreed, smallest):
        share = recurrence(agreed == community, runs)
        if share >= method.smallest_recurrence:
            kept.append(community)
            recurrences.append(share)
    return Partition(_numbered(agreed, kept), tuple(recurrences), agreement(runs), resolution)


def _largest_first(communities: Communities, smallest: int) -> NDArray[np.intp]:
    sizes = np.bincount(communities)
    order = np.argsort(-sizes, kind="stable")
    return order[sizes[order] >= smallest]


def _numbered(communities: Communities, kept: Sequence[int]) -> NDArray[np.intp]:
    """Segments numbered in the order of `kept`; all other communities are `NONE`."""
    numbers = np.full(int(communities.max()) + 1, NONE, dtype=np.intp)
    numbers[np.array(kept, dtype=np.intp)] = np.arange(len(kept))
    return numbers[communities]
