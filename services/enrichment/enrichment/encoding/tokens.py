"""Tokens of many texts end to end, and the windows in which the encoder reads them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from enrichment.texts.spans import Span

Integers: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class Tokens:
    """`ids` of all texts in order; `texts` says whose each is, `starts` at which character it begins."""

    ids: Integers
    starts: Integers
    texts: Integers
    counts: Integers

    @classmethod
    def of(cls, tokenizer: Tokenizer, texts: Sequence[str]) -> Tokens:
        """Tokenises without special tokens and without truncation."""
        encodings = tokenizer.encode_batch(list(texts), add_special_tokens=False)
        counts = np.fromiter(map(len, encodings), np.int64, len(encodings))
        ids = chain.from_iterable(encoding.ids for encoding in encodings)
        offsets = chain.from_iterable(chain.from_iterable(encoding.offsets for encoding in encodings))
        total = int(counts.sum())
        return cls(
            ids=np.fromiter(ids, np.int64, total),
            starts=np.fromiter(offsets, np.int64, 2 * total)[::2],
            texts=np.repeat(np.arange(len(texts)), counts),
            counts=counts,
        )


@dataclass(frozen=True)
class Windows:
    """Runs of tokens that fit the encoder: `lengths` tokens from token `starts` of text `texts`.

    A text longer than the encoder's limit is read in several windows, so no text is cut off; a text without
    tokens has one empty window.
    """

    starts: Integers
    lengths: Integers
    texts: Integers

    @classmethod
    def of(cls, tokens: Tokens, size: int) -> Windows:
        """Windows of at most `size` tokens."""
        windows = np.maximum(1, -(-tokens.counts // size))
        texts = np.repeat(np.arange(len(windows)), windows)
        within = np.arange(len(texts)) - np.repeat(windows.cumsum() - windows, windows)
        text_starts = tokens.counts.cumsum() - tokens.counts
        lengths = np.minimum(size, tokens.counts[texts] - within * size)
        return cls(text_starts[texts] + within * size, lengths, texts)

    def passes(self, most_tokens: int, special_tokens: int) -> Iterator[Windows]:
        """Groups of windows of like length that take at most `most_tokens` with padding, shortest first."""
        order = np.argsort(self.lengths, kind="stable")
        widths = (self.lengths[order] + special_tokens).tolist()
        first = 0
        for last, width in enumerate(widths):
            if (last + 1 - first) * width > most_tokens and last > first:
                yield self._take(order[first:last])
                first = last
        if widths:
            yield self._take(order[first:])

    def _take(self, rows: Integers) -> Windows:
        return Windows(self.starts[rows], self.lengths[rows], self.texts[rows])


@dataclass(frozen=True)
class Frame:
    """The special tokens that the encoder wants before and after a text, and its padding."""

    before: tuple[int, ...]
    after: tuple[int, ...]
    padding: int

    @classmethod
    def of(cls, tokenizer: Tokenizer, padding: int) -> Frame:
        """Finds out by tokenising a word with and without them."""
        bare = tokenizer.encode("a", add_special_tokens=False).ids
        framed = tokenizer.encode("a", add_special_tokens=True).ids
        at = framed.index(bare[0])
        return cls(tuple(framed[:at]), tuple(framed[at + len(bare) :]), padding)

    @property
    def size(self) -> int:
        """How many special tokens a window takes."""
        return len(self.before) + len(self.after)

    def rows(self, tokens: Tokens, windows: Windows) -> tuple[Integers, NDArray[np.bool_], Integers]:
        """Padded ids, the mask of what is not padding, and the index of the token that each column holds.

        The index is -1 for special tokens and padding.
        """
        width = int(windows.lengths.max()) + self.size
        columns = np.arange(width)
        ends = windows.lengths[:, None] + len(self.before)
        is_token = (columns >= len(self.before)) & (columns < ends)
        index = np.where(is_token, windows.starts[:, None] + columns - len(self.before), -1)
        ids = np.append(tokens.ids, self.padding)[index]
        ids[:, : len(self.before)] = self.before
        for offset, special in enumerate(self.after):
            ids[np.arange(len(ids)), ends[:, 0] + offset] = special
        return ids, columns < ends + len(self.after), index


@dataclass(frozen=True)
class Spans:
    """Spans of characters of many texts, end to end: in order and without overlap."""

    texts: Integers
    starts: Integers
    ends: Integers

    @classmethod
    def of(cls, spans: Sequence[Sequence[Span]]) -> Spans:
        """The spans of each text."""
        bounds = np.array(list(chain.from_iterable(spans)), np.int64).reshape(-1, 2)
        return cls(np.repeat(np.arange(len(spans)), list(map(len, spans))), bounds[:, 0], bounds[:, 1])

    def of_tokens(self, tokens: Tokens) -> Integers:
        """For each token the span that it begins in, or -1."""
        if len(self.texts) == 0:
            return np.full(len(tokens.ids), -1)
        far = np.int64(1) << 40
        found = np.searchsorted(self.texts * far + self.starts, tokens.texts * far + tokens.starts, "right") - 1
        inside = (found >= 0) & (self.texts[found] == tokens.texts) & (tokens.starts < self.ends[found])
        return np.where(inside, found, -1)
