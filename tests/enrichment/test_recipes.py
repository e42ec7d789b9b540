"""Heads learn from what their recipe lets them look at, and from nothing else."""

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from enrichment.lexicons.counts import COLUMNS as LEXICON_COLUMNS
from enrichment.training.material import Material, said
from enrichment.training.recipes import LAST, MIDDLE, Recipe, View, recipe_of
from enrichment.training.regression import Weights
from enrichment.training.tasks import Task

TEXTS, DIMENSIONS, GRAMS = 60, 4, 10
LAYERS = 3


@pytest.fixture
def material() -> Material:
    draw = np.random.default_rng(3)
    features = draw.standard_normal((TEXTS, 2 * LAYERS * DIMENSIONS + LEXICON_COLUMNS)).astype(np.float32)
    wording = csr_matrix(draw.integers(0, 2, (TEXTS, GRAMS)).astype(np.float32))
    telling = features[:, 0] + features[:, DIMENSIONS] + wording[:, [0]].toarray()[:, 0]
    return Material(features, wording, (telling[:, None] > 0.5).astype(np.float32))


def learnt(material: Material, view: View) -> Weights:
    return Recipe(view=view).fit(material)


def test_a_regression_sees_everything_unless_told_otherwise(material: Material) -> None:
    weights = learnt(material, View())

    assert np.count_nonzero(weights.dense) == len(weights.dense)
    assert np.count_nonzero(weights.sparse) == GRAMS


def test_what_is_out_of_view_gets_no_weight(material: Material) -> None:
    weights = learnt(material, View((MIDDLE,), peaks=False, words=False, lexicons=False))

    seen = np.flatnonzero(weights.dense[:, 0]).tolist()
    assert seen == list(range(DIMENSIONS, 2 * DIMENSIONS))
    assert np.count_nonzero(weights.sparse) == 0


def test_peaks_follow_the_means_of_their_layer(material: Material) -> None:
    weights = learnt(material, View((LAST,), words=False, lexicons=False))

    means = range(2 * DIMENSIONS, 3 * DIMENSIONS)
    assert np.flatnonzero(weights.dense[:, 0]).tolist() == [*means, *(LAYERS * DIMENSIONS + each for each in means)]


def test_looking_leaves_the_material_as_it_is(material: Material) -> None:
    before = material.features.copy(), material.wording.copy()

    View((), peaks=False, words=False, lexicons=False).of(material)

    assert np.array_equal(material.features, before[0])
    assert (material.wording != before[1]).nnz == 0


def test_a_class_that_counts_as_much_as_its_absence_is_found_from_its_share_on(material: Material) -> None:
    chosen, usual = (recipe_of(Task(name, ("it",), False, ())) for name in ("needs", "hate"))
    shares = 1 / (1 + np.exp(-said(chosen.fit(material), material)))

    assert chosen.cuts(shares, material.targets) == pytest.approx(material.targets.mean(0))
    assert usual.cuts(shares, material.targets) == pytest.approx(0.5)
