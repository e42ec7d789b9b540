"""Which numbers of others are still to be asked for."""

from ingest.copies.following import Numbers


def test_a_number_that_was_passed_over_is_asked_for_until_it_appears() -> None:
    numbers = Numbers(read=10)
    numbers.advance(14, {11, 14}, now=0.0)
    assert set(numbers.missing) == {12, 13}
    numbers.advance(15, {15, 12}, now=1.0)
    assert set(numbers.missing) == {13}
    assert numbers.read == 15


def test_a_number_that_never_appears_is_given_up() -> None:
    numbers = Numbers()
    numbers.advance(2, {2}, now=0.0)
    numbers.advance(2, (), now=299.0)
    assert set(numbers.missing) == {1}
    numbers.advance(2, (), now=301.0)
    assert not numbers.missing


def test_what_the_process_wrote_itself_is_not_missed() -> None:
    numbers = Numbers()
    numbers.disown({2, 5})
    numbers.advance(3, {1, 3}, now=0.0)
    assert not numbers.missing
    assert numbers.own == {5}


def test_only_so_many_are_remembered() -> None:
    numbers = Numbers()
    numbers.advance(5_000, (), now=0.0)
    assert len(numbers.missing) == 1_000
    assert min(numbers.missing) == 4_001
