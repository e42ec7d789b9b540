"""Cues and connectives keep their scores on data that none of them was written on."""

import os
from pathlib import Path

import pytest

from enrichment.coding.coder import Passages
from enrichment.coding.codes import Code
from enrichment.scores.cues import CueScorer, microseconds_per_statement
from enrichment.scores.rows import ScoreRow, table_of

Rows = dict[tuple[str, str], ScoreRow]


@pytest.fixture(scope="module")
def rows(pytestconfig: pytest.Config) -> Rows:
    """By task and the first word of what it is scored on."""
    folder = Path(os.environ.get("POURQUOI_DATA") or pytestconfig.rootpath.parent / "shared" / "data")
    if not folder.is_dir():
        pytest.skip(f"The labelled data sets are not at {folder}; set POURQUOI_DATA to where they are.")
    return {(row.task, row.scored_on.split()[0]): row for row in CueScorer(folder).rows()}


def test_suggestions_are_found_without_training(rows: Rows) -> None:
    row = rows["suggestions", "SemEval-2019"]

    assert row.texts == 592
    assert row.ours >= 60
    assert (row.right or 0) >= 85


def test_named_needs_are_more_often_need_bearing_than_sentences_at_large(rows: Rows) -> None:
    # Of all sentences 41 percent are.
    assert (rows["need-bearing, by a named need", "customer"].right or 0) >= 52


def test_stated_causes_are_found_without_training(rows: Rows) -> None:
    assert rows["states a cause", "AltLex"].ours >= 70
    assert rows["states a cause", "SemEval-2010"].ours >= 58


def test_every_layer_is_scored_in_english_and_french(rows: Rows) -> None:
    by_hand = {task for task, scored_on in rows if scored_on == "coded"}

    assert len(by_hand) == 10
    assert {"drivers, fr", "needs, fr", "speech_act, fr", "relationship, fr", "promotion, fr"} <= by_hand
    assert table_of(list(rows.values())).row_count == len(rows)


def test_what_coding_costs_is_measured_over_all_statements() -> None:
    class Silent:
        version = "silent"
        seen = 0

        def code(self, passages: Passages) -> list[tuple[Code, ...]]:
            self.seen += len(passages.texts)
            return [()] * len(passages.texts)

    coder = Silent()

    assert microseconds_per_statement(coder, ["text"] * 300, "en") >= 0
    assert coder.seen == 5 * 300
