"""The head of an own codebook: from vectors to codes with probabilities, or none; kept as bytes in the database."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load, save

from enrichment.codebooks.fewshot import Floats, Weights, sigmoid
from enrichment.codebooks.grams import Vocabulary


@dataclass(frozen=True)
class Calibration:
    """Turns logits into probabilities (Platt 1999)."""

    slope: float = 1.0
    shift: float = 0.0

    def probabilities(self, logits: Floats) -> Floats:
        """The share of passages with such a logit that carry the code."""
        return sigmoid(self.slope * logits + self.shift)


@dataclass(frozen=True)
class Given:
    """A code that a head gives to a passage."""

    code: str
    probability: float


@dataclass(frozen=True)
class Head:
    """Gives a code where its probability reaches the threshold of the code; where `is_single`, only the best one.

    With a `vocabulary` it reads texts beside vectors.
    """

    codes: tuple[str, ...]
    is_single: bool
    weights: Weights
    calibration: Calibration
    thresholds: Floats
    vocabulary: Vocabulary | None = None

    @property
    def reads_texts(self) -> bool:
        """Whether vectors alone are not enough."""
        return self.vocabulary is not None

    def probabilities(self, vectors: Floats, texts: Sequence[str]) -> Floats:
        """One row per passage, one column per code; `texts` count only for a head that reads them."""
        grams = self.vocabulary.weigh(texts) if self.vocabulary else None
        return self.calibration.probabilities(self.weights.logits(vectors, grams))

    def code(self, vectors: Floats, texts: Sequence[str]) -> list[tuple[Given, ...]]:
        """The codes of each passage, most probable first; none where the head abstains."""
        shares = self.probabilities(vectors, texts)
        is_given = decide(shares, self.thresholds, self.is_single)
        found: list[tuple[Given, ...]] = [()] * len(vectors)
        for row in np.flatnonzero(is_given.any(1)).tolist():
            places = np.flatnonzero(is_given[row])
            given = (Given(self.codes[place], round(float(shares[row, place]), 4)) for place in places)
            found[row] = tuple(sorted(given, key=lambda each: -each.probability))
        return found

    def dump(self) -> bytes:
        """The head as safetensors; weights as float16."""
        tensors: dict[str, NDArray[Any]] = {
            "rows": self.weights.rows.astype(np.float16),
            "biases": self.weights.biases,
            "thresholds": self.thresholds,
            "calibration": np.array([self.calibration.slope, self.calibration.shift], np.float32),
        }
        if self.vocabulary and self.weights.grams is not None:
            tensors["grams"] = self.weights.grams.astype(np.float16)
            tensors["columns"] = self.vocabulary.columns
            tensors["rarity"] = self.vocabulary.rarity
        # It writes the memory of an array as it lies there, and of a slice that is not the slice.
        tensors = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
        return save(tensors, {"codes": json.dumps(self.codes), "is_single": json.dumps(self.is_single)})

    @classmethod
    def load(cls, stored: bytes) -> Head:
        """Reads what `dump` wrote."""
        tensors, facts = load(stored), _facts(stored)
        slope, shift = tensors["calibration"].tolist()
        return cls(
            tuple(json.loads(facts["codes"])),
            json.loads(facts["is_single"]),
            _weights(tensors),
            Calibration(slope, shift),
            tensors["thresholds"],
            Vocabulary(tensors["columns"], tensors["rarity"]) if "columns" in tensors else None,
        )


def decide(shares: Floats, thresholds: Floats, is_single: bool) -> NDArray[np.bool_]:
    """Which codes each row is given."""
    is_given: NDArray[np.bool_] = shares >= thresholds
    if is_single:
        best = np.zeros_like(is_given)
        best[np.arange(len(shares)), shares.argmax(1)] = True
        is_given &= best
    return is_given


def _weights(tensors: dict[str, NDArray[Any]]) -> Weights:
    grams = tensors["grams"].astype(np.float32) if "grams" in tensors else None
    return Weights(tensors["rows"].astype(np.float32), tensors["biases"], grams)


def _facts(stored: bytes) -> dict[str, str]:
    """The metadata of a safetensors document, which `load` leaves out: it begins with the length of its header."""
    size = int.from_bytes(stored[:8], "little")
    facts: dict[str, str] = json.loads(stored[8 : 8 + size])["__metadata__"]
    return facts


def vectors_of(stored: Sequence[bytes]) -> Floats:
    """Stored float16 vectors as rows."""
    return np.frombuffer(b"".join(stored), "<f2").reshape(len(stored), -1).astype(np.float32)
