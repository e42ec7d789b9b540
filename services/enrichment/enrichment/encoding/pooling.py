"""Pool what a pass says of tokens over texts and over statements."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from enrichment.encoding.tokens import Integers, Spans, Tokens, Windows


@dataclass(frozen=True)
class Sums:
    """What the passes add up to: pooled sums of each text; sums and maxima of each text and then each statement."""

    pooled: Tensor
    sizes: Tensor
    totals: Tensor
    peaks: Tensor
    tokens: Tensor
    texts: Integers
    statements: Integers

    @classmethod
    def of(cls, tokens: Tokens, spans: Spans, dimensions: int, width: int) -> Sums:
        """Sums of nothing yet: texts have `dimensions`, tokens `width` numbers."""
        texts = len(tokens.counts)
        parts = texts + len(spans.texts)
        return cls(
            pooled=torch.zeros(texts, dimensions),
            sizes=torch.zeros(texts),
            totals=torch.zeros(parts, width),
            peaks=torch.full((parts, width), -torch.inf),
            tokens=torch.zeros(parts),
            texts=tokens.texts,
            statements=spans.of_tokens(tokens),
        )

    def add_windows(self, windows: Windows, sums: Tensor, sizes: Integers) -> None:
        """Adds the sum over every position of each window, special tokens included, as the model's own pooling does."""
        owners = torch.from_numpy(windows.texts)
        self.pooled.index_add_(0, owners, sums)
        self.sizes.index_add_(0, owners, torch.from_numpy(sizes).float())

    def add_tokens(self, index: Integers, hidden: Tensor) -> None:
        """Adds what is known of each token to the text and the statement that it belongs to."""
        statements = self.statements[index]
        inside = torch.from_numpy(np.flatnonzero(statements >= 0))
        self._add(torch.from_numpy(self.texts[index]), hidden)
        self._add(torch.from_numpy(statements)[inside] + len(self.pooled), hidden[inside])

    def _add(self, parts: Tensor, found: Tensor) -> None:
        self.tokens.index_add_(0, parts, torch.ones(len(parts)))
        self.totals.index_add_(0, parts, found)
        self.peaks.scatter_reduce_(0, parts.unsqueeze(1).expand_as(found), found, "amax")

    def features(self) -> tuple[Tensor, Tensor]:
        """Mean and maximum over the tokens of each part; zero where it has none."""
        tokens = self.tokens.unsqueeze(1)
        return self.totals / tokens.clamp(min=1), self.peaks.masked_fill(tokens == 0, 0)
