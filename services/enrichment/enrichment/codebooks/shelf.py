"""Read the codebooks that come with the service."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files

import yaml

from enrichment.codebooks.codebook import Codebook

SHIPPED = (
    "speech_act",
    "drivers",
    "needs",
    "relationship",
    "emotion",
    "irony",
    "offensive",
    "hate",
    "promotion",
)


def read_codebook(text: str) -> Codebook:
    """A codebook from YAML; raises `pydantic.ValidationError` or `yaml.YAMLError`."""
    return Codebook.model_validate(yaml.safe_load(text))


@cache
def shipped(name: str) -> Codebook:
    """The shipped codebook of a name."""
    return read_codebook((files("enrichment.codebooks.shipped") / f"{name}.yaml").read_text(encoding="utf-8"))


def fingerprint(codebooks: Sequence[Codebook]) -> str:
    """Changes with any word of the codebooks, even where somebody forgot to raise the version."""
    dumped = "\n".join(each.model_dump_json() for each in codebooks)
    return hashlib.blake2b(dumped.encode(), digest_size=6).hexdigest()
