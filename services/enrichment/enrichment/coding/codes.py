"""A code as a coder gave it: what is meant, who says so, where in the text, and how sure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class CoderKind(StrEnum):
    """Who coded."""

    MODEL = "model"
    RULE = "rule"
    PERSON = "person"


class Effect(StrEnum):
    """Whether a driver hinders or helps the target behaviour."""

    NONE = ""
    BARRIER = "barrier"
    ENABLER = "enabler"


class Experiencer(StrEnum):
    """Whom a statement is about."""

    UNCLEAR = ""
    SELF = "self"
    CLOSE_OTHER = "close_other"
    PEOPLE = "people"
    BRAND = "brand"


class Tense(StrEnum):
    """When it happens."""

    UNCLEAR = ""
    PAST = "past"
    PRESENT = "present"
    INTENDED = "intended"
    HYPOTHETICAL = "hypothetical"


@dataclass(frozen=True, slots=True)
class Code:
    """One code of one codebook. An abstention is no code at all.

    `start` and `end` tell the evidence, in Unicode code points: from the start of the passage as a coder returns it,
    from the start of the post once it is part of a reading. `probability` is calibrated where a model coded, and the
    precision of the rule where a rule did. `study` is set only where the code depends on the study. A candidate is a
    code that no study has asked for yet: it is kept, and told to nobody.
    """

    codebook: str
    version: int
    code: str
    probability: float
    coder: CoderKind
    start: int
    end: int
    effect: Effect = Effect.NONE
    experiencer: Experiencer = Experiencer.UNCLEAR
    tense: Tense = Tense.UNCLEAR
    study: str = ""
    is_candidate: bool = False

    @property
    def key(self) -> str:
        """Codebook and code in one word, to filter by: `needs/request`."""
        return f"{self.codebook}/{self.code}"

    def moved_by(self, distance: int) -> Code:
        """The code with its evidence so many characters further on."""
        return replace(self, start=self.start + distance, end=self.end + distance)


def told(codes: Iterable[Code]) -> tuple[Code, ...]:
    """The codes without candidates."""
    return tuple(code for code in codes if not code.is_candidate)
