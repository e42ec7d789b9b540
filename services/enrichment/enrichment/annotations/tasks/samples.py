"""Which statements a task draws: a random sample to measure with, or an uncertain one to learn from; never both."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from kit.errors import Conflict


class SampleKind(StrEnum):
    """How items are drawn; a task keeps its kind for ever."""

    RANDOM = "random"
    UNCERTAINTY = "uncertainty"


class Stratum(StrEnum):
    """What a random sample is stratified by."""

    NOTHING = "nothing"
    LANGUAGE = "language"


def require_measurable(sample: SampleKind) -> None:
    """Raises `Conflict` for a sample that was not drawn at random: whatever is computed from it is biased."""
    if sample is not SampleKind.RANDOM:
        raise Conflict(
            "This task holds an uncertainty sample: items the machine was least sure of, drawn to learn from. "
            "Nothing is measured on it; draw a random sample to measure."
        )


def allot(eligible: Mapping[str, int], size: int) -> dict[str, int]:
    """How many items each stratum gives: the same number each, and what small strata cannot give goes to the others.

    Equal numbers, because what has to be measured is each stratum; shares of all are corrected by the inclusion
    probabilities, which are stored. Remainders go to the larger strata.
    """
    left, given = size, {}
    smallest_first = sorted(eligible, key=lambda name: (eligible[name], name))
    for taken, name in enumerate(smallest_first):
        given[name] = min(eligible[name], left // (len(smallest_first) - taken))
        left -= given[name]
    return given
