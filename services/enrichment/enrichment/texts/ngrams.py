"""Character and word n-grams of many texts at once, hashed into a fixed number of columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

_BASE = 0x9E3779B97F4A7C15
_INVERSE_BASE = pow(_BASE, -1, 1 << 64)
_MIX = np.uint64(0xD6E8FEB86659FD93)
_WORDS = 64

Positions: TypeAlias = NDArray[np.int64]
Hashes: TypeAlias = NDArray[np.uint64]


@dataclass(frozen=True)
class NgramHasher:
    """Counts n-grams in `2 ** bits` columns: character n-grams of `sizes`, runs of `words` words.

    Does what scikit-learn's `HashingVectorizer` does, an order of magnitude faster: a prefix sum of a
    polynomial in the code points gives the hash of any span of any text by two look-ups, so a batch costs a
    few array operations and no Python object per n-gram. Character n-grams do not cross word boundaries
    unless `across_words`.
    """

    sizes: tuple[int, ...]
    words: tuple[int, ...]
    bits: int
    across_words: bool = False

    def count(self, texts: Sequence[str]) -> csr_matrix:
        """Rows of counts, one per text, as float32."""
        rolled = _RolledTexts.of(texts)
        rows, columns = [], []
        for size in self.sizes:
            starts = rolled.character_starts(size, self.across_words)
            rows.append(rolled.owner[starts])
            columns.append(self._columns(rolled.hashes(starts, starts + size), size))
        for length in self.words:
            starts, ends = rolled.word_runs(length)
            rows.append(rolled.owner[starts])
            columns.append(self._columns(rolled.hashes(starts, ends), _WORDS + length))
        return _counts(np.concatenate(rows), np.concatenate(columns), (len(texts), 1 << self.bits))

    def _columns(self, hashes: Hashes, kind: int) -> Positions:
        mixed = (hashes ^ (hashes >> np.uint64(29))) + np.uint64(kind)
        return ((mixed * _MIX) >> np.uint64(64 - self.bits)).astype(np.int64)


def _counts(rows: Positions, columns: Positions, shape: tuple[int, int]) -> csr_matrix:
    matrix = csr_matrix((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
    matrix.sum_duplicates()
    return matrix


@dataclass(frozen=True)
class _RolledTexts:
    """All texts end to end, each between spaces, with the prefix sums that give the hash of any span."""

    owner: Positions
    prefix: Hashes
    inverse: Hashes
    gaps: Positions
    word_starts: Positions
    word_ends: Positions

    @classmethod
    def of(cls, texts: Sequence[str]) -> _RolledTexts:
        padded = [f" {text} " for text in texts]
        points = np.frombuffer("".join(padded).encode("utf-32-le", "replace"), np.uint32)
        owner = np.repeat(np.arange(len(padded)), [len(text) for text in padded])
        # Unsigned arithmetic wraps around, which is the ring that the inverse powers are taken in.
        powers = np.full(len(points), _BASE, np.uint64).cumprod()
        prefix = np.concatenate([[np.uint64(0)], (points * powers).cumsum(dtype=np.uint64)])
        inverse = np.full(len(points), _INVERSE_BASE, np.uint64).cumprod()
        is_space, is_word = _classes(points)
        starts, ends = _words(is_space, is_word)
        return cls(owner, prefix, inverse, np.concatenate([[0], is_space.cumsum()]), starts, ends)

    def hashes(self, starts: Positions, ends: Positions) -> Hashes:
        difference: Hashes = (self.prefix[ends] - self.prefix[starts]) * self.inverse[starts]
        return difference

    def character_starts(self, size: int, across_words: bool) -> Positions:
        starts = np.arange(max(0, len(self.owner) - size + 1))
        inside = self.owner[starts] == self.owner[starts + size - 1]
        if not across_words and size > 2:
            inside &= self.gaps[starts + size - 1] == self.gaps[starts + 1]
        kept: Positions = starts[inside]
        return kept

    def word_runs(self, length: int) -> tuple[Positions, Positions]:
        starts = self.word_starts[: max(0, len(self.word_starts) - length + 1)]
        ends = self.word_ends[length - 1 :]
        together = self.owner[starts] == self.owner[ends - 1]
        return starts[together], ends[together]


def _classes(points: NDArray[np.uint32]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    distinct, where = np.unique(points, return_inverse=True)
    characters = [chr(point) for point in distinct]
    is_space = np.array([character.isspace() for character in characters], np.bool_)
    is_word = np.array([character.isalnum() for character in characters], np.bool_)
    return is_space[where], is_word[where]


def _words(is_space: NDArray[np.bool_], is_word: NDArray[np.bool_]) -> tuple[Positions, Positions]:
    """Start and end of every run of letters and digits; any other visible character is a word of its own."""
    before, after = np.roll(is_word, 1), np.roll(is_word, -1)
    single = ~is_space & ~is_word
    starts = np.flatnonzero(single | (is_word & ~before))
    ends = np.flatnonzero(single | (is_word & ~after)) + 1
    return starts, ends
