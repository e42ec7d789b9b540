"""The form of a text in which cues are looked for: lower case, without accents, words between single spaces."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

# Stands between passages in a line; it is no word, so nothing is found across it.
EDGE = "\x1f"

_ACCENTED = re.compile("[\u00c0-\u024f\u2018\u2019\u02bc\x1f]")
# English keeps a contraction together, with or without its apostrophe ("dont"); an elision in French opens a new word.
_EDGES = re.compile(EDGE)
# English keeps a contraction together, with or without its apostrophe ("dont"); an elision in French opens a new word.
_WORDS = {"en": re.compile(rf"\w+(?:'\w+)*|[?!%€$£{EDGE}]")}
_OTHER_WORDS = re.compile(rf"\w+|[?!%€$£{EDGE}]")


def folded(text: str) -> str:
    """Lower case without accents, every character where it was."""
    # The one letter that becomes two in lower case.
    lower = text.replace("\u0130", "I").lower()
    return lower if lower.isascii() and EDGE not in lower else _ACCENTED.sub(_plain, lower)


def word_bounds(fold: str, language: str) -> list[tuple[int, int]]:
    """Where the words of a folded text are; question and exclamation marks and signs of currency count as words."""
    return [word.span() for word in _words(language).finditer(fold)]


def line(folds: Sequence[str], language: str) -> str:
    """The words of folded texts between single spaces, with an edge before, between and behind the texts."""
    joined = " ".join(_words(language).findall(f"{EDGE}{EDGE.join(folds)}{EDGE}"))
    return joined.replace("'", "") if language == "en" else joined


def edges(joined: str) -> list[int]:
    """Where the edges of a line are."""
    return [edge.start() for edge in _EDGES.finditer(joined)]


def _words(language: str) -> re.Pattern[str]:
    return _WORDS.get(language, _OTHER_WORDS)


def _plain(match: re.Match[str]) -> str:
    character = match[0]
    if character == EDGE:
        return " "
    if character in "\u2018\u2019\u02bc":
        return "'"
    base = unicodedata.normalize("NFD", character)[0]
    return base if base.isalpha() else character
