"""Coders over time: against the others, and against themselves."""

from enrichment.annotations.agreements.consistency import Consistency, consistencies
from enrichment.annotations.judgement import AGAIN, Coded
from tests.enrichment.annotations.judgements import coder, decision, item, judgement, said_by


def record_of(number: int, coded: list[Coded], window: int = 20) -> Consistency:
    [found] = [each for each in consistencies(coded, window) if each.coder_id == coder(number)]
    return found


def test_a_coder_who_tires_is_seen_drifting_and_the_others_are_not() -> None:
    steady = ["a" if place % 2 else "" for place in range(80)]
    tired = steady[:60] + ["" if place % 2 else "a" for place in range(60, 80)]

    coded = said_by({0: tired, 1: steady, 2: steady})

    assert [window.agreeing for window in record_of(0, coded).windows] == [20, 20, 20, 0]
    assert record_of(0, coded).is_drifting
    assert not record_of(1, coded).is_drifting


def test_one_slip_is_no_drift() -> None:
    steady = ["a"] * 60
    coded = said_by({0: [*steady[:-1], "b"], 1: steady, 2: steady})
    assert [window.agreeing for window in record_of(0, coded).windows] == [20, 20, 19]
    assert not record_of(0, coded).is_drifting


def test_what_is_left_over_belongs_to_the_last_window() -> None:
    coded = said_by({0: ["a"] * 55, 1: ["a"] * 55})
    assert [window.judgements for window in record_of(0, coded).windows] == [20, 35]
    assert [window.judgements for window in record_of(0, coded[:7]).windows] == [7]


def test_where_the_others_are_split_there_is_no_yardstick() -> None:
    coded = said_by({0: ["a"], 1: ["a"], 2: ["b"]})
    assert record_of(0, coded).windows == ()
    assert [window.agreeing for window in record_of(1, said_by({0: ["a"], 1: ["b"]})).windows] == [0]


def test_a_decision_is_the_yardstick_before_any_majority() -> None:
    [disputed] = said_by({0: ["b"], 1: ["a"], 2: ["a"]})
    decided = Coded(disputed.item, (*disputed.judgements, decision(disputed.item, "b")))
    assert [window.agreeing for window in record_of(0, [decided]).windows] == [1]
    assert [window.agreeing for window in record_of(1, [decided]).windows] == [0]


def test_who_cannot_tell_enters_no_window_but_counts_as_an_answer() -> None:
    record = record_of(0, said_by({0: ["?", "a"], 1: ["a", "a"]}))
    assert record.judgements == 2
    assert [window.judgements for window in record.windows] == [1]


def test_repeated_items_tell_whether_a_coder_agrees_with_itself() -> None:
    repeated = []
    for place, (first, again) in enumerate([("a", "a"), ("a", ""), ("?", "?"), ("b", "a b")]):
        of = item(place)
        answers = (judgement(of, coder(0), first), judgement(of, coder(0), again, minutes=90, occasion=AGAIN))
        repeated.append(Coded(of, answers))
    record = record_of(0, repeated)
    assert (record.judgements, record.repeated, record.kept) == (4, 4, 2)
