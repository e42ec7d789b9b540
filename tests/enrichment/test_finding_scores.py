"""Names, languages and personal data are found as well as the table of scores says, on texts never learnt from."""

from pathlib import Path

import pytest

from enrichment.languages.identifier import LanguageIdentifier
from enrichment.readings.reader import Reader
from enrichment.scores.languages import language_rows
from enrichment.scores.names import entity_scores
from enrichment.scores.personal import personal_rows
from enrichment.training.corpora import data_folder
from enrichment.training.entities import training_texts
from enrichment.training.names import wnut


@pytest.fixture(scope="module")
def folder() -> Path:
    try:
        return data_folder()
    except FileNotFoundError as absent:
        pytest.skip(str(absent))


def test_names_are_found_in_another_domain_than_they_were_learnt_in(reader: Reader, folder: Path) -> None:
    score = entity_scores(reader.encoder, reader.finder.tagger, wnut(folder, "emerging.dev.conll"))

    assert score.texts == 1009
    assert score.f1 >= 0.5
    assert score.precision >= 0.65


def test_the_tagger_learns_from_no_text_that_it_is_scored_on(folder: Path) -> None:
    learnt = {each.text.lower() for each in training_texts(folder)}

    assert not learnt & {each.text.lower() for each in wnut(folder, "emerging.dev.conll")}


def test_languages_are_told_rightly_and_of_shorter_texts_less_often(folder: Path) -> None:
    rows = {row.task: row for row in language_rows(LanguageIdentifier.load(), folder)}

    def score(task: str) -> tuple[float, float]:
        return rows[task].ours, rows[task].answered or 0

    for group in ("16 languages", "29 languages"):
        right, answered = score(f"language of sentences, {group}")
        assert (right >= 98.5, answered >= 95) == (True, True)
        right, answered = score(f"language of word-pairs, {group}")
        assert (right >= 93, answered >= 95) == (True, True)
        assert score(f"language of single-words, {group}")[0] >= 94
    assert score("language of tweets, 7 languages") >= (98.5, 95)
    answered = [
        score(f"language of {length}, 16 languages")[1] for length in ("sentences", "word-pairs", "single-words")
    ]
    assert answered == sorted(answered, reverse=True)
    assert answered[-1] < 90


def test_personal_data_is_found(folder: Path) -> None:
    rows = {(row.task.removeprefix("personal data: "), row.measure): row.ours for row in personal_rows(folder)}

    assert {kind: rows[kind, "recall"] for kind in ("mail", "iban", "id")} == dict.fromkeys(("mail", "iban", "id"), 100)
    assert rows["card", "recall"] >= 99
    assert rows["phone", "recall"] >= 80
    assert rows["address", "recall"] >= 45
    assert min(score for (_, measure), score in rows.items() if measure == "precision") >= 85
