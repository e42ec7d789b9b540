"""Train the text-level heads: `python -m enrichment.training.heads [name ...]`, some fifteen minutes on one core."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import numpy as np
import typer
from sklearn.metrics import f1_score
from sklearn.model_selection import StratifiedKFold

from enrichment.encoding.encoder import Encoder
from enrichment.encoding.weights import PACKAGED
from enrichment.heads.files import SHIPPED
from enrichment.heads.text_head import TextHead
from enrichment.training.calibration import scaled, temperature, thresholds
from enrichment.training.corpora import data_folder
from enrichment.training.examples import Example
from enrichment.training.material import Library, Material, said
from enrichment.training.recipes import recipe_of
from enrichment.training.regression import Floats, Weights, shares_of
from enrichment.training.tasks import Task, all_tasks

HEADS = ("emotion", "feelings", "offensive", "hate", "irony", "sentiment", "sentiment_en", "needs")
FOLDS = 5
# Of these there is too little to hold any out: each fold is left out in turn.
BY_FOLDS = ("sentiment_en", "needs")
# Tasks that a head learns from besides its own, all on texts of other data sets.
MENTORS = {
    "emotion": ("feelings",),
    "offensive": ("feelings", "hate"),
    "hate": ("feelings", "offensive"),
    "irony": ("feelings", "sarcasm"),
    "sentiment_en": ("feelings",),
}
# A language whose held-out macro-F1 is lower is not read: chance is .33 for sentiment.
READABLE = 0.45
# With calibrated probabilities, the point below which a sentiment would be wrong more often than right.
SENTIMENT_THRESHOLD = 0.5

_log = logging.getLogger(__name__)


def main(
    names: Annotated[list[str] | None, typer.Argument(help="Heads to train; all if none is named.")] = None,
    encoder: Annotated[str, typer.Option(help="Encoder whose features the heads are to use.")] = PACKAGED,
    folder: Annotated[Path, typer.Option(help="Folder of the model files.")] = SHIPPED,
) -> None:
    """Train heads on the data sets in POURQUOI_DATA and write their model files."""
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    library = Library(Encoder.load(encoder))
    for name in names or HEADS:
        train(name, data_folder(), library).save(folder / f"{name}.safetensors")


def train(name: str, data: Path, library: Library) -> TextHead:
    """The head of that name."""
    tasks = all_tasks(data)
    task, mentors = tasks[name], [mentor(tasks[each], library) for each in MENTORS.get(name, ())]
    held_out = task.part("train", "held_out") if name in BY_FOLDS else task.part("held_out")
    learnt = Learnt.by_folds if name in BY_FOLDS else Learnt.of
    return learnt(task, library, mentors).head(library.encoder, held_out)


def mentor(task: Task, library: Library) -> Weights:
    """A regression for heads of other tasks to learn from."""
    if task.name not in library.mentors:
        learnt = library.material(task, task.part("train"))
        library.mentors[task.name] = recipe_of(task).fit(learnt)
    return library.mentors[task.name]


@dataclass(frozen=True)
class Learnt:
    """A calibrated regression, and what it says of texts that it has not seen."""

    task: Task
    weights: Weights
    shares: Floats
    targets: Floats

    @classmethod
    def of(cls, task: Task, library: Library, mentors: Sequence[Weights] = ()) -> Learnt:
        """Learns from the training part, is calibrated on the held-out part."""
        learnt, held_out = (library.material(task, task.part(part)) for part in ("train", "held_out"))
        weights = recipe_of(task).fit(learnt, mentors)
        calibrated = scaled(weights, *temperature(said(weights, held_out), held_out.targets, task.is_exclusive))
        return cls(task, calibrated, shares_of(said(calibrated, held_out), task.is_exclusive), held_out.targets)

    @classmethod
    def by_folds(cls, task: Task, library: Library, mentors: Sequence[Weights] = ()) -> Learnt:
        """Learns from everything that is not scored, is calibrated on each fold by what the others taught."""
        material = library.material(task, task.part("train", "held_out"))
        return cls(task, *cross_validated(task, material, mentors))

    def head(self, encoder: Encoder, examples: Sequence[Example]) -> TextHead:
        """The head, with the languages that it reads and the thresholds that hold on the examples it has not seen."""
        is_sentiment = self.task.name.startswith("sentiment")
        found = thresholds(self.shares, self.targets, self.task.is_exclusive)
        return TextHead(
            name=self.task.name,
            version="",
            encoder=encoder.label,
            classes=self.task.classes,
            is_exclusive=self.task.is_exclusive,
            languages=readable(examples, self.shares) if is_sentiment else frozenset({"en"}),
            dense=self.weights.dense,
            sparse=self.weights.sparse,
            bias=self.weights.bias,
            thresholds=np.full_like(found, SENTIMENT_THRESHOLD) if is_sentiment else found,
            cuts=recipe_of(self.task).cuts(self.shares, self.targets),
        )


def readable(held_out: Sequence[Example], shares: Floats) -> frozenset[str]:
    """Languages of which the held-out texts are told apart."""
    languages = np.array([example.language for example in held_out])
    labels, found = np.array([example.labels[0] for example in held_out]), shares.argmax(1)
    scores = {
        code: float(f1_score(labels[languages == code], found[languages == code], average="macro"))
        for code in np.unique(languages).tolist()
    }
    _log.info("sentiment by language: %s", {code: round(score, 3) for code, score in scores.items()})
    return frozenset(code for code, score in scores.items() if score >= READABLE)


def cross_validated(task: Task, material: Material, mentors: Sequence[Weights] = ()) -> tuple[Weights, Floats, Floats]:
    """One regression on everything, calibrated; probabilities of each text by one that has not seen it; the targets."""
    chosen, targets = recipe_of(task), material.targets
    odds = np.zeros_like(targets)
    strata = targets @ np.arange(1, 1 + targets.shape[1])
    for learnt, left_out in StratifiedKFold(FOLDS, shuffle=True, random_state=0).split(odds, strata):
        odds[left_out] = said(chosen.fit(material.take(learnt), mentors), material.take(left_out))
    factors, shift = temperature(odds, targets, task.is_exclusive)
    weights = scaled(chosen.fit(material, mentors), factors, shift)
    return weights, shares_of(factors * odds + shift, task.is_exclusive), targets


if __name__ == "__main__":
    typer.run(main)
