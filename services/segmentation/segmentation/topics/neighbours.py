"""Nearest neighbours by cosine: exact in blocks while that is quick, by an HNSW index beyond."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from usearch.index import BatchMatches, Index

from segmentation.topics.space import Vectors

_BLOCK = 1_024


@dataclass(frozen=True)
class Neighbours:
    """Row numbers and cosines of the nearest vectors, nearest first, each of shape (queries, count)."""

    rows: NDArray[np.int32]
    similarities: NDArray[np.float32]


def nearest(queries: Vectors, reference: Vectors, count: int) -> Neighbours:
    """The exact nearest reference vectors of each query; ties go to the lower row."""
    return _in_blocks(queries, reference, count, own_rows=None)


def nearest_others(vectors: Vectors, of: NDArray[np.intp], count: int) -> Neighbours:
    """The exact nearest vectors of the rows named by `of`, themselves left out."""
    return _in_blocks(vectors[of], vectors, count, own_rows=of)


def neighbourhood(vectors: Vectors, count: int, exact_up_to: int) -> Neighbours:
    """The nearest other vectors of every vector; the same input always gives the same answer."""
    if len(vectors) <= exact_up_to:
        return nearest_others(vectors, np.arange(len(vectors)), count)
    return _approximate(vectors, count)


def _in_blocks(queries: Vectors, reference: Vectors, count: int, own_rows: NDArray[np.intp] | None) -> Neighbours:
    rows = np.empty((len(queries), count), dtype=np.int32)
    similarities = np.empty((len(queries), count), dtype=np.float32)
    for start in range(0, len(queries), _BLOCK):
        block = slice(start, start + _BLOCK)
        cosines = queries[block] @ reference.T
        if own_rows is not None:
            cosines[np.arange(len(cosines)), own_rows[block]] = -np.inf
        rows[block], similarities[block] = _largest(cosines, count)
    return Neighbours(rows, similarities)


def _largest(cosines: Vectors, count: int) -> tuple[NDArray[np.int32], Vectors]:
    found = np.argpartition(-cosines, count - 1, axis=1)[:, :count].astype(np.int32)
    values = np.take_along_axis(cosines, found, axis=1)
    order = np.lexsort((found, -values), axis=1)
    return np.take_along_axis(found, order, axis=1), np.take_along_axis(values, order, axis=1)


def _approximate(vectors: Vectors, count: int) -> Neighbours:
    """HNSW (Malkov and Yashunin 2018) over float16; the cosines are computed again in float32."""
    blocks = [slice(start, start + _BLOCK) for start in range(0, len(vectors), _BLOCK)]
    index = Index(ndim=vectors.shape[1], metric="ip", dtype="f16", expansion_add=128, expansion_search=96)
    for block in blocks:
        stored = vectors[block].astype(np.float16)
        # One thread: the graph depends on the order in which vectors enter.
        index.add(np.arange(block.start, block.start + len(stored), dtype=np.uint64), stored, threads=1)
    rows = np.empty((len(vectors), count), dtype=np.int32)
    similarities = np.empty((len(vectors), count), dtype=np.float32)
    for block in blocks:
        found = index.search(vectors[block].astype(np.float16), count + 1, threads=1)
        assert isinstance(found, BatchMatches)
        own = np.arange(block.start, block.start + len(found.keys))[:, None]
        is_found = np.arange(count + 1) < found.counts[:, None]
        keys = np.where(is_found, found.keys.astype(np.int64), own)
        rows[block], similarities[block] = _without_self(vectors, keys, own, count)
    return Neighbours(rows, similarities)


def _without_self(
    vectors: Vectors, keys: NDArray[np.int64], own: NDArray[np.int64], count: int
) -> tuple[NDArray[np.int32], Vectors]:
    cosines = np.einsum("qd,qkd->qk", vectors[own.ravel()], vectors[keys])
    cosines[keys == own] = -np.inf
    best, values = _largest(cosines, count)
    return np.take_along_axis(keys, best.astype(np.int64), axis=1).astype(np.int32), values
