"""The sentiment head: one text head for English, one for other languages; it abstains with equal shares."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from enrichment.coding.coder import Passages
from enrichment.heads.files import SHIPPED
from enrichment.heads.text_head import TextHead
from enrichment.sentiments.polarity import Polarity

_ENGLISH = "en"


@dataclass(frozen=True)
class SentimentHead:
    """It reads the languages of `general`, and texts whose language is unknown; of others it says nothing.

    The classes of both heads are those of `Polarity`. English has a head of its own, because only there the encoder's
    features, and what emotions tell, are worth much more than n-grams.
    """

    general: TextHead
    english: TextHead

    @classmethod
    def load(cls, encoder: str, folder: Path = SHIPPED) -> SentimentHead:
        """Reads the model files; raises `HeadError` when one is damaged or was trained on another encoder."""
        names = ("sentiment", "sentiment_en")
        return cls(*(TextHead.load(folder / f"{name}.safetensors", encoder) for name in names))

    @property
    def version(self) -> str:
        """Changes with its weights."""
        return f"sentiment@{self.general.version}+{self.english.version}"

    def probabilities(self, passages: Passages) -> NDArray[np.float32]:
        """Shares of `Polarity`, one row per passage; equal shares where the language is one that it cannot read."""
        shares = self.general.probabilities(passages)
        is_english = np.array([language == _ENGLISH for language in passages.languages], np.bool_)
        if is_english.any():
            shares[is_english] = self.english.probabilities(passages)[is_english]
        shares[~self.general.reads(passages.languages)] = 1 / len(Polarity)
        return shares

    def decide(self, probabilities: NDArray[np.float32]) -> list[Polarity | None]:
        """The most probable class of each row, or None where it is less probable than the threshold."""
        best = probabilities.argmax(1)
        is_sure = probabilities[np.arange(len(best)), best] >= self.general.thresholds[best]
        return [Polarity(label) if sure else None for label, sure in zip(best.tolist(), is_sure, strict=True)]
