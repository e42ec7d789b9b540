"""What a parsed query is made of: words, phrases and combinations that a post meets or not."""

from dataclasses import dataclass
from typing import Protocol

from ingest.queries.documents import Document
from ingest.queries.proximity import Span, join
from ingest.queries.wildcards import compile_pattern


class Expression(Protocol):
    """A condition on a post."""

    def matches(self, document: Document) -> bool:
        """True when the post meets the condition."""


class Positional(Protocol):
    """Words of a text that know where they stand."""

    def spans(self, document: Document) -> list[Span]:
        """Where it is met: first token and the one after the last, in ascending order."""


@dataclass(frozen=True, slots=True)
class Word:
    """The text holds this token."""

    token: str

    def matches(self, document: Document) -> bool:
        """True when the token is among those of the text."""
        return self.token in document.tokens.vocabulary

    def spans(self, document: Document) -> list[Span]:
        """Every place of the token."""
        return [(place, place + 1) for place in document.tokens.positions.get(self.token, ())]


@dataclass(frozen=True, slots=True)
class Wildcard:
    """The text holds a token of this form."""

    pattern: str

    def matches(self, document: Document) -> bool:
        """True when any token meets the pattern."""
        return any(map(compile_pattern(self.pattern), document.tokens.vocabulary))

    def spans(self, document: Document) -> list[Span]:
        """Every place of a token that meets the pattern."""
        is_met = compile_pattern(self.pattern)
        places = document.tokens.positions
        return sorted((place, place + 1) for token in filter(is_met, places) for place in places[token])


@dataclass(frozen=True, slots=True)
class Phrase:
    """The text holds these tokens one after the other."""

    tokens: tuple[str, ...]

    def matches(self, document: Document) -> bool:
        """True when the tokens stand side by side in the text."""
        text = document.tokens
        return text.vocabulary.issuperset(self.tokens) and f" {' '.join(self.tokens)} " in text.line

    def spans(self, document: Document) -> list[Span]:
        """Every place where the tokens stand side by side."""
        text, length = document.tokens, len(self.tokens)
        starts = text.positions.get(self.tokens[0], ())
        return [(start, start + length) for start in starts if text.tokens[start : start + length] == self.tokens]


@dataclass(frozen=True, slots=True)
class Raw:
    """The text holds this value sign by sign, and not as a part of a longer word."""

    value: str

    def matches(self, document: Document) -> bool:
        """True when the value stands anywhere in the text as it is written."""
        start = document.text.find(self.value)
        while start >= 0:
            if self._stands_alone(document.text, start):
                return True
            start = document.text.find(self.value, start + 1)
        return False

    def _stands_alone(self, text: str, start: int) -> bool:
        end = start + len(self.value)
        runs_on_before = start > 0 and _joins(text[start - 1]) and _joins(self.value[0])
        runs_on_after = end < len(text) and _joins(text[end]) and _joins(self.value[-1])
        return not runs_on_before and not runs_on_after


def _joins(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


@dataclass(frozen=True, slots=True)
class Step:
    """What follows in a chain of NEAR: an operand, and how many words may stand before it."""

    operand: Positional
    most_between: int
    in_order: bool


@dataclass(frozen=True, slots=True)
class Near:
    """The text holds the operands close to one another; what was joined first counts as one stretch."""

    first: Positional
    steps: tuple[Step, ...]

    def matches(self, document: Document) -> bool:
        """True when the operands stand close enough anywhere."""
        return bool(self.spans(document))

    def spans(self, document: Document) -> list[Span]:
        """Every stretch from the first to the last word of operands that stand close enough."""
        stretches = self.first.spans(document)
        for step in self.steps:
            if not stretches:
                return []
            stretches = join(stretches, step.operand.spans(document), step.most_between, in_order=step.in_order)
        return stretches


@dataclass(frozen=True, slots=True)
class AnyOf:
    """A group of words and phrases, each as good as the other, beside a NEAR."""

    operands: tuple[Positional, ...]

    def spans(self, document: Document) -> list[Span]:
        """Every place of every operand."""
        return sorted({span for operand in self.operands for span in operand.spans(document)})


@dataclass(frozen=True, slots=True)
class Negation:
    """The post does not meet the operand."""

    operand: Expression

    def matches(self, document: Document) -> bool:
        """True when the operand does not match."""
        return not self.operand.matches(document)


@dataclass(frozen=True, slots=True)
class Both:
    """The post meets every operand."""

    operands: tuple[Expression, ...]

    def matches(self, document: Document) -> bool:
        """True when all operands match."""
        return all(operand.matches(document) for operand in self.operands)


@dataclass(frozen=True, slots=True)
class Either:
    """The post meets at least one operand."""

    operands: tuple[Expression, ...]

    def matches(self, document: Document) -> bool:
        """True when any operand matches."""
        return any(operand.matches(document) for operand in self.operands)
