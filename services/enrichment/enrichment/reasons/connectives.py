"""The connectives of each language, ready to be looked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files

import yaml
from pydantic import BaseModel, ConfigDict

# A reaction further away than that is none to what follows, and a long text would be searched again and again.
_NEAR = 60


class Follows(StrEnum):
    """What stands behind a connective: a clause or a thing that is the cause, or the effect."""

    CAUSE = "cause"
    CAUSING_THING = "causing_thing"
    CAUSE_OF_REACTION = "cause_of_reaction"
    EFFECT = "effect"


@dataclass(frozen=True)
class Tie:
    """A connective in a text."""

    follows: Follows
    start: int
    end: int


class _Patterns(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    subject: str
    time: str
    clause: str
    reactions: str
    cause: tuple[str, ...]
    causing_thing: tuple[str, ...]
    cause_of_reaction: tuple[str, ...]
    effect: tuple[str, ...]


class Connectives:
    """The connectives of one language; texts are to be in lower case."""

    def __init__(self, patterns: _Patterns) -> None:
        # Tried in this order, so that "because of this" is no mere "because".
        order = (Follows.EFFECT, Follows.CAUSING_THING, Follows.CAUSE, Follows.CAUSE_OF_REACTION)
        either = "|".join(f"(?P<{kind}>{'|'.join(getattr(patterns, kind))})" for kind in order)
        for name in ("subject", "time"):
            either = either.replace(f"{{{name}}}", getattr(patterns, name))
        # After an elision ("parce qu'il") no word ends.
        self._ties = re.compile(rf"(?<![\w'’-])(?:{either})(?:(?<=['’ ])|(?!\w))")
        self._reactions = re.compile(rf"\b(?:{patterns.reactions})\b")
        self._clause = re.compile(rf"(?<=\s){patterns.clause}")

    @classmethod
    @cache
    def of(cls, language: str) -> Connectives | None:
        """The connectives of a language; None where they are not known."""
        return _known().get(language)

    def find(self, text: str, start: int, end: int) -> Iterator[Tie]:
        """The connectives between two positions, in order."""
        for match in self._ties.finditer(text, start, end):
            kind = Follows(match.lastgroup or "")
            if kind is not Follows.CAUSE_OF_REACTION or self._reactions.search(
                text, max(start, match.start() - _NEAR), match.start()
            ):
                yield Tie(kind, *match.span())

    def clause_after(self, text: str, start: int, end: int) -> int | None:
        """Where a clause begins between two positions."""
        clause = self._clause.search(text, start, end)
        return clause.start() if clause else None


@cache
def _known() -> dict[str, Connectives]:
    document = yaml.safe_load((files("enrichment.reasons") / "connectives.yaml").read_text(encoding="utf-8"))
    return {language: Connectives(_Patterns.model_validate(patterns)) for language, patterns in document.items()}
