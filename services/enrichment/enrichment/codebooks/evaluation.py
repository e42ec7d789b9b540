"""Cross-validation: what a head would have said of labels that it had not seen, and what follows from that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from enrichment.codebooks.fewshot import Floats, Labelled, Prior, fit
from enrichment.codebooks.grams import Vocabulary
from enrichment.codebooks.heads import Calibration, Head, decide

FOLDS = 5
# Below this many labels with and without a code nothing is told about it.
FEWEST_PRESENT = 5
# From so many labelled texts on, their n-grams may count: below, they win nothing.
FEWEST_TEXTS = 300
_TEXTS_A_CODE = 25
# Beyond so many texts times codes, training would take more than minutes.
_MOST_CELLS = 200_000
_MARGIN = 0.01
# Weights of n-grams in a head, which bounds its size (2 MB) and the memory of its training.
_MOST_WEIGHTS = 1_000_000
_USUAL_THRESHOLD = 0.5
# Labels that are told apart without a mistake would make every probability 0 or 1.
_STEEPEST = 3.0
_RESAMPLES = 2_000
_LEVEL = 0.95


@dataclass(frozen=True)
class Estimate:
    """A measure, and the interval that holds it in 95 % of resamples."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class CodeScore:
    """How well one code is found in labels that the head had not seen; None where they are too few."""

    code: str
    present: int
    absent: int
    threshold: float
    precision: Estimate | None = None
    recall: Estimate | None = None
    f1: Estimate | None = None


@dataclass(frozen=True)
class Trained:
    """A head, and its scores by cross-validation."""

    head: Head
    scores: tuple[CodeScore, ...]

    @property
    def macro_f1(self) -> float:
        """The mean F1 of the codes that have one; 0 without any."""
        scored = [each.f1.value for each in self.scores if each.f1]
        return sum(scored) / len(scored) if scored else 0.0


@dataclass(frozen=True)
class Course:
    """What a head is to learn: codes in their order, and labels, of which those of one group are of one post."""

    codes: tuple[str, ...]
    is_single: bool
    prior: Prior
    labels: Labelled
    groups: Sequence[object]
    texts: Sequence[str] = ()


