"""Leiden communities of a neighbour graph, the consensus of several runs, and how well the runs agree."""

from collections.abc import Sequence
from itertools import combinations

import graspologic_native
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from sklearn.metrics import adjusted_rand_score

from segmentation.topics.neighbours import Neighbours

Communities = NDArray[np.intp]

# Edges on which no two runs agree stay in the graph by a thread: no post may fall out of it.
_THREAD = 1e-6


def similarity_graph(neighbours: Neighbours) -> csr_array:
    """Symmetric graph of cosine squared; a pair that names each other counts twice."""
    posts, count = neighbours.rows.shape
    weights = np.clip(neighbours.similarities, 0.0, 1.0).astype(np.float64) ** 2
    sources = np.repeat(np.arange(posts, dtype=np.int32), count)
    directed = csr_array((weights.ravel(), (sources, neighbours.rows.ravel())), shape=(posts, posts))
    graph = csr_array(directed + directed.T)
    graph.eliminate_zeros()
    graph.sort_indices()
    return graph


def leiden(graph: csr_array, resolution: float, seed: int, iterations: int) -> Communities:
    """Communities by modularity (Traag, Waltman and van Eck 2019, "From Louvain to Leiden")."""
    posts: int = graph.shape[0]
    if graph.nnz == 0:
        return np.arange(posts)
    _, community_of = graspologic_native.leiden_csr(
        graph.indptr.astype(np.int64),
        graph.indices.astype(np.int32),
        graph.data.astype(np.float64),
        posts,
        resolution=resolution,
        seed=seed,
        iterations=iterations,
    )
    return np.fromiter((community_of[post] for post in range(posts)), dtype=np.intp, count=posts)


def consensus(graph: csr_array, runs: Sequence[Communities], resolution: float, iterations: int) -> Communities:
    """Leiden once more, on the graph weighted by how many runs keep both ends of an edge together.

    After Lancichinetti and Fortunato 2012, "Consensus clustering in complex networks", on the graph's own
    edges as in Tandon et al. 2019, so that it costs one more run and not a full co-occurrence matrix.
    """
    sources = np.repeat(np.arange(graph.shape[0]), np.diff(graph.indptr))
    together = np.mean([run[sources] == run[graph.indices] for run in runs], axis=0)
    weighted = graph.copy()
    weighted.data = graph.data * np.maximum(together, _THREAD)
    return leiden(weighted, resolution, seed=len(runs), iterations=iterations)


def agreement(runs: Sequence[Communities]) -> float:
    """Mean adjusted Rand index (Hubert and Arabie 1985) over all pairs of runs; 1 is perfect, 0 is chance."""
    pairs = [adjusted_rand_score(left, right) for left, right in combinations(runs, 2)]
    return float(np.mean(pairs)) if pairs else 1.0


def recurrence(members: NDArray[np.bool_], runs: Sequence[Communities]) -> float:
    """Mean over the runs of the best Jaccard overlap of one group with any community (Hennig 2007)."""
    return float(np.mean([_best_overlap(members, run) for run in runs]))


def _best_overlap(members: NDArray[np.bool_], run: Communities) -> float:
    shared = np.bincount(run[members], minlength=int(run.max()) + 1)
    union = np.bincount(run) + int(members.sum()) - shared
    return float(np.max(shared / union))
