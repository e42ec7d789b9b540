"""Model files: tensors and facts in safetensors, believed only if their digest is the one written beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors import safe_open
from safetensors.numpy import save_file

from enrichment.digests import sha256

# Where the model files of text-level heads are.
SHIPPED = Path(__file__).with_name("shipped")


class HeadError(Exception):
    """A model file cannot be used; the message says what to do."""


@dataclass(frozen=True)
class HeadFile:
    """What a model file holds: named tensors, and facts about the model as strings."""

    tensors: Mapping[str, NDArray[np.generic]]
    facts: Mapping[str, str]

    @classmethod
    def load(cls, file: Path) -> HeadFile:
        """Reads a file; raises `HeadError` when it is absent or its sha256 differs from that in `<file>.sha256`."""
        digest_file = _digest_file(file)
        if not (file.is_file() and digest_file.is_file()):
            raise HeadError(f"{file.name} or {digest_file.name} is missing; train the head again.")
        if sha256(file) != digest_file.read_text(encoding="ascii").split()[0]:
            raise HeadError(f"{file.name} is not the file that {digest_file.name} describes; train the head again.")
        with safe_open(file, framework="numpy") as stored:
            return cls({name: stored.get_tensor(name) for name in stored.keys()}, stored.metadata() or {})  # noqa: SIM118

    def save(self, file: Path) -> None:
        """Writes the file, and its digest beside it in the format of `sha256sum`."""
        file.parent.mkdir(parents=True, exist_ok=True)
        save_file({name: np.ascontiguousarray(tensor) for name, tensor in self.tensors.items()}, file, dict(self.facts))
        file.chmod(0o644)
        _digest_file(file).write_text(f"{sha256(file)}  {file.name}\n", encoding="ascii")


def _digest_file(file: Path) -> Path:
    return file.with_name(f"{file.name}.sha256")
