"""The reference page of the query language shows what the code does."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ingest.queries.documents import Document
from ingest.queries.fields import FIELDS
from ingest.queries.parser import DEEPEST_NESTING, LONGEST_QUERY, MOST_BETWEEN, QuerySyntaxError, parse_query

PAGE = (Path(__file__).resolve().parents[3] / "services" / "ingest" / "QUERIES.md").read_text()


def rows(*headings: str) -> list[tuple[str, ...]]:
    """The cells of every row below these headings."""
    return [*_rows(" | ".join(headings))]


def _rows(heading: str) -> Iterator[tuple[str, ...]]:
    for table in re.findall(rf"^\| {heading} \|\n\|[- |]+\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE):
        for line in table.splitlines():
            yield tuple(cell.strip() for cell in line.strip("|").split("|"))


def quoted(cell: str) -> list[str]:
    """What stands between backticks."""
    return re.findall(r"`([^`]+)`", cell)


EXAMPLES = rows("query", "takes", "leaves")
FIELD_EXAMPLES = [query for cell, _ in rows("query", "takes posts") for query in quoted(cell)]
ERRORS = rows("query", "error")
LONG = [line for block in re.findall(r"```query\n(.*?)```", PAGE, re.DOTALL) for line in block.splitlines()]
INLINE = ["*東京*", "platform:x OR platform:reddit", "NOT followers:>1000", "published:2026-01", "published:>2026-01"]


@pytest.mark.parametrize(("query", "takes", "leaves"), EXAMPLES)
def test_every_example_takes_and_leaves_what_the_page_says(query: str, takes: str, leaves: str) -> None:
    [source] = quoted(query)

    assert [text for text in quoted(takes) if not parse_query(source).matches(Document(text))] == []
    assert [text for text in quoted(leaves) if parse_query(source).matches(Document(text))] == []


@pytest.mark.parametrize("source", [*FIELD_EXAMPLES, *LONG, *INLINE])
def test_every_other_example_can_be_read(source: str) -> None:
    assert source in PAGE
    assert not parse_query(source).is_empty


@pytest.mark.parametrize(("query", "error"), ERRORS)
def test_every_error_is_word_for_word(query: str, error: str) -> None:
    [source] = quoted(query)

    with pytest.raises(QuerySyntaxError) as caught:
        parse_query(source)

    assert str(caught.value) == error


def test_the_page_has_examples_of_everything() -> None:
    assert len(EXAMPLES) >= 25
    assert len(LONG) == 2
    for field in FIELDS:
        assert any(f"{field}:" in source for source in [*FIELD_EXAMPLES, *(row[0] for row in EXAMPLES)]), field


def test_the_limits_are_those_of_the_parser() -> None:
    assert f"{LONGEST_QUERY:,} characters and {DEEPEST_NESTING} levels" in PAGE
    assert f"n\ngoes from 0 to {MOST_BETWEEN}" in PAGE
