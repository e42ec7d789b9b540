"""Whether a coder stays the same: against the others over time, and against itself on items shown twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from scipy import stats

from enrichment.annotations.judgement import AGAIN, Coded, Judgement

WINDOW = 25
ALARM = 0.05
"""Chance, if nothing changed, of a last window so much worse than the ones before."""


@dataclass(frozen=True, slots=True)
class Window:
    """Consecutive judgements of one coder, and how many of them are what others found."""

    first_at: datetime
    last_at: datetime
    judgements: int
    agreeing: int


@dataclass(frozen=True, slots=True)
class Consistency:
    """One coder's record. `repeated` items were answered twice, `kept` of them in the same way."""

    coder_id: UUID
    judgements: int
    windows: tuple[Window, ...]
    repeated: int
    kept: int

    @property
    def is_drifting(self) -> bool:
        """True where the last window agrees less than the ones before by more than chance (Fisher's exact test)."""
        if len(self.windows) < 2:
            return False
        *before, last = self.windows
        agreed = sum(window.agreeing for window in before)
        total = sum(window.judgements for window in before)
        table = [[last.agreeing, last.judgements - last.agreeing], [agreed, total - agreed]]
        return bool(stats.fisher_exact(table, alternative="less").pvalue < ALARM)


def consistencies(coded: Sequence[Coded], window: int = WINDOW) -> list[Consistency]:
    """The record of every coder who gave an independent judgement, by coder id.

    The yardstick of a judgement is the adjudicator's decision, or else what most *other* coders said; where they are
    split, or nobody else answered, there is none, and the judgement enters no window.
    """
    coders = sorted({judgement.coder_id for each in coded for judgement in each.blind})
    return [_consistency(coder_id, coded, window) for coder_id in coders]


def _consistency(coder_id: UUID, coded: Sequence[Coded], window: int) -> Consistency:
    compared, judgements, repeated, kept = [], 0, 0, 0
    for each in coded:
        own = next((judgement for judgement in each.blind if judgement.coder_id == coder_id), None)
        if own is None:
            continue
        judgements += 1
        again = _again(each, coder_id)
        repeated += again is not None
        kept += again is not None and again.label == own.label
        yardstick = _yardstick(each, coder_id)
        if yardstick is not None and own.label is not None:
            compared.append((own.at, own.label == yardstick))
    return Consistency(coder_id, judgements, _windows(sorted(compared), window), repeated, kept)


def _again(coded: Coded, coder_id: UUID) -> Judgement | None:
    found = (each for each in coded.judgements if each.coder_id == coder_id and each.occasion == AGAIN)
    return next(found, None)


def _yardstick(coded: Coded, coder_id: UUID) -> frozenset[str] | None:
    if coded.decision is not None:
        return coded.decision.label
    others = Counter(each.label for each in coded.blind if each.coder_id != coder_id and each.label is not None)
    ranked = others.most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] == ranked[1][1]):
        return None
    return ranked[0][0]


def _windows(compared: Sequence[tuple[datetime, bool]], size: int) -> tuple[Window, ...]:
    """Full windows in order of time; what is left over at the end belongs to the last one."""
    if not compared:
        return ()
    starts = range(0, max(len(compared) - size, 0) + 1, size)
    parts = [compared[start:stop] for start, stop in zip(starts, [*starts[1:], len(compared)], strict=True)]
    return tuple(Window(part[0][0], part[-1][0], len(part), sum(agrees for _, agrees in part)) for part in parts)
