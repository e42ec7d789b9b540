"""The shipped heads keep their scores on texts that they have never seen."""

from pathlib import Path

import numpy as np
import pytest

from enrichment.readings.reader import Reader
from enrichment.scores.measures import Answers, Findings, calibration_error
from enrichment.scores.sentences import SentenceScorer
from enrichment.scores.text_heads import TextHeadScorer
from enrichment.training import language
from enrichment.training.corpora import data_folder, written
from enrichment.training.material import Library
from enrichment.training.tasks import all_tasks

# What the shipped head reaches, less what chance could take from 324 tweets of a language.
FLOORS = {"ar": 0.57, "en": 0.60, "fr": 0.58, "de": 0.64, "hi-Latn": 0.34, "it": 0.56, "pt": 0.54, "es": 0.56}


@pytest.fixture(scope="module")
def folder() -> Path:
    try:
        return data_folder()
    except FileNotFoundError as absent:
        pytest.skip(str(absent))


@pytest.fixture(scope="module")
def scorer(reader: Reader, folder: Path) -> TextHeadScorer:
    return TextHeadScorer(reader.encoder, folder)


@pytest.fixture(scope="module")
def by_language(scorer: TextHeadScorer) -> dict[str, Answers]:
    return scorer.umsab()


def test_sentiment_of_english_tweets_is_recognised(scorer: TextHeadScorer) -> None:
    score = scorer.tweeteval_sentiment().macro_recall

    assert score.texts > 500
    assert score.value >= 0.62
    assert score.right > score.value


def test_sentiment_is_recognised_in_eight_languages(by_language: dict[str, Answers]) -> None:
    scores = {code: answers.macro_f1 for code, answers in by_language.items()}

    assert {code: score.value for code, score in scores.items() if score.value < FLOORS[code]} == {}
    assert np.mean([score.value for score in scores.values()]) >= 0.57


def test_probabilities_of_sentiment_mean_what_they_say(reader: Reader, by_language: dict[str, Answers]) -> None:
    read = [answers for code, answers in by_language.items() if code in reader.head.general.languages]
    shares = np.concatenate([answers.shares for answers in read])
    labels = np.concatenate([answers.labels for answers in read])

    assert Answers(labels, shares, 0).macro_f1.calibration_error <= 0.05


def test_needs_are_recognised_in_a_category_that_was_never_learnt_from(reader: Reader, folder: Path) -> None:
    scorer = SentenceScorer(Library(reader.encoder), folder)

    found = {category: scorer.needs_across(category).macro_f1 for category in ("Baby", "Electronics")}

    assert {category: score.texts for category, score in found.items()} == {"Baby": 2000, "Electronics": 2000}
    assert found["Baby"].value >= 0.74
    assert found["Electronics"].value >= 0.72


def test_emotion_of_tweets_is_recognised(scorer: TextHeadScorer) -> None:
    score = scorer.emotion().macro_f1

    assert score.value >= 0.71
    assert score.right > score.value


def test_offensive_language_and_irony_are_recognised(scorer: TextHeadScorer) -> None:
    assert scorer.found("offensive").macro_f1.value >= 0.74
    assert scorer.found("irony").f1.value >= 0.64


def test_emotions_of_comments_are_recognised(scorer: TextHeadScorer) -> None:
    score = scorer.ekman().f1

    assert score.value >= 0.54
    assert score.calibration_error <= 0.03


def test_no_head_learns_from_a_text_that_is_scored(folder: Path) -> None:
    tasks = all_tasks(folder).values()
    scored = {text.key for task in tasks for text in task.part("scored", "elsewhere")} - {""}
    held_out = {text.key for task in tasks for text in task.part("held_out")} - {""}
    assert len(scored) > 10_000
    for task in tasks:
        learnt = {text.key for text in task.part("train")}
        assert not learnt & (scored | held_out)
        assert not {text.key for text in task.part("held_out")} & scored

    left_out = {(text.text, text.language) for text in written(folder) if text.is_held_out}
    assert not left_out & {(text.text, text.language) for text in language.training_texts(folder)}


def test_calibration_error_is_the_gap_between_what_is_said_and_what_is_so() -> None:
    shares = np.array([0.85, 0.85, 0.15, 0.15])

    assert calibration_error(shares, np.array([True, True, False, False])) == pytest.approx(0.15)
    assert calibration_error(shares, np.array([False, False, True, True])) == pytest.approx(0.85)


def test_findings_count_classes_from_their_own_cuts() -> None:
    targets = np.array([[True, False], [False, True]])
    shares = np.array([[0.4, 0.6], [0.2, 0.8]])

    assert Findings(targets, shares, np.array([0.3, 0.7]), np.array([0.9, 0.7])).f1.value == 1
    given = Findings(targets, shares, np.array([0.5, 0.5]), np.array([0.9, 0.7])).f1
    assert (given.value, given.answered, given.right) == (pytest.approx(1 / 3), 0.5, 1)
