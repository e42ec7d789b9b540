"""The coders that are heads: emotion, irony, offensive language, hate and needs."""

from __future__ import annotations

from pathlib import Path

from enrichment.coding.coder import Coders
from enrichment.heads.coder import HeadCoder
from enrichment.heads.files import SHIPPED
from enrichment.heads.text_head import TextHead

# The seven groups of emotion; what has none of them is left without a code.
EMOTIONS = ("anger", "disgust", "fear", "joy", "optimism", "sadness", "surprise")


def shipped_coders(encoder: str, folder: Path = SHIPPED) -> Coders:
    """Coders whose heads were trained on this encoder.

    Irony is a matter of the whole post; the others are found in statements too. Raises `HeadError` when a model file
    is damaged or was trained on another encoder.
    """

    def coder(codebook: str, name: str, *codes: str) -> HeadCoder:
        return HeadCoder(codebook, TextHead.load(folder / f"{name}.safetensors", encoder), {c: c for c in codes})

    everywhere = (
        coder("emotion", "feelings", *EMOTIONS),
        coder("offensive", "offensive", "offensive"),
        coder("hate", "hate", "hate"),
        coder("needs", "needs", "need_bearing"),
    )
    return Coders(statements=everywhere, posts=(*everywhere, coder("irony", "irony", "irony")))
