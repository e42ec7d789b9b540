"""The labelled data sets that heads learn from and are scored on, in one shape."""

from __future__ import annotations

import csv
import gzip
import hashlib
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

UMSAB_LANGUAGES = {
    "arabic": "ar",
    "english": "en",
    "french": "fr",
    "german": "de",
    "hindi": "hi-Latn",
    "italian": "it",
    "portuguese": "pt",
    "spanish": "es",
}
LENGTHS = ("sentences", "word-pairs", "single-words")

_NOT_WORD = re.compile(r"[\W_]+")
_ADDRESS_OR_HANDLE = re.compile(r"@\w+|\bhttp\S*")


@dataclass(frozen=True)
class Labelled:
    """A text with its label; `language` is BCP 47."""

    text: str
    label: int
    language: str

    @cached_property
    def key(self) -> str:
        """Equal for texts that differ only in case, punctuation, handles and web addresses."""
        return key_of(self.text)


@dataclass(frozen=True)
class Written:
    """A text of edited language; `length` is one of `LENGTHS`."""

    text: str
    language: str
    length: str

    @property
    def is_held_out(self) -> bool:
        """True for one text in five, told by its digest: it is scored on and never learnt from."""
        digest = hashlib.sha256(f"{self.language}\n{self.text}".encode()).digest()
        return digest[0] < 51


def key_of(text: str) -> str:
    """Equal for texts that differ only in case, punctuation, handles and web addresses."""
    return _NOT_WORD.sub(" ", _ADDRESS_OR_HANDLE.sub(" ", text.lower())).strip()


def data_folder() -> Path:
    """Where the data sets are: `POURQUOI_DATA`, or `shared/data` beside the repository."""
    named = os.environ.get("POURQUOI_DATA")
    folder = Path(named) if named else Path(__file__).resolve().parents[5] / "shared" / "data"
    if not folder.is_dir():
        raise FileNotFoundError(f"The labelled data sets are not at {folder}; set POURQUOI_DATA to where they are.")
    return folder


def without(texts: Iterable[Labelled], others: Iterable[Labelled]) -> list[Labelled]:
    """The texts whose key is not a key of the others, each once."""
    seen = {other.key for other in others}
    kept = []
    for text in texts:
        if text.key not in seen:
            seen.add(text.key)
            kept.append(text)
    return kept


def umsab(folder: Path, part: str) -> dict[str, list[Labelled]]:
    """Tweets by language, classes balanced (Barbieri et al. 2022); the Hindi ones are in Latin letters."""
    return {
        code: pairs_of(
            folder / "umsab" / name / f"{part}_text.txt", folder / "umsab" / name / f"{part}_labels.txt", code
        )
        for name, code in UMSAB_LANGUAGES.items()
    }


def tweeteval_sentiment(folder: Path) -> list[Labelled]:
    """The validation part of TweetEval's sentiment task (Barbieri et al. 2020; Rosenthal et al. 2017)."""
    sentiment = folder / "tweeteval" / "sentiment"
    return pairs_of(sentiment / "val_text.txt", sentiment / "val_labels.txt", "en")


def written(folder: Path) -> list[Written]:
    """Sentences, word pairs and single words by language: half of lingua's test data (Stahl 2023)."""
    with gzip.open(folder / "langid" / "lingua_testdata.csv.gz", "rt", encoding="utf-8", newline="") as file:
        return [Written(row["text"], row["lang"], row["kind"]) for row in csv.DictReader(file)]


def pairs_of(texts: Path, labels: Path, language: str) -> list[Labelled]:
    """Texts and labels that are kept line by line in two files."""
    pairs = zip(lines_of(texts), lines_of(labels), strict=True)
    return [Labelled(text.strip(), int(label), language) for text, label in pairs]


def lines_of(file: Path) -> list[str]:
    """The lines of a file, which end at newlines only: posts hold other characters that `splitlines` would cut at."""
    return file.read_text(encoding="utf-8").removesuffix("\n").split("\n")
