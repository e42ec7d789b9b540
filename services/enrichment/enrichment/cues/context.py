"""What a statement says of who, when and whether not: read only where a cue was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TypeVar

import yaml
from pydantic import BaseModel, ConfigDict

from enrichment.coding.codes import Experiencer, Tense
from enrichment.cues.matcher import Matcher, Passage, without_contained
from enrichment.cues.phrases import needles
from enrichment.texts.spans import Span

Key = TypeVar("Key")

_WORDS_BEFORE = 3
_CLAUSE_MARKS = frozenset(",.;:!?()\n–—…")
# A statement that says "if I had" is hypothetical although "had" is past.
_TENSES = (Tense.HYPOTHETICAL, Tense.INTENDED, Tense.PAST, Tense.PRESENT)


class _Words(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    negators: str
    no_negation_before: str = ""
    negators_after: str = ""
    negators_opening: str = ""
    experiencer: Mapping[Experiencer, tuple[str, ...]]
    tense: Mapping[Tense, tuple[str, ...]]


@dataclass(frozen=True)
class Setting:
    """Whom a statement is about and when it happens, as far as its words tell."""

    experiencer: Experiencer = Experiencer.UNCLEAR
    tense: Tense = Tense.UNCLEAR


class Context:
    """The words of one language that tell experiencer, tense and negation."""

    def __init__(self, language: str, words: _Words) -> None:
        self._negators = frozenset(words.negators.split())
        self._after = frozenset(words.negators_after.split())
        self._opening = frozenset(words.negators_opening.split())
        self._not_before = frozenset(words.no_negation_before.split())
        kinds: list[tuple[Experiencer | Tense, tuple[str, ...]]] = [*words.experiencer.items(), *words.tense.items()]
        phrases = ((kind, each) for kind, texts in kinds for text in texts for each in needles(text, language))
        self._matcher: Matcher[Experiencer | Tense] = Matcher(language, phrases)

    @classmethod
    @cache
    def of(cls, language: str) -> Context | None:
        """The context of a language; None where its words are not known."""
        return _contexts().get(language)

    def settings(self, evidence: Sequence[tuple[str, Sequence[Span]]]) -> list[list[Setting]]:
        """Experiencer and tense for each span of each folded text; of several experiencers, the last one before it."""
        passages = self._matcher.find_in([fold for fold, _ in evidence])
        return [self._settings(passage, spans) for passage, (_, spans) in zip(passages, evidence, strict=True)]

    def _settings(self, passage: Passage[Experiencer | Tense], spans: Sequence[Span]) -> list[Setting]:
        tenses = {hit.key for hit in passage.hits if isinstance(hit.key, Tense)}
        tense = next((each for each in _TENSES if each in tenses), Tense.UNCLEAR)
        named = without_contained([hit for hit in passage.hits if isinstance(hit.key, Experiencer)])
        starts = [(passage.span(hit.words).start, Experiencer(hit.key)) for hit in named]
        return [Setting(_nearest(starts, span), tense) for span in spans]

    def denies(self, passage: Passage[Key], words: Span) -> bool:
        """True when the words are negated: "not at all easy", "je n'aime pas"."""
        first = max(0, words.start - _WORDS_BEFORE)
        for at in range(words.start - 1, first - 1, -1):
            word = passage.said(at)
            if word in self._negators and passage.said(at + 1) not in self._not_before:
                return not self._is_cut(passage, at, words.start)
        opens = any(passage.said(at) in self._opening for at in range(max(0, words.start - 2), words.start))
        follows = words.end < len(passage.words) and passage.said(words.end) in self._after
        return opens and follows

    def _is_cut(self, passage: Passage[Key], negator: int, cue: int) -> bool:
        between = passage.fold[passage.words[negator][1] : passage.words[cue][0]]
        return not _CLAUSE_MARKS.isdisjoint(between)


def _nearest(named: Sequence[tuple[int, Experiencer]], span: Span) -> Experiencer:
    before = [kind for start, kind in named if start <= span.start]
    # A person close to the writer is named together with the writer: "my mum, I think, cannot".
    if Experiencer.CLOSE_OTHER in before:
        return Experiencer.CLOSE_OTHER
    if before:
        return before[-1]
    return named[0][1] if named else Experiencer.UNCLEAR


@cache
def _contexts() -> dict[str, Context]:
    document = yaml.safe_load((files("enrichment.cues") / "context.yaml").read_text(encoding="utf-8"))
    return {language: Context(language, _Words.model_validate(words)) for language, words in document.items()}
