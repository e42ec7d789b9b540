"""What the models find in one text."""

from __future__ import annotations

from dataclasses import dataclass

from enrichment.coding.codes import Code, told
from enrichment.entities.entity import Entity
from enrichment.personal.data import PersonalData
from enrichment.reasons.reason import Reason
from enrichment.sentiments.polarity import Sentiment
from enrichment.texts.spans import Span


@dataclass(frozen=True, slots=True)
class ReaderVersion:
    """What read a text: encoder, and the heads and codebooks that coded. Only readings of one version compare."""

    model: str
    coding: str


@dataclass(frozen=True, slots=True)
class StatementReading:
    """One statement; `vector` is float16, and empty for the only statement of a text."""

    span: Span
    vector: bytes
    sentiment: Sentiment
    codes: tuple[Code, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in a text; `vector` is a unit vector in float16, little endian.

    `codes` are those of the text as a whole; each statement has its own.
    """

    language: str
    sentiment: Sentiment
    vector: bytes
    statements: tuple[StatementReading, ...]
    keyphrases: tuple[str, ...]
    codes: tuple[Code, ...] = ()
    entities: tuple[Entity, ...] = ()
    reasons: tuple[Reason, ...] = ()
    personal_data: tuple[PersonalData, ...] = ()

    @property
    def code_keys(self) -> list[str]:
        """The codes of the text and of its statements, each once."""
        found = {code.key for code in told(self.codes)}
        return sorted(found.union(code.key for statement in self.statements for code in told(statement.codes)))
