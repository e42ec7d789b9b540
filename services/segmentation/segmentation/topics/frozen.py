"""Topics as they were published: what assigns later posts, and never changes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segmentation.topics.reference import Reference, Votes
from segmentation.topics.space import Space, Stored


@dataclass(frozen=True)
class FrozenTopics:
    """The space and the voting members of a publication."""

    space: Space
    reference: Reference

    def vote(self, stored: Stored) -> Votes:
        """The segment of each stored vector, or none."""
        return self.reference.vote(self.space.place(stored))


def stored_vectors(vectors: Sequence[bytes], dimensions: int) -> Stored:
    """Vectors from their bytes (float16, little endian), one row each."""
    return np.frombuffer(b"".join(vectors), dtype="<f2").reshape(-1, dimensions)
