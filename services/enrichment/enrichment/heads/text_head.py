"""A head for whole passages: softmax or logistic regression on encoder features, words of lexicons and n-grams.

Trained by `enrichment.training.heads`. The encoder's features carry the meaning of English; lexicons carry what a
language has too few labelled texts for, n-grams carry spelling.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from enrichment.coding.coder import Passages
from enrichment.digests import combined, sha256
from enrichment.heads.files import HeadError, HeadFile
from enrichment.lexicons.lexicon import lexicons_version


@dataclass(frozen=True)
class TextHead:
    """Weights of each class for features and words of lexicons (`dense`) and for n-grams (`sparse`).

    It reads `languages`, and passages whose language is unknown. A class is given from its probability in
    `thresholds` on; `cuts` are where it is found in most of the texts that have it and few others (best F1).
    """

    name: str
    version: str
    encoder: str
    classes: tuple[str, ...]
    is_exclusive: bool
    languages: frozenset[str]
    dense: NDArray[np.float32]
    sparse: NDArray[np.float32]
    bias: NDArray[np.float32]
    thresholds: NDArray[np.float32]
    cuts: NDArray[np.float32]

    @classmethod
    def load(cls, file: Path, encoder: str) -> TextHead:
        """Reads a model file; raises `HeadError` when it is damaged or was trained on another encoder."""
        stored = HeadFile.load(file)
        facts = stored.facts
        if facts["encoder"] != encoder:
            raise HeadError(
                f"{file.name} was trained on {facts['encoder']}, not on {encoder}: train the heads with "
                "`python -m enrichment.training.heads` and name their folder in ENRICHMENT_HEADS."
            )
        return cls(
            name=facts["name"],
            version=combined([sha256(file), lexicons_version()]),
            encoder=encoder,
            classes=tuple(json.loads(facts["classes"])),
            is_exclusive=facts["is_exclusive"] == "yes",
            languages=frozenset(json.loads(facts["languages"])),
            **{name: tensor.astype(np.float32) for name, tensor in stored.tensors.items()},
        )

    def save(self, file: Path) -> None:
        """Writes the head; n-gram weights lose nothing that matters in half precision."""
        tensors = {name: getattr(self, name) for name in ("dense", "bias", "thresholds", "cuts")}
        facts = {
            "name": self.name,
            "encoder": self.encoder,
            "classes": json.dumps(self.classes),
            "is_exclusive": "yes" if self.is_exclusive else "no",
            "languages": json.dumps(sorted(self.languages)),
        }
        HeadFile(tensors | {"sparse": self.sparse.astype(np.float16)}, facts).save(file)

    def probabilities(self, passages: Passages) -> NDArray[np.float32]:
        """Calibrated probability of each class, one row per passage, whatever its language."""
        odds = passages.dense @ self.dense + passages.wording @ self.sparse + self.bias
        found: NDArray[np.float32] = softmax(odds, axis=1) if self.is_exclusive else expit(odds)
        return found

    def reads(self, languages: Sequence[str]) -> NDArray[np.bool_]:
        """Whether it reads each language; the empty one stands for a language that nobody knows."""
        return np.array([not language or language in self.languages for language in languages], np.bool_)

    def given(self, passages: Passages, probabilities: NDArray[np.float32]) -> NDArray[np.bool_]:
        """Which classes it gives to each passage: those sure enough, in a language that it reads."""
        is_sure = probabilities >= self.thresholds
        if self.is_exclusive:
            is_sure &= probabilities == probabilities.max(1, keepdims=True)
        given: NDArray[np.bool_] = is_sure & self.reads(passages.languages)[:, None]
        return given
