"""How groups compare with what was planted, by pairs of texts."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from ingest.copies.scores.edits import Planted

ORIGINAL = "original"


@dataclass(frozen=True)
class Outcome:
    """Pairs of copies that were planted and found, and pairs that were grouped rightly or wrongly.

    `recall_by_kind` counts copies that are in the group of their original, and all of them, by the kind of edit.
    """

    found: int
    pairs: int
    grouped: int
    recall_by_kind: dict[str, tuple[int, int]]
    wrong_by_kind: dict[str, int]

    @property
    def recall(self) -> float:
        """Share of the planted pairs that were grouped."""
        return self.found / self.pairs

    @property
    def precision(self) -> float:
        """Share of the grouped pairs that were planted."""
        return self.found / self.grouped


def judge(planted: Sequence[Planted], groups: Sequence[int]) -> Outcome:
    """Compares the groups of the texts with the originals that they were made from."""
    families = _by(((each.original, number) for number, each in enumerate(planted) if each.is_copy))
    pairs = [pair for members in families for pair in combinations(members, 2)]
    wrong: Counter[str] = Counter()
    grouped = 0
    for members in _by((first, number) for number, first in enumerate(groups)):
        for one, other in combinations(members, 2):
            grouped += 1
            wrong.update(_mistake(planted[one], planted[other]))
    return Outcome(
        found=sum(groups[one] == groups[other] for one, other in pairs),
        pairs=len(pairs),
        grouped=grouped,
        recall_by_kind=_recall_by_kind(planted, groups),
        wrong_by_kind=dict(wrong),
    )


def _recall_by_kind(planted: Sequence[Planted], groups: Sequence[int]) -> dict[str, tuple[int, int]]:
    originals = {each.original: groups[number] for number, each in enumerate(planted) if each.kind == ORIGINAL}
    found: Counter[str] = Counter()
    planted_of: Counter[str] = Counter()
    for number, each in enumerate(planted):
        if each.is_copy and each.kind != ORIGINAL:
            planted_of[each.kind] += 1
            found[each.kind] += groups[number] == originals[each.original]
    return {kind: (found[kind], count) for kind, count in sorted(planted_of.items())}


def _mistake(one: Planted, other: Planted) -> list[str]:
    """What makes a grouped pair a wrong one; empty when it is right."""
    if one.is_copy and other.is_copy:
        return [] if one.original == other.original else ["two originals"]
    return [one.kind if not one.is_copy else other.kind]


def _by(numbered: Iterable[tuple[int, int]]) -> Iterator[list[int]]:
    members: dict[int, list[int]] = defaultdict(list)
    for key, number in numbered:
        members[key].append(number)
    return iter(members.values())
