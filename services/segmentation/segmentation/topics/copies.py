"""Copies of one text: many equal vectors would form a community of their own, so each text counts once."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from segmentation.topics.neighbours import Neighbours, nearest_others, neighbourhood
from segmentation.topics.space import Stored, Vectors

# The same text encoded in two batches differs by rounding; different texts are further apart than this.
_SAME_TEXT = 0.999


@dataclass(frozen=True)
class Texts:
    """Distinct texts: the row of the post that stands for each, and the text of every post."""

    posts: NDArray[np.intp]
    text_of_post: NDArray[np.intp]


def equal_vectors(stored: Stored) -> Texts:
    """One text per distinct vector, in the order of first appearance."""
    row = np.dtype((np.void, stored.itemsize * stored.shape[1]))
    keys = np.ascontiguousarray(stored).view(row).ravel()
    _, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    order = np.argsort(first)
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return Texts(first[order], rank[inverse])


def fold_copies(texts: Texts, vectors: Vectors, neighbours: Neighbours) -> tuple[Texts, NDArray[np.intp]]:
    """Texts after near-equal ones became one, and the rows of `vectors` that stay."""
    sources, columns = np.nonzero(neighbours.similarities >= _SAME_TEXT)
    targets = neighbours.rows[sources, columns]
    links = csr_array((np.ones(len(sources)), (sources, targets)), shape=(len(vectors), len(vectors)))
    _, group = connected_components(links, directed=False)
    _, kept, folded = np.unique(group, return_index=True, return_inverse=True)
    return Texts(texts.posts[kept], folded[texts.text_of_post]), kept


def distinct_neighbourhood(
    texts: Texts, vectors: Vectors, count: int, exact_up_to: int
) -> tuple[Texts, Vectors, Neighbours]:
    """Distinct texts, their vectors and the neighbours among them; `vectors` has one row per given text."""
    neighbours = neighbourhood(vectors, count, exact_up_to)
    texts, kept = fold_copies(texts, vectors, neighbours)
    if len(kept) < len(vectors):
        vectors = vectors[kept]
        neighbours = _among(kept, vectors, neighbours)
    return texts, vectors, neighbours


def _among(kept: NDArray[np.intp], vectors: Vectors, before: Neighbours) -> Neighbours:
    """The lists of the kept rows; only those that named a folded copy are searched again."""
    count = max(1, min(before.rows.shape[1], len(kept) - 1))
    position = np.full(len(before.rows), -1, dtype=np.int32)
    position[kept] = np.arange(len(kept), dtype=np.int32)
    rows, similarities = position[before.rows[kept]], before.similarities[kept][:, :count].copy()
    stale = np.flatnonzero((rows < 0).any(axis=1))
    fresh = nearest_others(vectors, stale, count)
    rows = rows[:, :count].copy()
    rows[stale], similarities[stale] = fresh.rows, fresh.similarities
    return Neighbours(rows, similarities)
