"""Which posts to quote: telling ones, of different people, in different words."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from uuid import UUID

from insight.quotes.wording import words

FEWEST_WORDS = 5
SAME_TEXT_OVERLAP = 0.5
UNQUOTABLE_START = "rt @"


class Stance(StrEnum):
    """What a quote does to the claim beside it."""

    EVIDENCE = "evidence"
    COUNTER_EVIDENCE = "counter_evidence"


@dataclass(frozen=True)
class Candidate:
    """A post of a segment that may be quoted."""

    post_id: UUID
    author_id: UUID
    text: str


def select(candidates: Iterable[Candidate], most: int) -> list[Candidate]:
    """The first posts worth quoting, in the order given, no two of one author or of nearly the same text."""
    chosen: list[Candidate] = []
    for candidate in candidates:
        if len(chosen) == most:
            break
        if is_quotable(candidate.text) and not any(_is_repetition(candidate, other) for other in chosen):
            chosen.append(candidate)
    return chosen


def prefer_mentions(candidates: Iterable[Candidate], label: str) -> list[Candidate]:
    """The candidates that use a phrase of the segment's label first; otherwise in the order given."""
    phrases = [set(words(phrase)) for phrase in label.split(",")]
    return sorted(candidates, key=lambda each: not any(phrase <= set(words(each.text)) for phrase in phrases))


def is_quotable(text: str) -> bool:
    """Whether a text says enough in its own words."""
    return len(words(text)) >= FEWEST_WORDS and not text.casefold().startswith(UNQUOTABLE_START)


def is_near_duplicate(one: str, other: str) -> bool:
    """Whether two texts share at least half of their word pairs (Jaccard on shingles; Broder 1997)."""
    first, second = _word_pairs(one), _word_pairs(other)
    union = first | second
    return not union or len(first & second) / len(union) >= SAME_TEXT_OVERLAP


def _is_repetition(candidate: Candidate, other: Candidate) -> bool:
    return candidate.author_id == other.author_id or is_near_duplicate(candidate.text, other.text)


def _word_pairs(text: str) -> set[tuple[str, ...]]:
    return set(pairwise(words(text)))
