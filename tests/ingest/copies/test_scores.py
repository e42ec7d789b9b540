"""Copies that were planted among real tweets are found, and changes of meaning are not taken for copies."""

from pathlib import Path

from ingest.copies.scores.corpora import originals, read_judging
from ingest.copies.scores.edits import plant
from ingest.copies.scores.measures import judge
from ingest.copies.scores.passes import run

ORIGINALS = 3_000
EACH = 120


def test_planted_copies_are_found_and_other_messages_left_alone(data_folder: Path) -> None:
    planted = plant(originals(read_judging(data_folder), ORIGINALS), EACH, seed=7)
    outcome = judge(planted, run([each.text for each in planted]))
    assert outcome.precision >= 0.98
    assert outcome.recall >= 0.95
    assert outcome.pairs > 1_000
    assert sum(not each.is_copy for each in planted) > 2 * EACH


def test_groups_do_not_depend_on_how_the_texts_are_cut_into_chunks(data_folder: Path) -> None:
    planted = plant(originals(read_judging(data_folder), 1_000), EACH, seed=7)
    texts = [each.text for each in planted]
    whole, single = run(texts, chunk=len(texts)), run(texts, chunk=7)
    assert sum(one == other for one, other in zip(whole, single, strict=True)) >= 0.99 * len(texts)
