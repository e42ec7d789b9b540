"""Parsing: binding of operators, errors with their place, and no input that crashes or stalls."""

import time
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.queries.expressions import Both, Either, Negation, Phrase, Word
from ingest.queries.parser import DEEPEST_NESTING, LONGEST_QUERY, Query, QuerySyntaxError, parse_query


@pytest.mark.parametrize(
    ("source", "expression"),
    [
        ("train", Word("train")),
        ("train late", Both((Word("train"), Word("late")))),
        ("train AND late", Both((Word("train"), Word("late")))),
        ("a OR b c", Either((Word("a"), Both((Word("b"), Word("c")))))),
        ("NOT a b", Both((Negation(Word("a")), Word("b")))),
        ("NOT (a OR b)", Negation(Either((Word("a"), Word("b"))))),
        ("(a OR b) AND c", Both((Either((Word("a"), Word("b"))), Word("c")))),
        ('"never again"', Phrase(("never", "again"))),
        ("« plus jamais »", Phrase(("plus", "jamais"))),
        ("“never again”", Phrase(("never", "again"))),
        ('"train"', Word("train")),
        ("l'appli", Phrase(("l", "appli"))),
        ("#SNCF", Word("sncf")),
        ("and or not", Both((Word("and"), Word("or"), Word("not")))),
        ("ANDROID", Word("android")),
        ("a\n  b", Both((Word("a"), Word("b")))),
    ],
)
def test_operators_bind_as_documented(source: str, expression: object) -> None:
    assert parse_query(source).expression == expression


@pytest.mark.parametrize("source", ["", "   ", "\n\t"])
def test_an_empty_query_asks_for_nothing_and_matches_everything(source: str) -> None:
    query = parse_query(source)

    assert query.is_empty
    assert query.matches("anything at all")


@pytest.mark.parametrize(
    ("source", "line", "column", "problem"),
    [
        ("train AND", 1, 10, 'expected a word, a "phrase", NOT or "(", found the end of the query.'),
        ("OR train", 1, 1, 'expected a word, a "phrase", NOT or "(", found OR.'),
        ("late AND\nOR train", 2, 1, 'expected a word, a "phrase", NOT or "(", found OR.'),
        ("train\nAND\n", 3, 1, 'expected a word, a "phrase", NOT or "(", found the end of the query.'),
        ("(train", 1, 7, 'expected ")", found the end of the query.'),
        ("train) late", 1, 6, 'this ")" closes nothing.'),
        ("()", 1, 2, 'expected a word, a "phrase", NOT or "(", found ).'),
        ('a "never', 1, 3, 'expected " to close the phrase that starts here, found the end of the query.'),
        ("a «jamais", 1, 3, "expected » to close the phrase that starts here, found the end of the query."),
        ("a ”", 1, 3, "expected a word, found ”, which closes nothing."),
        ("cancel*", 1, 7, "expected a word, found *, which is reserved"),
        ("author:me", 1, 7, "expected a word, found :, which is reserved"),
        ("a !!!", 1, 3, "!!! holds no letter, digit or emoji to look for."),
        ('""', 1, 1, '"" holds no letter, digit or emoji to look for.'),
    ],
)
def test_an_error_names_its_place_and_what_was_expected(source: str, line: int, column: int, problem: str) -> None:
    with pytest.raises(QuerySyntaxError) as caught:
        parse_query(source)

    assert (caught.value.line, caught.value.column) == (line, column)
    assert caught.value.problem.startswith(problem)


@pytest.mark.parametrize("opening", ["(", "NOT "])
def test_nesting_is_bounded(opening: str) -> None:
    closing = ")" if opening == "(" else ""
    parse_query(opening * DEEPEST_NESTING + "a" + closing * DEEPEST_NESTING).matches("a")

    with pytest.raises(QuerySyntaxError, match="nested"):
        parse_query(opening * (DEEPEST_NESTING + 1) + "a" + closing * (DEEPEST_NESTING + 1))


def test_length_is_bounded() -> None:
    with pytest.raises(QuerySyntaxError, match="at most"):
        parse_query("a" * (LONGEST_QUERY + 1))


@pytest.mark.parametrize("piece", ["a ", "a OR ", "(", "NOT ", '"a b" ', "(a OR b) ", ") ", "«"])
def test_the_longest_query_takes_a_moment(piece: str) -> None:
    source = (piece * LONGEST_QUERY)[:LONGEST_QUERY]

    started = time.process_time()
    with suppress(QuerySyntaxError):
        parse_query(source).matches("a b " * 5_000)

    assert time.process_time() - started < 2


QUERY_PIECES = st.sampled_from(
    [
        "AND",
        "OR",
        "NOT",
        "(",
        ")",
        '"',
        "«",
        "»",
        "a",
        "train",
        "l'été",
        "#tag",
        "😡",
        "*",
        ":",
        " ",
        "\n",
        "\x00",
    ]
)


@settings(max_examples=500, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(QUERY_PIECES, max_size=80).map(" ".join)), st.text(max_size=200))
def test_any_input_is_a_query_or_a_syntax_error(source: str, text: str) -> None:
    outcome = read(source)

    if isinstance(outcome, QuerySyntaxError):
        lines = source.split("\n")
        assert 1 <= outcome.line <= len(lines)
        assert 1 <= outcome.column <= len(lines[outcome.line - 1]) + 1
    else:
        assert outcome.matches(text) in (True, False)


def read(source: str) -> Query | QuerySyntaxError:
    try:
        return parse_query(source)
    except QuerySyntaxError as error:
        return error


TERMS = st.sampled_from(["train", "bus", "late", "« en retard »", '"on time"'])
QUERIES = st.recursive(
    TERMS,
    lambda inner: st.one_of(
        inner.map("NOT ({})".format),
        st.tuples(inner, inner).map("({0[0]}) AND ({0[1]})".format),
        st.tuples(inner, inner).map("({0[0]}) OR ({0[1]})".format),
    ),
    max_leaves=8,
)
TEXTS = st.lists(st.sampled_from(["Train", "bus", "late", "en", "retard", "on", "time", "!"]), max_size=8).map(" ".join)


@settings(max_examples=300)
@given(QUERIES, QUERIES, TEXTS)
def test_operators_obey_logic(first: str, second: str, text: str) -> None:
    def holds(source: str) -> bool:
        return parse_query(source).matches(text)

    assert holds(f"NOT ({first})") is not holds(first)
    assert holds(f"({first}) ({second})") is (holds(first) and holds(second))
    assert holds(f"({first}) OR ({second})") is (holds(first) or holds(second))
