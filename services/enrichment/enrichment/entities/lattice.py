"""The best sequence of tags of many texts, and how sure each tag is: a linear-chain CRF without torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from enrichment.entities.tags import TAGS, forbidden
from enrichment.entities.words import Words

# Longer texts are tagged in pieces, so that the steps of a batch do not grow with its longest text.
_PIECE = 64

Floats: TypeAlias = NDArray[np.float32]
Integers: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class Lattice:
    """Scores of every tag at every place of every piece of text, longest piece first.

    `moves` are scores of one tag after another; the last row is that of the start. Word n is at place `at` of `piece`.
    """

    scores: Floats
    moves: Floats
    going: list[int]
    piece: Integers
    at: Integers

    @classmethod
    def of(cls, words: Words, scores: Floats, transitions: Floats) -> Lattice:
        """The lattice of at least one word."""
        at = (np.arange(len(words.texts)) - np.searchsorted(words.texts, words.texts)) % _PIECE
        piece = (at == 0).cumsum() - 1
        sizes = np.bincount(piece)
        rank = np.empty_like(sizes)
        rank[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes))
        laid_out = np.zeros((len(sizes), sizes.max(), TAGS), np.float32)
        laid_out[rank[piece], at] = scores
        # How many pieces reach each place: being sorted, they are the first so many.
        going = [int((sizes > place).sum()) for place in range(sizes.max())]
        moves = np.where(forbidden(), -np.inf, transitions).astype(np.float32)
        return cls(laid_out, moves, going, rank[piece], at)

    def best(self) -> Integers:
        """The tag of each word in the best sequence (Viterbi)."""
        best = self.scores[:, 0] + self.moves[-1]
        back = np.tile(np.arange(TAGS), (*self.scores.shape[:2], 1))
        for place, going in enumerate(self.going[1:], 1):
            paths = best[:going, :, None] + self.moves[:-1]
            back[:going, place] = paths.argmax(1)
            best[:going] = paths.max(1) + self.scores[:going, place]
        tags = np.zeros(back.shape[:2], np.int64)
        tags[:, -1] = best.argmax(1)
        rows = np.arange(len(back))
        for place in range(back.shape[1] - 1, 0, -1):
            tags[:, place - 1] = back[rows, place, tags[:, place]]
        return tags[self.piece, self.at]

    def shares(self) -> Floats:
        """Probability of each tag of each word, over all sequences (forward-backward); rows add up to 1."""
        weights = np.exp(self.scores - self.scores.max(2, keepdims=True))
        moves = np.exp(self.moves)
        before = weights.copy()
        before[:, 0] *= moves[-1]
        for place, going in enumerate(self.going[1:], 1):
            before[:going, place] *= _normal(before[:going, place - 1]) @ moves[:-1]
        after = np.ones_like(weights)
        for place in range(len(self.going) - 1, 0, -1):
            going = self.going[place]
            after[:going, place - 1] = _normal((after[:going, place] * weights[:going, place]) @ moves[:-1].T)
        shares: Floats = _normal((before * after)[self.piece, self.at])
        return shares


def _normal(rows: Floats) -> Floats:
    normal: Floats = rows / rows.sum(1, keepdims=True)
    return normal
