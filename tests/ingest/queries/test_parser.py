"""Parsing: binding of operators, errors with their place, and no input that crashes or stalls."""

import sys
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ingest.queries.conditions import Language, Trait
from ingest.queries.documents import Document
from ingest.queries.expressions import AnyOf, Both, Either, Near, Negation, Phrase, Step, Wildcard, Word
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
        ("a NEAR b", Both((Word("a"), Word("near"), Word("b")))),
        ("a NEAR/2 b c", Both((Near(Word("a"), (Step(Word("b"), 2, False),)), Word("c")))),
        ("NOT a NEAR/2f b", Negation(Near(Word("a"), (Step(Word("b"), 2, True),)))),
        ("(a OR b) NEAR/0 c", Near(AnyOf((Word("a"), Word("b"))), (Step(Word("c"), 0, False),))),
        ("a NEAR/1 b NEAR/2 c", Near(Word("a"), (Step(Word("b"), 1, False), Step(Word("c"), 2, False)))),
        ("lang:fr is:reply OR ab*", Either((Both((Language("fr"), Trait.REPLY)), Wildcard("ab*")))),
    ],
)
def test_operators_bind_as_documented(source: str, expression: object) -> None:
    assert parse_query(source).expression == expression


@pytest.mark.parametrize("source", ["", "   ", "\n\t"])
def test_an_empty_query_asks_for_nothing_and_matches_everything(source: str) -> None:
    query = parse_query(source)

    assert query.is_empty
    assert query.matches(Document("anything at all"))


@pytest.mark.parametrize("opening", ["(", "NOT "])
def test_nesting_is_bounded(opening: str) -> None:
    closing = ")" if opening == "(" else ""
    parse_query(opening * DEEPEST_NESTING + "a" + closing * DEEPEST_NESTING).matches(Document("a"))

    with pytest.raises(QuerySyntaxError, match="nested"):
        parse_query(opening * (DEEPEST_NESTING + 1) + "a" + closing * (DEEPEST_NESTING + 1))


def test_length_is_bounded() -> None:
    with pytest.raises(QuerySyntaxError, match="at most"):
        parse_query("a" * (LONGEST_QUERY + 1))


PIECES = [
    "a ",
    "a OR ",
    "(",
    "NOT ",
    '"a b" ',
    "(a OR b) ",
    ") ",
    "«",
    "ab* ",
    "l'ab*",
    "a NEAR/3 ",
    "lang:fr ",
    ":",
    "a?b_",
]


@pytest.mark.parametrize("piece", PIECES)
def test_the_work_of_parsing_grows_with_the_length(piece: str) -> None:
    short, long = work_of(read, repeated(piece, 2_000)), work_of(read, repeated(piece, 16_000))

    assert long < 8 * short + 2_000


@pytest.mark.parametrize(
    "source", ["a NEAR/100 a NEAR/100 (a OR b)", "(a NEAR/9 b) NEAR/9f (b NEAR/9 a)", '"a b a" NEAR/2 ab*']
)
def test_the_work_of_matching_grows_with_the_length(source: str) -> None:
    query = parse_query(source)

    def match(text: str) -> None:
        query.matches(Document(text))

    short, long = work_of(match, repeated("a b ab ", 2_000)), work_of(match, repeated("a b ab ", 16_000))

    assert short < long < 12 * short


def test_wildcards_never_go_back() -> None:
    # A pattern that goes back over what it has passed would be at it for years.
    query = parse_query("*a" * 1_000 + "*bb")

    assert not query.matches(Document("a" * 20_000))


def repeated(piece: str, length: int) -> str:
    return (piece * length)[:length]


def work_of(act: Callable[[str], object], argument: str) -> int:
    """How many functions are called: the same on every machine, unlike time."""
    calls = 0

    def count(frame: object, event: str, argument: object) -> None:
        nonlocal calls
        calls += event.endswith("call")

    sys.setprofile(count)
    try:
        act(argument)
    finally:
        sys.setprofile(None)
    return calls


QUERY_PIECES = [
    *("AND", "OR", "NOT", "(", ")", '"', "«", "»", "“", "”", "NEAR", "NEAR/", "NEAR/3", "NEAR/0f", "NEAR/999"),
    *("a", "train", "l'été", "#tag", "@tag", "😡", "*", "?", "ab*", "*ab", "a?c", "\u0301", "\x00", "\ud800", "\n"),
    *(":", "/", "~", "<", ">", "=", "foo:bar", "raw:", 'raw:"A,b"', "author:sncf", "author:*s*", "lang:fr", "lang:"),
    *("site:a.fr", "url:a.fr/b*", 'links:"a b"', "hashtag:é", "mention:@a", "in:7", "is:reply", "is:x", "has:link"),
    *("engagement:>1", "followers:<=5", "published:>2026-01", "published:=0"),
]
PIECE = st.sampled_from(QUERY_PIECES)


@settings(max_examples=1_000, deadline=None)
@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(PIECE, max_size=60).map(" ".join),
        st.lists(PIECE, max_size=60).map("".join),
    ),
    st.text(max_size=200),
)
def test_any_input_is_a_query_or_a_syntax_error(source: str, text: str) -> None:
    outcome = read(source)

    if isinstance(outcome, QuerySyntaxError):
        lines = source.split("\n")
        assert 1 <= outcome.line <= len(lines)
        assert 1 <= outcome.column <= len(lines[outcome.line - 1]) + 1
        assert outcome.problem.endswith(".")
    else:
        assert outcome.matches(Document(text)) in (True, False)


def read(source: str) -> Query | QuerySyntaxError:
    try:
        return parse_query.__wrapped__(source)
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
        return parse_query(source).matches(Document(text))

    assert holds(f"NOT ({first})") is not holds(first)
    assert holds(f"({first}) ({second})") is (holds(first) and holds(second))
    assert holds(f"({first}) OR ({second})") is (holds(first) or holds(second))
