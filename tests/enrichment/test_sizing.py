"""How large an index of vectors is, and when it is made anew."""

import pytest

from enrichment.vectors.sizing import VectorSpace, is_outgrown, lists_for, lists_of, probes_for


@pytest.mark.parametrize(("rows", "lists"), [(0, 0), (19_999, 0), (20_000, 141), (200_000, 447), (5_000_000, 2236)])
def test_there_is_no_index_of_few_vectors_and_lists_grow_as_the_root_of_many(rows: int, lists: int) -> None:
    assert lists_for(rows) == lists


def test_an_index_is_made_anew_when_there_are_four_times_the_rows() -> None:
    assert is_outgrown(0, 20_000)
    assert not is_outgrown(141, 60_000)
    assert is_outgrown(141, 80_000)
    assert not is_outgrown(141, 0)


def test_encoders_have_indexes_of_their_own_whose_names_tell_their_lists() -> None:
    space, other = VectorSpace("a model", 384), VectorSpace("another", 384)
    assert space.index(447) != other.index(447)
    assert space.index(447).startswith(space.prefix)
    assert lists_of(space.index(447)) == 447


@pytest.mark.parametrize(("lists", "probes"), [(0, 1), (2, 1), (447, 149), (5_000, 160)])
def test_a_third_of_the_lists_is_looked_through_and_never_more_than_is_fast(lists: int, probes: int) -> None:
    assert probes_for(lists) == probes
