"""Krippendorff's alpha against published worked examples, and what must hold for any data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from enrichment.annotations.agreements.alpha import Counts, alpha

# K. Krippendorff (2011), Computing Krippendorff's Alpha-Reliability: examples A, B and C; a dot is missing.
BINARY = ("0100000010", "1110010000")
NOMINAL = ("aabbdcccedda", "babbbccceddd")
MISSING = ("123321412...", "1233224125.3", ".333234225 1.".replace(" ", ""), "1233244125 1.".replace(" ", ""))

matrices = st.integers(1, 4).flatmap(
    lambda values: st.lists(st.lists(st.integers(0, 4), min_size=values, max_size=values), min_size=1, max_size=25)
)


def counts_of(rows: tuple[str, ...]) -> Counts:
    values = sorted({value for row in rows for value in row} - {"."})
    return np.array([[column.count(value) for value in values] for column in zip(*rows, strict=True)])


@pytest.mark.parametrize(("rows", "published"), [(BINARY, 0.095), (NOMINAL, 0.692), (MISSING, 0.743)])
def test_it_gives_the_published_values(rows: tuple[str, ...], published: float) -> None:
    assert alpha(counts_of(rows)).value == pytest.approx(published, abs=0.0005)


def test_units_with_one_answer_do_not_count() -> None:
    with_lonely = counts_of(MISSING)
    assert alpha(with_lonely).units == 11
    assert alpha(with_lonely[:11]).value == alpha(with_lonely).value


def test_four_coders_of_four_values_by_hand() -> None:
    """Two units of three answers: 2+1 and 3. Observed 4 / 2 / 6, expected (36 - 25 - 1) / 30: 1 - 1/3 / (1/3) = 0."""
    assert alpha(np.array([[2, 1], [3, 0]])).value == pytest.approx(0.0)


@pytest.mark.parametrize("counts", [np.zeros((0, 2), dtype=np.int64), np.array([[1, 0], [0, 1]])])
def test_nothing_to_compare_gives_no_value(counts: Counts) -> None:
    assert (alpha(counts).value, alpha(counts).units) == (None, 0)


def test_nothing_that_varies_gives_no_value() -> None:
    found = alpha(np.array([[2, 0], [3, 0]]))
    assert (found.value, found.low, found.high, found.units) == (None, None, None, 2)


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(2, 5)), min_size=2, max_size=30))
def test_perfect_agreement_on_values_that_vary_is_one(units: list[tuple[int, int]]) -> None:
    counts = np.zeros((len(units), 4), dtype=np.int64)
    for row, (value, coders) in enumerate(units):
        counts[row, value] = coders
    expected = 1.0 if len({value for value, _ in units}) > 1 else None
    assert alpha(counts, replicates=10).value == (pytest.approx(1.0) if expected else None)


@given(matrices, st.randoms())
@settings(deadline=None)
def test_the_order_of_units_and_values_does_not_matter(rows: list[list[int]], random: object) -> None:
    counts = np.array(rows)
    generator = np.random.default_rng(len(rows))
    shuffled = generator.permutation(generator.permutation(counts, axis=0), axis=1)
    one, other = alpha(counts, replicates=10), alpha(shuffled, replicates=10)
    assert one.units == other.units
    assert one.value == (None if other.value is None else pytest.approx(other.value))


@given(matrices)
@settings(deadline=None)
def test_it_is_at_most_one_and_lies_within_its_interval(rows: list[list[int]]) -> None:
    found = alpha(np.array(rows), replicates=50)
    if found.value is not None and found.low is not None and found.high is not None:
        assert found.low <= found.value <= found.high
        assert found.value <= 1 + 1e-9


@given(matrices)
@settings(deadline=None)
def test_it_equals_the_coincidence_matrix_of_the_book(rows: list[list[int]]) -> None:
    """The definition, pair by pair: alpha = 1 - (n - 1) (n - sum o_cc) / (n^2 - sum n_c^2)."""
    values = len(rows[0])
    coincidences = np.zeros((values, values))
    for row in rows:
        answers = [value for value, many in enumerate(row) for _ in range(many)]
        for i, one in enumerate(answers):
            for j, other in enumerate(answers):
                if i != j:
                    coincidences[one, other] += 1 / (len(answers) - 1)
    n = coincidences.sum()
    expected = n**2 - (coincidences.sum(axis=1) ** 2).sum()
    found = alpha(np.array(rows), replicates=5).value
    if n == 0 or expected < 1e-9:
        assert found is None
    else:
        assert found == pytest.approx(1 - (n - 1) * (n - np.trace(coincidences)) / expected)


def test_the_same_seed_gives_the_same_interval_and_more_units_a_narrower_one() -> None:
    few = counts_of(NOMINAL)
    many = np.tile(few, (20, 1))
    assert alpha(few, seed=3) == alpha(few, seed=3)
    assert alpha(few, seed=3) != alpha(few, seed=4)
    assert width(many) < width(few) / 2


def width(counts: Counts) -> float:
    found = alpha(counts, seed=1)
    assert found.low is not None
    assert found.high is not None
    return found.high - found.low


def test_replicates_without_a_rare_code_pull_the_lower_bound_to_nothing() -> None:
    """One positive unit of a hundred is no evidence: resampling loses it a third of the time."""
    once = np.array([[2, 0]] * 99 + [[0, 2]])
    found = alpha(once)
    assert (found.value, found.low) == (1.0, 0.0)
