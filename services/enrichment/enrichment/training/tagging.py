"""The tagger of names as a trainable network; `enrichment.entities.tagger` runs what it learns without torch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from enrichment.entities.features import BITS
from enrichment.entities.tagger import REACH
from enrichment.entities.tags import TAGS, forbidden

STATE, LOOK, HIDDEN = 64, 64, 128
_IMPOSSIBLE = -1e4
# A name that matters is new more often than not: the tagger must not lean on knowing the word.
_WORDS_HIDDEN, _STATES_HIDDEN = 0.3, 0.1


@dataclass(frozen=True)
class Example:
    """A post, word by word: layers of the encoder, features of two kinds, and the tags that are right for each."""

    layers: NDArray[np.float16]
    lexical: Sequence[Sequence[int]]
    shapes: Sequence[Sequence[int]]
    allowed: NDArray[np.bool_]
    weight: float


class TaggerNetwork(nn.Module):
    """A linear-chain CRF over a convolution; where several tags may be right, any of them is (Bellare et al. 2007)."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.projection = nn.Linear(width, STATE, bias=False)
        self.table = nn.EmbeddingBag(1 << BITS, LOOK, mode="sum")
        nn.init.normal_(self.table.weight, std=0.05)
        self.convolution = nn.Conv1d(STATE + LOOK, HIDDEN, 2 * REACH + 1, padding=REACH)
        self.output = nn.Linear(HIDDEN, TAGS)
        self.transitions = nn.Parameter(torch.zeros(TAGS + 1, TAGS))
        self._barred = torch.from_numpy(forbidden()) * _IMPOSSIBLE
        self.of_layers, self.of_looks, self.of_hidden = nn.Dropout(0.2), nn.Dropout(0.2), nn.Dropout(0.4)

    def loss(self, batch: Sequence[Example]) -> Tensor:
        """Negative log probability that all tags of a post are right, per word."""
        scores, is_word = self._scores(batch)
        allowed = _padded([torch.from_numpy(each.allowed) for each in batch])
        right = self._total(scores.masked_fill(~allowed, _IMPOSSIBLE), is_word)
        weights = torch.tensor([each.weight for each in batch])
        return ((self._total(scores, is_word) - right) * weights).sum() / is_word.sum()

    def _scores(self, batch: Sequence[Example]) -> tuple[Tensor, Tensor]:
        layers = _padded([torch.from_numpy(each.layers).float() for each in batch])
        is_word = _padded([torch.ones(len(each.layers), dtype=torch.bool) for each in batch])
        states = self.projection(self.of_layers(layers))
        states = states * (torch.rand(*states.shape[:2], 1) >= _STATES_HIDDEN)
        looks = torch.zeros(*is_word.shape, LOOK).masked_scatter(is_word.unsqueeze(2), self._looks(batch))
        rows = torch.cat([states, self.of_looks(looks)], 2) * is_word.unsqueeze(2)
        hidden = torch.relu(self.convolution(rows.transpose(1, 2)).transpose(1, 2))
        return self.output(self.of_hidden(hidden)), is_word

    def _looks(self, batch: Sequence[Example]) -> Tensor:
        bags: list[Sequence[int]] = []
        for example in batch:
            is_hidden = (torch.rand(len(example.shapes)) < _WORDS_HIDDEN).tolist()
            words = zip(example.lexical, example.shapes, is_hidden, strict=True)
            bags += [shapes if hidden else [*lexical, *shapes] for lexical, shapes, hidden in words]
        offsets = np.concatenate([[0], np.cumsum([len(bag) for bag in bags])[:-1]])
        rows = torch.tensor([row for bag in bags for row in bag])
        looks: Tensor = self.table(rows, torch.from_numpy(offsets))
        return looks

    def _total(self, scores: Tensor, is_word: Tensor) -> Tensor:
        """Log of the sum over all sequences of tags, per post (forward algorithm)."""
        moves = self.transitions + self._barred
        total = scores[:, 0] + moves[-1]
        for step in range(1, scores.shape[1]):
            further = torch.logsumexp(total.unsqueeze(2) + moves[:-1], 1) + scores[:, step]
            total = torch.where(is_word[:, step : step + 1], further, total)
        return torch.logsumexp(total, 1)

    def tensors(self) -> dict[str, NDArray[np.floating]]:
        """What the tagger needs, as `enrichment.entities.tagger.NameTagger` names it."""
        found = {
            "projection": self.projection.weight.T,
            "table": self.table.weight.half(),
            "kernel": self.convolution.weight.permute(2, 1, 0),
            "kernel_bias": self.convolution.get_parameter("bias"),
            "output": self.output.weight.T,
            "output_bias": self.output.bias,
            "transitions": self.transitions,
        }
        return {name: np.ascontiguousarray(tensor.detach().numpy()) for name, tensor in found.items()}


def _padded(rows: list[Tensor]) -> Tensor:
    return nn.utils.rnn.pad_sequence(rows, batch_first=True)
