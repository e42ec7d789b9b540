"""Labelled texts as regressions see them, and the scaling that is folded into what they learn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from enrichment.encoding.encoder import Encoder
from enrichment.heads.ngrams import wording
from enrichment.lexicons.counts import COLUMNS as LEXICON_COLUMNS
from enrichment.lexicons.counts import lexicon_counts
from enrichment.training.examples import Example
from enrichment.training.regression import Floats, Regression, Rows, Weights
from enrichment.training.tasks import Task

_DENSE_SCALE = 0.6
# Makes n-grams, weighted by how rare they are, about as large as features.
_SPARSE_SCALE = 0.2
_HINT_SCALE = 0.3
# An n-gram of fewer texts tells these texts, not what they are about.
_FEWEST_TEXTS = 2
_AT_ONCE = 4096


@dataclass(frozen=True)
class Material:
    """Texts in order: features of the encoder's pass and what lexicons find, n-grams, and targets."""

    features: Floats
    wording: csr_matrix
    targets: Floats

    def take(self, which: NDArray[np.int64]) -> Material:
        """The texts at these positions."""
        return Material(self.features[which], self.wording[which], self.targets[which])


@dataclass(frozen=True)
class Library:
    """Reads texts as the service does, each once however many tasks ask for it; keeps the mentors of heads."""

    encoder: Encoder
    known: dict[str, Floats] = field(default_factory=dict)
    mentors: dict[str, Weights] = field(default_factory=dict)

    def material(self, task: Task, examples: Sequence[Example]) -> Material:
        """The examples, with the targets of the task."""
        texts = [example.text for example in examples]
        told = lexicon_counts(texts, [example.language for example in examples])
        return Material(np.hstack([self.features(texts), told]), wording(texts), task.targets(examples))

    def features(self, texts: Sequence[str]) -> Floats:
        """What the encoder tells of each text, one row each."""
        unread = [text for text in dict.fromkeys(texts) if text not in self.known]
        for first in range(0, len(unread), _AT_ONCE):
            batch = unread[first : first + _AT_ONCE]
            self.known.update(zip(batch, self.encoder.encode(batch).features, strict=True))
        return np.stack([self.known[text] for text in texts])


def said(weights: Weights, material: Material) -> Floats:
    """Log odds, one row per text."""
    found: Floats = material.features @ weights.dense + material.wording @ weights.sparse + weights.bias
    return found


def fit(material: Material, regression: Regression, mentors: Sequence[Weights] = ()) -> Weights:
    """Weights for unscaled features and n-grams, learnt from the material and from what mentors say of it.

    Mentors are regressions for other tasks that have not learnt from these texts. What they say is linear in the same
    features and n-grams, so it is folded into the weights and costs nothing later.
    """
    dense = np.hstack([material.features, *(said(each, material) for each in mentors)])
    having = np.bincount(material.wording.indices, minlength=material.wording.shape[1])
    columns = np.flatnonzero(having >= _FEWEST_TEXTS)
    wording = material.wording[:, columns]
    scaling = _Scaling.of(dense, wording, LEXICON_COLUMNS + sum(len(each.bias) for each in mentors))
    rows = Rows(scaling.dense(dense), scaling.sparse(wording))
    found = scaling.unscaled(regression.fit(rows, material.targets))
    own = material.features.shape[1]
    sparse = np.zeros((material.wording.shape[1], material.targets.shape[1]), np.float32)
    sparse[columns] = found.sparse
    return _folded(Weights(found.dense[:own], sparse, found.bias), found.dense[own:], mentors)


def _folded(weights: Weights, trust: Floats, mentors: Sequence[Weights]) -> Weights:
    """The weights, and those of the mentors as much as each class trusts each of theirs."""
    for mentor in mentors:
        own, trust = trust[: len(mentor.bias)], trust[len(mentor.bias) :]
        weights = Weights(
            weights.dense + mentor.dense @ own,
            weights.sparse + mentor.sparse @ own,
            weights.bias + mentor.bias @ own,
        )
    return weights


@dataclass(frozen=True)
class _Scaling:
    """Makes features alike in size, what lexicons and mentors tell larger, and n-grams weigh by how rare they are."""

    means: Floats
    deviations: Floats
    rarity: Floats

    @classmethod
    def of(cls, dense: Floats, wording: csr_matrix, hints: int) -> _Scaling:
        features = dense.shape[1] - hints
        seen = np.count_nonzero(np.ptp(dense[:, :features], axis=0))
        sizes = np.repeat([np.sqrt(seen) / _DENSE_SCALE, 1 / _HINT_SCALE], [features, hints])
        texts, columns = wording.shape
        having = np.bincount(wording.indices, minlength=columns)
        rarity = _SPARSE_SCALE * (np.log((1 + texts) / (1 + having)) + 1)
        deviations = dense.std(0) * sizes + 1e-6
        return cls(dense.mean(0), deviations.astype(np.float32), rarity.astype(np.float32))

    def dense(self, dense: Floats) -> Floats:
        return ((dense - self.means) / self.deviations).astype(np.float32)

    def sparse(self, wording: csr_matrix) -> csr_matrix:
        scaled = wording.copy()
        scaled.data = scaled.data * self.rarity[scaled.indices]
        return scaled

    def unscaled(self, found: Weights) -> Weights:
        dense = found.dense / self.deviations[:, None]
        return Weights(dense, found.sparse * self.rarity[:, None], found.bias - self.means @ dense)
