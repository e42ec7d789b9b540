"""What the models find in one text."""

from __future__ import annotations

from dataclasses import dataclass

from enrichment.sentiments.polarity import Sentiment
from enrichment.texts.spans import Span


@dataclass(frozen=True, slots=True)
class StatementReading:
    """One statement; `vector` is float16, and empty for the only statement of a text."""

    span: Span
    vector: bytes
    sentiment: Sentiment


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in a text; `vector` is a unit vector in float16, little endian."""

    language: str
    sentiment: Sentiment
    vector: bytes
    statements: tuple[StatementReading, ...]
    keyphrases: tuple[str, ...]
