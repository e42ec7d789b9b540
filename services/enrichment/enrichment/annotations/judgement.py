"""One coder's judgement about one item, as every measure reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

FIRST, AGAIN = 0, 1
"""Occasions: an item that is shown to a coder a second time tells whether the coder agrees with itself."""


class Answer(StrEnum):
    """What kind of answer it is."""

    CODES = "codes"
    NONE = "none"
    CANNOT_TELL = "cannot_tell"


class CoderRole(StrEnum):
    """As what somebody coded."""

    PERSON = "person"
    ADJUDICATOR = "adjudicator"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What somebody said of an item; `codes` is empty unless the answer is `codes`."""

    item_id: UUID
    coder_id: UUID
    role: CoderRole
    occasion: int
    answer: Answer
    codes: frozenset[str]
    at: datetime
    note: str = ""

    @property
    def label(self) -> frozenset[str] | None:
        """All codes together, which may be none; None where the coder could not tell: missing, not different."""
        return None if self.answer is Answer.CANNOT_TELL else self.codes

    @property
    def is_blind(self) -> bool:
        """True for the first, independent answer of a coder: the only kind that agreement is measured on."""
        return self.role is CoderRole.PERSON and self.occasion == FIRST


@dataclass(frozen=True, slots=True)
class Item:
    """What was coded: part of a post, or all of it where `position` is None.

    Only codes that are `asked` about can be in an answer; `coders_wanted` answers make the item complete.
    """

    id: UUID
    task_id: UUID
    post_id: UUID
    position: int | None
    start: int
    stop: int
    language: str
    inclusion_probability: float | None
    coders_wanted: int
    asked: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coded:
    """An item with everything that stands about it."""

    item: Item
    judgements: tuple[Judgement, ...]

    @property
    def blind(self) -> list[Judgement]:
        """The independent judgements."""
        return [each for each in self.judgements if each.is_blind]

    @property
    def decision(self) -> Judgement | None:
        """The adjudicator's."""
        return next((each for each in self.judgements if each.role is CoderRole.ADJUDICATOR), None)


def gather(items: Iterable[Item], judgements: Iterable[Judgement]) -> list[Coded]:
    """Each item with its judgements, in the order of the items; judgements about other items are left out."""
    found: Mapping[UUID, tuple[Item, list[Judgement]]] = {item.id: (item, []) for item in items}
    for judgement in judgements:
        if judgement.item_id in found:
            found[judgement.item_id][1].append(judgement)
    return [Coded(item, tuple(given)) for item, given in found.values()]
