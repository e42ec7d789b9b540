"""What a parsed query is made of: words, phrases and combinations that a text matches or not."""

from dataclasses import dataclass
from typing import Protocol

from ingest.queries.tokens import TokenisedText


class Expression(Protocol):
    """A condition on the tokens of a text."""

    def matches(self, text: TokenisedText) -> bool:
        """True when the text meets the condition."""


@dataclass(frozen=True, slots=True)
class Word:
    """The text holds this token."""

    token: str

    def matches(self, text: TokenisedText) -> bool:
        """True when the token is among those of the text."""
        return self.token in text.vocabulary


@dataclass(frozen=True, slots=True)
class Phrase:
    """The text holds these tokens one after the other."""

    tokens: tuple[str, ...]

    def matches(self, text: TokenisedText) -> bool:
        """True when the tokens stand side by side in the text."""
        return text.vocabulary.issuperset(self.tokens) and f" {' '.join(self.tokens)} " in text.line


@dataclass(frozen=True, slots=True)
class Negation:
    """The text does not meet the operand."""

    operand: Expression

    def matches(self, text: TokenisedText) -> bool:
        """True when the operand does not match."""
        return not self.operand.matches(text)


@dataclass(frozen=True, slots=True)
class Both:
    """The text meets every operand."""

    operands: tuple[Expression, ...]

    def matches(self, text: TokenisedText) -> bool:
        """True when all operands match."""
        return all(operand.matches(text) for operand in self.operands)


@dataclass(frozen=True, slots=True)
class Either:
    """The text meets at least one operand."""

    operands: tuple[Expression, ...]

    def matches(self, text: TokenisedText) -> bool:
        """True when any operand matches."""
        return any(operand.matches(text) for operand in self.operands)
