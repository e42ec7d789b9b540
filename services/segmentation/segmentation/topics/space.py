"""The space in which posts of one study are compared: unit vectors around the study's own centre."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Stored = NDArray[np.float16]

_BLOCK = 8_192


@dataclass(frozen=True)
class Space:
    """What all posts of a study share says nothing about their topics, so its mean vector is taken out.

    Centring sentence vectors makes cosines tell more (Mu and Viswanath 2018, "All-but-the-Top").
    """

    centre: Vectors

    @classmethod
    def of(cls, stored: Stored) -> "Space":
        """The space of these vectors, shape (posts, dimensions)."""
        total = np.zeros(stored.shape[1], dtype=np.float64)
        for start in range(0, len(stored), _BLOCK):
            total += stored[start : start + _BLOCK].astype(np.float32).sum(axis=0)
        return cls((total / len(stored)).astype(np.float32))

    def place(self, stored: Stored) -> Vectors:
        """Unit vectors around the centre; a vector without a direction becomes zero."""
        placed = np.nan_to_num(stored.astype(np.float32), copy=False, nan=0.0, posinf=0.0, neginf=0.0)
        placed -= self.centre
        lengths = np.linalg.norm(placed, axis=1, keepdims=True)
        np.divide(placed, lengths, out=placed, where=lengths > 1e-6)
        placed[lengths.ravel() <= 1e-6] = 0.0
        return placed
