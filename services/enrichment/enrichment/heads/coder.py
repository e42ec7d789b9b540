"""Let a head code passages by a codebook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from enrichment.coding.coder import Passages
from enrichment.coding.codes import Code, CoderKind
from enrichment.heads.text_head import TextHead

CODEBOOK_VERSION = 1


@dataclass(frozen=True)
class HeadCoder:
    """Gives the codes in `codes` for the head's classes of those names; other classes are never coded."""

    codebook: str
    head: TextHead
    codes: Mapping[str, str]

    @property
    def version(self) -> str:
        """Codebook and head."""
        return f"{self.codebook}@{CODEBOOK_VERSION}:{self.head.name}@{self.head.version}"

    def code(self, passages: Passages) -> list[tuple[Code, ...]]:
        """The codes of each passage, with the whole passage as evidence; none where the head abstains."""
        probabilities = self.head.probabilities(passages)
        found: list[tuple[Code, ...]] = [()] * len(passages.texts)
        for row, column in np.argwhere(self.head.given(passages, probabilities)).tolist():
            if (code := self.codes.get(self.head.classes[column])) is not None:
                length = len(passages.texts[row])
                probability = float(probabilities[row, column])
                found[row] += (Code(self.codebook, CODEBOOK_VERSION, code, probability, CoderKind.MODEL, 0, length),)
        return found
