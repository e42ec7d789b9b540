"""The sentiment head: a softmax regression on encoder features and hashed n-grams.

Trained by `enrichment.training.sentiment`. Word and character n-grams carry the languages in which the encoder
is weak; the encoder's features carry English.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.linalg import norm

from enrichment.heads.files import HeadError, HeadFile
from enrichment.sentiments.polarity import Polarity
from enrichment.texts.ngrams import NgramHasher
from enrichment.texts.spans import masked

MODEL = Path(__file__).with_name("sentiment.safetensors")
NGRAMS = NgramHasher(sizes=(2, 3, 4, 5), words=(1, 2), bits=18)


@dataclass(frozen=True)
class SentimentHead:
    """Weights of the classes for encoder features (`dense`) and for weighted n-grams (`sparse`).

    It reads `languages`, and texts whose language is unknown; of others it says nothing.
    """

    encoder: str
    languages: frozenset[str]
    dense: NDArray[np.float32]
    sparse: NDArray[np.float32]
    rarity: NDArray[np.float32]
    bias: NDArray[np.float32]
    threshold: float

    @classmethod
    def load(cls, file: Path, encoder: str) -> SentimentHead:
        """Reads a model file; raises `HeadError` when it is damaged or was trained on another encoder."""
        head = HeadFile.load(file)
        if head.facts["encoder"] != encoder:
            raise HeadError(
                f"{file.name} was trained on {head.facts['encoder']}, not on {encoder}: train one with "
                "`python -m enrichment.training.sentiment` and name it in ENRICHMENT_SENTIMENT_HEAD."
            )
        names = ("dense", "sparse", "rarity", "bias")
        dense, sparse, rarity, bias = (head.tensors[name].astype(np.float32) for name in names)
        languages = frozenset(json.loads(head.facts["languages"]))
        return cls(encoder, languages, dense, sparse, rarity, bias, float(head.facts["threshold"]))

    def probabilities(
        self, texts: Sequence[str], features: NDArray[np.float32], languages: Sequence[str]
    ) -> NDArray[np.float32]:
        """Shares of `Polarity`, one row per text; equal shares where the language is one that it cannot read."""
        odds = features @ self.dense + ngram_weights(texts, self.rarity) @ self.sparse + self.bias
        odds[[bool(language) and language not in self.languages for language in languages]] = 0
        shares: NDArray[np.float32] = np.exp(odds - odds.max(1, keepdims=True))
        shares /= shares.sum(1, keepdims=True)
        return shares

    def decide(self, probabilities: NDArray[np.float32]) -> list[Polarity | None]:
        """The most probable class of each row, or None where it is less probable than the threshold."""
        best = probabilities.argmax(1)
        is_sure = probabilities[np.arange(len(best)), best] >= self.threshold
        return [Polarity(label) if sure else None for label, sure in zip(best.tolist(), is_sure, strict=True)]


def ngram_weights(texts: Sequence[str], rarity: NDArray[np.float32]) -> csr_matrix:
    """Unit rows of log counts times rarity (tf-idf, Spärck Jones 1972)."""
    counts = NGRAMS.count([masked(text) for text in texts])
    counts.data = np.log1p(counts.data) * rarity[counts.indices]
    counts.data /= np.repeat(norm(counts, axis=1), np.diff(counts.indptr))
    return counts
