"""Words and phrases of posts: what may be suggested for a query."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from ingest.queries.tokens import tokenise

LONGEST_GRAM = 3
MOST_TOKENS = 120
_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+", re.IGNORECASE)


def grams_of(text: str) -> frozenset[str]:
    """The different words and phrases of up to three words in a text, tokenised as the query language does.

    None begins or ends with a word that says nothing; words of addresses, and what stands behind the first
    `MOST_TOKENS`, are left out.
    """
    tokens = tokenise(_ADDRESS.sub(" ", text))[:MOST_TOKENS]
    return frozenset(_grams(tokens))


def _grams(tokens: list[str]) -> Iterable[str]:
    telling = [is_telling(token) for token in tokens]
    for start, token in enumerate(tokens):
        if not telling[start]:
            continue
        yield token
        for end in range(start + 1, min(start + LONGEST_GRAM, len(tokens))):
            if telling[end]:
                yield " ".join(tokens[start : end + 1])


def is_telling(token: str) -> bool:
    """False for words such as "the", single letters and plain numbers; emoji tell something."""
    return token not in silent_words() and not token.isdigit() and (len(token) > 1 or not token.isalpha())


@cache
def silent_words() -> frozenset[str]:
    """Words that say nothing about what a post is about, in any of the languages known here."""
    return _words("any") | _words("en") | _words("fr")


@cache
def asking_words() -> frozenset[str]:
    """Words that a question needs and an answer seldom holds, such as "people"."""
    return _words("asking")


@cache
def promotion_cues() -> tuple[str, ...]:
    """Phrases of posts that advertise, as tokens between single blanks."""
    return tuple(_lists()["promotions"]["cues"])


def _words(name: str) -> frozenset[str]:
    return frozenset(_lists()[name].split())


@cache
def _lists() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))


def overlap(first: str, second: str) -> bool:
    """True when two words or phrases share a word, so that finding one says something about the other."""
    return not set(first.split()).isdisjoint(second.split())


def as_term(gram: str) -> str:
    """The word or phrase as a query writes it."""
    return f'"{gram}"' if " " in gram else gram
