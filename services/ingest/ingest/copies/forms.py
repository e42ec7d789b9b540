"""What is left of a text when two copies of it are to be told from two texts."""

import hashlib
import html
import re
import unicodedata
from dataclasses import dataclass

FEWEST_WORDS = 4
FEWEST_SIGNS = 16

_ADDRESS = re.compile(r"(?:https?\b|www\.|pic\.twitter\.com)\S*")
# Old clients cut a repost in the middle of its address: "http://t.c…", "ht…".
_CUT_ADDRESS = re.compile(r"\bht?t?…\s*$")
_HANDLE = re.compile(r"[@＠][\w.-]*")
_REPOST = re.compile(r"\s*(?:rt\b[\s:]*(?:[@＠][\w.-]*[\s:]*)?)+")
_CUT = re.compile(r"(?:…|\.\.\.)\W*$")
_MARKS = re.compile("[\u0300-\u036f]")
_KEPT = str.maketrans({"…": "\0", "œ": "oe", "æ": "ae"})
_WORD = re.compile(r"\w+")
_CREDITS = ("via", "by")
_END = 20
# Other rules make other digests: what was written under the old ones then meets nothing, rather than a wrong text.
_RULES = b"copies-1"


@dataclass(frozen=True, slots=True)
class Form:
    """A text without case, accents, handles, addresses, signs of reposts, last hashtags, emoji and punctuation."""

    words: tuple[str, ...]
    digest: bytes
    is_cut: bool
    is_short: bool

    @property
    def text(self) -> str:
        """The words with one blank between them."""
        return " ".join(self.words)


def form_of(text: str) -> Form:
    """The form of a text; texts with the same digest say the same, whomever they address and wherever they link.

    A short text, in which one word may change everything, is a copy of its equals only: strangers write "thank you so
    much" every day, and "cancelled again" is a word away from "delayed again". Its handles and hashtags count.
    """
    bare = _without_addresses(_fold(text))
    words = _spoken(bare)
    signs = sum(map(len, words))
    is_short = len(words) < FEWEST_WORDS or signs < FEWEST_SIGNS
    if is_short:
        words = _WORD.findall(_REPOST.sub("", bare, count=1) if bare.lstrip().startswith("rt") else bare)
    digest = hashlib.blake2b((" ".join(words) or bare).encode(), digest_size=16, key=_RULES).digest()
    return Form(tuple(words), digest, _CUT.search(bare[-_END:]) is not None, is_short)


def _fold(text: str) -> str:
    lower = html.unescape(text).lower() if "&" in text else text.lower()
    if lower.isascii():
        return lower
    # Compatibility forms would turn the sign of a cut text into three dots.
    plain = unicodedata.normalize("NFKD", lower.translate(_KEPT))
    return _MARKS.sub("", plain).replace("\0", "…")


def _without_addresses(text: str) -> str:
    if "http" in text or "www." in text or "pic.tw" in text:
        text = _ADDRESS.sub(" ", text)
    return _CUT_ADDRESS.sub("…", text) if "…" in text[-_END:] else text


def _spoken(bare: str) -> list[str]:
    """The words without handles, without whom the text is credited to, and without hashtags at its end."""
    spoken = _without_last_tags(bare) if "#" in bare else bare
    if "@" not in spoken and "＠" not in spoken:
        return _WORD.findall(spoken)
    words = [word for word in _WORD.findall(_HANDLE.sub(" ", spoken)) if word != "rt"]
    return words[:-1] if words and words[-1] in _CREDITS else words


def _without_last_tags(text: str) -> str:
    pieces = text.split()
    while pieces and pieces[-1].startswith("#") and not any(map(str.isdigit, pieces[-1])):
        pieces.pop()
    return " ".join(pieces)
