"""Agreement about a codebook and about each of its codes, overall and by language, with a verdict on each."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from enrichment.annotations.agreements.alpha import Alpha, Counts, alpha
from enrichment.annotations.judgement import Coded, Judgement

FIRM, TENTATIVE = 0.80, 0.67
ITEMS_AT_LEAST = 30
OCCURRENCES_AT_LEAST = 5


class Status(StrEnum):
    """What may be reported (K. Krippendorff, Content Analysis, 4th edition, chapter 12)."""

    FIRM = "firm"
    TENTATIVE = "tentative"
    NOT_REPORTABLE = "not_reportable"


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far coders agree; `code` is None for the codebook as a whole, `language` None for all of them.

    `occurrences` counts items in which at least one coder saw the code.
    """

    code: str | None
    language: str | None
    alpha: Alpha
    coders: int
    occurrences: int

    @property
    def status(self) -> Status:
        """The verdict: with too few items, or too few that carry the code, nothing is reportable."""
        value = self.alpha.value
        few = self.alpha.units < ITEMS_AT_LEAST or self.occurrences < OCCURRENCES_AT_LEAST
        if value is None or few or value < TENTATIVE:
            return Status.NOT_REPORTABLE
        return Status.FIRM if value >= FIRM else Status.TENTATIVE


def measure(coded: Sequence[Coded], seed: int) -> list[Agreement]:
    """Agreement of independent judgements: the codebook, then each code, for all languages and for each.

    The codebook is measured on the whole set of codes that a coder gave as one nominal value; a code on whether it is
    in the set, where it was asked about. Who could not tell is missing.
    """
    codes = dict.fromkeys(code for each in coded for code in each.item.asked)
    return [
        _measure(code, language, _judged(each for each in group if code is None or code in each.item.asked), seed)
        for language, group in _by_language(coded)
        for code in (None, *codes)
    ]


def _by_language(coded: Sequence[Coded]) -> list[tuple[str | None, Sequence[Coded]]]:
    """All together, then each language if there are several; texts whose language nobody can tell are one of them."""
    languages = sorted({each.item.language for each in coded})
    if len(languages) < 2:
        return [(None, coded)]
    apart = [(language, [each for each in coded if each.item.language == language]) for language in languages]
    return [(None, coded), *apart]


def _judged(coded: Iterable[Coded]) -> list[list[Judgement]]:
    """The judgements that say something, of items with two of them or more."""
    given = ([judgement for judgement in each.blind if judgement.label is not None] for each in coded)
    return [judgements for judgements in given if len(judgements) >= 2]


def _measure(code: str | None, language: str | None, judged: list[list[Judgement]], seed: int) -> Agreement:
    def value_of(judgement: Judgement) -> Hashable:
        return judgement.codes if code is None else code in judgement.codes

    coders = {judgement.coder_id for judgements in judged for judgement in judgements}
    seen = sum(any(_occurs(code, each) for each in judgements) for judgements in judged)
    return Agreement(code, language, alpha(count(judged, value_of), seed), len(coders), seen)


def _occurs(code: str | None, judgement: Judgement) -> bool:
    return bool(judgement.codes) if code is None else code in judgement.codes


def count(judged: Sequence[Sequence[Judgement]], value_of: Callable[[Judgement], Hashable]) -> Counts:
    """How often each item got each value, one row per item."""
    columns: dict[Hashable, int] = {}
    for judgements in judged:
        for judgement in judgements:
            columns.setdefault(value_of(judgement), len(columns))
    counts = np.zeros((len(judged), len(columns)), dtype=np.int64)
    for row, judgements in enumerate(judged):
        for judgement in judgements:
            counts[row, columns[value_of(judgement)]] += 1
    return counts
