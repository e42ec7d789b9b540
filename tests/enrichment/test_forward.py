"""The attention for short texts is softmax; the pass outside the interpreter is the pass."""

import pytest
import torch
from transformers import BertConfig, BertModel

from enrichment.encoding.attention import attend
from enrichment.encoding.forward import Forward, traced

HIDDEN = torch.finfo(torch.float32).min
Inputs = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


@pytest.fixture
def heads() -> Inputs:
    """Query, key and value of two rows, three heads and five tokens."""
    torch.manual_seed(0)
    query, key, value = torch.randn(3, 2, 3, 5, 8).unbind()
    return query, key, value


@pytest.fixture
def forward() -> Forward:
    torch.manual_seed(0)
    shape = BertConfig(hidden_size=8, num_hidden_layers=2, num_attention_heads=2, intermediate_size=16, vocab_size=50)
    return Forward(BertModel(shape), (1, 2))


def attended(heads: Inputs, mask: torch.Tensor | None = None, scaling: float = 1.0) -> torch.Tensor:
    return attend(torch.nn.Module(), *heads, mask, scaling)[0].transpose(1, 2)


def test_attention_is_softmax(heads: Inputs) -> None:
    expected = torch.nn.functional.scaled_dot_product_attention(*heads, scale=0.7)

    assert torch.allclose(attended(heads, scaling=0.7), expected, atol=1e-6)


def test_attention_passes_over_what_is_hidden(heads: Inputs) -> None:
    mask = torch.zeros(2, 1, 5, 5)
    mask[..., 3:] = HIDDEN
    query, key, value = heads

    expected = torch.nn.functional.scaled_dot_product_attention(query, key[:, :, :3], value[:, :, :3], scale=1.0)
    assert torch.allclose(attended(heads, mask), expected, atol=1e-6)


def test_attention_gives_numbers_whatever_the_scores(heads: Inputs) -> None:
    query, key, value = heads

    assert torch.isfinite(attended((query * 1e4, key, value))).all()
    assert torch.isfinite(attended(heads, torch.full((2, 1, 5, 5), HIDDEN))).all()


@torch.inference_mode()
def test_a_traced_pass_is_the_pass_whatever_the_shape(forward: Forward) -> None:
    script = traced(forward, 16)
    ids = torch.arange(44).reshape(4, 11)
    mask = torch.arange(11) < torch.tensor([[11], [3], [8], [1]])
    projection = torch.randn(16, 3)

    found = script(ids, mask.long(), mask, projection)

    assert isinstance(script, torch.jit.ScriptModule)
    assert [list(each.shape) for each in found] == [[4, 8], [23, 16], [23, 3]]
    for one, other in zip(found, forward(ids, mask.long(), mask, projection), strict=True):
        assert torch.allclose(one, other, atol=1e-6)


def test_what_cannot_be_traced_runs_as_it_is(forward: Forward, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise RuntimeError("not this one")

    monkeypatch.setattr(torch.jit, "trace", refuse)

    assert traced(forward, 16) is forward
