"""What a statement judges: the noun phrases that an opinion leans on.

No tagger of parts of speech: a run of content words is an aspect when an article or possessive opens it, a word of
judgement stands beside it, or a form of "to be" follows. English and French only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from enrichment.entities.entity import Entity, EntityKind
from enrichment.entities.grammars import GRAMMARS, Grammar
from enrichment.sentiments.polarity import Polarity
from enrichment.texts.spans import Span, worded

MOST_ASPECTS = 3
_LONGEST_RUN = 3
_WORD = re.compile(r"(?:\b[cdjlmnst]|\bqu)['’](?=\w)|[^\W_]+(?:[-&'’][^\W_]+)*", re.IGNORECASE)


def find_aspects(text: str, statement: Span, language: str, polarity: Polarity | None) -> list[Entity]:
    """At most three aspects of a statement that leans to one side, each with its polarity; none of another."""
    grammar = GRAMMARS.get(language)
    if grammar is None or polarity in (None, Polarity.NEUTRAL):
        return []
    aspects = []
    for run in _runs(worded(text[statement.start : statement.end]), grammar):
        start, end = statement.start + run.start, statement.start + run.end
        aspects.append(Entity(EntityKind.ASPECT, start, end, " ".join(text[start:end].lower().split()), 1.0, polarity))
    return aspects[:MOST_ASPECTS]


def _runs(said: str, grammar: Grammar) -> Iterator[Span]:
    """Spans of the runs of content words that an opinion leans on."""
    words = [(match[0].lower().replace("’", "'"), match.span()) for match in _WORD.finditer(said)]
    at = 0
    while at < len(words):
        end = _end_of_run(said, words, at, grammar)
        if end > at:
            before = words[at - 1][0] if at else ""
            after = words[end][0] if end < len(words) else ""
            if _is_judged(before, after, grammar):
                yield Span(words[at][1][0], words[end - 1][1][1])
        at = max(end, at + 1)


def _is_judged(before: str, after: str, grammar: Grammar) -> bool:
    opens = before in grammar.determiners or before in grammar.judgements or before in grammar.verbs
    return opens or after in grammar.copulas or after in grammar.judgements


def _end_of_run(said: str, words: list[tuple[str, tuple[int, int]]], start: int, grammar: Grammar) -> int:
    """The word after the run that begins at `start`; `start` itself where none does."""
    at = end = start
    while at < len(words) and at - start < _LONGEST_RUN:
        word, (first, _) = words[at]
        is_together = at == start or not said[words[at - 1][1][1] : first].strip()
        if not is_together:
            break
        if _is_content(word, grammar):
            end = at + 1
        elif not (end > start and word in grammar.bridges):
            break
        at += 1
    return end


def _is_content(word: str, grammar: Grammar) -> bool:
    is_function = word in grammar.stop_words or word in grammar.determiners or word in grammar.copulas
    return len(word) > 2 and not word.isdigit() and not (is_function or word in grammar.judgements | grammar.verbs)
