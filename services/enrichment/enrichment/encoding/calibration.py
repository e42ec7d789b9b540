"""Find the way to run the encoder that is fastest on this machine and loses nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from time import process_time

import torch
from sentence_transformers import SentenceTransformer
from transformers import PreTrainedModel

from enrichment.encoding.attention import UNSHIFTED, register

# Cosine to the float32 vector that every vector of a faster way must keep.
FIDELITY = 0.999
_ROUNDS = 2
_SAMPLE = (
    "Delayed again, thanks for nothing!",
    "My flight was cancelled and I have been on hold for two hours because nobody answers the phone.",
    "Le colis est arrivé en avance, merci à toute l'équipe pour votre gentillesse et votre patience.",
    "Does anyone know whether the new plan still includes roaming? I could not find it on the site.",
    "Trop cher.",
    "Switched from the old one last month: setup took five minutes, the battery lasts two days, and the only "
    "thing that I miss is a physical button for the volume. Would buy again, but only at a discount.",
) * 4
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Plan:
    """A way to run the encoder: number format and attention kernel."""

    precision: str
    attention: str


@dataclass(frozen=True)
class Trial:
    """What a plan achieved on the sample; `fidelity` is its lowest cosine to the float32 vectors."""

    plan: Plan
    posts_per_second: float
    fidelity: float


def transformer_of(model: SentenceTransformer) -> PreTrainedModel:
    """The transformer inside, whose layers can be looked at."""
    transformer: PreTrainedModel = model[0].auto_model  # type: ignore[assignment]
    return transformer


def calibrated(model: SentenceTransformer, precision: str = "auto") -> SentenceTransformer:
    """The model, set up as the fastest faithful trial ran; `precision` leaves out the other formats."""
    register()
    reference = _vectors(model)
    best, best_model = None, model
    for plan, candidate in _candidates(model, precision):
        trial = _try(plan, candidate, reference)
        _log.info(
            "Trial of %s with %s attention: %.0f posts per second of processor time, cosine to float32 at least %.5f.",
            plan.precision,
            plan.attention,
            trial.posts_per_second,
            trial.fidelity,
        )
        is_faithful = trial.fidelity >= FIDELITY or precision == plan.precision
        if is_faithful and (best is None or trial.posts_per_second > best.posts_per_second):
            best, best_model = trial, candidate
    if best is not None:
        _attend(best_model, best.plan)
        _log.info("The encoder runs in %s with %s attention.", best.plan.precision, best.plan.attention)
    return best_model


def _candidates(model: SentenceTransformer, precision: str) -> Iterator[tuple[Plan, SentenceTransformer]]:
    for name in ("float32", "bfloat16"):
        if precision == name or (precision == "auto" and _is_native(name)):
            # A copy, because narrowing the weights cannot be undone.
            candidate = model if name == "float32" else deepcopy(model).to(torch.bfloat16)
            for attention in ("sdpa", "eager", UNSHIFTED):
                yield Plan(name, attention), candidate


def _is_native(precision: str) -> bool:
    """Where the processor has no such arithmetic it would be emulated, far slower than float32."""
    return precision == "float32" or bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())


def _try(plan: Plan, model: SentenceTransformer, reference: torch.Tensor) -> Trial:
    _attend(model, plan)
    vectors = _vectors(model)
    seconds = []
    for _ in range(_ROUNDS):
        # Time on the processor, which hardly depends on what else the machine is doing right now.
        start = process_time()
        _vectors(model)
        seconds.append(process_time() - start)
    fidelity = torch.nn.functional.cosine_similarity(vectors, reference).min()
    return Trial(plan, len(_SAMPLE) / min(seconds), float(fidelity))


def _attend(model: SentenceTransformer, plan: Plan) -> None:
    transformer_of(model).set_attn_implementation(plan.attention)


def _vectors(model: SentenceTransformer) -> torch.Tensor:
    with torch.inference_mode():
        vectors: torch.Tensor = model.encode(list(_SAMPLE), convert_to_tensor=True, show_progress_bar=False)
    return vectors.float()
