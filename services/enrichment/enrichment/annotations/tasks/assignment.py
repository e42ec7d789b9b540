"""Who codes which item: balanced, at random, and the same for the same seed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from random import Random
from typing import TypeVar

Coder = TypeVar("Coder")

REPEAT_AFTER = 30
"""So many turns lie between the two times that a coder sees an item, as far as the task has them."""


def assign(items: int, coders: Sequence[Coder], each: int, seed: int) -> list[tuple[Coder, ...]]:
    """For every item `each` different coders; no coder gets two items more than another.

    Ties are broken at random, so that every pair of coders meets. Raises `ValueError` with fewer coders than `each`.
    """
    if len(coders) < each:
        raise ValueError("There are fewer coders than every item needs.")
    random, load = Random(seed), Counter[int]()
    dealt = []
    for _ in range(items):
        free = sorted(range(len(coders)), key=lambda coder: (load[coder], random.random()))[:each]
        load.update(free)
        dealt.append(tuple(coders[coder] for coder in sorted(free)))
    return dealt


def choose_repeated(items: int, share: float, seed: int) -> set[int]:
    """Which items are shown again to whoever coded them, by their place."""
    return set(Random(seed).sample(range(items), round(items * share)))
