"""Posts that show what a segment is about: near its centre, each by another author."""

import numpy as np
from numpy.typing import NDArray

from segmentation.topics.space import Vectors

_MOST = 10


def exemplars(vectors: Vectors, authors: NDArray[np.intp]) -> NDArray[np.intp]:
    """At most ten rows of one segment, nearest to its centre first, no author twice."""
    centre = vectors.mean(axis=0)
    order = np.argsort(-(vectors @ centre), kind="stable")
    _, first = np.unique(authors[order], return_index=True)
    return order[np.sort(first)][:_MOST]
