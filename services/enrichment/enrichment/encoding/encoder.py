"""One forward pass per text: its vector, the vectors of its statements, and the features of heads."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling
from transformers.utils.logging import disable_progress_bar

from enrichment.encoding.calibration import calibrated, transformer_of
from enrichment.encoding.forward import Forward, traced
from enrichment.encoding.pooling import Sums
from enrichment.encoding.tokens import Frame, Spans, Tokens, Windows
from enrichment.encoding.weights import WeightsError, locate
from enrichment.texts.spans import Span, spoken

# Larger passes leave the cache, smaller ones do not fill the core: both are slower.
_TOKENS_PER_PASS = 512
_USUAL_LIMIT = 512

Floats: TypeAlias = NDArray[np.float32]


@dataclass(frozen=True)
class Encoded:
    """What a pass found, as float32: rows are texts in order, or all statements in order of their texts.

    `vectors` are unit vectors. `features`, for heads, are of the tokens of the span: means of the encoder's layers,
    then their maxima. `token_states` has a row for each of `tokens`: what the projection of a tagger keeps of its
    layers.
    """

    vectors: Floats
    features: Floats
    statement_vectors: Floats
    statement_features: Floats
    tokens: Tokens
    token_states: Floats


class Encoder:
    """A sentence-transformers model that pools by mean."""

    def __init__(self, model: SentenceTransformer, label: str) -> None:
        if not (isinstance(model[1], Pooling) and model[1].pooling_mode == "mean"):
            raise WeightsError(f"The encoder {label} does not pool by mean; statement vectors need one that does.")
        self.label = label
        self.dimensions = model.get_embedding_dimension() or 0
        self._tokenizer = model.tokenizer.backend_tokenizer
        self._tokenizer.no_truncation()
        self._tokenizer.no_padding()
        self._frame = Frame.of(self._tokenizer, model.tokenizer.pad_token_id)
        self._window = (model.max_seq_length or _USUAL_LIMIT) - self._frame.size
        transformer = transformer_of(model).train(mode=False)
        self._after_pooling = [module.float() for module in list(model)[2:]]
        depth: int = transformer.config.num_hidden_layers
        self._layers = (depth // 3, 2 * depth // 3, depth)
        self._projection = torch.zeros(self.token_width, 0)
        self._forward = traced(Forward(transformer, self._layers), self.token_width)

    @classmethod
    def load(cls, name: str, precision: str = "auto") -> Encoder:
        """The encoder of that name, calibrated to this machine.

        Raises `WeightsError` when its weights are not what they should be.
        """
        weights = locate(name)
        disable_progress_bar()  # type: ignore[no-untyped-call]
        model = SentenceTransformer(weights.source, device="cpu")
        return cls(calibrated(model, precision), weights.label)

    @property
    def token_width(self) -> int:
        """How many numbers the layers that heads see have for a token."""
        return len(self._layers) * self.dimensions

    def with_projection(self, projection: Floats) -> Encoder:
        """The same encoder, which keeps `projection` (a row for each number) of the layers of each token."""
        projecting = copy(self)
        projecting._projection = torch.from_numpy(projection)
        return projecting

    @torch.inference_mode()
    def encode(self, texts: Sequence[str], statements: Sequence[Sequence[Span]] = ()) -> Encoded:
        """Reads each text once; `statements` are the spans of each text, in order and without overlap.

        Statement vectors are means of token vectors that saw the whole text (late chunking, Günther et al.
        2024, arXiv:2409.04701), so that "it" keeps what it stands for.
        """
        tokens = Tokens.of(self._tokenizer, [spoken(text) for text in texts])
        spans = Spans.of(statements)
        sums = Sums.of(tokens, spans, self.dimensions, self.token_width)
        states = torch.zeros(len(tokens.ids), self._projection.shape[1])
        for windows in Windows.of(tokens, self._window).passes(_TOKENS_PER_PASS, self._frame.size):
            self._read(tokens, windows, sums, states)
        return self._encoded(sums, tokens, states)

    def _read(self, tokens: Tokens, windows: Windows, sums: Sums, states: torch.Tensor) -> None:
        ids, is_kept, index = self._frame.rows(tokens, windows)
        is_token = index >= 0
        window_sums, hidden, projected = self._forward(
            torch.from_numpy(ids), torch.from_numpy(is_kept).long(), torch.from_numpy(is_token), self._projection
        )
        sums.add_windows(windows, window_sums, is_kept.sum(1))
        sums.add_tokens(index[is_token], hidden)
        states[torch.from_numpy(index[is_token])] = projected

    def _encoded(self, sums: Sums, tokens: Tokens, states: torch.Tensor) -> Encoded:
        texts = len(tokens.counts)
        means, peaks = sums.features()
        features = torch.cat([means, peaks], 1).numpy()
        return Encoded(
            vectors=self._finished(sums.pooled / sums.sizes.unsqueeze(1)),
            features=features[:texts],
            statement_vectors=self._finished(means[texts:, -self.dimensions :]),
            statement_features=features[texts:],
            tokens=tokens,
            token_states=states.numpy(),
        )

    def _finished(self, pooled: torch.Tensor) -> Floats:
        found = {"sentence_embedding": pooled}
        for module in self._after_pooling:
            found = module(found)
        unit: Floats = torch.nn.functional.normalize(found["sentence_embedding"]).numpy()
        return unit
