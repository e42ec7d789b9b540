"""The labelled texts of every task that text-level heads learn, in one shape."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from enrichment.training.corpora import key_of, lines_of, pairs_of, tweeteval_sentiment, umsab

TWEETEVAL = ("emotion", "offensive", "hate", "irony")
FEELINGS = ("anger", "disgust", "fear", "joy", "optimism", "sadness", "surprise", "neutral")
# The data set's own mapping onto Ekman's six emotions, but for optimism, which it counts as joy.
_FEELING_OF = {
    **dict.fromkeys(("anger", "annoyance", "disapproval"), "anger"),
    **dict.fromkeys(("fear", "nervousness"), "fear"),
    **dict.fromkeys(("joy", "amusement", "approval", "excitement", "gratitude", "love", "relief", "pride"), "joy"),
    **dict.fromkeys(("admiration", "desire", "caring"), "joy"),
    **dict.fromkeys(("sadness", "disappointment", "embarrassment", "grief", "remorse"), "sadness"),
    **dict.fromkeys(("surprise", "realization", "confusion", "curiosity"), "surprise"),
    **{feeling: feeling for feeling in ("disgust", "optimism", "neutral")},
}
_PARTS = {"train": "train", "held_out": "val", "scored": "test"}


@dataclass(frozen=True)
class Example:
    """A text and the classes that it belongs to; `language` is BCP 47, `part` tells what it may be used for."""

    text: str
    labels: tuple[int, ...]
    part: str
    language: str = "en"

    @cached_property
    def key(self) -> str:
        """Equal for texts that differ only in case, punctuation, handles and web addresses."""
        return key_of(self.text)

    @property
    def is_chosen(self) -> bool:
        """True for one text in ten, told by its digest: held out where a data set has no part for that."""
        return hashlib.sha256(self.text.encode()).digest()[0] < 26


def tweeteval(folder: Path, task: str) -> list[Example]:
    """Tweets of a task of TweetEval (Barbieri et al. 2020); its validation part is held out."""
    files = folder / "tweeteval" / task
    return [
        Example(tweet.text, (tweet.label,), part)
        for part, name in _PARTS.items()
        for tweet in pairs_of(files / f"{name}_text.txt", files / f"{name}_labels.txt", "en")
    ]


def feelings(folder: Path) -> list[Example]:
    """Reddit comments (Demszky et al. 2020) by `FEELINGS`; a comment may have several."""
    names = lines_of(folder / "goemotions" / "original" / "labels.txt")
    columns = {str(at): FEELINGS.index(_FEELING_OF[name]) for at, name in enumerate(names) if name}
    found = []
    for part, name in (("train", "train"), ("scored", "dev")):
        for line in lines_of(folder / "goemotions" / "original" / f"{name}.tsv"):
            text, labels, _ = line.split("\t")
            found.append(Example(text, tuple(sorted({columns[label] for label in labels.split(",")})), part))
    return _held_out(found)


def sentiment(folder: Path) -> list[Example]:
    """Tweets in eight languages (UMSAB), and those of TweetEval that are not among them, to score elsewhere."""
    tweets = [
        Example(tweet.text, (tweet.label,), part, language)
        for part, name in (("train", "train"), ("scored", "val"))
        for language, texts in umsab(folder, name).items()
        for tweet in texts
    ]
    # Most of TweetEval's validation part is in UMSAB's training part: those stay there.
    known = {tweet.key for tweet in tweets if tweet.part == "train"}
    english = [Example(tweet.text, (tweet.label,), "elsewhere") for tweet in tweeteval_sentiment(folder)]
    return _held_out(tweets) + [tweet for tweet in english if tweet.key not in known]


def sarcasm(folder: Path) -> list[Example]:
    """Tweets that their own authors called sarcastic or not (iSarcasmEval, Abu Farha et al. 2022)."""
    return [
        Example(row["tweet"], (int(row["sarcastic"]),), "train") for row in _rows(folder / "isarcasm" / "train.En.csv")
    ]


def needs(folder: Path) -> dict[str, list[Example]]:
    """Sentences of reviews, need-bearing or not, by product category (Timoshenko and Hauser 2019)."""
    found: dict[str, list[Example]] = {}
    for row in _rows(folder / "customer_needs" / "needs.csv"):
        found.setdefault(row["category"], []).append(Example(row["sentence"], (int(row["label"]),), "train"))
    return found


def suggestions(folder: Path) -> list[Example]:
    """Sentences of a forum, suggestion or not (SemEval-2019 task 9). Tier B: nothing that ships may learn from them."""
    return [
        Example(row["text"], (int(row["suggestion"]),), part)
        for part, name in (("train", "train"), ("scored", "trialA"))
        for row in _rows(folder / "suggestion_mining" / f"{name}.csv")
    ]


def separated(examples: Sequence[Example], scored: Set[str], held_out: Set[str]) -> list[Example]:
    """The examples without those to learn from whose text is scored or held out by any task, and without repetitions.

    `scored` and `held_out` are keys of texts.
    """
    kept, learnt = [], set[str]()
    for example in examples:
        if example.part == "train":
            if example.key in scored or example.key in held_out or example.key in learnt:
                continue
            learnt.add(example.key)
        if example.part != "held_out" or example.key not in scored:
            kept.append(example)
    return kept


def _held_out(examples: Sequence[Example]) -> list[Example]:
    return [
        replace(example, part="held_out") if example.part == "train" and example.is_chosen else example
        for example in examples
    ]


def _rows(file: Path) -> Iterator[dict[str, str]]:
    with file.open(encoding="utf-8", errors="replace", newline="") as rows:
        yield from csv.DictReader(rows)
