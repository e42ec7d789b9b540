"""Take the reading of one text over to another that says the same."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TypeVar

from enrichment.coding.codes import Code
from enrichment.entities.entity import Entity
from enrichment.entities.finder import MOST_ENTITIES
from enrichment.entities.marks import find_marks
from enrichment.personal.finder import find_personal_data
from enrichment.readings.reading import Reading, StatementReading
from enrichment.reasons.reason import Reason
from enrichment.texts.layout import Layout
from enrichment.texts.spans import Span

Located = TypeVar("Located", Code, Entity)


@dataclass(frozen=True)
class Move:
    """The way from one text to another of the same words."""

    source: Layout
    target: Layout

    def reading(self, found: Reading, text: str) -> Reading:
        """What was found in the source, as it stands in the target, whose text is given.

        What lies in parts of the source that nobody says, such as its own links and handles, stays behind; what lies
        in such parts of the target is looked for.
        """
        entities = [*self._located(found.entities), *self._own_marks(text)]
        return replace(
            found,
            statements=tuple(self._statements(found.statements)),
            codes=tuple(self._located(found.codes)),
            entities=tuple(sorted(entities, key=lambda entity: entity.start)[:MOST_ENTITIES]),
            reasons=tuple(self._reasons(found.reasons)),
            personal_data=find_personal_data(text, found.language),
        )

    def _own_marks(self, text: str) -> Iterator[Entity]:
        for mark in find_marks(text):
            if self.target.moved(Span(mark.start, mark.end), self.target) is None:
                yield mark

    def _statements(self, statements: Iterable[StatementReading]) -> Iterator[StatementReading]:
        for each in statements:
            span = self._span(each.span)
            if span:
                yield replace(each, span=span, codes=tuple(self._located(each.codes)))

    def _located(self, found: Iterable[Located]) -> Iterator[Located]:
        for each in found:
            span = self._span(Span(each.start, each.end))
            if span:
                yield replace(each, start=span.start, end=span.end)

    def _reasons(self, reasons: Iterable[Reason]) -> Iterator[Reason]:
        for each in reasons:
            cause, effect, connective = map(self._span, (each.cause, each.effect, each.connective))
            if cause and effect and connective:
                yield Reason(cause, effect, connective)

    def _span(self, span: Span) -> Span | None:
        return self.source.moved(span, self.target)
