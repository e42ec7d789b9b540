"""Which posts a query takes: the golden cases, in English and French, and what holds for any text."""

import pytest
from golden import Case, Misreading, cases, misreadings
from hypothesis import given
from hypothesis import strategies as st

from ingest.queries.parser import QuerySyntaxError, parse_query
from ingest.queries.percolator import Percolator
from ingest.queries.tokens import fold, tokenise


@pytest.mark.parametrize("case", cases(), ids=str)
def test_a_query_takes_and_leaves_what_a_reader_would(case: Case) -> None:
    assert parse_query(case.query).matches(case.document) is case.is_taken


@pytest.mark.parametrize("misreading", misreadings(), ids=lambda misreading: misreading.query)
def test_an_error_names_its_place_and_what_to_do(misreading: Misreading) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_query(misreading.query)

    assert (caught.value.line, caught.value.column) == (misreading.line, misreading.column)
    assert caught.value.problem == misreading.problem


def test_the_table_is_as_long_as_promised() -> None:
    assert len(cases()) + len(misreadings()) >= 150
    assert len(set(cases())) == len(cases())


def test_all_queries_of_the_table_at_once_take_what_each_takes_alone() -> None:
    queries = {case.query: parse_query(case.query) for case in cases()}
    percolator = Percolator(queries)

    for case in cases():
        alone = [source for source, query in queries.items() if query.matches(case.document)]
        assert percolator.matching(case.document) == alone


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Nd"], max_codepoint=0x24F), min_size=1))
def test_a_word_finds_itself_in_any_case(word: str) -> None:
    assert tokenise(word) == tokenise(word.upper()) == tokenise(word.lower())


def test_a_long_run_of_combining_marks_folds_at_once() -> None:
    assert tokenise("e" + "\u0301\u0316" * 200_000) == ["e"]
