"""How many lists an index of vectors has, and how many of them a search looks through.

Measured on 200,000 vectors of tweets (`tests/benchmarks/bench_search.py`). Lists about the square root of the rows are
what pgvector recommends.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from math import isqrt

# A search of fewer vectors reads them all: it takes no longer and finds everything.
FEWEST_ROWS = 20_000
_PREFIX = "enrichments_vector_"
_MOST_PROBES = 160


@dataclass(frozen=True)
class VectorSpace:
    """The vectors of one encoder, which compare with no other's."""

    model: str
    dimensions: int

    @property
    def prefix(self) -> str:
        """What the names of its indexes begin with."""
        return f"{_PREFIX}{hashlib.blake2b(self.model.encode(), digest_size=5).hexdigest()}_"

    def index(self, lists: int) -> str:
        """The name of its index with so many lists."""
        return f"{self.prefix}{lists}"


def lists_for(rows: int) -> int:
    """How many lists an index made today should have; 0 while none is worth it."""
    return isqrt(rows) if rows >= FEWEST_ROWS else 0


def is_outgrown(lists: int, rows: int) -> bool:
    """True when there are four times the rows that an index was made for."""
    return lists_for(rows) >= 2 * lists


def lists_of(index: str) -> int:
    """How many lists the index of that name has."""
    return int(index.rpartition("_")[2])


def probes_for(lists: int) -> int:
    """How many lists a search looks through."""
    return max(1, min(lists // 3, _MOST_PROBES))
