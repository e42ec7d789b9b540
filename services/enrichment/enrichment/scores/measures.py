"""Measures of what a head said of texts whose labels are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score, recall_score

_BINS = 10


@dataclass(frozen=True)
class Score:
    """A measure of all answers, and what abstaining gains: the share of texts answered, and how many of those right."""

    texts: int
    value: float
    answered: float
    right: float
    calibration_error: float


@dataclass(frozen=True)
class Answers:
    """Classes of which each text has one: `shares` has a row per text, `labels` the column that is right.

    An answer is given from `threshold` on: of all classes, or of each.
    """

    labels: NDArray[np.int64]
    shares: NDArray[np.floating]
    threshold: float | NDArray[np.floating]

    @property
    def macro_recall(self) -> Score:
        """Recall, averaged over the classes that the texts belong to."""
        classes = np.unique(self.labels)
        return self._score(recall_score(self.labels, self.shares.argmax(1), labels=classes, average="macro"))

    @property
    def macro_f1(self) -> Score:
        """F1, averaged over classes."""
        return self._score(f1_score(self.labels, self.shares.argmax(1), average="macro"))

    def _score(self, value: float) -> Score:
        best = self.shares.argmax(1)
        is_right, surest = best == self.labels, self.shares.max(1)
        is_answered = surest >= np.broadcast_to(self.threshold, self.shares.shape[1])[best]
        error = calibration_error(surest, is_right)
        return Score(len(self.labels), float(value), float(is_answered.mean()), _mean(is_right[is_answered]), error)


@dataclass(frozen=True)
class Findings:
    """Classes of which each text has any number: `shares` and `targets` have a row per text, a column per class.

    A class counts as found from its cut on; it is given, where abstaining is allowed, from its threshold on.
    """

    targets: NDArray[np.bool_]
    shares: NDArray[np.floating]
    cuts: NDArray[np.floating]
    thresholds: NDArray[np.floating]

    @property
    def f1(self) -> Score:
        """F1, averaged over the columns."""
        return self._score(f1_score(self.targets, self.shares >= self.cuts, average="macro", zero_division=0))

    @property
    def macro_f1(self) -> Score:
        """F1 of one class, averaged with that of its absence."""
        return self._score(f1_score(self.targets[:, 0], self.shares[:, 0] >= self.cuts[0], average="macro"))

    def _score(self, value: float) -> Score:
        given = self.shares >= self.thresholds
        columns = zip(self.shares.T, self.targets.T, strict=True)
        error = float(np.mean([calibration_error(shares, targets) for shares, targets in columns]))
        return Score(len(given), float(value), float(given.any(1).mean()), _mean(self.targets[given]), error)


def calibration_error(shares: NDArray[np.floating], is_right: NDArray[np.bool_]) -> float:
    """Expected calibration error in ten bins of equal width (Naeini, Cooper and Hauskrecht 2015)."""
    bins = np.minimum((shares * _BINS).astype(np.int64), _BINS - 1)
    gaps = [np.abs(np.sum(shares[bins == each]) - np.sum(is_right[bins == each])) for each in range(_BINS)]
    return float(np.sum(gaps) / max(1, len(shares)))


def _mean(values: NDArray[np.bool_]) -> float:
    return float(values.mean()) if len(values) else float("nan")
