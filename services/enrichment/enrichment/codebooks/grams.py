"""Hashed n-grams of passages, weighted by how rare they are among those that a head has learnt from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import norm

from enrichment.codebooks.fewshot import Floats
from enrichment.texts.ngrams import NgramHasher
from enrichment.texts.spans import masked

_HASHER = NgramHasher(sizes=(3, 4, 5), words=(1, 2), bits=16)
_FEWEST_PASSAGES = 3


@dataclass(frozen=True)
class Vocabulary:
    """The n-grams that a head knows: their hashed columns, in order, and how rare each is."""

    columns: NDArray[np.int32]
    rarity: Floats

    @classmethod
    def of(cls, texts: Sequence[str], most: int) -> Vocabulary:
        """The n-grams that at least three of the texts have; of more than `most` those that most texts have."""
        counts = _count(texts)
        passages = np.bincount(counts.indices, minlength=counts.shape[1])
        common = np.argsort(-passages, kind="stable")[:most]
        columns = np.sort(common[passages[common] >= _FEWEST_PASSAGES]).astype(np.int32)
        rarity = np.log((1 + len(texts)) / (1 + passages[columns])).astype(np.float32)
        return cls(columns, rarity)

    def weigh(self, texts: Sequence[str]) -> csr_matrix:
        """Unit rows of log counts times rarity (tf-idf, Spärck Jones 1972), empty where no n-gram is known."""
        counts = _count(texts)[:, self.columns].tocsr()
        counts.data = (np.log1p(counts.data) * self.rarity[counts.indices]).astype(np.float32)
        lengths = np.repeat(norm(counts, axis=1), np.diff(counts.indptr)) if counts.nnz else counts.data
        counts.data /= np.maximum(lengths, 1e-6)
        return counts


def _count(texts: Sequence[str]) -> csr_matrix:
    return _HASHER.count([masked(text) for text in texts])
