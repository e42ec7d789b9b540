"""Find names in texts: what the encoder's pass says of each word, and what the word looks like.

A convolution over five words gives each a score for each tag, and the best sequence of tags that makes whole names
is the answer (a linear-chain CRF: Lafferty, McCallum and Pereira 2001; the types are those of WNUT 2017, Derczynski
et al. 2017). Trained by `enrichment.training.entities`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from enrichment.digests import sha256
from enrichment.encoding.tokens import Tokens
from enrichment.entities.features import begins_sentence, casing_of, lexical_features, shape_features
from enrichment.entities.lattice import Lattice
from enrichment.entities.tags import TYPES, NameType
from enrichment.entities.words import Words
from enrichment.heads.files import HeadError, HeadFile

MODEL = Path(__file__).with_name("names.safetensors")
REACH = 2
_MOST_CACHED = 50_000

Floats: TypeAlias = NDArray[np.float32]
Integers: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Name:
    """Characters `start` to `end` of a text name something of a type."""

    kind: NameType
    start: int
    end: int
    probability: float


@dataclass(frozen=True)
class Layers:
    """What was learnt; `projection` turns the layers of a token into its state, within the encoder's pass."""

    projection: Floats
    table: Floats
    kernel: Floats
    kernel_bias: Floats
    output: Floats
    output_bias: Floats
    transitions: Floats

    @classmethod
    def of(cls, tensors: Mapping[str, NDArray[np.generic]]) -> Layers:
        """The layers as float32."""
        return cls(**{each.name: tensors[each.name].astype(np.float32) for each in fields(cls)})


@dataclass(frozen=True)
class NameTagger:
    """Finds names; those less probable than `threshold` are left out."""

    layers: Layers
    threshold: float
    version: str = ""
    _known: dict[tuple[str, bool, str], Floats] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def load(cls, encoder: str, file: Path = MODEL) -> NameTagger:
        """Reads a model file; raises `HeadError` when it is not what it should be, or was made for another encoder."""
        head = HeadFile.load(file)
        if head.facts["encoder"] != encoder:
            raise HeadError(f"{file.name} was trained on {head.facts['encoder']}, not on {encoder}; train it again.")
        return cls(Layers.of(head.tensors), float(head.facts["threshold"]), sha256(file)[:8])

    def tag(self, texts: Sequence[str], tokens: Tokens, states: Floats) -> list[list[Name]]:
        """The names in each text, in order; `states` has a row for each of `tokens`."""
        words = Words.of(texts)
        if not words.forms:
            return [[] for _ in texts]
        lattice = Lattice.of(words, self._scores(words, word_states(words, tokens, states)), self.layers.transitions)
        tags = lattice.best()
        sure = lattice.shares()[np.arange(len(tags)), tags]
        names: dict[int, list[Name]] = defaultdict(list)
        for text, name in _names(words, tags, sure):
            if name.probability >= self.threshold:
                names[text].append(name)
        return [names[text] for text in range(len(texts))]

    def _scores(self, words: Words, states: Floats) -> Floats:
        """A row per word, a column per tag. Between texts lie rows of zeros, so that none sees its neighbours."""
        at = np.arange(len(words.forms)) + REACH * (words.texts + 1)
        rows = np.zeros((at[-1] + REACH + 1, states.shape[1] + self.layers.table.shape[1]), np.float32)
        rows[at] = np.concatenate([states, self._looks(words)], 1)
        hidden = sum(rows[at + shift - REACH] @ self.layers.kernel[shift] for shift in range(2 * REACH + 1))
        scores: Floats = np.maximum(hidden + self.layers.kernel_bias, 0) @ self.layers.output + self.layers.output_bias
        return scores

    def _looks(self, words: Words) -> Floats:
        if len(self._known) > _MOST_CACHED:
            self._known.clear()
        return np.stack([self._look(*key) for key in looks(words)])

    def _look(self, word: str, begins: bool, casing: str) -> Floats:
        found = self._known.get((word, begins, casing))
        if found is None:
            rows = lexical_features(word) + shape_features(word, begins, casing)
            found = self._known[(word, begins, casing)] = self.layers.table[rows].sum(0)
        return found


def looks(words: Words) -> Iterator[tuple[str, bool, str]]:
    """Each word with what its look depends on: whether it begins a sentence, and how its text uses capitals."""
    bounds = np.flatnonzero(np.diff(words.texts, prepend=-1, append=-1)).tolist()
    for first, last in pairwise(bounds):
        forms = words.forms[first:last]
        casing = casing_of(forms)
        for before, word in zip([None, *forms], forms, strict=False):
            yield word, begins_sentence(before), casing


def word_states(words: Words, tokens: Tokens, states: Floats) -> Floats:
    """The mean state of the tokens that begin in each word; zero for a word that the encoder does not read."""
    far = np.int64(1) << 40
    owner = np.searchsorted(words.texts * far + words.starts, tokens.texts * far + tokens.starts, "right") - 1
    inside = (owner >= 0) & (words.texts[owner] == tokens.texts) & (tokens.starts < words.ends[owner])
    means = np.zeros((len(words.forms), states.shape[1]), np.float32)
    read, firsts, counts = np.unique(owner[inside], return_index=True, return_counts=True)
    if len(read):
        means[read] = np.add.reduceat(states[inside], firsts) / counts[:, None].astype(np.float32)
    return means


def _names(words: Words, tags: Integers, sure: Floats) -> Iterator[tuple[int, Name]]:
    """Names with the text that each is in."""
    firsts = np.flatnonzero(tags % 2 == 1)
    ends = np.flatnonzero((tags % 2 == 1) | (tags == 0))
    after = np.append(ends, len(tags))[np.searchsorted(ends, firsts, "right")]
    for first, last in zip(firsts.tolist(), after.tolist(), strict=True):
        kind = TYPES[(tags[first] - 1) // 2]
        start, end = int(words.starts[first]), int(words.ends[last - 1])
        yield int(words.texts[first]), Name(kind, start, end, float(sure[first:last].mean()))
