"""Softmax and logistic regression on dense features and n-grams, with an L2 penalty."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from scipy.special import expit, log_softmax, softmax

Floats: TypeAlias = NDArray[np.float32]
_MEMORY = 6


@dataclass(frozen=True)
class Rows:
    """Texts as a regression sees them: dense features [texts, features] and n-grams [texts, columns]."""

    dense: Floats
    sparse: csr_matrix

    def take(self, which: NDArray[np.int64]) -> Rows:
        """The texts at these positions."""
        return Rows(self.dense[which], self.sparse[which])


@dataclass(frozen=True)
class Weights:
    """What a regression learnt: log odds are `rows.dense @ dense + rows.sparse @ sparse + bias`."""

    dense: Floats
    sparse: Floats
    bias: Floats

    def odds(self, rows: Rows) -> Floats:
        """Log odds, one row per text."""
        found: Floats = rows.dense @ self.dense + rows.sparse @ self.sparse + self.bias
        return found


@dataclass(frozen=True)
class Regression:
    """`penalty` is the inverse strength of the penalty; classes exclude one another or not.

    To stop after so many `steps`, before the minimum is reached, shrinks rare n-grams further.
    """

    penalty: float
    steps: int
    is_exclusive: bool

    def fit(self, rows: Rows, targets: Floats) -> Weights:
        """Weights that make the targets likely; the bias is not penalised."""
        features, columns, classes = rows.dense.shape[1], rows.sparse.shape[1], targets.shape[1]
        transposed = rows.sparse.T.tocsr()

        def unpacked(parameters: NDArray[np.float64]) -> Weights:
            table = parameters.astype(np.float32).reshape(-1, classes)
            return Weights(table[:features], table[features:-1], table[-1])

        def loss(parameters: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
            found = unpacked(parameters)
            odds = found.odds(rows)
            residuals = self.penalty * (shares_of(odds, self.is_exclusive) - targets)
            gradient = np.concatenate(
                [rows.dense.T @ residuals + found.dense, transposed @ residuals + found.sparse, [residuals.sum(0)]]
            )
            size = float(parameters[:-classes] @ parameters[:-classes])
            fit = self.penalty * float(losses_of(odds, targets, self.is_exclusive).sum())
            return fit + size / 2, gradient.astype(np.float64).ravel()

        start = np.zeros((features + columns + 1) * classes)
        found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": self.steps, "maxcor": _MEMORY})
        return unpacked(found.x)


def shares_of(odds: Floats, is_exclusive: bool) -> Floats:
    """Probabilities of log odds: they add up to 1 where classes exclude one another."""
    found: Floats = softmax(odds, axis=1) if is_exclusive else expit(odds)
    return found


def losses_of(odds: Floats, targets: Floats, is_exclusive: bool) -> Floats:
    """Log loss of each text."""
    if is_exclusive:
        found: Floats = -(log_softmax(odds, axis=1) * targets).sum(1)
    else:
        found = (np.logaddexp(0, odds) - targets * odds).sum(1)
    return found
