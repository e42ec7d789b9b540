"""Few-shot heads: prototypes of definitions and examples, moved by as many labels as there are.

Per code a logistic regression whose weights are drawn to its prototype (ridge towards a prior, as in the adaptive
regularisation of Daumé III 2007 and Chelba & Acero 2006): without labels it is the prototype, with many it is free.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

Floats: TypeAlias = NDArray[np.float32]

# Chosen on parts of BANKING77's train split with eight labels a code (.824), where 5 to 10 and .03 to .1 do as well.
_SCALE = 10.0
_RIDGE = 0.1
_BIAS_RIDGE = 0.01
_ITERATIONS = 60
# What a definition weighs beside a label when the prototype is averaged.
_DEFINITION_WEIGHT = 2.0
# Similarity at which a prototype says yes where nothing else is known of the conversation.
_USUAL_SIMILARITY = 0.45
_DEVIATIONS = 3.0


@dataclass(frozen=True)
class Labelled:
    """Unit vectors, and per row and code 1, 0, or NaN where nobody has said whether the code is present."""

    vectors: Floats
    present: Floats

    def part(self, rows: NDArray[np.bool_]) -> Labelled:
        """Those rows."""
        return Labelled(self.vectors[rows], self.present[rows])


@dataclass(frozen=True)
class Weights:
    """One row of weights and one bias per code."""

    rows: Floats
    biases: Floats

    def logits(self, vectors: Floats) -> Floats:
        """One row per vector, one column per code."""
        found: Floats = vectors @ self.rows.T + self.biases
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

        The bias says yes where a vector is as near to the prototype as next to nothing of the background.
        """
        sums = _DEFINITION_WEIGHT * _sums(self.definitions) + _sums(labels)
        prototypes = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6)
        similarity = np.full(len(prototypes), _USUAL_SIMILARITY, np.float32)
        if len(self.background) > 1:
            near = self.background @ prototypes.T
            similarity = np.maximum(near.mean(0) + _DEVIATIONS * near.std(0), similarity / 2)
        return Weights((_SCALE * prototypes).astype(np.float32), (-_SCALE * similarity).astype(np.float32))


def fit(prior: Prior, labels: Labelled) -> Weights:
    """Weights that labels and definitions move away from the prototypes; without labels those of the prototypes."""
    start = prior.weights(labels)
    if not len(labels.vectors):
        return start
    return _descend(_together(labels, prior.definitions), start)


def _sums(labelled: Labelled) -> Floats:
    """The sum of the vectors that carry each code."""
    carries = np.nan_to_num(labelled.present)
    found: Floats = carries.T @ labelled.vectors
    return found


def _together(labels: Labelled, definitions: Labelled) -> Labelled:
    return Labelled(np.vstack([labels.vectors, definitions.vectors]), np.vstack([labels.present, definitions.present]))


def _descend(labelled: Labelled, start: Weights) -> Weights:
    """Minimises the log loss of what is known plus the squared distance to the start (L-BFGS)."""
    shape = (len(start.rows), start.rows.shape[1] + 1)
    prior = np.column_stack([start.rows, start.biases])
    is_known = ~np.isnan(labelled.present)
    present = np.nan_to_num(labelled.present)
    ridge = np.full(shape[1], _RIDGE, np.float32)
    ridge[-1] *= _BIAS_RIDGE

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(shape).astype(np.float32)
        logits = labelled.vectors @ weights[:, :-1].T + weights[:, -1]
        losses = (np.logaddexp(0, logits) - present * logits) * is_known
        errors = (sigmoid(logits) - present) * is_known
        moved = weights - prior
        gradient = np.column_stack([errors.T @ labelled.vectors, errors.sum(0)]) + ridge * moved
        return float(losses.sum() + (ridge * moved**2).sum() / 2), gradient.ravel().astype(np.float64)

    found = minimize(loss, prior.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": _ITERATIONS})
    moved = found.x.reshape(shape).astype(np.float32)
    return Weights(moved[:, :-1], moved[:, -1])


def sigmoid(logits: Floats) -> Floats:
    """The logistic function."""
    found: Floats = 1 / (1 + np.exp(-np.clip(logits, -30, 30)))
    return found
