"""Train the sentiment head: `python -m enrichment.training.sentiment`, some twenty minutes on two cores."""

from __future__ import annotations

import json
import logging
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path
from typing import Annotated, TypeAlias

import numpy as np
import typer
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, log_loss
from sklearn.model_selection import StratifiedKFold

from enrichment.encoding.encoder import Encoder
from enrichment.encoding.weights import PACKAGED
from enrichment.heads.files import HeadFile
from enrichment.sentiments.head import MODEL, NGRAMS, SentimentHead, ngram_weights
from enrichment.sentiments.polarity import Polarity
from enrichment.texts.spans import masked
from enrichment.training.corpora import (
    Labelled,
    data_folder,
    goemotions,
    tweeteval_emotion,
    tweeteval_sentiment,
    umsab,
    without,
)

FOLDS = 3
PENALTIES = (0.8, 1.6, 3.2)
SHARES = (0.05, 0.1, 0.2)
# A language whose cross-validated macro-F1 is lower is not read: chance is .33.
READABLE = 0.45
# With calibrated probabilities, the point below which a label would be wrong more often than right.
THRESHOLD = 0.5
_DENSE_SCALE = 0.6
_MOST_ITERATIONS = 60

Floats: TypeAlias = NDArray[np.float32]
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Recipe:
    """Inverse strength of the penalty, and the weight of a text that is no tweet labelled for sentiment."""

    penalty: float
    share: float


@dataclass(frozen=True)
class Material:
    """Texts as the regression sees them; `is_core` marks the balanced tweets that recipes are judged by."""

    rows: csr_matrix
    labels: NDArray[np.int64]
    languages: NDArray[np.str_]
    is_core: NDArray[np.bool_]

    def take(self, which: NDArray[np.int64]) -> Material:
        """The texts at these positions."""
        return Material(self.rows[which], self.labels[which], self.languages[which], self.is_core[which])


@dataclass(frozen=True)
class Scaling:
    """Makes features of all layers alike in size, and n-grams weigh by how rare they are."""

    means: Floats
    deviations: Floats
    rarity: Floats

    @classmethod
    def of(cls, texts: Sequence[Labelled], features: Floats) -> Scaling:
        """Measures it on the training texts; no label is looked at."""
        counts = NGRAMS.count([masked(text.text) for text in texts])
        seen_in = np.bincount(counts.indices, minlength=counts.shape[1])
        rarity = np.log((1 + len(texts)) / (1 + seen_in)) + 1
        deviations = features.std(0) * np.sqrt(features.shape[1]) / _DENSE_SCALE
        return cls(features.mean(0), deviations + np.float32(1e-6), rarity.astype(np.float32))

    def rows(self, texts: Sequence[Labelled], features: Floats) -> csr_matrix:
        """Dense features first, then n-grams."""
        dense = csr_matrix((features - self.means) / self.deviations)
        return hstack([dense, ngram_weights([text.text for text in texts], self.rarity)], format="csr")


