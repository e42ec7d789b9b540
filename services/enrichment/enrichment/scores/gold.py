"""Statements that were coded by hand, and how well coders agree with them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from enrichment.coding.coder import Coder, Passages
from enrichment.coding.codes import Code

LANGUAGES = ("en", "fr")
_NONE = "none"


@dataclass(frozen=True)
class Gold:
    """A passage with the codes that a person gave it, as `code` or `code:effect`.

    Half of the passages were never looked at while cues were written: only they are scored.
    """

    text: str
    language: str
    codes: frozenset[str]
    is_held_out: bool


@dataclass(frozen=True)
class Agreement:
    """How a coder agrees with people on one code."""

    right: int
    given: int
    wanted: int

    @property
    def precision(self) -> float | None:
        """Share of what was given that is right; None when nothing was given."""
        return self.right / self.given if self.given else None

    @property
    def recall(self) -> float | None:
        """Share of what is right that was given; None when there is nothing to give."""
        return self.right / self.wanted if self.wanted else None

    @property
    def f1(self) -> float:
        """Harmonic mean of both; 0 when nothing is right."""
        return 2 * self.right / (self.given + self.wanted) if self.right else 0.0

    def __add__(self, other: Agreement) -> Agreement:
        return Agreement(self.right + other.right, self.given + other.given, self.wanted + other.wanted)


def gold_folder() -> Path:
    """Where the coded statements are; raises `FileNotFoundError` outside a checkout."""
    folder = Path(__file__).resolve().parents[4] / "tests" / "enrichment" / "gold"
    if not folder.is_dir():
        raise FileNotFoundError(f"The coded statements are not at {folder}; score from a checkout.")
    return folder


def read_gold(file: Path) -> list[Gold]:
    """The coded passages of a file: by language and code, texts of which every second is held out."""
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    return [
        Gold(text, language, frozenset(codes.split("+")) - {_NONE}, place % 2 == 1)
        for language, by_code in document.items()
        for codes, texts in by_code.items()
        for place, text in enumerate(texts)
    ]


def agreements(coder: Coder, codebook: str, gold: Sequence[Gold]) -> dict[str, Agreement]:
    """The agreement on each code of a codebook, by cues alone: no encoder is asked."""
    empty = np.zeros((len(gold), 1), np.float32)
    found = coder.code(Passages([each.text for each in gold], [each.language for each in gold], empty, empty))
    given = [_labels(codebook, codes) for codes in found]
    right, all_given, wanted = Counter[str](), Counter[str](), Counter[str]()
    for each, labels in zip(gold, given, strict=True):
        right.update(labels & each.codes)
        all_given.update(labels)
        wanted.update(each.codes)
    names = sorted(all_given.keys() | wanted.keys())
    return {name: Agreement(right[name], all_given[name], wanted[name]) for name in names}


def together(found: Iterable[Agreement]) -> Agreement:
    """All codes of a codebook as one."""
    return sum(found, Agreement(0, 0, 0))


def _labels(codebook: str, codes: Iterable[Code]) -> frozenset[str]:
    own = (code for code in codes if code.codebook == codebook)
    return frozenset(f"{code.code}:{code.effect}" if code.effect else code.code for code in own)
