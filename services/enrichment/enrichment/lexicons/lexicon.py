"""What words say whatever they speak of: well, ill, or no more than that the next one is denied or meant strongly."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from pathlib import Path

import yaml

from enrichment.digests import combined, sha256

_FOLDER = Path(__file__).parent
_EMOJI = "emoji"
_LONGEST_STEM, _LONGEST_WORD = 24, 40
_MOST_KNOWN = 50_000


class Sense(Enum):
    """What a word says; the names are those of the lists in the files."""

    POSITIVE = "positive"
    NEGATIVE = "negative"
    INSULT = "insults"
    NEGATION = "negations"
    INTENSIFIER = "intensifiers"


# Where lists of a file share a word, the first of these counts.
_ORDER = (Sense.NEGATION, Sense.INTENSIFIER, Sense.INSULT, Sense.POSITIVE, Sense.NEGATIVE)


@dataclass(frozen=True)
class Lexicon:
    """Words and phrases of two words, each with its sense; `stems` are those that may have any ending."""

    words: Mapping[str, Sense]
    stems: Mapping[str, Sense]
    _known: dict[str, Sense | None] = field(default_factory=dict, compare=False)

    def sense(self, word: str) -> Sense | None:
        """What a word in lower case says; a contraction or a compound says what its first telling part does."""
        if len(word) > _LONGEST_WORD:
            return None
        if word not in self._known:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[word] = self._sense(word)
        return self._known[word]

    def _sense(self, word: str) -> Sense | None:
        if word in self.words:
            return self.words[word]
        for size in range(min(len(word), _LONGEST_STEM), 1, -1):
            if word[:size] in self.stems:
                return self.stems[word[:size]]
        _, _, rest = word.replace("’", "'").replace("-", "'").partition("'")
        return self._sense(rest) if rest else None


@cache
def lexicon_of(language: str) -> Lexicon:
    """The lexicon of a language (BCP 47); an empty one where none is written."""
    file = _FOLDER / f"{language}.yaml"
    return _load(file) if language.isalpha() and file.is_file() else Lexicon({}, {})


def emoji() -> Lexicon:
    """Emoji and emoticons, which say the same in every language."""
    return lexicon_of(_EMOJI)


@cache
def lexicons_version() -> str:
    """Changes with any word of any lexicon."""
    return combined(sha256(file) for file in sorted(_FOLDER.glob("*.yaml")))


def _load(file: Path) -> Lexicon:
    lists = yaml.safe_load(file.read_text(encoding="utf-8"))
    words: dict[str, Sense] = {}
    stems: dict[str, Sense] = {}
    for sense in _ORDER:
        for word in lists.get(sense.value, "").split():
            known, form = (stems, word[:-1]) if word.endswith("*") else (words, word.replace("_", " "))
            known.setdefault(form, sense)
    return Lexicon(words, stems)
