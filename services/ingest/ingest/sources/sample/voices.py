"""Who takes part in the sample conversation, and how each of them writes."""

import random
from dataclasses import dataclass

from ingest.sources.sample.lexicon import LANGUAGES, material
from ingest.sources.sample.truth import Language

AUDIENCES = {
    "commuters": 0.34,
    "families": 0.18,
    "students": 0.17,
    "business": 0.13,
    "tourists": 0.13,
    "reduced_mobility": 0.05,
}
PLATFORMS = {"x": 0.48, "bluesky": 0.2, "forum": 0.17, "reviews": 0.15}
_LANGUAGE_SHARES = (0.56, 0.44)


@dataclass(frozen=True, slots=True)
class Voice:
    """An author: what they are, where they post, and their habits as probabilities."""

    handle: str
    language: Language
    audience: str
    platform: str
    emoji: float
    hashtags: float
    typos: float
    context: float
    lower_case: bool
    drops_accents: bool

    @property
    def is_brief(self) -> bool:
        """True on platforms of short posts, with handles and hashtags."""
        return self.platform in ("x", "bluesky")


class Cast:
    """The authors of a conversation; few of them write often, many write once."""

    def __init__(self, seed: int, size: int) -> None:
        self._seed = seed
        self._size = size
        self._known: dict[int, Voice] = {}

    def pick(self, dice: random.Random) -> Voice:
        """Somebody, at random."""
        number = int(self._size * dice.random() ** 1.7)
        if number not in self._known:
            self._known[number] = _invent(number, random.Random(f"{self._seed}/{number}"))
        return self._known[number]


def _invent(number: int, dice: random.Random) -> Voice:
    language = dice.choices(LANGUAGES, _LANGUAGE_SHARES)[0]
    casual = dice.random()
    return Voice(
        handle=f"{dice.choice(material(language).names)}_{number}{dice.choice(['', 'x', '_', 'z'])}",
        language=language,
        audience=dice.choices(list(AUDIENCES), list(AUDIENCES.values()))[0],
        platform=dice.choices(list(PLATFORMS), list(PLATFORMS.values()))[0],
        emoji=0.45 * casual,
        hashtags=0.5 * dice.random(),
        typos=0.35 * casual * dice.random(),
        context=0.1 + 0.25 * dice.random(),
        lower_case=casual > 0.85,
        drops_accents=language == "fr" and casual > 0.8,
    )
