"""Posts that show what a segment is about: near its centre, each by another author."""

import numpy as np
from numpy.typing import NDArray

from segmentation.topics.space import Vectors


def exemplars(vectors: Vectors, authors: NDArray[np.intp], count: int) -> NDArray[np.intp]:
    """Rows of one segment nearest to its centre, nearest first, no author twice."""
    centre = vectors.mean(axis=0)
    order = np.argsort(-(vectors @ centre), kind="stable")
    _, first = np.unique(authors[order], return_index=True)
    return order[np.sort(first)][:count]
