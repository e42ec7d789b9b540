"""What is drawn from where, and who codes it."""

from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from enrichment.annotations.tasks.assignment import assign, choose_repeated
from enrichment.annotations.tasks.samples import SampleKind, allot, require_measurable
from kit.errors import Conflict

strata = st.dictionaries(st.text("abc", min_size=1, max_size=2), st.integers(0, 50), max_size=8)


def test_strata_give_the_same_number_and_small_ones_all_they_have() -> None:
    assert allot({"en": 1_000, "fr": 100, "de": 5}, 65) == {"en": 30, "fr": 30, "de": 5}
    assert allot({"en": 1_000, "fr": 900}, 5) == {"en": 3, "fr": 2}
    assert allot({"en": 2, "fr": 1}, 100) == {"en": 2, "fr": 1}
    assert allot({}, 10) == {}


@given(strata, st.integers(1, 200))
def test_as_many_are_drawn_as_asked_for_or_as_there_are(eligible: dict[str, int], size: int) -> None:
    dealt = allot(eligible, size)
    assert sum(dealt.values()) == min(size, sum(eligible.values()))
    assert all(0 <= dealt[name] <= eligible[name] for name in eligible)
    exhausted = [name for name in eligible if dealt[name] == eligible[name]]
    others = [dealt[name] for name in eligible if name not in exhausted]
    assert not others or max(others) - min(others) <= 1


@given(st.integers(0, 60), st.integers(1, 6), st.data())
def test_items_are_dealt_out_evenly_to_different_coders(items: int, coders: int, data: st.DataObject) -> None:
    each = data.draw(st.integers(1, coders))
    dealt = assign(items, range(coders), each, seed=data.draw(st.integers(0, 9)))
    load = Counter(dict.fromkeys(range(coders), 0))
    load.update(coder for hands in dealt for coder in hands)
    assert all(len(set(hands)) == each for hands in dealt)
    assert len(dealt) == items
    assert max(load.values()) - min(load.values()) <= 1


def test_every_pair_of_coders_meets() -> None:
    met = set(assign(200, range(5), 2, seed=1))
    assert met == set(combinations(range(5), 2))


def test_the_same_seed_deals_alike_and_another_one_differently() -> None:
    assert assign(50, "abc", 2, 1) == assign(50, "abc", 2, 1) != assign(50, "abc", 2, 2)
    assert choose_repeated(100, 0.2, 1) == choose_repeated(100, 0.2, 1) != choose_repeated(100, 0.2, 2)


def test_fewer_coders_than_an_item_needs_are_refused() -> None:
    with pytest.raises(ValueError, match="fewer coders"):
        assign(1, "a", 2, 0)


@pytest.mark.parametrize(("share", "many"), [(0, 0), (0.1, 3), (0.5, 15)])
def test_a_share_of_the_items_is_repeated(share: float, many: int) -> None:
    assert len(choose_repeated(30, share, seed=0)) == many


def test_nothing_is_measured_on_an_uncertainty_sample() -> None:
    require_measurable(SampleKind.RANDOM)
    with pytest.raises(Conflict, match="drawn to learn from"):
        require_measurable(SampleKind.UNCERTAINTY)
