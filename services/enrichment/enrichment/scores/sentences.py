"""Score how well features serve tasks whose models are trained here and now: needs and suggestions.

Nothing of these models ships: needs are scored by folds and by category, and the data of suggestions may be evaluated
with only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedKFold

from enrichment.scores.measures import Findings
from enrichment.scores.published import NEEDS, SUGGESTIONS
from enrichment.scores.rows import ScoreRow
from enrichment.scores.text_heads import row
from enrichment.training import examples
from enrichment.training.calibration import thresholds
from enrichment.training.examples import Example
from enrichment.training.heads import FOLDS, cross_validated
from enrichment.training.material import Library, Material, said
from enrichment.training.recipes import recipe_of
from enrichment.training.regression import shares_of
from enrichment.training.tasks import Task

_WITHIN, _ACROSS, _SUGGESTIONS = (
    Task(name, ("yes",), False, ()) for name in ("needs within a category", "needs", "suggestions")
)


@dataclass(frozen=True)
class SentenceScorer:
    """Trains on one part of sentences and asks about another."""

    library: Library
    folder: Path

    def rows(self) -> list[ScoreRow]:
        """Needs within a category and across categories; suggestions."""
        return [*self._needs(), self._suggestions()]

    def needs_within(self, category: str) -> Findings:
        """Each fold of a category by what the other folds taught."""
        material = self.library.material(_WITHIN, examples.needs(self.folder)[category])
        shares = np.zeros_like(material.targets)
        for learnt, left_out in StratifiedKFold(FOLDS, shuffle=True, random_state=1).split(
            shares, material.targets[:, 0]
        ):
            shares[left_out] = _found(_WITHIN, material.take(learnt), material.take(left_out)).shares
        cuts = recipe_of(_WITHIN).cuts(shares, material.targets)
        return Findings(material.targets > 0, shares, cuts, cuts)

    def needs_across(self, category: str) -> Findings:
        """A category by what the others taught."""
        of_category = examples.needs(self.folder)
        scored = of_category.pop(category)
        learnt = [example for others in of_category.values() for example in others]
        return self._scored(_ACROSS, learnt, scored)

    def suggestions(self) -> Findings:
        """Trial part A by what the training part taught."""
        sentences = examples.suggestions(self.folder)
        learnt, scored = ([each for each in sentences if each.part == part] for part in ("train", "scored"))
        return self._scored(_SUGGESTIONS, learnt, scored)

    def _scored(self, task: Task, learnt: Sequence[Example], scored: Sequence[Example]) -> Findings:
        unseen = self.library.material(task, _unseen(learnt, scored))
        return _found(task, unseen, self.library.material(task, scored))

    def _needs(self) -> list[ScoreRow]:
        found = []
        for category, published in NEEDS.items():
            on = f"customer needs, {category}"
            within, across = self.needs_within(category).macro_f1, self.needs_across(category).macro_f1
            found.append(row("need-bearing", "macro-F1", within, published, f"{on}, {FOLDS} folds"))
            found.append(row("need-bearing, other category", "macro-F1", across, "", on))
        return found

    def _suggestions(self) -> ScoreRow:
        return row("suggestion", "F1", self.suggestions().f1, SUGGESTIONS, "SemEval-2019 task 9, trial A")


def _found(task: Task, learnt: Material, scored: Material) -> Findings:
    """What a regression on one part finds in the other; its cut is chosen on folds of the first."""
    weights, shares, targets = cross_validated(task, learnt)
    found = shares_of(said(weights, scored), False)
    return Findings(
        scored.targets > 0, found, recipe_of(task).cuts(shares, targets), thresholds(shares, targets, False)
    )


def _unseen(learnt: Sequence[Example], scored: Sequence[Example]) -> list[Example]:
    keys = {example.key for example in scored}
    return [example for example in learnt if example.key not in keys]
