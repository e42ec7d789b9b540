"""Find every cue of a language in many passages at once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick, Implementation

from enrichment.cues.folding import EDGE, edges, folded, line, word_bounds
from enrichment.cues.phrases import Needle
from enrichment.texts.spans import Span

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Hit(Generic[Key]):
    """A phrase in a passage, from its first to before its last word, both counted from 0."""

    key: Key
    words: Span


@dataclass
class Passage(Generic[Key]):
    """A passage with what was found in it; `fold` is as long as the text, so that spans are those of the text."""

    fold: str
    language: str
    hits: list[Hit[Key]]
    _words: list[tuple[int, int]] | None = None

    @property
    def words(self) -> list[tuple[int, int]]:
        """Where its words begin and end."""
        if self._words is None:
            self._words = word_bounds(self.fold, self.language)
        return self._words

    def said(self, word: int) -> str:
        """A word, as cues are written."""
        start, end = self.words[word]
        said = self.fold[start:end]
        return said.replace("'", "") if self.language == "en" else said

    def span(self, words: Span) -> Span:
        """Where some words are in the text."""
        return Span(self.words[words.start][0], self.words[words.end - 1][1])


class Matcher(Generic[Key]):
    """Phrases of one language, each with a key.

    One pass over the words of all passages finds what every phrase begins with (Aho & Corasick 1975); only a phrase
    with a gap is looked at a second time, where it begins.
    """

    def __init__(self, language: str, phrases: Iterable[tuple[Key, Needle]]) -> None:
        self._language = language
        self._waiting: list[list[tuple[Key, Needle]]] = []
        numbers: dict[str, int] = {}
        for key, needle in phrases:
            number = numbers.setdefault(needle.literal, len(numbers))
            if number == len(self._waiting):
                self._waiting.append([])
            self._waiting[number].append((key, needle))
        # As fast here as the DFA, which takes 70 MB more.
        self._automaton = AhoCorasick(numbers, implementation=Implementation.ContiguousNFA) if numbers else None

    def find(self, texts: Sequence[str]) -> list[Passage[Key]]:
        """The hits in each text, by where they begin."""
        return self.find_in([folded(text) for text in texts])

    def find_in(self, folds: Sequence[str]) -> list[Passage[Key]]:
        """The same, of texts that are folded already."""
        passages: list[Passage[Key]] = [Passage(fold, self._language, []) for fold in folds]
        if self._automaton is None or not folds:
            return passages
        joined = line(folds, self._language)
        for place, hit in self._hits(joined, edges(joined)):
            passages[place].hits.append(hit)
        return passages

    def _hits(self, joined: str, starts: Sequence[int]) -> Iterator[tuple[int, Hit[Key]]]:
        assert self._automaton is not None
        for number, start, end in sorted(
            self._automaton.find_matches_as_indexes(joined, overlapping=True), key=lambda match: match[1]
        ):
            # A literal that begins at an edge belongs to the passage behind it.
            place = bisect_right(starts, start) - 1
            for key, needle in self._waiting[number]:
                stop = end
                if needle.rest:
                    match = needle.rest.match(joined, end)
                    if match is None:
                        continue
                    stop = match.end()
                yield place, Hit(key, _words(joined, starts[place], start, stop))


def _words(joined: str, edge: int, start: int, stop: int) -> Span:
    """Which words of a passage lie between two positions of the line; it begins with an edge and a space."""
    while joined[start] in f" {EDGE}":
        start += 1
    while joined[stop - 1] in f" {EDGE}":
        stop -= 1
    first = joined.count(" ", edge, start) - 1
    return Span(first, first + 1 + joined.count(" ", start, stop))


def without_contained(hits: Sequence[Hit[Key]], weight: Callable[[Key], float] = lambda _: 0) -> list[Hit[Key]]:
    """Drops a hit that lies within a longer one of no less weight: "not worth it" leaves nothing of "worth it"."""
    kept: list[Hit[Key]] = []
    for hit in sorted(hits, key=lambda each: (each.words.start, -each.words.end)):
        if not any(_holds(other, hit) and weight(other.key) >= weight(hit.key) for other in kept):
            kept.append(hit)
    return kept


def _holds(wide: Hit[Key], narrow: Hit[Key]) -> bool:
    return wide.words != narrow.words and wide.words.start <= narrow.words.start and narrow.words.end <= wide.words.end
