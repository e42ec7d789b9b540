"""What a coder is: whatever looks at many passages at once and codes each, or abstains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from enrichment.coding.codes import Code
from enrichment.digests import combined
from enrichment.heads.ngrams import wording
from enrichment.lexicons.counts import lexicon_counts


@dataclass(frozen=True)
class Passages:
    """Statements, or whole posts, one row each; all of them saw the encoder in the same pass.

    `features` are those of the encoder's pass for the tokens of the passage, as float32; `vectors` are unit vectors.
    """

    texts: Sequence[str]
    languages: Sequence[str]
    features: NDArray[np.float32]
    vectors: NDArray[np.float32]

    @cached_property
    def wording(self) -> csr_matrix:
        """Hashed n-grams, one row per passage; counted once for whoever asks."""
        return wording(self.texts)

    @cached_property
    def dense(self) -> NDArray[np.float32]:
        """Features, then what lexicons find, one row per passage."""
        return np.hstack([self.features, lexicon_counts(self.texts, self.languages)])


class Coder(Protocol):
    """Codes by one codebook."""

    @property
    def version(self) -> str:
        """Tells codings apart: changes whenever the same passage may be coded in another way."""

    def code(self, passages: Passages) -> list[tuple[Code, ...]]:
        """The codes of each passage, in order; none where it abstains."""


@dataclass(frozen=True)
class Coders:
    """Who codes statements, and who codes posts as a whole."""

    statements: Sequence[Coder] = ()
    posts: Sequence[Coder] = ()

    @cached_property
    def version(self) -> str:
        """Changes with that of any coder; short enough for a row."""
        return combined(coder.version for coder in (*self.statements, *self.posts))


def code_all(coders: Sequence[Coder], passages: Passages) -> list[tuple[Code, ...]]:
    """The codes of each passage by all coders, in the order of the coders."""
    found: list[tuple[Code, ...]] = [()] * len(passages.texts)
    for coder in coders:
        found = [before + more for before, more in zip(found, coder.code(passages), strict=True)]
    return found
