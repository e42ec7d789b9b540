"""The transformer's pass and what is kept of it, as one call that leaves the interpreter to other threads."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Sequence
from typing import TypeAlias

import torch
from torch import Tensor
from transformers import PreTrainedModel

Pass: TypeAlias = Callable[[Tensor, Tensor, Tensor, Tensor], tuple[Tensor, Tensor, Tensor]]
_log = logging.getLogger(__name__)


class Forward(torch.nn.Module):
    """Reads rows of `ids`; `mask` tells what is no padding, `is_token` what is no special token either.

    Returns, in float32: the sum of the last layer of each row, the hidden `layers` of each token side by side, and
    `projection` of those.
    """

    def __init__(self, transformer: PreTrainedModel, layers: Sequence[int]) -> None:
        super().__init__()
        self.transformer = transformer
        # Tracing asks for every property, and this one warns while nobody has set it.
        self.transformer.loss_function = None
        self.layers = tuple(layers)
        self.eval()

    def forward(self, ids: Tensor, mask: Tensor, is_token: Tensor, projection: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """One row per text in `ids`, one per token in the order of `is_token`."""
        hidden = self.transformer(input_ids=ids, attention_mask=mask, output_hidden_states=True).hidden_states
        sums = torch.bmm(mask.unsqueeze(1).float(), hidden[-1].float()).squeeze(1)
        kept = torch.cat([hidden[layer] for layer in self.layers], 2)[is_token].float()
        return sums, kept, kept @ projection


@torch.inference_mode()
def traced(forward: Forward, width: int) -> Pass:
    """The same as TorchScript: no Python between the operations, so readers in other threads need not wait for it.

    A model that cannot be traced, or that reads rows of another length differently then, runs as it is.
    """
    try:
        with warnings.catch_warnings():
            # Its successors want a compiler on the machine.
            warnings.simplefilter("ignore")
            found = torch.jit.trace(forward, _example(3, 7, width), check_trace=False)  # type: ignore[no-untyped-call]
            script: Pass = torch.jit.freeze(found)
        is_same = all(map(torch.equal, forward(*_example(2, 19, width)), script(*_example(2, 19, width))))
    except RuntimeError as error:
        _log.warning("The encoder runs in the interpreter, which is slower: %s", error)
        return forward
    if not is_same:
        _log.warning("The encoder runs in the interpreter, which is slower: traced it misreads rows of other lengths.")
    return script if is_same else forward


def _example(rows: int, columns: int, width: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Rows of different lengths; `width` numbers are known of each token."""
    mask = torch.arange(columns) < torch.arange(columns, columns - rows, -1).unsqueeze(1)
    ids = torch.arange(rows * columns).reshape(rows, columns)
    return ids, mask.long(), mask & (torch.arange(columns) > 0), torch.zeros(width, 2)
