"""Few-shot heads on vectors of known origin: prototypes, what labels add, abstention, honest scores."""

import numpy as np
import pytest
from numpy.typing import NDArray

from enrichment.codebooks.evaluation import Course, Trained, spread, train
from enrichment.codebooks.fewshot import Labelled, Prior
from enrichment.codebooks.heads import Head

CODES = ("first", "second", "third")
SIZE = 32
Floats = NDArray[np.float32]


def unit(vectors: Floats) -> Floats:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


class World:
    """Three codes, each a direction; passages lie around it, and the words of definitions somewhat beside it."""

    def __init__(self, spread: float, beside: float = 0.8) -> None:
        self._random = np.random.default_rng(5)
        self._spread = spread
        self._centres = unit(self._random.normal(size=(3, SIZE)))
        definitions = unit(self._centres + beside * unit(self._random.normal(size=(3, SIZE))))
        self.prior = Prior(Labelled(definitions, np.eye(3, dtype=np.float32)), self.noise(300))

    def noise(self, rows: int) -> Floats:
        return unit(self._random.normal(size=(rows, SIZE)))

    def passages(self, codes: NDArray[np.int64]) -> Floats:
        return unit(self._centres[codes] + self._spread * self.noise(len(codes)))

    def labels(self, each: int, none: int = 0) -> Labelled:
        codes = np.repeat(np.arange(3), each)
        vectors = np.vstack([self.passages(codes), self.noise(none)])
        present = np.vstack([np.eye(3)[codes], np.zeros((none, 3))]).astype(np.float32)
        return Labelled(vectors, present)

    def trained(self, labels: Labelled, *, is_single: bool = True) -> Trained:
        return train(Course(CODES, is_single, self.prior, labels, range(len(labels.vectors))))


def right(head: Head, world: World) -> float:
    """The share of new passages whose code is given."""
    codes = np.repeat(np.arange(3), 200)
    given = head.code(world.passages(codes), [""] * len(codes))
    return float(np.mean([bool(got) and got[0].code == CODES[code] for got, code in zip(given, codes, strict=True)]))


NOTHING = Labelled(np.zeros((0, SIZE), np.float32), np.zeros((0, 3), np.float32))


def test_definitions_alone_find_passages_and_pass_over_the_rest() -> None:
    world = World(spread=0.6)

    trained = world.trained(NOTHING)

    assert right(trained.head, world) > 0.8
    assert sum(map(bool, trained.head.code(world.noise(500), [""] * 500))) < 25
    assert [(each.present, each.f1) for each in trained.scores] == [(0, None)] * 3


def test_a_negative_example_keeps_a_code_from_what_looks_like_it() -> None:
    world = World(spread=0.6)
    looks_like_it = world.passages(np.zeros(1, np.int64))
    plain = world.trained(NOTHING).head
    words = world.prior.definitions
    against = np.array([[0, np.nan, np.nan]], np.float32)
    told = Labelled(np.vstack([words.vectors, looks_like_it]), np.vstack([words.present, against]))

    warned = train(Course(CODES, True, Prior(told, world.prior.background), NOTHING, ())).head

    assert warned.probabilities(looks_like_it, [""])[0, 0] < plain.probabilities(looks_like_it, [""])[0, 0]


def test_labels_make_it_better_the_more_the_better() -> None:
    world = World(spread=1.6, beside=4.0)

    shares = [
        right(world.trained(labels).head, world) for labels in (NOTHING, world.labels(6, 6), world.labels(60, 60))
    ]

    assert shares[0] < shares[1] < shares[2]


def test_scores_tell_what_new_passages_will_show() -> None:
    world = World(spread=1.2)
    trained = world.trained(world.labels(60, none=60))

    codes = np.repeat(np.arange(3), 300)
    found = [{each.code for each in got} for got in trained.head.code(world.passages(codes), [""] * 900)]
    recall = np.mean([CODES[code] in got for got, code in zip(found, codes, strict=True)])

    told = [each.recall for each in trained.scores if each.recall]
    assert len(told) == 3
    assert all(each.low <= each.value <= each.high for each in told)
    assert abs(np.mean([each.value for each in told]) - recall) < 0.08


def test_noise_as_labels_gets_no_flattering_scores() -> None:
    world = World(spread=1.0)
    labels = world.labels(40)
    shuffled = Labelled(labels.vectors, np.random.default_rng(1).permutation(labels.present))

    assert world.trained(shuffled, is_single=False).macro_f1 < 0.6


def test_what_nobody_considered_counts_neither_for_nor_against() -> None:
    world = World(spread=0.8)
    labels = world.labels(30, none=30)
    present = labels.present.copy()
    present[labels.present[:, 0] == 0, 2] = np.nan

    scores = world.trained(Labelled(labels.vectors, present), is_single=False).scores

    assert [(each.present, each.absent) for each in scores] == [(30, 90), (30, 90), (0, 30)]
    assert scores[2].f1 is None


def test_a_passage_has_one_code_or_several_as_the_codebook_says() -> None:
    world = World(spread=0.3)
    labels = world.labels(30)
    both = Labelled(labels.vectors, np.maximum(labels.present, [0, 0, 1]).astype(np.float32))
    passages = world.passages(np.zeros(50, np.int64))

    single = world.trained(both).head.code(passages, [""] * 50)
    several = world.trained(both, is_single=False).head.code(passages, [""] * 50)

    assert max(map(len, single)) == 1
    assert np.mean([{each.code for each in given} == {"first", "third"} for given in several]) > 0.8


def test_a_head_codes_the_same_after_it_was_stored() -> None:
    world = World(spread=2.5)
    labels = world.labels(120)
    texts = [f"{CODES[code]} word {row}" for row, code in enumerate(labels.present.argmax(1))]
    head = train(Course(CODES, False, world.prior, labels, range(360), texts)).head
    passages = world.passages(np.arange(3).repeat(30))
    said = [CODES[code] for code in np.arange(3).repeat(30)]

    again = Head.load(head.dump())

    assert head.reads_texts
    assert again.codes == head.codes
    assert again.probabilities(passages, said) == pytest.approx(head.probabilities(passages, said), abs=0.005)


def test_texts_count_only_where_they_win() -> None:
    world = World(spread=0.2)
    labels = world.labels(120)

    head = train(Course(CODES, True, world.prior, labels, range(360), ["the same words"] * 360)).head

    assert not head.reads_texts


def test_labels_of_a_post_share_a_fold_and_every_fold_has_each_code() -> None:
    present = np.eye(3, dtype=np.float32)[np.arange(90) % 3]
    posts = [row // 6 for row in range(90)]

    folds = spread(present, posts)

    assert all(len({*folds[row : row + 6]}) == 1 for row in range(0, 90, 6))
    assert all(present[folds == fold].any(0).all() for fold in range(5))
