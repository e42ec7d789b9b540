"""The data sets that the tagger of names learns from: tweets whose words carry tags."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from enrichment.entities.tags import NameType
from enrichment.texts.spans import Span

# BTC has one type where WNUT has two.
BTC_TYPES = {
    "PER": (NameType.PERSON,),
    "LOC": (NameType.LOCATION,),
    "ORG": (NameType.CORPORATION, NameType.GROUP),
}
# And it has no type at all for these: what it leaves untagged may be one of them.
UNTAGGED_BY_BTC = (NameType.PRODUCT, NameType.WORK)
_CLINGS_TO_THE_LEFT = re.compile(r"[.,!?:;)\]}%…]+|['’](?:s|m|re|ve|ll|d|t)|n't", re.IGNORECASE)
_CLINGS_TO_THE_RIGHT = frozenset("@#(＠")


@dataclass(frozen=True)
class TaggedText:
    """A text, and the names in it, each with the types that it may have; `untagged` may be in what has no tag."""

    text: str
    names: tuple[tuple[Span, tuple[NameType, ...]], ...]
    untagged: tuple[NameType, ...] = ()

    @property
    def is_held_out(self) -> bool:
        """True for one text in ten, told by its digest."""
        return hashlib.sha256(self.text.encode()).digest()[0] < 26


def wnut(folder: Path, file: str) -> list[TaggedText]:
    """Posts of WNUT 2017 (Derczynski et al. 2017, CC BY 4.0): training part of tweets, dev part of video comments."""
    texts = (_joined(words) for words in _sentences(folder / "wnut17" / file))
    return [TaggedText(text, tuple((span, (NameType(kind),)) for span, kind in names)) for text, names in texts]


def btc(folder: Path, file: str) -> list[TaggedText]:
    """Tweets of the Broad Twitter Corpus (Derczynski, Bontcheva and Roberts 2016, CC BY 4.0).

    It tags handles as names, which here are mentions and nothing else.
    """
    found = []
    for words in _sentences(folder / "btc" / file):
        text, names = _joined(words)
        kept = ((span, BTC_TYPES[kind]) for span, kind in names if text[max(0, span.start - 1)] != "@")
        found.append(TaggedText(text, tuple(each for each in kept if text[each[0].start] != "@"), UNTAGGED_BY_BTC))
    return found


def _sentences(file: Path) -> Iterator[list[tuple[str, str]]]:
    """Words with their tags, a list per post."""
    words: list[tuple[str, str]] = []
    for line in file.read_text(encoding="utf-8").split("\n"):
        word, _, tag = line.partition("\t")
        if line.strip():
            words.append((word.strip() or "·", tag.strip()))
        elif words:
            yield words
            words = []
    if words:
        yield words


def _joined(words: list[tuple[str, str]]) -> tuple[str, list[tuple[Span, str]]]:
    """The post as people write it, without spaces around punctuation, and its names by place."""
    text, before = "", ""
    names: list[tuple[Span, str]] = []
    for word, tag in words:
        if text and not (_CLINGS_TO_THE_LEFT.fullmatch(word) or before in _CLINGS_TO_THE_RIGHT):
            text += " "
        place = Span(len(text), len(text) + len(word))
        if tag.startswith("B-") or (tag.startswith("I-") and not names):
            names.append((place, tag[2:]))
        elif tag.startswith("I-"):
            names[-1] = (Span(names[-1][0].start, place.end), names[-1][1])
        text, before = text + word, word
    return text, names
