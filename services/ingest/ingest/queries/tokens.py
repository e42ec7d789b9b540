"""Text as the query language sees it: folded tokens, the same for a query and for a post."""

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

# The last code point that Unicode gives a combining class.
_LAST_MARK = 0x1E94A
_MARKS = (code for code in range(0x300, _LAST_MARK + 1) if unicodedata.combining(chr(code)))

# Marks vanish; letters that Unicode does not decompose become what a reader takes them for.
_LETTERS: dict[str, str | None] = {
    "œ": "oe",
    "æ": "ae",
    "ø": "o",
    "ł": "l",
    "đ": "d",
    "ı": "i",
    "™": "",
    "℠": "",
}
_PLAIN = str.maketrans(_LETTERS) | dict.fromkeys(_MARKS)

# Words (an underscore counts inside one, as in @sncf_connect) and single pictographs.
WORD = r"[^\W_]+(?:_+[^\W_]+)*"
PICTOGRAPH = r"[\u2600-\u27bf\U0001f300-\U0001faff]"
_TOKEN = re.compile(f"{WORD}|{PICTOGRAPH}")
_PATTERN = re.compile(rf"(?:[^\W_]|[*?])+(?:_+(?:[^\W_]|[*?])+)*|{PICTOGRAPH}")


def fold(text: str) -> str:
    """Lower case without accents: "Été à l'ŒUVRE" becomes "ete a l'oeuvre". Takes linear time."""
    if text.isascii():
        return text.lower()
    # Marks go first as well, because normalising a long run of them takes quadratic time.
    bare = text.casefold().translate(_PLAIN)
    return unicodedata.normalize("NFKD", bare).casefold().translate(_PLAIN)


def tokenise(text: str) -> list[str]:
    """Folded words and emoji in order.

    Apostrophes and hyphens separate ("l'appli" holds "appli"); the signs of hashtags and handles fall away.
    """
    return _TOKEN.findall(fold(text))


def tokenise_patterns(text: str) -> list[str]:
    """Like `tokenise`, for a word of a query in which * and ? belong to their tokens."""
    return _PATTERN.findall(fold(text))


@dataclass(frozen=True)
class TokenisedText:
    """A text prepared once to be compared with many queries."""

    tokens: tuple[str, ...]

    @classmethod
    def of(cls, text: str) -> "TokenisedText":
        """The tokens of `text`."""
        return cls(tuple(tokenise(text)))

    @cached_property
    def vocabulary(self) -> frozenset[str]:
        """The different tokens."""
        return frozenset(self.tokens)

    @cached_property
    def line(self) -> str:
        """The tokens between single blanks, so that a phrase is a substring."""
        return f" {' '.join(self.tokens)} "

    @cached_property
    def positions(self) -> dict[str, list[int]]:
        """Where each of the different tokens stands, in ascending order."""
        found: dict[str, list[int]] = {}
        for position, token in enumerate(self.tokens):
            found.setdefault(token, []).append(position)
        return found
