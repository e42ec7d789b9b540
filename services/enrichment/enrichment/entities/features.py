"""What a word looks like, as rows of a table of hashed features.

The encoder reads lower case only, so capitals, and the letters of words that it cannot know, come from here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from zlib import crc32

BITS = 15
_LONGEST = 24
_MOST_TRIGRAMS = 14
_MIX = 0x9E3779B1
_LETTER = re.compile(r"[^\W\d_]")
_REPEATED = re.compile(r"(.)\1+")
_SENTENCE_ENDS = frozenset('.!?:"“”…«»')


def casing_of(words: Sequence[str]) -> str:
    """How a text uses capitals: not at all, in some words, In Most Words, or EVERYWHERE."""
    lettered = [word for word in words if word[0].isalpha()]
    capitalised = sum(word[0].isupper() for word in lettered)
    if not capitalised:
        return "none"
    if sum(word.isupper() and len(word) > 1 for word in lettered) > 0.6 * len(lettered):
        return "everywhere"
    return "most" if capitalised > 0.6 * len(lettered) else "some"


def begins_sentence(before: str | None) -> bool:
    """True when a word stands at the start of a text or after the word that ends a sentence."""
    return before is None or before in _SENTENCE_ENDS


def lexical_features(word: str) -> list[int]:
    """Which word it is: the word, its beginnings, its ends and its trigrams."""
    lower = word[:_LONGEST].lower()
    framed = f"<{lower}>"
    trigrams = [framed[at : at + 3] for at in range(min(len(lower), _MOST_TRIGRAMS))]
    features = [
        f"w{lower}",
        *(f"p{lower[:size]}" for size in (2, 3, 4)),
        *(f"s{lower[-size:]}" for size in (2, 3, 4)),
        *(f"g{each}" for each in trigrams),
    ]
    return [_row(feature) for feature in features]


def shape_features(word: str, begins: bool, casing: str) -> list[int]:
    """What it looks like, and what that says in such a text: a capital tells less where every word has one."""
    shape = _LETTER.sub(lambda letter: "X" if letter[0].isupper() else "x", word[:_LONGEST])
    shape = re.sub(r"\d", "9", shape)
    short = _REPEATED.sub(r"\1", shape)
    features = [
        f"c{short}",
        f"x{shape[:6]}",
        f"b{short}{begins}",
        f"t{short}{casing}",
        f"l{min(len(word), 8)}",
        f"i{begins}",
        f"k{casing}",
    ]
    return [_row(feature) for feature in features]


def _row(feature: str) -> int:
    return (crc32(feature.encode("utf-8", "replace")) * _MIX & 0xFFFFFFFF) >> (32 - BITS)