def main(
    encoder: Annotated[str, typer.Option(help="Encoder whose features the head is to use.")] = PACKAGED,
    file: Annotated[Path, typer.Option(help="Model file to write; its sha256 goes beside it.")] = MODEL,
) -> None:
    """Train the sentiment head on the data sets in POURQUOI_DATA and write its model file."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    core, others = training_texts(data_folder())
    texts = [*core, *others]
    # float32 everywhere, so that the file does not depend on the machine that made it.
    loaded = Encoder.load(encoder, precision="float32")
    features = loaded.encode([text.text for text in texts]).features
    scaling = Scaling.of(texts, features)
    material = Material(
        scaling.rows(texts, features),
        np.array([text.label for text in texts]),
        np.array([text.language for text in texts]),
        np.arange(len(texts)) < len(core),
    )
    recipe, odds = best_recipe(material)
    head = as_head(loaded.label, scaling, fit(material, recipe), material, odds)
    save(head, file)


def training_texts(folder: Path) -> tuple[list[Labelled], list[Labelled]]:
    """Balanced tweets in eight languages, and further English texts; no text that is scored is among them.

    Most English tweets of UMSAB's training part are in TweetEval's validation part too; those are left out
    where the head is scored, not here.
    """
    scored = [text for texts in umsab(folder, "val").values() for text in texts]
    core = without((text for texts in umsab(folder, "train").values() for text in texts), scored)
    others = without(goemotions(folder) + tweeteval_emotion(folder), scored + tweeteval_sentiment(folder))
    return core, others


def best_recipe(material: Material) -> tuple[Recipe, Floats]:
    """The recipe with the best macro-F1, averaged over languages, in cross-validation; and its log odds there."""
    trials = []
    for penalty, share in product(PENALTIES, SHARES):
        recipe = Recipe(penalty, share)
        odds = out_of_fold(material, recipe)
        scores = by_language(material, odds)
        trials.append((float(np.mean(list(scores.values()))), recipe, odds))
        _log.info("%s: %.3f %s", recipe, trials[-1][0], {code: round(score, 3) for code, score in scores.items()})
    _, recipe, odds = max(trials, key=lambda trial: trial[0])
    return recipe, odds


def out_of_fold(material: Material, recipe: Recipe) -> Floats:
    """Log odds of every core text by a model that has not seen it."""
    core, others = np.flatnonzero(material.is_core), np.flatnonzero(~material.is_core)
    strata = [f"{language} {label}" for language, label in zip(material.languages, material.labels, strict=True)]
    odds = np.zeros((len(core), len(Polarity)), np.float32)
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(core, np.array(strata)[core])
    for learnt, left_out in folds:
        model = fit(material.take(np.concatenate([core[learnt], others])), recipe)
        odds[left_out] = model.decision_function(material.rows[core[left_out]])
    return odds


def fit(material: Material, recipe: Recipe) -> LogisticRegression:
    """Softmax regression with an L2 penalty."""
    model = LogisticRegression(C=recipe.penalty, max_iter=_MOST_ITERATIONS, tol=1e-3)
    with warnings.catch_warnings():
        # To stop before the minimum is reached is part of the recipe: it shrinks rare n-grams further.
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(material.rows, material.labels, np.where(material.is_core, 1.0, recipe.share))


def by_language(material: Material, odds: Floats) -> dict[str, float]:
    """Macro-F1 of the core texts of each language."""
    languages, labels = material.languages[material.is_core], material.labels[material.is_core]
    found = odds.argmax(1)
    return {
        str(code): float(f1_score(labels[languages == code], found[languages == code], average="macro"))
        for code in np.unique(languages)
    }


def as_head(
    encoder: str, scaling: Scaling, model: LogisticRegression, material: Material, odds: Floats
) -> SentimentHead:
    """Folds scaling and calibration into the weights, and keeps the languages that the model can read."""
    readable = frozenset(code for code, score in by_language(material, odds).items() if score >= READABLE)
    temperature = calibrate(odds, material, readable)
    _log.info("Reads %s; temperature %.2f.", sorted(readable), temperature)
    weights = model.coef_.T / temperature
    dense = weights[: len(scaling.means)] / scaling.deviations[:, None]
    return SentimentHead(
        encoder=encoder,
        languages=readable,
        dense=dense.astype(np.float32),
        sparse=weights[len(scaling.means) :].astype(np.float32),
        rarity=scaling.rarity,
        bias=(model.intercept_ / temperature - scaling.means @ dense).astype(np.float32),
        threshold=THRESHOLD,
    )


def calibrate(odds: Floats, material: Material, readable: frozenset[str]) -> float:
    """The temperature with the least log loss on texts that were left out (Guo et al. 2017)."""
    is_readable = np.isin(material.languages[material.is_core], sorted(readable))
    labels = material.labels[material.is_core][is_readable]

    def loss(temperature: float) -> float:
        scaled = odds[is_readable] / temperature
        shares = np.exp(scaled - scaled.max(1, keepdims=True))
        return float(log_loss(labels, shares / shares.sum(1, keepdims=True)))

    return float(minimize_scalar(loss, bounds=(0.2, 5), method="bounded").x)


def save(head: SentimentHead, file: Path) -> None:
    """Writes the head; n-gram weights lose nothing that matters in half precision."""
    tensors = {name: getattr(head, name) for name in ("dense", "bias")}
    tensors |= {name: getattr(head, name).astype(np.float16) for name in ("sparse", "rarity")}
    facts = {
        "encoder": head.encoder,
        "languages": json.dumps(sorted(head.languages)),
        "threshold": str(head.threshold),
    }
    HeadFile(tensors, facts).save(file)
    _log.info("Wrote %s.", file.name)


if __name__ == "__main__":
    typer.run(main)
