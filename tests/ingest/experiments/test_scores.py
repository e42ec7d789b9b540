"""Suggestions find posts that the seed query misses (must hold 6); `make scores` prints every task."""

from pathlib import Path

import pytest

from ingest.experiments.scores import HELD_OUT, trial


@pytest.mark.parametrize("label", ["2013_Singapore_haze", "terminate_account"])
def test_ten_suggestions_raise_recall_and_keep_precision(data_folder: Path, label: str) -> None:
    [task] = [task for task in HELD_OUT if task.label == label]

    outcome = trial(task, data_folder).run()

    assert outcome.judgements < 150
    assert outcome.holds(outcome.judged), outcome
