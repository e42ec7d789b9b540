"""MinHash signatures of texts, folded into the few keys by which likely copies find one another."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rensa import RMinHash

# Chosen on one half of the data sets, see `ingest.copies.scores`.
SIGNS = 6
BANDS = 16
ROWS = 3

Keys = NDArray[np.uint32]

_SEED = 1
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
_MIXER = np.uint64(0xBF58476D1CE4E5B9)


def keys_of(texts: Sequence[str]) -> Keys:
    """One row of `BANDS` keys per text; texts with equal keys in a band are likely to be alike.

    Each key stands for `ROWS` minima of the hashed runs of `SIGNS` signs (Broder, 1997; banding after Leskovec,
    Rajaraman and Ullman, "Mining of Massive Datasets", 3.4). Texts must have `SIGNS` signs at least.
    """
    hashes, offsets = _shingles(texts)
    matrix = RMinHash.digest_matrix_from_flat_token_hashes(hashes, offsets, BANDS * ROWS, _SEED)
    minima = np.array(matrix.to_rows(), np.uint64).reshape(len(texts), BANDS, ROWS)
    key = minima[:, :, 0]
    for row in range(1, ROWS):
        key = _mixed(key * _MULTIPLIER + minima[:, :, row])
    return (key >> np.uint64(32)).astype(np.uint32)


def _shingles(texts: Sequence[str]) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Hashes of all runs of signs, text after text, and where each text's begin."""
    lengths = np.fromiter(map(len, texts), np.int64, len(texts))
    ends = lengths.cumsum()
    signs = np.frombuffer("".join(texts).encode("utf-32-le"), np.uint32).astype(np.uint64)
    starts = len(signs) - SIGNS + 1
    rolled = signs[:starts].copy()
    is_within = np.ones(starts, bool)
    for place in range(1, SIGNS):
        rolled *= _MULTIPLIER
        rolled += signs[place : place + starts]
        # A run that begins so near to the end of its text reaches into the next one.
        is_within[(ends - place)[ends - place < starts]] = False
    offsets = np.concatenate([[0], (lengths - SIGNS + 1).cumsum()]).astype(np.uint64)
    return _mixed(rolled[is_within]), offsets


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spreads every bit over all of them, as the finisher of SplitMix64 does."""
    numbers = (numbers ^ (numbers >> np.uint64(30))) * _MIXER
    return numbers ^ (numbers >> np.uint64(31))
