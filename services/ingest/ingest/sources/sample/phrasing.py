"""From templates to sentences: `[one|another]` is a choice, `{city}` a slot."""

import random
import re
import unicodedata
from collections.abc import Sequence

from ingest.sources.sample.lexicon import LanguageMaterial

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)\}")


class Phrasing:
    """Writes sentences of one language by throwing dice."""

    def __init__(self, material: LanguageMaterial, dice: random.Random) -> None:
        self._material = material
        self._dice = dice

    def write(self, templates: Sequence[str]) -> str:
        """One of the templates, with its choices made and its slots filled."""
        chosen = _CHOICE.sub(lambda match: self._dice.choice(match[1].split("|")), self._dice.choice(templates))
        return _SLOT.sub(lambda match: self._dice.choice(self._material.slots[match[1]]), chosen)

    def explain(self, behaviour: str, reason: str) -> str:
        """A behaviour and its reason as one or two sentences."""
        if self._dice.random() < 0.2:
            return self._elide(f"{behaviour}. {self._dice.choice(self._material.therefore)} {reason}")
        return self._elide(f"{behaviour} {self._dice.choice(self._material.because)} {reason}")

    def mistype(self, text: str) -> str:
        """The text as somebody in a hurry writes it: an abbreviation, or two letters that changed places."""
        for long, short in self._material.typos.items():
            if long in text and self._dice.random() < 0.5:
                return text.replace(long, short, 1)
        words = text.split(" ")
        place = self._dice.randrange(len(words))
        words[place] = self._swap(words[place])
        return " ".join(words)

    def _swap(self, word: str) -> str:
        if len(word) < 5 or not word.isalpha() or not word.islower():
            return word
        at = self._dice.randrange(1, len(word) - 2)
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]

    def _elide(self, text: str) -> str:
        return re.sub(self._material.elision, r"\1'", text) if self._material.elision else text


def without_accents(text: str) -> str:
    """The text as a keyboard without accents writes it."""
    return "".join(letter for letter in unicodedata.normalize("NFD", text) if not unicodedata.combining(letter))
