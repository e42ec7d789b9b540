"""The wording of passages as every head sees it: hashed character and word n-grams, counted once for all heads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import norm

from enrichment.texts.ngrams import NgramHasher
from enrichment.texts.spans import masked

NGRAMS = NgramHasher(sizes=(2, 3, 4, 5), words=(1, 2), bits=18)


def wording(texts: Sequence[str]) -> csr_matrix:
    """Unit rows of log counts, float32. How rare an n-gram is, a head has in its weights."""
    counts = NGRAMS.count([masked(text) for text in texts])
    counts.data = np.log1p(counts.data)
    counts.data /= np.repeat(norm(counts, axis=1), np.diff(counts.indptr))
    return counts
