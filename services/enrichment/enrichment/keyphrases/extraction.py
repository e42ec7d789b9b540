"""Rank the phrases of a short post by statistics that cost next to nothing.

Candidates are words that are no stop words, and runs of up to three of them, as in RAKE (Rose et al. 2010);
the ranking looks at position, casing, length and frequency within the post, as YAKE does (Campos et al. 2020).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import sqrt

from enrichment.keyphrases.stop_words import BRIDGES, NOISE, STOP_WORDS
from enrichment.texts.spans import worded

MOST_PHRASES = 8
_MOST_LONG = 5
_MOST_BRIDGES = 2
_LONGEST_WORD = 30
# Longer ones are no words, however many letters are stretched.
_MOST_LETTERS = 60

_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_IDEOGRAPHS = re.compile(r"[一-鿿]{2,6}|[ァ-ヶー]{3,}")
_STRETCHED = re.compile(r"([^\W\d_])\1{2,}")
_ELISION = re.compile(r"\A(?:[cdjlmnst]|qu)'(?=\w)")
_EVERY_STOP_WORD = frozenset().union(*STOP_WORDS.values())
# A phrase of two words tells more than either; a third adds little and seldom recurs.
_LENGTH_WEIGHT = {1: 1.0, 2: 1.3, 3: 1.15}


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    weight: float

    @property
    def is_number(self) -> bool:
        return self.text.isdigit()


def keyphrases(text: str, language: str = "") -> list[str]:
    """At most eight phrases, lower case, most telling first; handles and web addresses are never among them.

    A language without a list of stop words, or none, is read with those of all languages; text without spaces
    between words gives its runs of ideographs.
    """
    said = worded(text)
    scores: dict[tuple[str, ...], float] = defaultdict(float)
    for run in _runs(said, language):
        for first in range(len(run)):
            for length in range(1, min(3, len(run) - first) + 1):
                phrase = run[first : first + length]
                if _is_telling(phrase):
                    scores[tuple(word.text for word in phrase)] += _score(phrase)
    return _ranked(scores) or list(dict.fromkeys(_IDEOGRAPHS.findall(said)))[:MOST_PHRASES]


def _runs(text: str, language: str) -> Iterator[list[_Word]]:
    """Words with nothing between them but space, or at most two bridges such as "has been"."""
    stop_words = STOP_WORDS.get(language, _EVERY_STOP_WORD)
    bridges = BRIDGES.get(language, frozenset())
    is_shouted = text.isupper()
    run: list[_Word] = []
    end = bridged = 0
    for position, match in enumerate(_WORD.finditer(text)):
        word = _folded(match[0]) if len(match[0]) <= _MOST_LETTERS else match[0]
        is_stop = word in stop_words or not 1 < len(word) + word.isdigit() <= _LONGEST_WORD
        is_apart = bool(text[end : match.start()].strip(" #"))
        end = match.end()
        bridged = bridged + 1 if is_stop and word in bridges else 0
        if run and (is_apart or bridged > _MOST_BRIDGES or (is_stop and not bridged)):
            yield run
            run = []
        if not is_stop:
            run.append(_Word(word, _weight(match[0], position, is_shouted)))
    if run:
        yield run


@lru_cache(20_000)
def _folded(word: str) -> str:
    """Lower case without elision, possessive and stretched letters: "L'avion" and "avion" are one."""
    plain = _ELISION.sub("", word.lower().replace("’", "'")).removesuffix("'s")
    shortened = _STRETCHED.sub(r"\1", plain)
    return shortened if shortened in _EVERY_STOP_WORD else _STRETCHED.sub(r"\1\1", plain)


def _weight(word: str, position: int, is_shouted: bool) -> float:
    length = min(len(word), 8) / 8
    casing = 1.2 if word[0].isupper() and position > 0 and not is_shouted else 1.0
    return sqrt(length) * casing / (1 + 0.02 * position)


def _is_telling(phrase: Sequence[_Word]) -> bool:
    """A number counts before a word ("2 hours"), never alone and never last."""
    if any(word.is_number for word in phrase[1:]):
        return False
    if phrase[0].is_number:
        return len(phrase) == 2 and len(phrase[0].text) < 4
    return len(phrase) > 1 or (len(phrase[0].text) > 2 and phrase[0].text not in NOISE)


def _score(phrase: Sequence[_Word]) -> float:
    return _LENGTH_WEIGHT[len(phrase)] * sum(word.weight for word in phrase) / len(phrase)


def _ranked(scores: dict[tuple[str, ...], float]) -> list[str]:
    ranked: list[tuple[str, ...]] = []
    for phrase in sorted(scores, key=lambda phrase: (-scores[phrase], phrase)):
        is_long = len(phrase) > 1
        is_covered = is_long and any(len(set(phrase) & set(other)) > 1 for other in ranked if len(other) > 1)
        if is_covered or (is_long and sum(len(other) > 1 for other in ranked) >= _MOST_LONG):
            continue
        ranked.append(phrase)
    return [" ".join(phrase) for phrase in ranked[:MOST_PHRASES]]
