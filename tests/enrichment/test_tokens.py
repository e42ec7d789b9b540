"""Tokens, windows and the spans they belong to; no model is run."""

import numpy as np
import pytest
from tokenizers import Tokenizer

from enrichment.encoding.tokens import Frame, Spans, Tokens, Windows
from enrichment.encoding.weights import PACKAGED, locate
from enrichment.texts.spans import Span


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    loaded = Tokenizer.from_file(f"{locate(PACKAGED).source}/tokenizer.json")
    loaded.no_padding()
    loaded.no_truncation()
    return loaded


def test_tokens_know_their_text_and_first_character(tokenizer: Tokenizer) -> None:
    tokens = Tokens.of(tokenizer, ["late again", "", "😡 vol"])

    assert tokens.counts.tolist()[:2] == [2, 0]
    assert tokens.starts[tokens.texts == 0].tolist() == [0, 5]
    assert tokens.starts[tokens.texts == 2].tolist()[:2] == [0, 2]  # a face is one character


def test_a_long_text_is_read_in_windows_without_losing_a_token(tokenizer: Tokenizer) -> None:
    tokens = Tokens.of(tokenizer, ["one two three four five", "", "six"])

    windows = Windows.of(tokens, 2)

    assert windows.texts.tolist() == [0, 0, 0, 1, 2]
    assert windows.lengths.tolist() == [2, 2, 1, 0, 1]
    assert windows.starts[windows.lengths > 0].tolist() == [0, 2, 4, 5]


def test_passes_hold_every_window_once_and_keep_their_size() -> None:
    lengths = np.array([5, 1, 9, 3, 0, 7])
    windows = Windows(np.arange(6), lengths, np.arange(6))

    passes = list(windows.passes(most_tokens=14, special_tokens=2))

    assert sorted(text for group in passes for text in group.texts) == list(range(6))
    assert all(len(group.lengths) * (group.lengths.max() + 2) <= 14 for group in passes)


def test_a_window_that_alone_exceeds_a_pass_is_read_alone() -> None:
    windows = Windows(np.arange(2), np.array([50, 1]), np.arange(2))

    assert [group.lengths.tolist() for group in windows.passes(10, 2)] == [[1], [50]]


def test_rows_are_what_the_tokenizer_itself_would_give(tokenizer: Tokenizer) -> None:
    texts = ["late again", "my flight was cancelled", ""]
    tokens = Tokens.of(tokenizer, texts)

    ids, is_kept, _ = Frame.of(tokenizer, padding=0).rows(tokens, Windows.of(tokens, 254))

    rows = [row[kept].tolist() for row, kept in zip(ids, is_kept, strict=True)]
    assert rows == [tokenizer.encode(text).ids for text in texts]
    assert not ids[~is_kept].any()


def test_a_token_belongs_to_the_span_that_it_begins_in(tokenizer: Tokenizer) -> None:
    tokens = Tokens.of(tokenizer, ["one two three", "four five"])
    spans = Spans.of([[Span(0, 3), Span(8, 13)], [Span(5, 9)]])

    assert spans.of_tokens(tokens).tolist() == [0, -1, 1, -1, 2]


def test_without_spans_no_token_belongs_to_one(tokenizer: Tokenizer) -> None:
    tokens = Tokens.of(tokenizer, ["one two"])

    assert Spans.of([]).of_tokens(tokens).tolist() == [-1, -1]
