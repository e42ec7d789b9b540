"""What counts as true: unanimity of at least two, or a decision."""

import pytest

from enrichment.annotations.gold.gold import Origin, gold, is_disputed
from enrichment.annotations.judgement import Answer, Coded
from tests.enrichment.annotations.judgements import coded, coder, decision, item, judgement


def test_what_all_coders_say_is_gold() -> None:
    found = gold(coded(0, ("a b", "b a")))
    assert found is not None
    assert (found.codes, found.answer, found.origin) == (frozenset("ab"), Answer.CODES, Origin.UNANIMOUS)


def test_none_of_these_is_gold_too() -> None:
    found = gold(coded(0, ("", "")))
    assert found is not None
    assert (found.answer, found.codes) == (Answer.NONE, frozenset())


@pytest.mark.parametrize("said", [("a", "b"), ("a", ""), ("a", "?"), ("", "?"), ("a", "a b")])
def test_coders_who_differ_make_a_dispute_and_no_gold(said: tuple[str, str]) -> None:
    assert gold(coded(0, said)) is None
    assert is_disputed(coded(0, said))


def test_a_decision_ends_the_dispute() -> None:
    disputed = coded(0, ("a", "b"))
    decided = Coded(disputed.item, (*disputed.judgements, decision(disputed.item, "b")))
    found = gold(decided)
    assert found is not None
    assert (found.codes, found.origin) == (frozenset("b"), Origin.ADJUDICATED)
    assert not is_disputed(decided)


def test_while_a_coder_has_not_answered_there_is_neither_gold_nor_dispute() -> None:
    wanted = item(0, coders=3)
    unfinished = Coded(wanted, (judgement(wanted, coder(0), "a"), judgement(wanted, coder(1), "b")))
    assert gold(unfinished) is None
    assert not is_disputed(unfinished)


def test_one_coder_alone_makes_no_gold() -> None:
    assert gold(coded(0, ("a",))) is None
