"""Which codes may be reported, overall and by language."""

import pytest

from enrichment.annotations.agreements.agreement import Agreement, Status, measure
from enrichment.annotations.judgement import Coded
from tests.enrichment.annotations.judgements import coded, decision, item, judgement


def of(coded: list[Coded], code: str | None, language: str | None = None) -> Agreement:
    [found] = [each for each in measure(coded, seed=0) if (each.code, each.language) == (code, language)]
    return found


def test_a_code_on_which_coders_agree_is_firm_and_one_on_which_they_do_not_is_not_reportable() -> None:
    both = [coded(place, ("a", "a") if place % 2 else ("", "")) for place in range(40)]
    split = [coded(place + 40, ("b", "") if place % 2 else ("", "b")) for place in range(20)]

    agreed, disputed, whole = of(both + split, "a"), of(both + split, "b"), of(both + split, None)

    assert (agreed.alpha.value, agreed.status) == (1.0, Status.FIRM)
    assert disputed.alpha.value is not None
    assert disputed.alpha.value < 0
    assert disputed.status is Status.NOT_REPORTABLE
    assert (agreed.occurrences, disputed.occurrences, whole.occurrences) == (20, 20, 40)
    assert whole.coders == 2


@pytest.mark.parametrize(
    ("wrong", "status"), [(0, Status.FIRM), (5, Status.FIRM), (12, Status.TENTATIVE), (30, Status.NOT_REPORTABLE)]
)
def test_the_verdict_follows_alpha(wrong: int, status: Status) -> None:
    """100 items, half with the code, and so many in which one of two coders sees it wrongly."""
    said = [("a", "a") if place % 2 else ("", "") for place in range(100 - wrong)]
    said += [("a", "") if place % 2 else ("", "a") for place in range(wrong)]
    assert of([coded(place, each) for place, each in enumerate(said)], "a").status is status


def test_too_few_items_are_not_reportable_however_well_coders_agree() -> None:
    few = [coded(place, ("a", "a") if place % 2 else ("", "")) for place in range(29)]
    assert of(few, "a").alpha.value == 1.0
    assert of(few, "a").status is Status.NOT_REPORTABLE
    assert of([*few, coded(29, ("a", "a"))], "a").status is Status.FIRM


def test_a_code_that_hardly_occurs_is_not_reportable() -> None:
    rare = [coded(place, ("a", "a") if place < 4 else ("", "")) for place in range(200)]
    assert (of(rare, "a").alpha.value, of(rare, "a").status) == (1.0, Status.NOT_REPORTABLE)


def test_who_could_not_tell_is_missing_and_not_different() -> None:
    agreed = [coded(place, ("a", "a", "?") if place % 2 else ("", "", "?")) for place in range(40)]
    assert of(agreed, "a").alpha.value == 1.0
    assert of([coded(place, ("a", "?")) for place in range(40)], "a").alpha.units == 0


def test_the_codebook_is_measured_on_whole_sets_of_codes() -> None:
    overlapping = [coded(place, ("a b", "a") if place % 2 else ("b", "b")) for place in range(40)]
    assert of(overlapping, None).alpha.value < 1
    assert of(overlapping, "a").alpha.value == 1.0


def test_each_language_is_measured_for_itself() -> None:
    english = [coded(place, ("a", "a") if place % 2 else ("", ""), "en") for place in range(40)]
    french = [coded(place + 40, ("a", "") if place % 2 else ("", "a"), "fr") for place in range(40)]

    both = english + french

    assert of(both, "a", "en").status is Status.FIRM
    assert of(both, "a", "fr").status is Status.NOT_REPORTABLE
    assert of(both, "a").alpha.units == 80
    assert {each.language for each in measure(english, seed=0)} == {None}


def test_a_code_is_measured_only_where_it_was_asked_about() -> None:
    asked = [coded(place, ("a", "a") if place % 2 else ("", "")) for place in range(40)]
    not_asked = [coded(place + 40, ("", ""), asked=("b",)) for place in range(40)]
    assert of(asked + not_asked, "a").alpha.units == 40
    assert of(asked + not_asked, "b").alpha.units == 80


def test_repetitions_and_decisions_do_not_count_as_independent_answers() -> None:
    of_one = item(0)
    first = judgement(of_one, decision(of_one, "a").coder_id, "a")
    again = judgement(of_one, first.coder_id, "a", occasion=1)
    alone = Coded(of_one, (first, again, decision(of_one, "a")))
    assert of([alone], "a").alpha.units == 0
