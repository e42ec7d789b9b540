"""Score the heads on texts that they have never seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import f1_score, recall_score

from enrichment.encoding.encoder import Encoder
from enrichment.languages.identifier import LanguageIdentifier
from enrichment.sentiments.head import SentimentHead
from enrichment.training.corpora import LENGTHS, Labelled, tweeteval_sentiment, umsab, without, written
from enrichment.training.language import ROMANISED_HINDI
from enrichment.training.sentiment import training_texts


@dataclass(frozen=True)
class Score:
    """A measure of all answers, and what abstaining gains: the share of texts answered, and how many of those right."""

    texts: int
    value: float
    answered: float
    right: float


@dataclass(frozen=True)
class Answers:
    """What a head said of texts: `shares` has a row per text, `labels` the column that is right."""

    labels: NDArray[np.int64]
    shares: NDArray[np.floating]
    threshold: float

    @property
    def macro_recall(self) -> Score:
        """Recall, averaged over the classes that the texts belong to."""
        classes = np.unique(self.labels)
        return self._score(recall_score(self.labels, self.shares.argmax(1), labels=classes, average="macro"))

    @property
    def macro_f1(self) -> Score:
        """F1, averaged over classes."""
        return self._score(f1_score(self.labels, self.shares.argmax(1), average="macro"))

    def _score(self, value: float) -> Score:
        is_right = self.shares.argmax(1) == self.labels
        is_answered = self.shares.max(1) >= self.threshold
        return Score(len(self.labels), float(value), float(is_answered.mean()), float(is_right[is_answered].mean()))


@dataclass(frozen=True)
class SentimentScorer:
    """Asks the sentiment head as if the language were unknown: all are scored, those too that it declines to read."""

    encoder: Encoder
    head: SentimentHead

    def tweeteval(self, folder: Path) -> Answers:
        """TweetEval's validation part, without texts that the head was trained on."""
        core, others = training_texts(folder)
        return self._ask(without(tweeteval_sentiment(folder), [*core, *others]))

    def umsab(self, folder: Path) -> dict[str, Answers]:
        """UMSAB's validation part, by language."""
        return {code: self._ask(tweets) for code, tweets in umsab(folder, "val").items()}

    def _ask(self, texts: Sequence[Labelled]) -> Answers:
        said = [text.text for text in texts]
        shares = self.head.probabilities(said, self.encoder.encode(said).features, [""] * len(said))
        return Answers(np.array([text.label for text in texts]), shares, self.head.threshold)


def language_answers(identifier: LanguageIdentifier, folder: Path) -> dict[str, Answers]:
    """Edited texts by length that were held out, and tweets of UMSAB's validation part."""
    found = defaultdict(list)
    for text in written(folder):
        if text.is_held_out and text.language in identifier.codes:
            found[text.length].append((text.text, text.language))
    for code, tweets in umsab(folder, "val").items():
        # The Hindi part is a mixture with plain English, so its labels say nothing here.
        if code != ROMANISED_HINDI:
            found["tweets"] += [(tweet.text, code) for tweet in tweets]
    return {name: _ask_language(identifier, found[name]) for name in (*LENGTHS, "tweets")}


def _ask_language(identifier: LanguageIdentifier, texts: Sequence[tuple[str, str]]) -> Answers:
    labels = np.array([identifier.codes.index(code) for _, code in texts])
    return Answers(labels, identifier.probabilities([text for text, _ in texts]), identifier.threshold)
