"""Few-shot heads: prototypes of definitions and examples, moved by as many labels as there are.

Per code a logistic regression whose weights are drawn to its prototype (ridge towards a prior, Chelba & Acero 2006):
without labels it is the prototype, with many it is free. Where there are texts and labels enough, hashed n-grams of
the texts have weights beside those of the vectors, drawn to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, vstack

Floats: TypeAlias = NDArray[np.float32]

# Chosen on parts of BANKING77's train split with eight labels a code (.824), where 5 to 10 and .03 to .1 do as well.
_SCALE = 10.0
_RIDGE = 0.1
_BIAS_RIDGE = 0.001
_ITERATIONS = 60
# Chosen by cross-validation on CAVES' train split: beside n-grams, vectors move less.
_RIDGE_BESIDE_GRAMS = 1.0
_RIDGE_OF_GRAMS = 0.1
# What a definition weighs beside a label when the prototype is averaged.
_DEFINITION_WEIGHT = 2.0
_NEGATIVE_WEIGHT = 0.25
# Similarity at which a prototype says yes where nothing else is known of the conversation.
_USUAL_SIMILARITY = 0.45
_DEVIATIONS = 3.0
_LEAST_SIMILARITY, _MOST_SIMILARITY = 0.25, 0.55


@dataclass(frozen=True)
class Labelled:
    """Unit vectors, n-grams where texts are at hand, and per row and code whether the code is present.

    `present` is 1 or 0, or NaN where nobody has said.
    """

    vectors: Floats
    present: Floats
    grams: csr_matrix | None = None

    def part(self, rows: NDArray[np.bool_]) -> Labelled:
        """Those rows."""
        grams = None if self.grams is None else self.grams[rows]
        return Labelled(self.vectors[rows], self.present[rows], grams)

    def without_grams(self) -> Labelled:
        """The same rows by their vectors alone."""
        return replace(self, grams=None)


@dataclass(frozen=True)
class Weights:
    """One row of weights and one bias per code; `grams` has a row per n-gram, or none where texts do not count."""

    rows: Floats
    biases: Floats
    grams: Floats | None = None

    def logits(self, vectors: Floats, grams: csr_matrix | None) -> Floats:
        """One row per passage, one column per code."""
        found: Floats = vectors @ self.rows.T + self.biases
        if self.grams is not None and grams is not None:
            found = found + grams @ self.grams
        return found


@dataclass(frozen=True)
class Prior:
    """What is known of codes before anybody labels: the passages of their definitions, and what is usually said.

    `background` are vectors of the conversation, most of which carry none of the codes; there may be none.
    """

    definitions: Labelled
    background: Floats

    def weights(self, labels: Labelled) -> Weights:
        """Weights towards the prototype of each code, which labels refine.

        The bias says yes where a vector is as near to the prototype as next to nothing of the background, within
        limits: where everybody talks of the code, the background is near to it.
        """
        sums = _DEFINITION_WEIGHT * (_sums(self.definitions) - self._against()) + _sums(labels)
        prototypes = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
        similarity = np.full(len(prototypes), _USUAL_SIMILARITY, np.float32)
        if len(self.background) > 1:
            near = self.background @ prototypes.T
            similarity = np.clip(near.mean(0) + _DEVIATIONS * near.std(0), _LEAST_SIMILARITY, _MOST_SIMILARITY)
        return Weights((_SCALE * prototypes).astype(np.float32), (-_SCALE * similarity).astype(np.float32))

    def _against(self) -> Floats:
        """A part of the passages that only look like a code, which stand for none (Rocchio 1971)."""
        stands_for_none = ~(self.definitions.present == 1).any(1)
        denied = (self.definitions.present[stands_for_none] == 0).astype(np.float32)
        found: Floats = _NEGATIVE_WEIGHT * denied.T @ self.definitions.vectors[stands_for_none]
        return found


def fit(prior: Prior, labels: Labelled) -> Weights:
    """Weights that labels and definitions move away from the prototypes; without labels those of the prototypes."""
    start = prior.weights(labels)
    if not len(labels.vectors):
        return start
    learnt = _together(labels, prior.definitions)
    return _Descent(learnt, start).run()


def sigmoid(logits: Floats) -> Floats:
    """The logistic function."""
    return (1 / (1 + np.exp(-np.clip(logits, -30, 30)))).astype(np.float32)


def _sums(labelled: Labelled) -> Floats:
    """The sum of the vectors that carry each code."""
    carries = np.nan_to_num(labelled.present)
    found: Floats = carries.T @ labelled.vectors
    return found


def _together(labels: Labelled, definitions: Labelled) -> Labelled:
    grams = labels.grams
    if grams is not None:
        # The words of a definition are not those of a post.
        grams = vstack([grams, csr_matrix((len(definitions.vectors), grams.shape[1]), dtype=np.float32)]).tocsr()
    vectors = np.vstack([labels.vectors, definitions.vectors])
    return Labelled(vectors, np.vstack([labels.present, definitions.present]), grams)


class _Descent:
    """Minimises the log loss of what is known plus the squared distance to the start (L-BFGS, Liu & Nocedal 1989)."""

    def __init__(self, labelled: Labelled, start: Weights) -> None:
        self._vectors, self._grams = labelled.vectors, labelled.grams
        self._transposed = None if labelled.grams is None else labelled.grams.T.tocsr()
        self._is_known = ~np.isnan(labelled.present)
        self._present = np.nan_to_num(labelled.present)
        self._prior = np.column_stack([start.rows, start.biases])
        self._ridge = np.full(self._prior.shape[1], _RIDGE if self._grams is None else _RIDGE_BESIDE_GRAMS, np.float32)
        self._ridge[-1] = _BIAS_RIDGE

    def run(self) -> Weights:
        """The weights at the minimum."""
        codes = len(self._prior)
        width = 0 if self._grams is None else self._grams.shape[1]
        start = np.concatenate([self._prior.ravel(), np.zeros(width * codes)])
        found = minimize(self._loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _ITERATIONS})
        dense, grams = self._apart(found.x)
        return Weights(dense[:, :-1], dense[:, -1], grams if width else None)

    def _apart(self, flat: NDArray[np.float64]) -> tuple[Floats, Floats]:
        size, codes = self._prior.size, len(self._prior)
        dense = flat[:size].reshape(self._prior.shape).astype(np.float32)
        return dense, flat[size:].reshape(-1, codes).astype(np.float32)

    def _loss(self, flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        dense, grams = self._apart(flat)
        logits = self._vectors @ dense[:, :-1].T + dense[:, -1]
        if self._grams is not None:
            logits = logits + self._grams @ grams
        errors = (sigmoid(logits) - self._present) * self._is_known
        moved = dense - self._prior
        gradient = np.column_stack([errors.T @ self._vectors, errors.sum(0)]) + self._ridge * moved
        gradients = [gradient.ravel()]
        if self._transposed is not None:
            gradients.append((self._transposed @ errors + _RIDGE_OF_GRAMS * grams).ravel())
        losses = (np.logaddexp(0, logits) - self._present * logits) * self._is_known
        ridge = (self._ridge * moved**2).sum() + _RIDGE_OF_GRAMS * (grams**2).sum()
        return float(losses.sum() + ridge / 2), np.concatenate(gradients).astype(np.float64)
