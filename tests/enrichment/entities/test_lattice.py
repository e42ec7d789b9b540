"""The tags of a text are those of the best sequence, whatever is read beside it."""

from itertools import product

import numpy as np
import pytest

from enrichment.entities.lattice import Lattice
from enrichment.entities.tags import TAGS, forbidden
from enrichment.entities.words import Words


@pytest.fixture
def random() -> np.random.Generator:
    return np.random.default_rng(7)


def sequences(scores: np.ndarray, transitions: np.ndarray) -> dict[tuple[int, ...], float]:
    """The score of every sequence of tags that may be."""
    moves = np.where(forbidden(), -np.inf, transitions)
    found = {}
    for tags in product(range(TAGS), repeat=len(scores)):
        steps = zip((TAGS, *tags), tags, strict=False)
        total = sum(moves[step] for step in steps) + sum(row[tag] for row, tag in zip(scores, tags, strict=True))
        if np.isfinite(total):
            found[tags] = float(total)
    return found


def test_the_best_sequence_and_its_shares_are_those_of_trying_all(random: np.random.Generator) -> None:
    words = Words.of(["one two three", "four five"])
    scores = random.normal(0, 2, (5, TAGS)).astype(np.float32)
    transitions = random.normal(0, 1, (TAGS + 1, TAGS)).astype(np.float32)

    lattice = Lattice.of(words, scores, transitions)

    for first, last in ((0, 3), (3, 5)):
        every = sequences(scores[first:last], transitions)
        assert tuple(lattice.best()[first:last]) == max(every, key=lambda tags: every[tags])
        weights = {tags: np.exp(score) for tags, score in every.items()}
        for word in range(last - first):
            shares = [sum(each for tags, each in weights.items() if tags[word] == tag) for tag in range(TAGS)]
            assert lattice.shares()[first + word] == pytest.approx(np.array(shares) / sum(shares), abs=1e-4)


def test_a_name_never_begins_in_its_middle() -> None:
    is_forbidden = forbidden()

    assert is_forbidden[TAGS].tolist() == [tag % 2 == 0 and tag > 0 for tag in range(TAGS)]
    assert not is_forbidden[1, 2]
    assert not is_forbidden[2, 2]
    assert is_forbidden[1, 4]
    assert is_forbidden[0, 2]


def test_a_text_of_many_words_is_tagged_to_its_end(random: np.random.Generator) -> None:
    words = Words.of(["word " * 1000, "short"])
    scores = random.normal(0, 1, (1001, TAGS)).astype(np.float32)

    lattice = Lattice.of(words, scores, np.zeros((TAGS + 1, TAGS), np.float32))

    assert len(lattice.best()) == 1001
    assert np.allclose(lattice.shares().sum(1), 1, atol=1e-4)


@pytest.mark.parametrize(
    ("text", "forms"),
    [
        ("Lyon's l'Oréal", ["Lyon", "'", "s", "l'", "Oréal"]),
        ("@SNCF #grève http://a.b/c", ["@SNCF", "#grève", "http://a.b/c"]),
        ("Jean-Luc AT&T U.S. O'Neil", ["Jean-Luc", "AT&T", "U.S.", "O'Neil"]),
        ("😀!", ["😀", "!"]),
        ("", []),
    ],
)
def test_words_end_where_names_do(text: str, forms: list[str]) -> None:
    assert Words.of([text]).forms == forms
