"""The shipped heads keep their scores on texts that they have never seen."""

from pathlib import Path

import numpy as np
import pytest

from enrichment.languages.identifier import LanguageIdentifier
from enrichment.readings.reader import Reader
from enrichment.scores.measures import Answers, Score, SentimentScorer, language_answers
from enrichment.training import language, sentiment
from enrichment.training.corpora import data_folder, umsab, written

# What the shipped heads reach, less what chance could take from 324 tweets of a language.
FLOORS = {"ar": 0.57, "en": 0.60, "fr": 0.58, "de": 0.64, "hi-Latn": 0.34, "it": 0.56, "pt": 0.54, "es": 0.56}


@pytest.fixture(scope="module")
def folder() -> Path:
    try:
        return data_folder()
    except FileNotFoundError as absent:
        pytest.skip(str(absent))


@pytest.fixture(scope="module")
def languages(folder: Path) -> dict[str, Score]:
    answers = language_answers(LanguageIdentifier.load(), folder)
    return {name: found.macro_recall for name, found in answers.items()}


@pytest.fixture(scope="module")
def by_language(reader: Reader, folder: Path) -> dict[str, Answers]:
    return SentimentScorer(reader.encoder, reader.head).umsab(folder)


def test_sentiment_of_english_tweets_is_recognised(reader: Reader, folder: Path) -> None:
    score = SentimentScorer(reader.encoder, reader.head).tweeteval(folder).macro_recall

    assert score.texts > 500
    assert score.value >= 0.62
    assert score.right > score.value


def test_sentiment_is_recognised_in_eight_languages(by_language: dict[str, Answers]) -> None:
    scores = {code: answers.macro_f1 for code, answers in by_language.items()}

    assert {code: score.value for code, score in scores.items() if score.value < FLOORS[code]} == {}
    assert np.mean([score.value for score in scores.values()]) >= 0.57


def test_probabilities_of_sentiment_mean_what_they_say(reader: Reader, by_language: dict[str, Answers]) -> None:
    read = [answers for code, answers in by_language.items() if code in reader.head.languages]
    shares = np.concatenate([answers.shares for answers in read])
    is_right = shares.argmax(1) == np.concatenate([answers.labels for answers in read])

    assert shares.max(1).mean() == pytest.approx(is_right.mean(), abs=0.05)
    for low in (0.4, 0.6, 0.8):
        among = (shares.max(1) >= low) & (shares.max(1) < low + 0.2)
        assert is_right[among].mean() == pytest.approx(shares.max(1)[among].mean(), abs=0.1)


@pytest.mark.parametrize(
    ("length", "accuracy", "right"),
    [("sentences", 0.993, 0.995), ("word-pairs", 0.95, 0.97), ("single-words", 0.82, 0.93), ("tweets", 0.985, 0.99)],
)
def test_languages_are_recognised(languages: dict[str, Score], length: str, accuracy: float, right: float) -> None:
    assert languages[length].value >= accuracy
    assert languages[length].right >= right


def test_shorter_texts_are_answered_less_often(languages: dict[str, Score]) -> None:
    answered = [languages[length].answered for length in ("sentences", "word-pairs", "single-words")]

    assert answered == sorted(answered, reverse=True)
    assert answered[-1] < 0.9


def test_no_head_learns_from_a_text_that_is_scored(folder: Path) -> None:
    scored = {tweet.key for part in umsab(folder, "val").values() for tweet in part}
    core, others = sentiment.training_texts(folder)
    assert not scored & {text.key for text in (*core, *others)}

    held_out = {(text.text, text.language) for text in written(folder) if text.is_held_out}
    assert not held_out & {(text.text, text.language) for text in language.training_texts(folder)}
