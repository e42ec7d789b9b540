"""Gold labels: unanimous where everybody who was asked has answered, or decided by an adjudicator."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from enrichment.annotations.judgement import Answer, Coded, Judgement

CODERS_AT_LEAST = 2


class Origin(StrEnum):
    """Where a gold label comes from."""

    UNANIMOUS = "unanimous"
    ADJUDICATED = "adjudicated"


@dataclass(frozen=True, slots=True)
class Gold:
    """What an item is, as far as people can say; no label where the adjudicator could not tell either."""

    answer: Answer
    codes: frozenset[str]
    origin: Origin


def gold(coded: Coded) -> Gold | None:
    """The gold label of an item; None until there is one.

    One coder alone makes no gold label, whatever the task asked for: nobody has checked it.
    """
    decision = coded.decision
    if decision is not None:
        return Gold(decision.answer, decision.codes, Origin.ADJUDICATED)
    blind = coded.blind
    if not is_complete(coded) or len(blind) < CODERS_AT_LEAST or not _agree(blind):
        return None
    return Gold(blind[0].answer, blind[0].codes, Origin.UNANIMOUS)


def is_disputed(coded: Coded) -> bool:
    """True where everybody has answered, not all alike, and nobody has decided."""
    return coded.decision is None and is_complete(coded) and bool(coded.blind) and not _agree(coded.blind)


def is_complete(coded: Coded) -> bool:
    """True where as many coders have answered as were wanted."""
    return len(coded.blind) >= coded.item.coders_wanted


def _agree(judgements: list[Judgement]) -> bool:
    return len({(each.answer, each.codes) for each in judgements}) == 1
