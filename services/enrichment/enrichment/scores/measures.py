"""Score the heads on texts that they have never seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from sklearn.metrics import f1_score, recall_score

from enrichment.encoding.encoder import Encoder
from enrichment.languages.identifier import LanguageIdentifier
from enrichment.sentiments.head import SentimentHead
from enrichment.training.corpora import LENGTHS, Labelled, tweeteval_sentiment, umsab, without, written
from enrichment.training.sentiment import training_texts

ROMANISED_HINDI = "hi-Latn"


@dataclass(frozen=True)
class Score:
    """A measure on a set of texts: of all answers, and how many were given and right when abstaining is allowed."""

    data: str
    measure: str
    value: float
    texts: int
    answered: float
    right: float


@dataclass(frozen=True)
class SentimentScorer:
    """Scores the sentiment head; languages are taken as the data names them."""

    encoder: Encoder
    head: SentimentHead

    def tweeteval(self, folder: Path) -> Score:
        """Macro-recall on TweetEval's validation part, without texts that the head was trained on."""
        core, others = training_texts(folder)
        tweets = without(tweeteval_sentiment(folder), [*core, *others])
        return self._score("TweetEval sentiment", "macro-recall", tweets)

    def umsab(self, folder: Path) -> dict[str, Score]:
        """Macro-F1 on UMSAB's validation part, by language."""
        parts = umsab(folder, "val").items()
        return {code: self._score(f"UMSAB {code}", "macro-F1", tweets) for code, tweets in parts}

    def _score(self, data: str, measure: str, texts: Sequence[Labelled]) -> Score:
        said = [text.text for text in texts]
        labels = np.array([text.label for text in texts])
        # As if the language were unknown: every language is scored, those that the head declines to read too.
        shares = self.head.probabilities(said, self.encoder.encode(said).features, [""] * len(said))
        found = shares.argmax(1)
        is_answered = np.array([polarity is not None for polarity in self.head.decide(shares)])
        value = recall_score if measure == "macro-recall" else f1_score
        return Score(
            data,
            measure,
            float(value(labels, found, average="macro")),
            len(texts),
            float(is_answered.mean()),
            float((found == labels)[is_answered].mean()),
        )


def language_scores(identifier: LanguageIdentifier, folder: Path) -> dict[str, Score]:
    """Mean accuracy over languages on edited texts by length, and on tweets."""
    held_out = [text for text in written(folder) if text.is_held_out and text.language in identifier.codes]
    texts = {
        length: [Labelled(text.text, 0, text.language) for text in held_out if text.length == length]
        for length in LENGTHS
    }
    # UMSAB's Hindi part is a mixture with plain English, so its labels say nothing here.
    texts["tweets"] = [
        text for code, tweets in umsab(folder, "val").items() if code != ROMANISED_HINDI for text in tweets
    ]
    return {name: _language_score(identifier, name, found) for name, found in texts.items()}


def _language_score(identifier: LanguageIdentifier, name: str, texts: Sequence[Labelled]) -> Score:
    shares = identifier.probabilities([text.text for text in texts])
    labels = np.array([identifier.codes.index(text.language) for text in texts])
    is_right, is_answered = shares.argmax(1) == labels, shares.max(1) >= identifier.threshold
    return Score(
        name,
        "mean accuracy",
        float(np.mean([is_right[labels == code].mean() for code in np.unique(labels)])),
        len(texts),
        float(is_answered.mean()),
        float(is_right[is_answered].mean()),
    )