def train(course: Course) -> Trained:
    """A head by vectors alone, or one that reads texts too where these are enough and cross-validation prefers it.

    A head that reads texts costs more, and needs texts to code what is stored: it must be better by a margin.
    """
    folds = spread(course.labels.present, course.groups)
    by_vectors = _train(course, folds, course.labels, None)
    texts = sum(map(bool, course.texts))
    if texts < max(FEWEST_TEXTS, _TEXTS_A_CODE * len(course.codes)) or texts * len(course.codes) > _MOST_CELLS:
        return by_vectors
    vocabulary = Vocabulary.of(course.texts, _MOST_WEIGHTS // len(course.codes))
    with_grams = replace(course.labels, grams=vocabulary.weigh(course.texts))
    by_both = _train(course, folds, with_grams, vocabulary)
    return by_both if by_both.macro_f1 > by_vectors.macro_f1 + _MARGIN else by_vectors


def _train(course: Course, folds: NDArray[np.int64], labels: Labelled, vocabulary: Vocabulary | None) -> Trained:
    """Calibration, thresholds and scores come from labels that were held out.

    Scores use thresholds of other labels than those they are scored on, so that they do not flatter.
    """
    prior, codes, is_single = course.prior, course.codes, course.is_single
    weights = fit(prior, labels)
    logits = _held_out(prior, labels, folds)
    is_told = ~np.isnan(logits)
    calibration = _calibration(logits[is_told], labels.present[is_told])
    shares = calibration.probabilities(logits)
    thresholds = _thresholds(shares, labels.present)
    head = Head(codes, is_single, weights, calibration, thresholds, vocabulary)
    given = _given(shares, labels.present, folds, is_single)
    scores = [_score(code, labels.present[:, k], given[:, k], thresholds[k]) for k, code in enumerate(codes)]
    return Trained(head, tuple(scores))


def spread(present: Floats, groups: Sequence[object]) -> NDArray[np.int64]:
    """A fold for each row: the rarest codes first, each evenly over the folds (Sechidis et al. 2011); groups whole."""
    _, owner = np.unique(np.array([str(each) for each in groups]), return_inverse=True)
    carried = np.zeros((owner.max(initial=-1) + 1, present.shape[1]))
    np.maximum.at(carried, owner, np.nan_to_num(present))
    chosen = np.full(len(carried), -1)
    filled = np.zeros((FOLDS, present.shape[1] + 1))
    counts = carried.sum(0)
    rarest = np.argsort(np.where(carried > 0, counts, np.inf).min(1, initial=np.inf), kind="stable")
    for group in rarest:
        mine = np.flatnonzero(carried[group])
        code = mine[counts[mine].argmin()] if len(mine) else -1
        fold = np.lexsort((filled[:, -1], filled[:, code]))[0]
        filled[fold] += np.append(carried[group], 1)
        chosen[group] = fold
    folds: NDArray[np.int64] = chosen[owner]
    return folds


def _held_out(prior: Prior, labels: Labelled, folds: NDArray[np.int64]) -> Floats:
    """Logits of every label by a head that was trained on the other folds; NaN where nobody labelled."""
    logits = np.full(labels.present.shape, np.nan, np.float32)
    for fold in np.unique(folds):
        weights = fit(prior, labels.part(folds != fold))
        unseen = labels.part(folds == fold)
        logits[folds == fold] = weights.logits(unseen.vectors, unseen.grams)
    logits[np.isnan(labels.present)] = np.nan
    return logits


def _calibration(logits: Floats, present: Floats) -> Calibration:
    """Logistic regression of presence on logits; as they are where there are too few of either."""
    if min(present.sum(), len(present) - present.sum()) < 2 * FEWEST_PRESENT:
        return Calibration()
    fitted = LogisticRegression(C=1.0).fit(logits[:, None], present)
    slope = min(max(float(fitted.coef_[0, 0]), 1 / _STEEPEST), _STEEPEST)
    return Calibration(slope, float(fitted.intercept_[0]))


def _thresholds(shares: Floats, present: Floats) -> Floats:
    return np.array([_threshold(shares[:, k], present[:, k]) for k in range(present.shape[1])], np.float32)


def _threshold(shares: Floats, present: Floats) -> float:
    """The probability from which on giving the code has the best F1; the usual one where labels are too few."""
    is_told = ~np.isnan(present)
    shares, present = shares[is_told], present[is_told]
    if not _is_enough(present):
        return _USUAL_THRESHOLD
    order = np.argsort(-shares, kind="stable")
    hits = np.cumsum(present[order])
    f1 = 2 * hits / (np.arange(1, len(order) + 1) + present.sum())
    best = int(f1.argmax())
    # Half way to the next lower probability: the next passage is rarely one that was labelled.
    below = shares[order[min(best + 1, len(order) - 1)]]
    return float((shares[order[best]] + below) / 2)


def _given(shares: Floats, present: Floats, folds: NDArray[np.int64], is_single: bool) -> NDArray[np.bool_]:
    """Which codes are given, fold by fold with the thresholds of the other folds."""
    given = np.zeros(shares.shape, np.bool_)
    known = np.nan_to_num(shares, nan=-1)
    for fold in np.unique(folds):
        thresholds = _thresholds(shares[folds != fold], present[folds != fold])
        given[folds == fold] = decide(known[folds == fold], thresholds, is_single)
    return given


def _is_enough(present: Floats) -> bool:
    return bool(min(present.sum(), len(present) - present.sum()) >= FEWEST_PRESENT)


def _score(code: str, present: Floats, given: NDArray[np.bool_], threshold: float) -> CodeScore:
    is_told = ~np.isnan(present)
    present, given = present[is_told], given[is_told]
    carried = int(present.sum())
    bare = CodeScore(code, carried, len(present) - carried, round(float(threshold), 4))
    if not _is_enough(present):
        return bare
    is_carried = present > 0
    cells = [(given & is_carried).sum(), (given & ~is_carried).sum(), (~given & is_carried).sum()]
    return CodeScore(bare.code, bare.present, bare.absent, bare.threshold, *_estimates(np.array(cells), len(present)))


def _estimates(cells: NDArray[np.int64], labels: int) -> list[Estimate]:
    """Precision, recall and F1 of true positives, false positives and misses, with bootstrap intervals.

    All three depend on those counts only, so that resampling labels is drawing counts (Efron & Tibshirani 1993).
    """
    shares = np.append(cells, labels - cells.sum()) / labels
    drawn = np.random.default_rng(0).multinomial(labels, shares, _RESAMPLES)[:, :3]
    values, resampled = _measures(cells[None])[:, 0], _measures(drawn)
    tail = (1 - _LEVEL) / 2
    low, high = np.quantile(resampled, [tail, 1 - tail], axis=1)
    return [Estimate(*map(float, each)) for each in zip(values, low, high, strict=True)]


def _measures(cells: NDArray[np.int64]) -> NDArray[np.float64]:
    """Rows precision, recall and F1; 0 where nothing was given or carried."""
    hits, wrong, missed = cells.T.astype(float)
    return np.stack(
        [
            hits / np.maximum(hits + wrong, 1),
            hits / np.maximum(hits + missed, 1),
            2 * hits / np.maximum(2 * hits + wrong + missed, 1),
        ]
    )
