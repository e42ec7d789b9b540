"""Score the language identifier."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from enrichment.languages.identifier import LanguageIdentifier
from enrichment.scores.measures import Answers
from enrichment.scores.published import LINGUA
from enrichment.scores.rows import ScoreRow
from enrichment.training.corpora import LENGTHS, umsab, written
from enrichment.training.language import ROMANISED_HINDI


@dataclass(frozen=True)
class LanguageScorer:
    """Held-out texts of lingua's test data, and tweets of UMSAB's validation part."""

    identifier: LanguageIdentifier
    folder: Path

    def rows(self) -> list[ScoreRow]:
        """Mean accuracy over languages, by length of the text."""
        return [self._row(name, answers) for name, answers in language_answers(self.identifier, self.folder).items()]

    def _row(self, name: str, answers: Answers) -> ScoreRow:
        # The mean over languages of the accuracy on each is the mean recall of their classes.
        score = answers.macro_recall
        return ScoreRow(
            task=f"language of {name}",
            measure="mean accuracy",
            ours=100 * score.value,
            published=f"lingua, 75 languages {LINGUA[name]}" if name in LINGUA else "",
            model="character n-grams",
            scored_on="UMSAB validation" if name == "tweets" else "lingua test data, held-out fifth",
            texts=score.texts,
            calibration_error=100 * score.calibration_error,
            answered=100 * score.answered,
            right=100 * score.right,
        )


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
    return {name: _ask(identifier, found[name]) for name in (*LENGTHS, "tweets")}


def _ask(identifier: LanguageIdentifier, texts: Sequence[tuple[str, str]]) -> Answers:
    labels = np.array([identifier.codes.index(code) for _, code in texts])
    return Answers(labels, identifier.probabilities([text for text, _ in texts]), identifier.threshold)
