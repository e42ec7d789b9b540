"""How each head learns: what it looks at, how strongly it is penalised, and where its cut lies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix

from enrichment.lexicons.counts import COLUMNS as LEXICON_COLUMNS
from enrichment.training.calibration import best_cuts
from enrichment.training.material import Material, fit
from enrichment.training.regression import Floats, Regression, Weights
from enrichment.training.tasks import Task

# The layers that the encoder keeps, by depth: a third of the way, two thirds, the last.
LOWER, MIDDLE, LAST = range(3)
_KEPT = 3


@dataclass(frozen=True)
class View:
    """What of a text may count: layers (their means, and their `peaks`), n-grams, lexicons.

    The less there is to see, the less of it is peculiar to the texts that were learnt from.
    """

    layers: tuple[int, ...] = (LOWER, MIDDLE, LAST)
    peaks: bool = True
    words: bool = True
    lexicons: bool = True

    def of(self, material: Material) -> Material:
        """The material, empty where nothing counts, so that whoever learns from it gives no weight there."""
        if self == _EVERYTHING:
            return material
        features = material.features.copy()
        means_and_peaks = features[:, :-LEXICON_COLUMNS].reshape(len(features), 2, _KEPT, -1)
        means_and_peaks[:, :, [layer for layer in range(_KEPT) if layer not in self.layers]] = 0
        means_and_peaks[:, 1] *= self.peaks
        features[:, -LEXICON_COLUMNS:] *= self.lexicons
        wording = material.wording if self.words else csr_matrix(material.wording.shape, dtype=np.float32)
        return replace(material, features=features, wording=wording)


_EVERYTHING = View()


@dataclass(frozen=True)
class Recipe:
    """`penalty` is the inverse strength of the penalty, `steps` are those of the regression.

    Tried on held-out texts: 0.3, 1, 2, 3 and 4, and 30 and 60 steps. `is_even` says that a class counts as much as its
    absence, however rare it is: macro-F1 asks for that.
    """

    penalty: float = 2.0
    steps: int = 30
    view: View = _EVERYTHING
    is_even: bool = False
    is_exclusive: bool = False

    def fit(self, material: Material, mentors: Sequence[Weights] = ()) -> Weights:
        """What the view of the material teaches."""
        return fit(self.view.of(material), Regression(self.penalty, self.steps, self.is_exclusive), mentors)

    def cuts(self, shares: Floats, targets: Floats) -> Floats:
        """From which probability on a class counts as found."""
        return targets.mean(0) if self.is_even else best_cuts(shares, targets)


# Words, and how well or ill a text speaks, tell needs within a category of products and mislead in every other.
_RECIPES = {
    "sentiment": Recipe(penalty=1.0, steps=60),
    "sentiment_en": Recipe(penalty=1.0, steps=60),
    "feelings": Recipe(steps=60),
    "needs": Recipe(penalty=4.0, view=View((MIDDLE,), peaks=False, words=False, lexicons=False), is_even=True),
    "needs within a category": Recipe(view=View((MIDDLE,), peaks=False, lexicons=False), is_even=True),
}


def recipe_of(task: Task) -> Recipe:
    """How the task is learnt."""
    return replace(_RECIPES.get(task.name, Recipe()), is_exclusive=task.is_exclusive)
