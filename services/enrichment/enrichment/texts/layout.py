"""What a text says apart from how it is laid out, and the way from one layout to another."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import chain

from enrichment.texts.spans import Span, spoken

# What is laid out in another way than by a space between two words.
_GAP = re.compile(r"\s{2,}|[^\S ]")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the words of a text stand in it.

    Words `indexes[n]` to `indexes[n + 1]` stand in the text from character `places[n]` on, but for the space in front
    of the next run, which may be a gap of any length. The last pair is where both end.
    """

    indexes: tuple[int, ...]
    places: tuple[int, ...]

    @classmethod
    def of_runs(cls, runs: Iterable[int]) -> Layout:
        """The layout whose `runs` these are."""
        flat = tuple(runs)
        return cls(flat[::2], flat[1::2])

    @property
    def runs(self) -> list[int]:
        """Indexes and places in turn, as a row keeps them."""
        return list(chain.from_iterable(zip(self.indexes, self.places, strict=True)))

    def moved(self, span: Span, other: Layout) -> Span | None:
        """A span of this text as a span of another with the same words; None when nobody says what it holds."""
        start, end = self._index(span.start), self._index(span.end)
        if start + 1 in self.indexes[1:-1]:
            start += 1
        if end in self.indexes[1:-1]:
            end -= 1
        return Span(other._place(start), other._place(end - 1) + 1) if start < end else None

    def _index(self, place: int) -> int:
        run = bisect_right(self.places, place) - 1
        if run < 0:
            return 0
        index = self.indexes[run] + place - self.places[run]
        return min(index, self.indexes[min(run + 1, len(self.indexes) - 1)])

    def _place(self, index: int) -> int:
        run = bisect_right(self.indexes, index) - 1
        return self.places[run] + index - self.indexes[run]


def laid_out(text: str) -> tuple[str, Layout]:
    """The words that are said, one space or line break between them, and where they stand in the text.

    Texts of the same words are encoded and split alike: they differ in handles in front, web addresses and space.
    """
    said = spoken(text)
    end = len(said.rstrip())
    words: list[str] = []
    indexes, places = [0], [min(end, len(said) - len(said.lstrip()))]
    for gap in _GAP.finditer(said, places[0], end):
        words += (said[places[-1] : gap.start()], "\n" if "\n" in gap[0] else " ")
        indexes.append(indexes[-1] + gap.start() - places[-1] + 1)
        places.append(gap.end())
    words.append(said[places[-1] : end])
    length = indexes[-1] + end - places[-1]
    return "".join(words), Layout((*indexes, length), (*places, len(text)))
