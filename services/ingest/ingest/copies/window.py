"""The keys of the newest texts, in memory: bounded, without pauses, at the cost of microseconds a text."""

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from ingest.copies.signatures import BANDS, Keys

FEWEST_SHARED = 2
MOST_CANDIDATES = 3
_LONGEST_CHAIN = 12
_NOBODY = 0
_BANDS = np.arange(BANDS)
_HALF = 64


class Window:
    """A ring of rows, each found by any of its keys.

    Per band, a table of heads leads to the newest row with a key, and each row to an older one (chained hashing).
    Rows are counted from 1, so that memory is touched only when it is used. What leaves the ring is overwritten: a
    chain that leads there meets a younger row than it came from, and ends.
    """

    def __init__(self, texts: int) -> None:
        self._size = max(texts, 1)
        self._slots = 1 << (self._size - 1).bit_length()
        self._added = 0
        self._keys = np.zeros((self._size, BANDS), np.uint32)
        self._older = np.zeros((self._size, BANDS), np.uint32)
        self._heads = np.zeros((BANDS, self._slots), np.uint32)
        self._ids = np.zeros((self._size, 2), np.uint64)

    def __len__(self) -> int:
        return min(self._added, self._size)

    @property
    def bytes(self) -> int:
        """What the window takes when it is full."""
        return sum(table.nbytes for table in (self._keys, self._older, self._heads, self._ids))

    def add(self, ids: Sequence[UUID], keys: Keys) -> None:
        """Adds texts, the newest last; the oldest make room for them."""
        ids, keys = ids[-self._size :], keys[-self._size :]
        if not ids:
            return
        rows = (self._added + np.arange(len(ids))) % self._size
        self._added += len(ids)
        self._keys[rows] = keys
        self._ids[rows] = [(each.int >> _HALF, each.int & (1 << _HALF) - 1) for each in ids]
        self._chain(rows, keys)

    def _chain(self, rows: NDArray[np.int64], keys: Keys) -> None:
        """Puts the rows before the older ones of their slots, and rows of one slot before one another."""
        slots = (_BANDS * self._slots + (keys & np.uint32(self._slots - 1))).T.ravel()
        order = np.argsort(slots, kind="stable")
        sorted_slots, sorted_rows = slots[order], np.tile(rows, BANDS)[order]
        is_first = np.ones(len(order), bool)
        is_first[1:] = sorted_slots[1:] != sorted_slots[:-1]
        heads = self._heads.ravel()
        older = np.where(is_first, heads[sorted_slots], np.roll(sorted_rows, 1) + 1)
        self._older[sorted_rows, sorted_slots // self._slots] = older
        is_last = np.roll(is_first, -1)
        heads[sorted_slots[is_last]] = sorted_rows[is_last] + 1

    def candidates(self, keys: Keys, since: int = 0) -> list[list[UUID]]:
        """For each row of keys the posts that share most of them, `FEWEST_SHARED` at least, the likeliest first.

        `since` leaves out older posts: milliseconds since 1970, which a UUIDv7 begins with.
        """
        likely: dict[int, list[int]] = defaultdict(list)
        for query, row in self._likely(*self._matches(keys)):
            if int(self._ids[row, 0]) >> 16 >= since and len(likely[query]) < MOST_CANDIDATES:
                likely[query].append(row)
        return [[self._id(row) for row in likely[query]] for query in range(len(keys))]

    def _matches(self, keys: Keys) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Queries and rows that have a key in common, once for each such key."""
        queries = np.repeat(np.arange(len(keys)), BANDS)
        bands, wanted = np.tile(_BANDS, len(keys)), keys.ravel()
        links = self._heads[bands, wanted & np.uint32(self._slots - 1)].astype(np.int64)
        ages = np.full(len(links), -1)
        found = []
        for _ in range(_LONGEST_CHAIN):
            rows = links - 1
            older = np.where(links == _NOBODY, -1, (self._added - 1 - rows) % self._size)
            alive = older > ages
            queries, bands, wanted = queries[alive], bands[alive], wanted[alive]
            rows, ages = rows[alive], older[alive]
            is_same = self._keys[rows, bands] == wanted
            found.append((queries[is_same], rows[is_same]))
            links = self._older[rows, bands].astype(np.int64)
        return np.concatenate([each for each, _ in found]), np.concatenate([each for _, each in found])

    def _likely(self, queries: NDArray[np.int64], rows: NDArray[np.int64]) -> list[tuple[int, int]]:
        pairs, shared = np.unique(queries * self._size + rows, return_counts=True)
        pairs, shared = pairs[shared >= FEWEST_SHARED], shared[shared >= FEWEST_SHARED]
        ranked = pairs[np.argsort(-shared, kind="stable")]
        return [divmod(pair, self._size) for pair in ranked.tolist()]

    def _id(self, row: int) -> UUID:
        high, low = self._ids[row].tolist()
        return UUID(int=high << _HALF | low)


def nearby(ids: Sequence[UUID], keys: Keys) -> dict[UUID, list[UUID]]:
    """Which posts of one chunk are likely to be like which others."""
    window = Window(len(ids))
    window.add(ids, keys)
    return dict(zip(ids, window.candidates(keys), strict=True))
