"""Score the language identifier: how often its answers are right, and how many texts get one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from enrichment.languages.identifier import LanguageIdentifier
from enrichment.scores.published import LINGUA
from enrichment.scores.rows import ScoreRow
from enrichment.training.corpora import LENGTHS, umsab, written
from enrichment.training.language import ROMANISED_HINDI

# Those of many speakers, in seven scripts; the table shows them beside all that the identifier knows.
SIXTEEN = frozenset(["ar", "de", "en", "es", "fr", "hi", "it", "ja", "ko", "nl", "pl", "pt", "ru", "sv", "tr", "zh"])
TWEETS = "tweets"


def language_rows(identifier: LanguageIdentifier, folder: Path) -> list[ScoreRow]:
    """Texts of lingua's test data that were held out, by length, and tweets, which are another domain."""
    rows = []
    for length, texts in _texts(identifier, folder).items():
        of_sixteen = [(text, code) for text, code in texts if code in SIXTEEN]
        groups = {"16 languages": of_sixteen, f"{len(identifier.codes) - 1} languages": texts}
        for group, some in groups.items() if length != TWEETS else [("7 languages", texts)]:
            rows.append(_row(identifier, f"language of {length}, {group}", length, some))
    return rows


def _texts(identifier: LanguageIdentifier, folder: Path) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for text in written(folder):
        if text.is_held_out and text.language in identifier.codes:
            found[text.length].append((text.text, text.language))
    for code, tweets in umsab(folder, "val").items():
        # The Hindi part is a mixture with plain English, so its labels say nothing here.
        if code != ROMANISED_HINDI:
            found[TWEETS] += [(tweet.text, code) for tweet in tweets]
    return {name: found[name] for name in (*LENGTHS, TWEETS)}


def _row(identifier: LanguageIdentifier, task: str, length: str, texts: Sequence[tuple[str, str]]) -> ScoreRow:
    answers = identifier.identify([text for text, _ in texts])
    is_answered = np.array([answer != "" for answer in answers])
    is_right = np.array([answer == code for answer, (_, code) in zip(answers, texts, strict=True)])
    right = 100 * float(is_right[is_answered].mean())
    return ScoreRow(
        task=task,
        measure="accuracy of answers",
        ours=right,
        published=f"lingua, 75 languages {LINGUA[length]}" if length in LINGUA else "",
        model="character n-grams",
        scored_on="UMSAB validation" if length == TWEETS else "lingua test data, held-out fifth",
        texts=len(texts),
        answered=100 * float(is_answered.mean()),
        right=right,
    )
