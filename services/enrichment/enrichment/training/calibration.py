"""Calibrate what a regression says, and choose where a class is given: all on texts held out from it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.metrics import f1_score

from enrichment.training.regression import Floats, Weights, losses_of

# Share of the classes given that are to be right.
PRECISION = 0.6
_MOST = 0.95
_FEWEST = 10
_CUTS = np.linspace(0.05, 0.95, 91)


def temperature(odds: Floats, targets: Floats, is_exclusive: bool) -> tuple[Floats, Floats]:
    """The factor and the shift of each class that make log odds most likely.

    Classes that exclude one another share a factor (temperature scaling, Guo et al. 2017, arXiv:1706.04599), others
    have their own (Platt 1999).
    """
    classes = targets.shape[1]
    factors = 1 if is_exclusive else classes

    def loss(parameters: Floats) -> float:
        return float(losses_of(parameters[:factors] * odds + parameters[factors:], targets, is_exclusive).mean())

    start = np.concatenate([np.ones(factors), np.zeros(classes)])
    found = minimize(loss, start, method="L-BFGS-B").x.astype(np.float32)
    return np.broadcast_to(found[:factors], classes), found[factors:]


def scaled(weights: Weights, factors: Floats, shift: Floats) -> Weights:
    """The regression whose log odds are scaled and shifted class by class."""
    return Weights(factors * weights.dense, factors * weights.sparse, factors * weights.bias + shift)


def best_cuts(shares: Floats, targets: Floats) -> Floats:
    """For each class the probability that separates it with the best F1; one half for a class alone.

    That is where a class alone is right more often than wrong, and holds when its share differs elsewhere.
    """
    if shares.shape[1] == 1:
        return np.full(1, 0.5, np.float32)
    return np.array([_best_cut(own, is_own) for own, is_own in zip(shares.T, targets.T > 0, strict=True)], np.float32)


def _best_cut(shares: Floats, is_own: NDArray[np.bool_]) -> float:
    scores = [f1_score(is_own, shares >= cut, zero_division=0) for cut in _CUTS]
    return float(_CUTS[int(np.argmax(scores))])


def thresholds(shares: Floats, targets: Floats, is_exclusive: bool) -> Floats:
    """For each class the least probability, at least one half, from which `PRECISION` of those given are right.

    Classes of which that cannot be said of any ten texts have the most cautious one.
    """
    is_best = shares == shares.max(1, keepdims=True) if is_exclusive else np.ones_like(shares, bool)
    return np.array(
        [_threshold(own[best], right[best]) for own, right, best in zip(shares.T, targets.T, is_best.T, strict=True)],
        np.float32,
    )


def _threshold(shares: Floats, is_right: Floats) -> float:
    order = np.argsort(-shares)
    given = np.arange(1, len(order) + 1)
    precise = (is_right[order].cumsum() / given >= PRECISION) & (given >= _FEWEST) & (shares[order] >= 0.5)
    return float(shares[order][precise].min()) if precise.any() else _MOST
