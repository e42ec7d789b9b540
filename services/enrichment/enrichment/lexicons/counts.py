"""How often a text speaks well or ill, as numbers that mean the same in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from enrichment.lexicons.lexicon import Lexicon, Sense, emoji, lexicon_of

_TOKEN = re.compile(r"[:;]['-]?[()/d]|<3|[^\W_]+(?:['’-][^\W_]+)*|[^\w\s]")
# So many words on, a word is still denied, or meant strongly.
_DENIED, _STRONG = 3, 2
_TOLD = (Sense.POSITIVE, Sense.NEGATIVE, Sense.INSULT)
_PLAIN, _AFTER_NEGATION, _AFTER_INTENSIFIER = 0, len(_TOLD), 2 * len(_TOLD)
_GLAD, _SAD, _NEGATIONS, _LAST, _BALANCE = range(3 * len(_TOLD), 3 * len(_TOLD) + 5)
# Columns: words that speak well, ill, and insults; the same after a negation; the same after an intensifier; glad and
# sad emoji; negations (all log counts); the last telling word and the balance of all (1 well, -1 ill).
COLUMNS = _BALANCE + 1


def lexicon_counts(texts: Sequence[str], languages: Sequence[str]) -> NDArray[np.float32]:
    """One row of `COLUMNS` per text; of a language without a lexicon only emoji are counted."""
    found = np.zeros((len(texts), COLUMNS), np.float32)
    for row, text, language in zip(found, texts, languages, strict=True):
        _count(_TOKEN.findall(text.lower()), lexicon_of(language), row)
    np.log1p(found[:, :_LAST], out=found[:, :_LAST])
    return found


def _count(tokens: Sequence[str], lexicon: Lexicon, row: NDArray[np.float32]) -> None:
    denied = strong = -_DENIED - 1
    balance = 0
    for at, sense in _senses(tokens, lexicon):
        if sense is Sense.NEGATION:
            denied = at
            row[_NEGATIONS] += 1
        elif sense is Sense.INTENSIFIER:
            strong = at
        else:
            is_denied = at - denied <= _DENIED
            shift = _AFTER_NEGATION if is_denied else _AFTER_INTENSIFIER if at - strong <= _STRONG else _PLAIN
            row[_TOLD.index(sense) + shift] += 1
            row[_LAST] = 1 if (sense is Sense.POSITIVE) != is_denied else -1
            balance += int(row[_LAST])
    moods = emoji()
    for token in tokens:
        mood = moods.sense(token)
        if mood is not None:
            row[_GLAD if mood is Sense.POSITIVE else _SAD] += 1
    row[_BALANCE] = np.sign(balance)


def _senses(tokens: Sequence[str], lexicon: Lexicon) -> Iterator[tuple[int, Sense]]:
    for at, (token, following) in enumerate(pairwise([*tokens, ""])):
        sense = lexicon.words.get(f"{token} {following}") or lexicon.sense(token)
        if sense is not None:
            yield at, sense
